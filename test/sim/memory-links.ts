/** The transactions of payment links over tables in memory, with the indexes and the guard of their migration. */
import { nextPaymentLinkStatuses, type OperationState } from '@onerouter/core'
import type { LinkStore } from '../../apps/api/src/links/link-store.ts'
import type { AttemptRow, LinkRow, ListedAttempt } from '../../apps/api/src/links/row.ts'
import type { OperationRow } from '../../apps/api/src/store/rows.ts'
import { type Context, isOf, owned, type Scope, type Sync, stale } from './memory-context.ts'
import { byId, dueRows, earliestDue } from './memory-reads.ts'
import {
  check,
  claim,
  duplicate,
  guard,
  insertEvents,
  put,
  putAttempt,
  SqlError,
  type Tables,
  type Work,
} from './memory-tables.ts'

type SyncLinks = Sync<LinkStore>

export function linking(context: Context): SyncLinks {
  return { ...changingLinks(context), ...tending(context), ...attempting(context), ...lookingUp(context) }
}

function changingLinks({ tables, tx, at }: Context): Pick<SyncLinks, 'recordLink' | 'writeLink'> {
  return {
    recordLink: ({ link, claim: of, dueMs, events }) =>
      tx((work) => {
        if (!claim(work, of)) return false
        for (const other of tables.payment_link.values()) {
          if (other.id === link.id || other.code === link.code) throw duplicate('payment_link')
        }
        const fresh = { clicks: 0, payments_count: 0, amount_paid: 0n, payment_id: null, paid_at: null }
        put(work, tables.payment_link, link.id, { ...link, ...fresh, tries: 0, due_at: at(dueMs) })
        insertEvents(work, events)
        return true
      }),
    writeLink({ link, attempts, events, claim: of }) {
      try {
        return tx((work) => {
          if (of !== null && !claim(work, of)) return 'taken'
          const row = owned(tables.payment_link.get(link.id), link)
          // The claim must not stay without what it claims.
          if (row === null || row.version !== link.version - 1) throw stale()
          updateLink(work, row, changed(row, link, at(0)))
          for (const { payment_id, state } of attempts) {
            const attempt = owned(tables.payment_link_attempt.get(payment_id), link)
            if (attempt !== null) putAttempt(work, { ...attempt, state })
          }
          insertEvents(work, events)
          return 'written'
        })
      } catch (error) {
        if (error instanceof SqlError && error.code === '40001') return 'lost'
        throw error
      }
    },
  }
}

/** A link that ends is due in the same commit. */
function changed(row: LinkRow, next: LinkRow, now: Date | null): LinkRow {
  const { version, sequence, status, clicks, payments_count, amount_paid } = next
  const { payment_id, paid_at, notice, updated_at } = next
  return {
    ...row,
    ...{
      version,
      sequence,
      status,
      clicks,
      payments_count,
      amount_paid,
      payment_id,
      paid_at,
      notice,
      updated_at,
    },
    ...(row.status !== status && { due_at: now, tries: 0 }),
  }
}

function updateLink(work: Work, before: LinkRow, row: LinkRow): void {
  const moved = before.status !== row.status
  if (moved && !nextPaymentLinkStatuses(before.status).includes(row.status)) {
    throw guard(`a payment link cannot move from ${before.status} to ${row.status}`)
  }
  if (row.payments_count < before.payments_count) throw guard('what was paid never shrinks')
  if (!row.reusable && row.payments_count > 1) throw check('paid_once')
  if (row.amount_paid !== row.amount * BigInt(row.payments_count)) throw check('paid_exactly')
  put(work, work.tables.payment_link, row.id, row)
}

function tending({
  tables,
  tx,
  at,
  now,
}: Context): Pick<SyncLinks, 'claimDueLinks' | 'scheduleLink' | 'nextLinkDueMs'> {
  return {
    claimDueLinks: (limit, leaseMs) =>
      tx((work) =>
        dueRows(tables.payment_link, now(), limit).map((row) => {
          const taken = { ...row, due_at: at(leaseMs), tries: row.tries + 1 }
          put(work, tables.payment_link, row.id, taken)
          return taken
        }),
      ),
    scheduleLink: (link, dueMs, tries) =>
      tx((work) => {
        const row = owned(tables.payment_link.get(link.id), link)
        if (row === null || row.version !== link.version) return
        put(work, tables.payment_link, row.id, { ...row, due_at: at(dueMs), tries })
      }),
    nextLinkDueMs() {
      const due = earliestDue(tables.payment_link)
      return due === null ? null : due - now()
    },
  }
}

