/**
 * The engine's transactions over tables in memory: the same answers, errors and rows as PostgreSQL, held equal by
 * `differential.test.ts`. Each transaction is one synchronous, atomic step at the instant it is applied.
 */
import type { OperationState } from '@onerouter/core'
import type { OperationRow, PaymentRow } from '../../apps/api/src/store/rows.ts'
import type { OperationChange, StoredAnswer } from '../../apps/api/src/store/settle.ts'
import {
  type Context,
  type MemoryStore,
  type MemoryWorld,
  owned,
  type Scope,
  type SyncStore,
  stale,
} from './memory-context.ts'
import { linking } from './memory-links.ts'
import { queues, reading } from './memory-reads.ts'
import {
  atomically,
  claim,
  claimKey,
  emptyTables,
  insertEvents,
  insertOperation,
  insertPayment,
  insertRefund,
  put,
  remove,
  SqlError,
  updateOperation,
  updatePayment,
  updateRefund,
  type Work,
} from './memory-tables.ts'

const FAILOVER_FROM: readonly string[] = ['created', 'processing']

export function createMemoryStore(world: MemoryWorld): MemoryStore {
  const tables = emptyTables()
  const tx = <T>(body: (work: Work) => T): T => atomically(tables, world.now, body)
  const at = (ms: number | null): Date | null => (ms === null ? null : new Date(world.now() + ms))
  const finished = (ms: number | null): Date | null => (ms === null ? new Date(world.now()) : null)
  const context: Context = { tables, tx, at, finished, now: world.now }
  return {
    tables,
    store: {
      ...recording(context),
      ...settling(context),
      ...reading(context),
      ...queues(context, world),
      ...linking(context),
    },
  }
}

const recorded = (row: OperationRow, due_at: Date | null, nowMs: number): OperationRow => ({
  ...row,
  failure: null,
  tries: 0,
  due_at,
  recorded_at: new Date(nowMs),
  finished_at: null,
})

const LATE_FROM: readonly OperationState[] = [
  'declined',
  'rejected',
  'not_sent',
  'absent',
  'abandoned',
  'canceled',
  'expired',
]

function recording({
  tx,
  at,
  finished,
  now,
}: Context): Pick<
  SyncStore,
  | 'recordCreate'
  | 'recordFailover'
  | 'recordCompletion'
  | 'recordConfirm'
  | 'recordRefund'
  | 'recordLateSuccess'
