import { ApiError } from '@onerouter/core'
import { type Caller, type Claim, type Engine, type Reply, TAKEOVER_MS } from '../../engine/ports.ts'
import { claimKey } from '../../store/idempotency.ts'
import type { IdempotencyRow } from '../../store/rows.ts'

/** How long a second request waits for the first one before it is told to come back. */
const WAIT_MS = 3_000
const POLL_MS = 50

/** What became of the call that a key stands for. */
export type Made =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly providerMs: number }
  /** Provably not done: the key is given back, and the error thrown. */
  | { readonly kind: 'not_done'; readonly error: ApiError }

export interface Once {
  readonly caller: Caller
  readonly claim: Claim
  /** The answer to a request whose call nobody saw the end of; it is never made again. */
  readonly unknown: string
  readonly make: () => Promise<Made>
}

/**
 * Does something at most once per key: the claim is committed before the call, its answer after it. Whoever asks
 * again gets that answer, byte for byte; where the process died in between, nobody knows, and that is the answer.
 */
export async function once(engine: Engine, { caller, claim, unknown, make }: Once): Promise<Reply> {
  const row = claimFor(engine, caller, claim)
  if (!(await claimKey(engine.db, row))) return await replay(engine, row, unknown)
  const made = await make()
  if (made.kind === 'not_done') {
    await engine.store.releaseClaim(row)
    throw made.error
  }
  const answer = { status: made.status, body: made.body }
  await engine.store.freezeAnswer(row, answer)
  return { ...answer, replayed: false, originalRequestId: null, providerMs: made.providerMs }
}

/** The answer stored under the key, whatever would be refused today; `null` when the key is nobody's. */
export async function replayOf(
  engine: Engine,
  { caller, claim, unknown }: Omit<Once, 'make'>,
): Promise<Reply | null> {
  const row = claimFor(engine, caller, claim)
  return (await engine.store.getIdempotency(row)) === null ? null : await replay(engine, row, unknown)
}

async function replay(engine: Engine, asked: IdempotencyRow, unknown: string): Promise<Reply> {
  const deadlineMs = engine.now() + WAIT_MS
  for (;;) {
    const row = await engine.store.getIdempotency(asked)
    if (row === null) break
    if (!row.fingerprint.equals(asked.fingerprint)) {
      throw new ApiError(
        'idempotency_key_reused',
        'This idempotency key was first used with another request. Use a new key for a new request.',
      )
    }
    if (row.status !== null) return stored(row)
    // Nobody is at work on it any more. Whether the provider acted cannot be told from here.
    if (engine.now() - row.created_at.getTime() > TAKEOVER_MS) {
      await engine.store.freezeAnswer(row, { status: 202, body: unknown })
      continue
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

function stored(row: IdempotencyRow): Reply {
  const answer = { status: row.status ?? 500, body: row.body ?? '' }
  return { ...answer, replayed: true, originalRequestId: row.request_id, providerMs: 0 }
}

/** It makes no object of ours: the ids only tell this claim from a later one under the same key. */
function claimFor(engine: Engine, caller: Caller, claim: Claim): IdempotencyRow {
  const id = engine.newId()
  return {
    account_id: caller.accountId,
    environment: caller.environment,
    key: claim.key,
    fingerprint: claim.fingerprint,
    request_id: claim.requestId,
    object_environment: caller.environment,
    payment_id: id,
    operation_id: id,
    refund_id: null,
    status: null,
    body: null,
    created_at: new Date(engine.now()),
  }
}
