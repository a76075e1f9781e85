import { ApiError, type Environment } from '@onerouter/core'
import { guarded } from '../engine/call-provider.ts'
import { type Caller, type Claim, type Reply, TAKEOVER_MS } from '../engine/ports.ts'
import { replyOf } from '../engine/replay.ts'
import type { IdempotencyRow } from '../store/rows.ts'
import { accessForNew, contextOf, type SmsAccess } from './access.ts'
import type { Sms } from './ports.ts'
import { replaySms, replaySmsIfClaimed } from './replay-sms.ts'
import type { SmsRow } from './row.ts'
import { settleSend } from './settle.ts'
import { callbackToken, recordSms } from './store.ts'

export interface SendSmsInput {
  readonly to: string
  readonly body: string
  readonly from?: string
  readonly environment?: Environment
}

/**
 * Sends a text message: record, call, settle. Two statements and two commits, no transaction open while the
 * provider works, and one call at the most: what nobody saw the end of is looked up afterwards.
 * Errors: an `ApiError` before anything was recorded; afterwards the answer itself.
 */
export async function sendSms(sms: Sms, caller: Caller, input: SendSmsInput, claim: Claim): Promise<Reply> {
  const { engine, db } = sms
  let access: SmsAccess
  let row: SmsRow
  try {
    access = await accessForNew(sms, caller, input.environment)
    row = newSms(sms, caller, access, input)
  } catch (error) {
    // What was sent under this key stays its answer, whatever has been disconnected since.
    const earlier = error instanceof ApiError ? await replaySmsIfClaimed(sms, caller, claim) : null
    if (earlier === null) throw error
    return earlier
  }
  // Read before the row exists, so that nothing but the call is left to fail once it does.
  const statusUrl = await callbackUrl(sms, access, row)
  const recorded = await recordSms(db, row, claimFor(caller, claim, row), TAKEOVER_MS)
  if (!recorded) return await replaySms(sms, caller, claim)
  const { outcome, providerMs } = await guarded(engine, () => {
    const ctx = contextOf(sms, access, 'first', 'send', row)
    return access.messages.send(ctx, { to: row.recipient, from: row.sender, body: row.body, statusUrl })
  })
  const waiting = { ...claim, environment: caller.environment }
  const settled = await settleSend(sms, row, outcome, access.messages, waiting)
  return replyOf(settled.answered, { providerMs })
}

function newSms({ engine }: Sms, caller: Caller, access: SmsAccess, input: SendSmsInput): SmsRow {
  const { messages, credential } = access
  const from = input.from ?? messages.sender(credential.credentials)
  const refusal = messages.accepts({ to: input.to, from, body: input.body })
  if (refusal !== null) {
    throw new ApiError('invalid_request', `${refusal.pointer} ${refusal.detail}.`, { errors: [refusal] })
  }
  const at = new Date(engine.now())
  return {
    account_id: caller.accountId,
    environment: credential.environment,
    id: engine.newId(),
    version: 1,
    sequence: 0,
    status: 'queued',
    send_state: 'sent',
    recipient: input.to,
    sender: from,
    body: input.body,
    provider: credential.service,
    credential_version: credential.version,
    provider_message_id: null,
    provider_status: null,
    segments: null,
    cost_micros: null,
    cost_currency: null,
    failure: null,
    api_key_id: caller.keyId,
    tries: 0,
    due_at: null,
    created_at: at,
    updated_at: at,
  }
}

/** The claim names the object it made; its fingerprint covers the operation, so of which kind is never in doubt. */
function claimFor(caller: Caller, claim: Claim, row: SmsRow): IdempotencyRow {
  return {
    account_id: caller.accountId,
    environment: caller.environment,
    key: claim.key,
    fingerprint: claim.fingerprint,
    request_id: claim.requestId,
    object_environment: row.environment,
    payment_id: row.id,
    operation_id: row.id,
    refund_id: null,
    status: null,
    body: null,
    created_at: row.created_at,
  }
}

/** `null` where the provider could not reach us: it refuses addresses of this machine, and we look instead. */
async function callbackUrl(sms: Sms, { credential }: SmsAccess, row: SmsRow): Promise<string | null> {
  if (!credential.sandbox && !sms.publicUrl.startsWith('https://')) return null
  const token = await callbackToken(sms.db, row)
  return token === null ? null : `${sms.publicUrl}/webhooks/${row.provider}/${token}`
}
