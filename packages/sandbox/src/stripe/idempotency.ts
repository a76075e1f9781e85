import { badParameter, StripeError } from './errors.ts'
import type { Context, IdempotencyRow } from './state.ts'

/** Keys may be forgotten once they are 24 hours old (Stripe API reference, Idempotent requests). */
const RETENTION_MS = 24 * 3_600_000
const MAX_KEY = 255

/** Requests whose work is going on in this process: never persisted, since a restart ends them all. */
export type InProgress = Set<string>

function slotOf(context: Context, key: string): string {
  return `${context.accountId}/${context.livemode ? 'live' : 'test'}/${key}`
}

/** Claims the key for this request or refuses because another request holds it right now. */
export function claim(context: Context, running: InProgress, key: string): () => void {
  if (key.length > MAX_KEY) {
    throw badParameter(`Idempotency keys may not be longer than ${MAX_KEY} characters.`, 'idempotency_key')
  }
  const slot = slotOf(context, key)
  if (running.has(slot)) {
    throw new StripeError(
      409,
      {
        type: 'invalid_request_error',
        code: 'idempotency_key_in_use',
        message:
          'There is currently another in-progress request using this Idempotent Key (that probably means ' +
          'you ' +
          `submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      },
      false,
    )
  }
  running.add(slot)
  return () => running.delete(slot)
}

/** The remembered answer, undefined for a new key; a key reused for something else is refused. */
export function remembered(
  context: Context,
  key: string,
  endpoint: string,
  fingerprint: string,
): IdempotencyRow | undefined {
  const row = context.store.idempotency.get(slotOf(context, key))
  if (row === undefined || context.world.clock.now() - row.createdMs >= RETENTION_MS) return undefined
  if (row.endpoint !== endpoint) {
    throw reused(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ` +
        `('${endpoint}' vs '${row.endpoint}'). Try using a key other than '${key}' if you meant to ` +
        'execute a ' +
        'different request.',
    )
  }
  if (row.fingerprint !== fingerprint) {
    throw reused(
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
        `Try using a key other than '${key}' if you meant to execute a different request.`,
    )
  }
  return row
}

function reused(message: string): StripeError {
  return new StripeError(400, { type: 'idempotency_error', message }, false)
}

/** Stores the first answer of work that began, a failure included, and drops what is too old to matter. */
export function remember(context: Context, key: string, row: Omit<IdempotencyRow, 'createdMs'>): void {
  const now = context.world.clock.now()
  const rows = context.store.idempotency
  for (const [slot, old] of rows) {
    if (now - old.createdMs < RETENTION_MS) break
    rows.delete(slot)
  }
  const slot = slotOf(context, key)
  rows.delete(slot) // so that insertion order stays the order of age
  rows.set(slot, { ...row, createdMs: now })
}
