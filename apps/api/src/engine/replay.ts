import { ApiError } from '@onerouter/core'
import type { IdempotencyRow, OperationRow } from '../store/rows.ts'
import type { Answered } from './answers.ts'
import { answerFor } from './answers.ts'
import { mustRead } from './follow-up.ts'
import { inForce } from './in-force.ts'
import type { Caller, Claim, Engine, Reply } from './ports.ts'
import { resolveNow } from './resolve-operation.ts'
import { rivalDelayMs } from './schedule.ts'

/** How long a second request waits for the first one before it is told to come back. */
const WAIT_MS = 3_000

export function replyOf(
  answered: Answered,
  more: { providerMs?: number; replayedFrom?: string } = {},
): Reply {
  return {
    ...answered.answer,
    replayed: more.replayedFrom !== undefined,
    originalRequestId: more.replayedFrom ?? null,
    providerMs: more.providerMs ?? 0,
  }
}

/**
 * Runs a request that may have run before under the same key: the claim answers first, and again when the
 * request is refused, because the first one may have finished meanwhile and be the very reason.
 */
export async function once(
  engine: Engine,
  caller: Caller,
  claim: Claim,
  work: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return (await replayIfClaimed(engine, caller, claim)) ?? (await work())
  } catch (error) {
    return await unlessClaimed(engine, caller, claim, error)
  }
}

/** A refusal stands only when the key is still nobody's. */
export async function unlessClaimed(
  engine: Engine,
  caller: Caller,
  claim: Claim,
  refusal: unknown,
): Promise<Reply> {
  const isRefusal = refusal instanceof ApiError && !refusal.code.startsWith('idempotency_')
  const claimed = isRefusal ? await replayIfClaimed(engine, caller, claim) : null
  if (claimed === null) throw refusal
  return claimed
}

/** Answers from the claim when the key was used before, whatever state the object is in now. */
export async function replayIfClaimed(engine: Engine, caller: Caller, claim: Claim): Promise<Reply | null> {
  const row = await readClaim(engine, caller, claim)
  return row === null ? null : await replay(engine, caller, claim, row)
}

/**
 * Answers a request whose key was used before: the stored answer, the state of things, or "still running".
 * `read`: the claim, where it was read a moment ago.
 */
export async function replay(
  engine: Engine,
  caller: Caller,
  claim: Claim,
  read?: IdempotencyRow,
): Promise<Reply> {
  const deadlineMs = engine.now() + WAIT_MS
  for (let looks = 0; ; looks++) {
    const row = looks === 0 && read !== undefined ? read : await readClaim(engine, caller, claim)
    if (row === null) break
    if (row.status !== null) return stored(row)
    const operation = await operationOfClaim(engine, row)
    if (!isRunning(operation, engine.now())) {
      const answered = await answerOpen(engine, row, operation)
      if (answered !== null) return answered
    }
    if (engine.now() >= deadlineMs) break
    await engine.sleep(rivalDelayMs(looks))
  }
  throw new ApiError(
    'idempotency_request_in_progress',
    'The first request with this idempotency key has not finished. Send the same request again.',
    { retry_after_s: 1 },
  )
}

async function readClaim(engine: Engine, caller: Caller, claim: Claim): Promise<IdempotencyRow | null> {
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

const stored = (row: IdempotencyRow): Reply => ({
  status: row.status ?? 500,
  body: row.body ?? '',
  replayed: true,
  originalRequestId: row.request_id,
  providerMs: 0,
})

/** A call within its takeover time is in somebody's hands; after that its process is gone. */
function isRunning(operation: OperationRow, nowMs: number): boolean {
  return operation.state === 'sent' && operation.due_at !== null && operation.due_at.getTime() > nowMs
}

/**
 * The request was answered with "not known yet", or its process died: settle it now if evidence can be had.
 * `null`: the claim has moved on since it was read, and must be read again.
 */
async function answerOpen(
  engine: Engine,
  row: IdempotencyRow,
  operation: OperationRow,
): Promise<Reply | null> {
  const started = engine.now()
  await resolveNow(engine, operation)
  const settled = await operationOfClaim(engine, row)
  const object = { account_id: row.account_id, environment: row.object_environment }
  const payment = await mustRead(engine.store.getPayment({ ...object, id: row.payment_id }))
  const refund =
    row.refund_id === null ? null : await mustRead(engine.store.getRefund({ ...object, id: row.refund_id }))
  const answered = answerFor(engine, settled, payment, refund, row.request_id)
  if (answered.keep === 'release' && !(await engine.store.releaseClaim(row))) return null
  // Another request may have frozen its answer first; all of them must say the same.
  if (answered.keep === 'freeze' && !(await engine.store.freezeAnswer(row, answered.answer))) return null
  return replyOf(answered, { providerMs: engine.now() - started, replayedFrom: row.request_id })
}

/** The operation a claim is about: the charge in force, where the one it began with was left behind. */
async function operationOfClaim(engine: Engine, row: IdempotencyRow): Promise<OperationRow> {
  const object = { account_id: row.account_id, environment: row.object_environment }
  const first = await mustRead(engine.store.getOperation({ ...object, id: row.operation_id }))
  // One that is still being sent was not left behind; waiting for it costs one look less.
  return first.state === 'sent' ? first : await inForce(engine, first)
}
