/** The tables of a store in memory: unique indexes, checks and triggers as the migrations define them. */
import type { Environment, OperationState, Service, Uuid } from '@onerouter/core'
import { nextStates, nextStatuses, stepRefund } from '@onerouter/core'
import type { AttemptRow, LinkRow } from '../../apps/api/src/links/row.ts'
import type {
  EventRow,
  IdempotencyRow,
  InboundRow,
  OperationRow,
  PaymentRow,
  RefundRow,
} from '../../apps/api/src/store/rows.ts'

/** One entry of the append-only history of a payment's totals. */
export interface LedgerEntry {
  readonly payment_id: Uuid
  readonly kind: 'captured' | 'refunded' | 'refund_reversed' | 'duplicate_captured' | 'duplicate_returned'
  readonly amount: bigint
}

export interface CredentialVersion {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly version: number
}

export interface Tables {
  readonly payment: Map<Uuid, PaymentRow>
  readonly operation: Map<Uuid, OperationRow>
  readonly operationByReference: Map<string, Uuid>
  readonly refund: Map<Uuid, RefundRow>
  readonly idempotency: Map<string, IdempotencyRow>
  readonly event: EventRow[]
  readonly eventNumber: Set<string>
  readonly inbound: Map<Uuid, InboundRow>
  readonly inboundKey: Set<string>
  readonly ledger: LedgerEntry[]
  readonly payment_link: Map<Uuid, LinkRow>
  /** By their payments. */
  readonly payment_link_attempt: Map<Uuid, AttemptRow>
}

export const emptyTables = (): Tables => ({
  payment: new Map(),
  operation: new Map(),
  operationByReference: new Map(),
  refund: new Map(),
  idempotency: new Map(),
  event: [],
  eventNumber: new Set(),
  inbound: new Map(),
  inboundKey: new Set(),
  ledger: [],
  payment_link: new Map(),
  payment_link_attempt: new Map(),
})

/** An error as the database driver throws it. */
export class SqlError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'SqlError'
    this.code = code
  }
}

/** One transaction: every write leaves behind how to take it back. */
export interface Work {
  readonly tables: Tables
  readonly undo: (() => void)[]
  /** The database's clock. */
  readonly now: () => number
}

/** Runs `body` as a transaction: all of its writes, or none of them. */
export function atomically<T>(tables: Tables, now: () => number, body: (work: Work) => T): T {
  const undo: (() => void)[] = []
  try {
    return body({ tables, undo, now })
  } catch (error) {
    for (const step of undo.reverse()) step()
    throw error
  }
}

export function put<K, V>(work: Work, map: Map<K, V>, key: K, value: V): void {
  const before = map.get(key)
  const had = map.has(key)
  map.set(key, value)
  work.undo.push(() => {
    if (had)
      map.set(key, before as V) // `had` says that a value was there
    else map.delete(key)
  })
}

export function remove<K, V>(work: Work, map: Map<K, V>, key: K): void {
  const before = map.get(key)
  if (before === undefined) return
  map.delete(key)
  work.undo.push(() => map.set(key, before))
}

export const duplicate = (index: string) => new SqlError('23505', `duplicate key: ${index}`)
export const check = (name: string) => new SqlError('23514', `check constraint: ${name}`)
export const guard = (message: string) => new SqlError('OR002', message)

export function insertPayment(work: Work, row: PaymentRow): void {
  if (work.tables.payment.has(row.id)) throw duplicate('payment_pkey')
  checkPayment(row)
  put(work, work.tables.payment, row.id, row)
}

export function updatePayment(work: Work, before: PaymentRow, row: PaymentRow): void {
  const moved = before.status !== row.status
  if (moved && !(nextStatuses(before.status) as readonly string[]).includes(row.status)) {
    throw guard(`a payment cannot move from ${before.status} to ${row.status}`)
  }
  if (row.captured < before.captured) throw guard('what was captured never shrinks')
  const paidBy = before.provider_payment_id
  if (before.captured > 0n && paidBy !== null && paidBy !== row.provider_payment_id) {
    throw guard('what paid a payment never changes')
  }
  checkPayment(row)
  put(work, work.tables.payment, row.id, row)
  book(work, row.id, 'captured', row.captured - before.captured)
  book(work, row.id, 'refunded', row.refunded - before.refunded)
  if (moved && row.status === 'succeeded') wakeLink(work, row.id)
  if (row.refunded !== before.refunded) followDebt(work, row.id, row.refunded < before.refunded)
}

