import type { Environment, Service, Uuid } from '@onerouter/core'
import type { WebhookAddress } from './inbound.ts'
import type { Queryable } from './rows.ts'

export const REGISTRATION_STATES = ['registered', 'by_hand', 'refused', 'unreachable'] as const
export type RegistrationState = (typeof REGISTRATION_STATES)[number]

export interface RegistrationRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly state: RegistrationState
  readonly url: string
  readonly ref: string | null
  readonly reason: string | null
  readonly tries: number
  readonly due_at: Date
  readonly refused: number
  readonly refused_since: Date | null
  readonly refused_reason: string | null
}

/** What was found out about where a provider sends its events. */
export interface Registration {
  readonly state: RegistrationState
  readonly url: string
  readonly ref: string | null
  readonly reason: string | null
  readonly tries: number
  readonly dueMs: number
}

/** Notes it; what was refused stays noted, for the address stays the same. */
export async function saveRegistration(
  db: Queryable,
  at: WebhookAddress,
  found: Registration,
): Promise<void> {
  await db.query({
    name: 'save-registration',
    text: `insert into webhook_registration as w
        (account_id, environment, service, state, url, ref, reason, tries, due_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp() + $9::int * interval '1 millisecond')
      on conflict (account_id, environment, service) do update set state = excluded.state, url = excluded.url,
        ref = coalesce(excluded.ref, w.ref), reason = excluded.reason, tries = excluded.tries,
        due_at = excluded.due_at`,
    values: [...keyOf(at), found.state, found.url, found.ref, found.reason, found.tries, found.dueMs],
  })
}

/** The provider's id of what we registered for this address before. */
export async function earlierRef(db: Queryable, at: WebhookAddress): Promise<string | null> {
  const { rows } = await db.query({
    name: 'earlier-ref',
    text: `select ref from webhook_registration
      where account_id = $1 and environment = $2 and service = $3`,
    values: keyOf(at),
  })
  const ref = rows[0]?.['ref']
  return typeof ref === 'string' ? ref : null
}

/** Registrations whose look is due, each in one worker's hands for the lease. */
export async function claimDueRegistrations(
  db: Queryable,
  limit: number,
  leaseMs: number,
): Promise<RegistrationRow[]> {
  const { rows } = await db.query({
    name: 'claim-registrations',
    text: `update webhook_registration w
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = w.tries + 1
      from (select account_id, environment, service from webhook_registration
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where w.account_id = due.account_id and w.environment = due.environment and w.service = due.service
      returning w.*`,
    values: [limit, leaseMs],
  })
  return rows as unknown as RegistrationRow[] // the table's columns
}

/** The public address of this installation has changed: whoever was told another one is told anew. */
export async function hurryMovedRegistrations(db: Queryable, publicUrl: string): Promise<number> {
  const { rowCount } = await db.query({
    name: 'hurry-moved-registrations',
    text: `update webhook_registration set due_at = clock_timestamp(), tries = 0
      where not starts_with(url, $1 || '/') and due_at > clock_timestamp()`,
    values: [publicUrl],
  })
  return rowCount ?? 0
}

export async function deleteRegistration(db: Queryable, at: WebhookAddress): Promise<void> {
  await db.query({
    name: 'delete-registration',
    text: 'delete from webhook_registration where account_id = $1 and environment = $2 and service = $3',
    values: keyOf(at),
  })
}

/** Deliveries at an address of ours that were not taken; the first one that is taken clears them. */
export async function noteRefused(
  db: Queryable,
  at: WebhookAddress,
  refused: { readonly count: number; readonly reason: string; readonly at: Date },
): Promise<void> {
  await db.query({
    name: 'note-refused',
    text: `update webhook_registration set refused = refused + $4, refused_reason = $5,
        refused_since = coalesce(refused_since, $6)
      where account_id = $1 and environment = $2 and service = $3`,
    values: [...keyOf(at), refused.count, refused.reason, refused.at],
  })
}

const keyOf = (at: WebhookAddress): unknown[] => [at.account_id, at.environment, at.service]
