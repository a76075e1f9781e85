import { ApiError } from '@onerouter/core'
import type { Answered } from '../engine/answers.ts'
import type { Caller, Claim, Reply } from '../engine/ports.ts'
import type { IdempotencyRow } from '../store/rows.ts'
import { notifyPayer } from './notify.ts'
import type { Links } from './ports.ts'
import { presentLink } from './present.ts'
import type { LinkRow } from './row.ts'
import { mustGetLink } from './write.ts'

/** Answers from the claim when the key was used before; `null` when it is nobody's. */
export async function replayIfClaimed(links: Links, caller: Caller, claim: Claim): Promise<Reply | null> {
  const row = await links.engine.store.getIdempotency({
    account_id: caller.accountId,
    environment: caller.environment,
    key: claim.key,
  })
  if (row === null) return null
  if (!row.fingerprint.equals(claim.fingerprint)) {
    throw new ApiError(
      'idempotency_key_reused',
      'This idempotency key was first used with another request. Use a new key for a new request.',
    )
  }
  return stored(row) ?? (await finish(links, row))
}

/** As above, where the key is known to be taken. */
export async function replayLink(links: Links, caller: Caller, claim: Claim): Promise<Reply> {
  const replayed = await replayIfClaimed(links, caller, claim)
  if (replayed !== null) return replayed
  throw new ApiError(
    'idempotency_request_in_progress',
    'The first request with this idempotency key has not finished. Send the same request again.',
    { retry_after_s: 1 },
  )
}

export function claimRow(
  caller: Caller,
  claim: Claim,
  link: LinkRow,
  answer: Answered['answer'] | null,
  at: Date,
): IdempotencyRow {
  return {
    account_id: caller.accountId,
    environment: caller.environment,
    key: claim.key,
    fingerprint: claim.fingerprint,
    request_id: claim.requestId,
    object_environment: link.environment,
    payment_id: link.id,
    operation_id: link.id,
    refund_id: null,
    status: answer?.status ?? null,
    body: answer?.body ?? null,
    created_at: at,
  }
}

/** The link was made and its message not yet sent when the first request was last heard of. */
async function finish(links: Links, row: IdempotencyRow): Promise<Reply | null> {
  const { account_id, object_environment: environment, payment_id: id } = row
  const link = await notifyPayer(links, await mustGetLink(links, { account_id, environment, id }))
  const answer = { status: 201, body: JSON.stringify(presentLink(link, links.publicUrl)) }
  await links.engine.store.freezeAnswer(row, answer)
  // Another request may have frozen its answer first; all of them must say the same.
  const frozen = await links.engine.store.getIdempotency(row)
  return frozen === null ? null : stored(frozen)
}

function stored(row: IdempotencyRow): Reply | null {
  if (row.status === null) return null
  const answer = { status: row.status, body: row.body ?? '' }
  return { ...answer, replayed: true, originalRequestId: row.request_id, providerMs: 0 }
}