> {
  return {
    recordCreate: (intent) =>
      tx((work) => {
        if (!claim(work, intent.idempotency)) return false
        insertPayment(work, intent.payment)
        insertOperation(work, recorded(intent.operation, at(intent.takeoverMs), now()))
        insertEvents(work, intent.events)
        return true
      }),
    recordFailover: ({ left, payment, operation, claim: of, takeoverMs }) =>
      tx((work) => {
        const before = owned(work.tables.operation.get(left.id), payment)
        if (before === null || (before.state !== 'sent' && before.state !== 'unknown')) return false
        const proven = left.state === 'abandoned' || (before.state === 'sent' && before.tries === 0)
        if (!proven) return false
        updateOperation(work, before, {
          ...before,
          state: left.state,
          failure: left.failure,
          due_at: null,
          finished_at: finished(null),
        })
        const row = owned(work.tables.payment.get(payment.id), payment)
        if (row === null || row.version !== payment.version - 1 || !FAILOVER_FROM.includes(row.status))
          throw stale()
        const { version, provider, credential_version, reference, checkout_url, attempts, routing } = payment
        const { updated_at } = payment
        updatePayment(work, row, {
          ...row,
          ...{
            version,
            provider,
            credential_version,
            reference,
            checkout_url,
            attempts,
            routing,
            updated_at,
          },
        })
        insertOperation(work, recorded(operation, at(takeoverMs), now()))
        const key = of === null ? '' : claimKey(of)
        const asked = work.tables.idempotency.get(key)
        if (asked !== undefined) {
          put(work, work.tables.idempotency, key, { ...asked, operation_id: operation.id })
        }
        return true
      }),
    recordCompletion: (intent) =>
      tx((work) => {
        if (!claim(work, intent.idempotency)) return false
        bump(work, intent.payment)
        insertOperation(work, recorded(intent.operation, at(intent.takeoverMs), now()))
        return true
      }),
    recordConfirm: (operation, payment, takeoverMs) =>
      tx((work) => {
        bump(work, payment)
        insertOperation(work, recorded(operation, at(takeoverMs), now()))
      }),
    recordRefund: (intent) =>
      tx((work) => {
        if (!claim(work, intent.idempotency)) return false
        const { refund } = intent
        const row = owned(work.tables.payment.get(refund.payment_id), refund)
        const left = row === null ? 0n : row.captured - row.refunded - row.refund_pending
        if (row === null || row.status !== 'succeeded' || left < refund.amount) {
          throw new SqlError('OR001', 'the payment does not allow this any more')
        }
        updatePayment(work, row, {
          ...row,
          refund_pending: row.refund_pending + refund.amount,
          version: row.version + 1,
          updated_at: refund.created_at,
        })
        insertRefund(work, refund, 'throw')
        insertOperation(work, recorded(intent.operation, at(intent.takeoverMs), now()))
        insertEvents(work, intent.events)
        return true
      }),
    recordLateSuccess: (operation, payment, dueMs) =>
      tx((work) => {
        bump(work, payment)
        const before = work.tables.operation.get(operation.id)
        const late = recorded(operation, at(dueMs), now())
        if (before === undefined) {
          insertOperation(work, late)
          return true
        }
        if (!LATE_FROM.includes(before.state)) return false
        const { state, amount, request, due_at } = late
        const fresh = { failure: null, tries: 0, finished_at: null }
        updateOperation(work, before, { ...before, state, amount, request, due_at, ...fresh })
        return true
      }),
  }
}

/** The payment in exactly the version that was read becomes the next one. */
function bump(work: Work, payment: PaymentRow): void {
  const row = owned(work.tables.payment.get(payment.id), payment)
  if (row === null || row.version !== payment.version) throw stale()
  updatePayment(work, row, { ...row, version: row.version + 1 })
}

