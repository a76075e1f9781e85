import { ApiError } from '@onerouter/core'
import type { Caller, Claim, Reply } from '../engine/ports.ts'
import { replyOf } from '../engine/replay.ts'
import type { IdempotencyRow } from '../store/rows.ts'
import { answerForSms } from './answers.ts'
import type { Sms } from './ports.ts'
import { resolveNow } from './resolve-sms.ts'
import type { SmsRow } from './row.ts'
import { mustGet } from './settle.ts'

/** How long a second request waits for the first one before it is told to come back. */
const WAIT_MS = 3_000
const POLL_MS = 50

/** Answers from the claim when the key was used before; `null` when it is nobody's. */
export async function replaySmsIfClaimed(sms: Sms, caller: Caller, claim: Claim): Promise<Reply | null> {
  const row = await readClaim(sms, caller, claim)
  return row === null ? null : await replaySms(sms, caller, claim)
}

/** Answers a request whose key was used before: the stored answer, the state of things, or "still running". */
export async function replaySms(sms: Sms, caller: Caller, claim: Claim): Promise<Reply> {
  const { engine } = sms
  const deadlineMs = engine.now() + WAIT_MS
  for (;;) {
    const row = await readClaim(sms, caller, claim)
    if (row === null) break
    if (row.status !== null) return stored(row)
    const message = await messageOf(sms, row)
    if (!isRunning(message, engine.now())) return await answerOpen(sms, row, message)
    if (engine.now() >= deadlineMs) break
    await engine.sleep(POLL_MS)
  }
  throw new ApiError(
    'idempotency_request_in_progress',
    'The first request with this idempotency key has not finished. Send the same request again.',
    { retry_after_s: 1 },
  )
}

async function readClaim({ engine }: Sms, caller: Caller, claim: Claim): Promise<IdempotencyRow | null> {
  const row = await engine.store.getIdempotency({
    account_id: caller.accountId,
    environment: caller.environment,
    key: claim.key,
  })
  if (row !== null && !row.fingerprint.equals(claim.fingerprint)) {
    throw new ApiError(
      'idempotency_key_reused',
      'This idempotency key was first used with another request. Use a new key for a new request.',
    )
  }
  return row
}

function stored(row: IdempotencyRow): Reply {
  const answer = { status: row.status ?? 500, body: row.body ?? '' }
  return { ...answer, replayed: true, originalRequestId: row.request_id, providerMs: 0 }
}

/** A call within its takeover time is in somebody's hands; after that its process is gone. */
function isRunning(message: SmsRow, nowMs: number): boolean {
  return message.send_state === 'sent' && message.due_at !== null && message.due_at.getTime() > nowMs
}

function messageOf(sms: Sms, row: IdempotencyRow): Promise<SmsRow> {
  const { account_id, object_environment: environment, payment_id: id } = row
  return mustGet(sms, { account_id, environment, id } as SmsRow) // read by its key alone
}

/** The request was answered with "not known yet", or its process died: look now, and never send. */
async function answerOpen(sms: Sms, row: IdempotencyRow, message: SmsRow): Promise<Reply> {
  const { engine } = sms
  const startedMs = engine.now()
  await resolveNow(sms, message)
  const current = await messageOf(sms, row)
  const answered = answerForSms(engine, current, row.request_id)
  if (answered.keep === 'release') await engine.store.releaseClaim(row)
  if (answered.keep === 'freeze') {
    await engine.store.freezeAnswer(row, answered.answer)
    // Another request may have frozen its answer first; all of them must say the same.
    const frozen = await engine.store.getIdempotency(row)
    if (frozen !== null && frozen.status !== null) return stored(frozen)
  }
  return replyOf(answered, { providerMs: engine.now() - startedMs, replayedFrom: row.request_id })
}