function attempting({
  tables,
  tx,
}: Context): Pick<SyncLinks, 'recordAttempt' | 'moveAttempt' | 'closeUnmade' | 'holdAttempt'> {
  return {
    recordAttempt: (link, attempt) =>
      tx((work) => {
        const row = owned(tables.payment_link.get(link.id), link)
        if (row === null || row.version !== link.version || row.status !== 'active') return false
        put(work, tables.payment_link, row.id, { ...row, version: row.version + 1 })
        if (tables.payment_link_attempt.has(attempt.payment_id)) throw duplicate('payment_link_attempt_pkey')
        putAttempt(work, attempt)
        return true
      }),
    moveAttempt: (attempt, state) =>
      tx((work) => {
        const row = owned(tables.payment_link_attempt.get(attempt.payment_id), attempt)
        if (row !== null && row.state === attempt.state) putAttempt(work, { ...row, state })
      }),
    closeUnmade: (attempt, of) =>
      tx((work) => {
        if (!claim(work, of)) return false
        const row = owned(tables.payment_link_attempt.get(attempt.payment_id), attempt)
        if (row?.state === 'open') putAttempt(work, { ...row, state: 'closed' })
        return true
      }),
    holdAttempt: (attempt, visitor, held_until) =>
      tx((work) => {
        const row = owned(tables.payment_link_attempt.get(attempt.payment_id), attempt)
        if (row === null || row.state !== 'open' || row.visitor !== attempt.visitor) return false
        putAttempt(work, { ...row, visitor, held_until })
        return true
      }),
  }
}

function lookingUp({
  tables,
  now,
}: Context): Pick<
  SyncLinks,
  'getLink' | 'openAttempt' | 'getAttempt' | 'listNewlyPaid' | 'hasUndecided' | 'listAttempts'
> {
  const of = (link: Scope & Pick<LinkRow, 'id'>): AttemptRow[] => {
    const rows: AttemptRow[] = []
    for (const row of tables.payment_link_attempt.values()) {
      if (row.link_id === link.id && isOf(row, link)) rows.push(row)
    }
    return rows.sort((a, b) => byId({ id: a.payment_id }, { id: b.payment_id }))
  }
  return {
    getLink: (ref) => owned(tables.payment_link.get(ref.id), ref),
    openAttempt: (link, visitor) =>
      of(link).find((row) => row.state === 'open' && (row.single_use || row.visitor === visitor)) ?? null,
    getAttempt(link, paymentId) {
      const row = owned(tables.payment_link_attempt.get(paymentId), link)
      return row?.link_id === link.id ? row : null
    },
    listNewlyPaid: (link, limit) =>
      of(link)
        .filter((row) => (row.state === 'open' || row.state === 'closed') && isNewlyPaid(tables, row))
        .map((row) => row.payment_id)
        .slice(0, limit),
    hasUndecided: (link) => of(link).some((row) => isUndecided(tables, row)),
    listAttempts: (link, state, limit) =>
      of(link)
        .filter((row) => row.state === state)
        .slice(0, limit)
        .map((row) => ({ ...row, ...agesOf(tables, row, now()) })),
  }
}

function agesOf(
  { operation }: Tables,
  attempt: AttemptRow,
  nowMs: number,
): Pick<ListedAttempt, 'moved_age_ms' | 'asked_age_ms'> {
  const mine = [...operation.values()].filter(
    (one) => one.payment_id === attempt.payment_id && isOf(one, attempt),
  )
  mine.sort(byId)
  const moved = mine.findLastIndex(({ state }) => state === 'succeeded')
  const asked = mine.slice(moved + 1).find(({ kind }) => kind === 'refund')
  const age = (one: OperationRow | undefined) =>
    one === undefined ? null : nowMs - one.recorded_at.getTime()
  return { moved_age_ms: age(mine[moved]), asked_age_ms: age(asked) }
}

/** Paid after it was canceled, it is given back by the engine; paid while it is being canceled, nobody knows yet. */
function isNewlyPaid({ payment, operation }: Tables, attempt: AttemptRow): boolean {
  const row = owned(payment.get(attempt.payment_id), attempt)
  if (row?.status !== 'succeeded') return false
  for (const one of operation.values()) {
    if (one.payment_id === row.id && one.kind === 'void' && MAY_BE_CANCELED.includes(one.state)) return false
  }
  return true
}

const UNDECIDED: readonly OperationState[] = ['sent', 'unknown', 'needs_review']
const MAY_BE_CANCELED: readonly OperationState[] = [...UNDECIDED, 'succeeded']

function isUndecided({ payment, operation }: Tables, attempt: AttemptRow): boolean {
  const row = owned(payment.get(attempt.payment_id), attempt)
  if (row?.status !== 'succeeded' || (attempt.state !== 'open' && attempt.state !== 'closed')) return false
  for (const one of operation.values()) {
    if (one.payment_id === row.id && one.kind === 'void' && UNDECIDED.includes(one.state)) return true
  }
  return false
}