function settling(
  context: Context,
): Pick<SyncStore, 'settlePayment' | 'settleRefund' | 'adoptRefund' | 'freezeAnswer' | 'releaseClaim'> {
  const { tx, at, finished } = context
  return {
    settlePayment: ({ payment, events, operation, charge, stored }) =>
      tx((work) => {
        if (operation !== null && !settleOperation(context, work, operation, payment)) return false
        const row = owned(work.tables.payment.get(payment.id), payment)
        if (row === null || row.version !== payment.version - 1) throw stale()
        const next = settledPayment(row, payment)
        updatePayment(work, row, next)
        const id = work.tables.operationByReference.get(next.reference)
        const followed = id === undefined ? undefined : work.tables.operation.get(id)
        if (
          followed?.kind === 'charge' &&
          followed.payment_id === row.id &&
          followed.id !== (operation?.id ?? null)
        ) {
          const state: OperationState = charge.from.includes(followed.state) ? charge.to : followed.state
          const due_at = at(charge.dueMs)
          updateOperation(work, followed, {
            ...followed,
            ...{ state, due_at, tries: 0, finished_at: finished(charge.dueMs) },
          })
        }
        insertEvents(work, events)
        answer(work, stored, operation)
        return true
      }),
    settleRefund: ({ refund, pendingDelta, refundedDelta, events, operation, stored }) =>
      tx((work) => {
        if (operation !== null && !settleOperation(context, work, operation, refund)) return false
        const row = owned(work.tables.refund.get(refund.id), refund)
        if (row === null || row.version !== refund.version - 1) throw stale()
        const { version, sequence, status, provider_refund_id, failure, updated_at } = refund
        updateRefund(work, row, {
          ...row,
          ...{ version, sequence, status, provider_refund_id, failure, updated_at },
        })
        const payment = owned(work.tables.payment.get(row.payment_id), refund)
        if (payment === null) throw stale()
        updatePayment(work, payment, {
          ...payment,
          refund_pending: payment.refund_pending + pendingDelta,
          refunded: payment.refunded + refundedDelta,
          version: payment.version + 1,
          updated_at,
        })
        insertEvents(work, events)
        answer(work, stored, operation)
        return true
      }),
    adoptRefund: (refund, events) =>
      tx((work) => {
        const row = owned(work.tables.payment.get(refund.payment_id), refund)
        if (row === null || row.captured - row.refunded - row.refund_pending < refund.amount) return false
        if (!insertRefund(work, refund, 'nothing')) return false
        const pending = refund.status === 'pending'
        updatePayment(work, row, {
          ...row,
          version: row.version + 1,
          refunded: row.refunded + (refund.status === 'succeeded' ? refund.amount : 0n),
          refund_pending: row.refund_pending + (pending ? refund.amount : 0n),
        })
        const id = work.tables.operationByReference.get(row.reference)
        const followed = id === undefined ? undefined : work.tables.operation.get(id)
        if (pending && followed !== undefined) {
          put(work, work.tables.operation, followed.id, { ...followed, due_at: at(300_000) })
        }
        insertEvents(work, events)
        return true
      }),
    freezeAnswer: (ref, { status, body }) =>
      tx((work) => {
        const row = work.tables.idempotency.get(claimKey(ref))
        if (row === undefined || row.status !== null || row.operation_id !== ref.operation_id) return false
        put(work, work.tables.idempotency, claimKey(ref), { ...row, status, body })
        return true
      }),
    releaseClaim: (ref) =>
      tx((work) => {
        const row = work.tables.idempotency.get(claimKey(ref))
        if (row === undefined || row.status !== null || row.operation_id !== ref.operation_id) return false
        remove(work, work.tables.idempotency, claimKey(ref))
        return true
      }),
  }
}

/** `false`: it is not in a state from which it may be settled this way. */
function settleOperation(
  { at, finished }: Context,
  work: Work,
  change: OperationChange,
  owner: Scope,
): boolean {
  const row = owned(work.tables.operation.get(change.id), owner)
  if (row === null || !change.from.includes(row.state)) return false
  if (change.fence !== null && row.tries !== change.fence) return false
  updateOperation(work, row, {
    ...row,
    state: change.to,
    failure: change.failure,
    tries: change.to === 'unknown' ? row.tries : 0,
    due_at: at(change.dueMs),
    finished_at: finished(change.dueMs),
  })
  return true
}

/** Named one by one: to spread a second object over the first copies it member by member, by name. */
function settledPayment(row: PaymentRow, next: PaymentRow): PaymentRow {
  return {
    ...row,
    version: next.version,
    sequence: next.sequence,
    status: next.status,
    captured: next.captured,
    provider_order_id: next.provider_order_id,
    provider_payment_id: next.provider_payment_id,
    provider_refs: next.provider_refs,
    checkout_url: next.checkout_url,
    checkout_options: next.checkout_options,
    method: next.method,
    failure: next.failure,
    fee_amount: next.fee_amount,
    fee_tax: next.fee_tax,
    fee_currency: next.fee_currency,
    updated_at: next.updated_at,
  }
}

function answer(work: Work, stored: StoredAnswer | null, settled: OperationChange | null): void {
  if (stored === null) return
  const key = claimKey(stored.claim)
  const row = work.tables.idempotency.get(key)
  if (row === undefined || row.status !== null || row.operation_id !== settled?.id) return
  if (stored.answer === null) remove(work, work.tables.idempotency, key)
  else put(work, work.tables.idempotency, key, { ...row, ...stored.answer })
}