/** What was given back and came back is owed anew in the same commit; what a person gives back is looked at. */
function followDebt(work: Work, paymentId: Uuid, isReversed: boolean): void {
  const attempt = work.tables.payment_link_attempt.get(paymentId)
  if (attempt === undefined || !OWED.includes(attempt.state)) return
  wakeLink(work, paymentId)
  if (isReversed && attempt.state === 'returned') putAttempt(work, { ...attempt, state: 'surplus' })
}

const OWED: readonly AttemptRow['state'][] = ['surplus', 'returned', 'needs_review']

/** What no race may break: one attempt that can be paid, one that paid, and one for each browser. */
export function putAttempt(work: Work, row: AttemptRow): void {
  const attempts = work.tables.payment_link_attempt
  for (const other of attempts.values()) {
    if (other.link_id !== row.link_id || other.payment_id === row.payment_id) continue
    if (other.state !== row.state || !isSame(other, row)) continue
    const single = row.single_use && other.single_use
    if (single && row.state === 'open') throw duplicate('one_open_attempt')
    if (single && row.state === 'paid') throw duplicate('one_paid_attempt')
    if (row.state === 'open' && other.visitor === row.visitor) throw duplicate('one_open_attempt_per_visitor')
  }
  put(work, attempts, row.payment_id, row)
}

const isSame = (one: AttemptRow, other: AttemptRow): boolean =>
  one.account_id === other.account_id && one.environment === other.environment

/** A payment that succeeds makes its link due in the same commit, whoever settles it. */
function wakeLink(work: Work, paymentId: Uuid): void {
  const { payment_link, payment_link_attempt } = work.tables
  const attempt = payment_link_attempt.get(paymentId)
  const link = attempt === undefined ? undefined : payment_link.get(attempt.link_id)
  if (link === undefined) return
  const due_at = new Date(work.now())
  put(work, payment_link, link.id, { ...link, due_at, tries: 0, version: link.version + 1 })
}

function checkPayment(row: PaymentRow): void {
  if (row.amount <= 0n) throw check('payment_amount')
  if (row.captured < 0n || row.refunded < 0n || row.refund_pending < 0n) throw check('payment_totals')
  if (row.captured > row.amount) throw check('captured_within_amount')
  if (row.refunded + row.refund_pending > row.captured) throw check('refunds_within_captured')
}

function book(work: Work, payment_id: Uuid, kind: 'captured' | 'refunded', amount: bigint): void {
  if (amount === 0n) return
  const entry: LedgerEntry =
    amount > 0n ? { payment_id, kind, amount } : { payment_id, kind: 'refund_reversed', amount: -amount }
  work.tables.ledger.push(entry)
  work.undo.push(() => work.tables.ledger.pop())
}

const LIVE_CHARGE: readonly OperationState[] = ['sent', 'unknown', 'exposed', 'needs_review']
const isLiveCharge = (row: OperationRow): boolean =>
  row.kind === 'charge' && row.request.duplicate === undefined && LIVE_CHARGE.includes(row.state)
const LIVE_COMPLETION: readonly OperationState[] = ['sent', 'unknown', 'needs_review']

export function insertOperation(work: Work, row: OperationRow): void {
  const { operation, operationByReference } = work.tables
  if (operation.has(row.id)) throw duplicate('operation_pkey')
  if (operationByReference.has(row.reference)) throw duplicate('operation_reference_key')
  if (row.amount <= 0n || row.n <= 0) throw check('operation')
  checkLive(work, row)
  checkDuplicate(work, row)
  put(work, operation, row.id, row)
  put(work, operationByReference, row.reference, row.id)
  if (row.state === 'late_succeeded') bookDuplicate(work, row, 'duplicate_captured')
}

