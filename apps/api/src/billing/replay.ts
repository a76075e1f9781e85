import { ApiError } from '@onerouter/core'
import type { Caller, Claim, Reply } from '../engine/ports.ts'
import { replyOf } from '../engine/replay.ts'
import type { IdempotencyRow } from '../store/rows.ts'
import { answerForOperation } from './answers.ts'
import { getOperation } from './operation-store.ts'
import type { Billing } from './ports.ts'
import { resolveNow } from './resolve.ts'
import type { SubscriptionOperationRow } from './rows.ts'
import { inForce, mustGet } from './settle.ts'

/** How long a second request waits for the first one before it is told to come back. */
const WAIT_MS = 3_000
const POLL_MS = 50

/**
 * Runs a request that may have run before under the same key: the claim answers first, and again when the request
 * is refused, because the first one may have finished meanwhile and be the very reason.
 */
export async function once(
  billing: Billing,
  caller: Caller,
  claim: Claim,
  work: () => Promise<Reply>,
): Promise<Reply> {
  const earlier = async () =>
    (await readClaim(billing, caller, claim)) === null ? null : await replay(billing, caller, claim)
  try {
    return (await earlier()) ?? (await work())
  } catch (error) {
    const isRefusal = error instanceof ApiError && !error.code.startsWith('idempotency_')
    const claimed = isRefusal ? await earlier() : null
    if (claimed === null) throw error
    return claimed
  }
}

/** Answers a request whose key was used before: the stored answer, the state of things, or "still running". */
export async function replay(billing: Billing, caller: Caller, claim: Claim): Promise<Reply> {
  const { engine } = billing
  const deadlineMs = engine.now() + WAIT_MS
  for (;;) {
    const row = await readClaim(billing, caller, claim)
    if (row === null) break
    if (row.status !== null) return stored(row)
    const operation = await operationOf(billing, row)
    if (operation !== null && !isRunning(operation, engine.now())) {
      const answered = await answerOpen(billing, row, operation)
      if (answered !== null) return answered
    }
    if (engine.now() >= deadlineMs) break
    await engine.sleep(POLL_MS)
  }
  throw new ApiError(
    'idempotency_request_in_progress',
    'The first request with this idempotency key has not finished. Send the same request again.',
    { retry_after_s: 1 },
  )
}

export async function readClaim(
  { engine }: Billing,
  caller: Caller,
  claim: Claim,
): Promise<IdempotencyRow | null> {
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

export function stored(row: IdempotencyRow): Reply {
  const answer = { status: row.status ?? 500, body: row.body ?? '' }
  return { ...answer, replayed: true, originalRequestId: row.request_id, providerMs: 0 }
}

const objectOf = (row: IdempotencyRow, id: string) => ({
  account_id: row.account_id,
  environment: row.object_environment,
  id,
})

/** The call a claim is about: the creation in force, where the one it began with was left behind. */
async function operationOf(billing: Billing, row: IdempotencyRow): Promise<SubscriptionOperationRow | null> {
  const first = await getOperation(billing.db, objectOf(row, row.operation_id))
  return first === null ? null : await inForce(billing, first)
}

/** A call within its takeover time is in somebody's hands; after that its process is gone. */
function isRunning(operation: SubscriptionOperationRow, nowMs: number): boolean {
  return operation.state === 'sent' && operation.due_at !== null && operation.due_at.getTime() > nowMs
}

/**
 * The request was answered with "not known yet", or its process died: settle it now if evidence can be had.
 * `null`: the claim has moved on since it was read, and must be read again.
 */
async function answerOpen(
  billing: Billing,
  row: IdempotencyRow,
  operation: SubscriptionOperationRow,
): Promise<Reply | null> {
  const { engine } = billing
  const startedMs = engine.now()
  await resolveNow(billing, operation)
  const settled = await operationOf(billing, row)
  if (settled === null) return null
  const subscription = await mustGet(billing, objectOf(row, row.payment_id))
  const answered = answerForOperation(engine, settled, subscription, row.request_id)
  if (answered.keep === 'release' && !(await engine.store.releaseClaim(row))) return null
  // Another request may have frozen its answer first; all of them must say the same.
  if (answered.keep === 'freeze' && !(await engine.store.freezeAnswer(row, answered.answer))) return null
  return replyOf(answered, { providerMs: engine.now() - startedMs, replayedFrom: row.request_id })
}

/** The claim of a request, naming the object it makes or changes. */
export function claimRow(
  caller: Caller,
  claim: Claim,
  object: { readonly environment: IdempotencyRow['object_environment']; readonly id: string },
  more: {
    readonly operationId?: string
    readonly answer?: { status: number; body: string }
    readonly at: Date
  },
): IdempotencyRow {
  return {
    account_id: caller.accountId,
    environment: caller.environment,
    key: claim.key,
    fingerprint: claim.fingerprint,
    request_id: claim.requestId,
    object_environment: object.environment,
    payment_id: object.id,
    operation_id: more.operationId ?? object.id,
    refund_id: null,
    status: more.answer?.status ?? null,
    body: more.answer?.body ?? null,
    created_at: more.at,
  }
}
