import type { TxtAnswer } from './dns.ts'
import type { DomainReason, DomainRow } from './row.ts'

export const PENDING_DAYS = 7
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** A pending domain is looked at ever less often; people usually confirm by hand. */
const PENDING_DELAYS_MS = [5, 15, 60, 240].map((minutes) => minutes * MINUTE_MS)
const PENDING_DELAY_MAX_MS = DAY_MS / 2
const RETRY_MS = 15 * MINUTE_MS
/** A record that is missing once may be a mistake of an evening; a domain is not lost by one. */
const MISSES_MAX = 3

/** The record to publish. The name is the one payment pages have asked for; the proof is ours, not PayPal's. */
export const recordOf = (row: Pick<DomainRow, 'token'>): string => `paypal-site-verification=${row.token}`

/** Where it may stand: at the name itself, or beside it where the name is an alias and can hold nothing else. */
export const recordNames = (domain: string): readonly [string, string] => [domain, `_onerouter.${domain}`]

export type Evidence =
  | { readonly kind: 'proven' }
  | { readonly kind: 'absent'; readonly reason: DomainReason }
  | { readonly kind: 'unavailable'; readonly reason: DomainReason }

/** What the answers for both names say together: proof from either, absence only from both. */
export function judge(row: Pick<DomainRow, 'token'>, answers: readonly TxtAnswer[]): Evidence {
  const records = answers.flatMap((answer) => (answer.kind === 'found' ? answer.records : []))
  if (records.some((record) => record.trim() === recordOf(row))) return { kind: 'proven' }
  const failed = answers.find((answer) => answer.kind === 'unavailable')
  if (failed !== undefined) return { kind: 'unavailable', reason: failed.reason }
  if (records.some((record) => record.trim().startsWith('paypal-site-verification='))) {
    return { kind: 'absent', reason: 'other_token' }
  }
  if (records.length > 0) return { kind: 'absent', reason: 'no_matching_record' }
  const [own] = answers
  return { kind: 'absent', reason: own?.kind === 'absent' ? own.reason : 'no_txt_record' }
}

export type Checked = Pick<DomainRow, 'state' | 'reason' | 'misses' | 'checked_at' | 'verified_at' | 'due_at'>

/** What a look changes. Only a proof verifies; nothing is lost to a resolver that does not answer. */
export function afterLook(row: DomainRow, evidence: Evidence, at: Date): Checked {
  const seen = { checked_at: at, verified_at: row.verified_at }
  if (evidence.kind === 'proven') {
    const verified_at = row.state === 'verified' ? row.verified_at : at
    return { ...seen, state: 'verified', reason: null, misses: 0, verified_at, due_at: later(at, DAY_MS) }
  }
  const misses = evidence.kind === 'absent' ? row.misses + 1 : row.misses
  const told = { ...seen, reason: evidence.reason, misses }
  switch (row.state) {
    case 'verified': {
      const lost = misses >= MISSES_MAX
      const delay = evidence.kind === 'absent' ? DAY_MS : RETRY_MS
      return { ...told, state: lost ? 'failed' : 'verified', due_at: lost ? null : later(at, delay) }
    }
    case 'pending': {
      const over = at.getTime() >= row.expires_at.getTime()
      const delay = PENDING_DELAYS_MS[row.tries] ?? PENDING_DELAY_MAX_MS
      return { ...told, state: over ? 'expired' : 'pending', due_at: over ? null : later(at, delay) }
    }
    case 'failed':
    case 'expired':
      return { ...told, state: row.state, due_at: null }
  }
}

const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms)
