import { ApiError, type Environment, type Service } from '@onerouter/core'
import type { Messages } from '@onerouter/providers'
import { contextFor } from '../engine/call-provider.ts'
import type { Caller, Credential } from '../engine/ports.ts'
import type { Sms } from './ports.ts'
import type { SmsRow } from './row.ts'

export interface SmsAccess {
  readonly messages: Messages<object>
  readonly credential: Credential
}

/** The one provider there is for messages. */
const SERVICE: Service = 'twilio'

/** The account's sender in the environment of the request. @throws ApiError */
export async function accessForNew(
  { engine }: Sms,
  caller: Caller,
  wanted: Environment | undefined,
): Promise<SmsAccess> {
  if (caller.services !== null && !caller.services.has(SERVICE)) {
    throw new ApiError('service_not_allowed', `This key may not use ${SERVICE}.`)
  }
  const messages = engine.provider(SERVICE)?.messages
  const connected = await engine.credentials.connected(caller.accountId)
  const active = connected.find(({ service }) => service === SERVICE)?.activeEnvironment ?? 'live'
  const environment = caller.environment === 'test' ? 'test' : (wanted ?? active)
  const credential = await engine.credentials.current(caller.accountId, environment, SERVICE)
  if (messages === undefined || credential === null) {
    throw new ApiError(
      'provider_not_configured',
      `No ${environment} credentials are stored for ${SERVICE}. Connect it with PUT /api/services/${SERVICE}/credentials.`,
    )
  }
  return { messages, credential }
}

/** The very credentials a message was sent with, whatever is in force today. */
export async function accessForRow({ engine }: Sms, row: SmsRow): Promise<SmsAccess | null> {
  const messages = engine.provider(row.provider)?.messages
  const credential = await engine.credentials.version(
    row.account_id,
    row.environment,
    row.provider,
    row.credential_version,
  )
  return messages === undefined || credential === null ? null : { messages, credential }
}

/** What the adapter needs for one call about a message. */
export function contextOf(
  { engine }: Sms,
  access: SmsAccess,
  send: 'first' | 'later',
  verb: 'send' | 'fetch' | 'find',
  row: Pick<SmsRow, 'id'> | null,
) {
  const call = { verb: `messages.${verb}`, paymentId: null, operationId: row?.id ?? null }
  return contextFor(engine, access.credential, send, call)
}
