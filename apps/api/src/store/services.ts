import type { Environment, Service, Uuid } from '@onerouter/core'
import { CompiledQuery, sql } from 'kysely'
import type { Db } from './db.ts'
import { eventArms } from './deliveries.ts'
import { notifyStatement } from './invalidation.ts'
import { type EventRow, rowJson } from './rows.ts'
import type { RegistrationRow } from './webhook-registrations.ts'

/** How a service is connected, without anything secret. */
export interface ServiceRow {
  readonly service: Service
  readonly activeEnvironment: Environment
  readonly credentials: Readonly<Partial<Record<Environment, CredentialSummary>>>
  readonly webhookTokens: Readonly<Partial<Record<Environment, string>>>
  readonly registrations: Readonly<Partial<Record<Environment, RegistrationRow>>>
}

export interface CredentialSummary {
  readonly version: number
  readonly hint: string
  readonly sandbox: boolean
  readonly providerAccount: string | null
  readonly webhookRef: string | null
  readonly savedAt: Date
}

export async function listServices(db: Db, accountId: Uuid): Promise<readonly ServiceRow[]> {
  return db.withAccount(accountId, async (trx) => {
    const services = await trx.selectFrom('service').selectAll().where('account_id', '=', accountId).execute()
    const credentials = await trx
      .selectFrom('credential')
      .select([
        'environment',
        'service',
        'version',
        'hint',
        'sandbox',
        'provider_account',
        'webhook_ref',
        'created_at',
      ])
      .where('account_id', '=', accountId)
      .where('retired_at', 'is', null)
      .execute()
    const addresses = await trx
      .selectFrom('webhook_address')
      .selectAll()
      .where('account_id', '=', accountId)
      .execute()
    const registrations = await trx
      .selectFrom('webhook_registration')
      .selectAll()
      .where('account_id', '=', accountId)
      .execute()
    return services.map((row) => ({
      service: row.service,
      activeEnvironment: row.active_environment,
      credentials: Object.fromEntries(
        credentials
          .filter((credential) => credential.service === row.service)
          .map((credential) => [
            credential.environment,
            {
              version: credential.version,
              hint: credential.hint,
              sandbox: credential.sandbox,
              providerAccount: credential.provider_account,
              webhookRef: credential.webhook_ref,
              savedAt: credential.created_at,
            },
          ]),
      ),
      webhookTokens: Object.fromEntries(
        addresses
          .filter((address) => address.service === row.service)
          .map((address) => [address.environment, address.token]),
      ),
      registrations: Object.fromEntries(
        registrations
          .filter((registration) => registration.service === row.service)
          .map((registration) => [registration.environment, registration]),
      ),
    }))
  })
}

export type SwitchResult =
  | { readonly kind: 'switched'; readonly changed: readonly Service[] }
  | { readonly kind: 'missing'; readonly services: readonly Service[] }

/** A service that has just been pointed elsewhere. */
export interface SwitchedService {
  readonly service: Service
  readonly subject: Uuid
  readonly sequence: number
}

export interface Switch {
  readonly accountId: Uuid
  readonly services: readonly Service[]
  readonly environment: Environment
  readonly eventOf: (switched: SwitchedService) => EventRow
}

/**
 * Points services at an environment, all of them or none: refused with the names of those that have no
 * credentials there. Those that were pointed there already are left alone and raise no event.
 */
export async function switchServices(db: Db, wanted: Switch): Promise<SwitchResult> {
  const { accountId, services, environment } = wanted
  return db.withAccount(accountId, async (trx) => {
    // Same order as everywhere else, so that two switches cannot wait for each other.
    await sql`SELECT 1 FROM service WHERE account_id = ${accountId} AND service = ANY(${[...services]})
              ORDER BY service FOR UPDATE`.execute(trx)
    const ready = await trx
      .selectFrom('credential')
      .select('service')
      .where('account_id', '=', accountId)
      .where('environment', '=', environment)
      .where('retired_at', 'is', null)
      .execute()
    const missing = services.filter((service) => !ready.some((row) => row.service === service))
    if (missing.length > 0) return { kind: 'missing', services: missing }
    const changed = await trx
      .updateTable('service')
      .set((eb) => ({
        active_environment: environment,
        updated_at: sql<Date>`now()`,
        switches: eb('switches', '+', 1),
      }))
      .where('account_id', '=', accountId)
      .where('service', 'in', services)
      .where('active_environment', '<>', environment)
      .returning(['service', 'event_subject as subject', 'switches as sequence'])
      .execute()
    const events = changed.map(wanted.eventOf)
    if (events.length > 0) {
      const text = `with s as (select 1), ${eventArms('s', '$1')} select 1`
      await trx.executeQuery(CompiledQuery.raw(text, [rowJson(events)]))
    }
    const { values } = notifyStatement({ kind: 'services', accountId })
    await sql`SELECT pg_notify(${values[0]}, ${values[1]})`.execute(trx)
    return { kind: 'switched', changed: changed.map((row) => row.service) }
  })
}