export function updateOperation(work: Work, before: OperationRow, row: OperationRow): void {
  const moved = before.state !== row.state
  if (moved && !(nextStates(before.state) as readonly string[]).includes(row.state)) {
    throw guard(`an operation cannot move from ${before.state} to ${row.state}`)
  }
  if (moved) checkLive(work, row)
  if (before.request !== row.request) checkDuplicate(work, row)
  put(work, work.tables.operation, row.id, row)
  if (moved && row.state === 'late_succeeded') bookDuplicate(work, row, 'duplicate_captured')
  if (moved && row.state === 'compensated') bookDuplicate(work, row, 'duplicate_returned')
}

/** A provider's payment is given back under one attempt. */
function checkDuplicate(work: Work, row: OperationRow): void {
  const ref = row.request.duplicate?.payment_ref
  if (ref === undefined) return
  for (const other of work.tables.operation.values()) {
    if (other.id === row.id || other.request.duplicate?.payment_ref !== ref) continue
    const same = other.account_id === row.account_id && other.environment === row.environment
    if (same && other.provider === row.provider) throw duplicate('one_return_per_duplicate')
  }
}

function bookDuplicate(
  work: Work,
  { payment_id, amount }: OperationRow,
  kind: 'duplicate_captured' | 'duplicate_returned',
): void {
  work.tables.ledger.push({ payment_id, kind, amount })
  work.undo.push(() => work.tables.ledger.pop())
}

/** The partial unique indexes: one live charge, one completion under way, attempts of a kind numbered. */
function checkLive(work: Work, row: OperationRow): void {
  if (row.kind === 'refund') return
  for (const other of work.tables.operation.values()) {
    if (other.payment_id !== row.payment_id || other.id === row.id || other.kind === 'refund') continue
    if (other.kind === row.kind && other.n === row.n) throw duplicate('operation_number')
    if (isLiveCharge(row) && isLiveCharge(other)) throw duplicate('one_live_charge')
    const completions = row.kind !== 'charge' && other.kind !== 'charge'
    if (completions && LIVE_COMPLETION.includes(row.state) && LIVE_COMPLETION.includes(other.state)) {
      throw duplicate('one_live_completion')
    }
  }
}

/** `false`: `on conflict do nothing` found a conflict. */
export function insertRefund(work: Work, row: RefundRow, onConflict: 'throw' | 'nothing'): boolean {
  const { refund } = work.tables
  const taken = refund.has(row.id) || (row.provider_refund_id !== null && refundWith(work, row) !== undefined)
  if (taken && onConflict === 'nothing') return false
  if (taken) throw duplicate('refund')
  if (row.amount <= 0n) throw check('refund_amount')
  put(work, refund, row.id, row)
  return true
}

export function updateRefund(work: Work, before: RefundRow, row: RefundRow): void {
  const step = stepRefund(before.status, row.status)
  if (step.kind !== 'same' && step.kind !== 'moved') {
    throw guard(`a refund cannot move from ${before.status} to ${row.status}`)
  }
  if (row.provider_refund_id !== null && refundWith(work, row) !== undefined) {
    throw duplicate('refund_by_provider')
  }
  put(work, work.tables.refund, row.id, row)
}

function refundWith(work: Work, row: RefundRow): RefundRow | undefined {
  for (const other of work.tables.refund.values()) {
    if (
      other.id !== row.id &&
      other.provider_refund_id === row.provider_refund_id &&
      other.provider === row.provider &&
      other.account_id === row.account_id &&
      other.environment === row.environment
    ) {
      return other
    }
  }
  return undefined
}

export function insertEvents(work: Work, events: readonly EventRow[]): void {
  for (const event of events) {
    const number = `${event.account_id}|${event.environment}|${event.subject_id}|${event.sequence}`
    if (work.tables.eventNumber.has(number)) throw duplicate('event_subject_sequence')
    work.tables.eventNumber.add(number)
    work.tables.event.push(event)
    work.undo.push(() => {
      work.tables.event.pop()
      work.tables.eventNumber.delete(number)
    })
  }
}

/** `false`: the key is taken. */
export function claim(work: Work, row: IdempotencyRow): boolean {
  const key = claimKey(row)
  if (work.tables.idempotency.has(key)) return false
  put(work, work.tables.idempotency, key, row)
  return true
}

export const claimKey = (ref: {
  readonly account_id: Uuid
  readonly environment: string
  readonly key: string
}): string => `${ref.account_id}|${ref.environment}|${ref.key}`
