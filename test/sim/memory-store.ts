/**
 * The engine's transactions over tables in memory: the same answers, errors and rows as PostgreSQL, held equal by
 * `differential.test.ts`. Each transaction is one synchronous, atomic step at the instant it is applied.
 */
import type { OperationState, Uuid } from '@onerouter/core'
import type { WebhookAddress } from '../../apps/api/src/store/inbound.ts'
import type { MoneyStore } from '../../apps/api/src/store/money-store.ts'
import type {
  ClaimedOperation,
  IdempotencyRow,
  OperationRow,
  PaymentRow,
} from '../../apps/api/src/store/rows.ts'
import type { OperationChange, StoredAnswer } from '../../apps/api/src/store/settle.ts'
import {
  atomically,
  type CredentialVersion,
  claimKey,
  emptyTables,
  insertEvents,
  insertOperation,
  insertPayment,
  insertRefund,
  put,
  remove,
  SqlError,
  type Tables,
  updateOperation,
  updatePayment,
  updateRefund,
  type Work,
} from './memory-tables.ts'

/** The same transactions, each answering at once. */
const FAILOVER_FROM: readonly string[] = ['created', 'processing']

export type SyncStore = {
  readonly [K in keyof MoneyStore]: MoneyStore[K] extends (...args: infer A) => Promise<infer R>
    ? (...args: A) => R
    : never
}

export interface MemoryStore {
  readonly tables: Tables
  readonly store: SyncStore
}

export interface MemoryWorld {
  /** The database's clock, in milliseconds: leases and due times are made by it. */
  readonly now: () => number
  readonly credentials: readonly CredentialVersion[]
  readonly addresses: readonly (WebhookAddress & { readonly token: string })[]
}

export function createMemoryStore(world: MemoryWorld): MemoryStore {
  const tables = emptyTables()
  const tx = <T>(body: (work: Work) => T): T => atomically(tables, body)
  const at = (ms: number | null): Date | null => (ms === null ? null : new Date(world.now() + ms))
  const finished = (ms: number | null): Date | null => (ms === null ? new Date(world.now()) : null)
  const context: Context = { tables, tx, at, finished, now: world.now }
  return {
    tables,
    store: { ...recording(context), ...settling(context), ...reading(context), ...queues(context, world) },
  }
}

interface Context {
  readonly tables: Tables
  readonly tx: <T>(body: (work: Work) => T) => T
  readonly at: (ms: number | null) => Date | null
  readonly finished: (ms: number | null) => Date | null
  readonly now: () => number
}

const stale = () => new SqlError('40001', 'the row has changed since it was read')

type Scope = Pick<PaymentRow, 'account_id' | 'environment'>
const isOf = (row: Scope, of: Scope): boolean =>
  row.account_id === of.account_id && row.environment === of.environment

function owned<T extends Scope>(row: T | undefined, of: Scope): T | null {
  return row !== undefined && isOf(row, of) ? row : null
}

/** `false`: the key is taken. */
function claim(work: Work, row: IdempotencyRow): boolean {
  const key = claimKey(row)
  if (work.tables.idempotency.has(key)) return false
  put(work, work.tables.idempotency, key, row)
  return true
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

function settledPayment(row: PaymentRow, next: PaymentRow): PaymentRow {
  const { account_id, environment, id, amount, currency, created_at } = row
  const { refunded, refund_pending, capture_mode, provider, credential_version, reference } = row
  const { receipt, description, customer, metadata, return_url, cancel_url, attempts, routing } = row
  return {
    ...next,
    ...{ account_id, environment, id, amount, currency, created_at, refunded, refund_pending, capture_mode },
    ...{ provider, credential_version, reference, receipt, description, customer, metadata },
    ...{ return_url, cancel_url, attempts, routing, api_key_id: row.api_key_id },
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

type Reads =
  | 'getPayment'
  | 'getPaymentById'
  | 'getPaymentOfAccount'
  | 'findPaymentByProviderIds'
  | 'getOperation'
  | 'listOperations'
  | 'getRefund'
  | 'getRefundOfAccount'
  | 'findRefundByProviderId'
  | 'getIdempotency'

const byId = (a: { id: Uuid }, b: { id: Uuid }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

function reading({ tables }: Context): Pick<SyncStore, Reads> {
  return {
    getPayment: (ref) => owned(tables.payment.get(ref.id), ref),
    getPaymentById: (id) => tables.payment.get(id) ?? null,
    getPaymentOfAccount(accountId, environments, id) {
      const row = tables.payment.get(id)
      return row?.account_id === accountId && environments.includes(row.environment) ? row : null
    },
    findPaymentByProviderIds(owner, { reference, orderRef, paymentRef }) {
      const operation = reference === null ? undefined : tables.operationByReference.get(reference)
      const made = operation === undefined ? undefined : tables.operation.get(operation)
      const ownMade = made !== undefined && isOf(made, owner) && made.provider === owner.provider
      const madeFor = ownMade ? made.payment_id : null
      const isMeant = (row: PaymentRow) =>
        isOf(row, owner) &&
        ((row.provider === owner.provider &&
          ((reference !== null && row.reference === reference) ||
            (orderRef !== null && row.provider_order_id === orderRef) ||
            (paymentRef !== null && row.provider_payment_id === paymentRef))) ||
          row.id === madeFor)
      const found = [...tables.payment.values()].filter(isMeant).sort((a, b) => byId(b, a))
      return found.find((row) => row.reference === reference) ?? found[0] ?? null
    },
    getOperation: (ref) => owned(tables.operation.get(ref.id), ref),
    listOperations(payment) {
      const rows: OperationRow[] = []
      for (const row of tables.operation.values()) {
        if (row.payment_id === payment.id && isOf(row, payment)) rows.push(row)
      }
      return rows.sort(byId)
    },
    getRefund: (ref) => owned(tables.refund.get(ref.id), ref),
    getRefundOfAccount(accountId, environments, id) {
      const row = tables.refund.get(id)
      return row?.account_id === accountId && environments.includes(row.environment) ? row : null
    },
    findRefundByProviderId(owner, refundRef) {
      for (const row of tables.refund.values()) {
        const same = row.provider === owner.provider && row.provider_refund_id === refundRef
        if (same && isOf(row, owner)) return row
      }
      return null
    },
    getIdempotency: (ref) => tables.idempotency.get(claimKey(ref)) ?? null,
  }
}

type Queues =
  | 'claimDueOperations'
  | 'claimOperation'
  | 'postponeOperation'
  | 'nextOperationDueMs'
  | 'reapIdempotency'
  | 'addressByToken'
  | 'addressesOf'
  | 'signingVersions'
  | 'storeInbound'
  | 'claimDueInbound'
  | 'finishInbound'
  | 'nextInboundDueMs'

interface Due {
  readonly id: Uuid
  readonly tries: number
  readonly due_at: Date | null
}

function dueRows<T extends Due>(rows: Map<Uuid, T>, nowMs: number, limit: number): T[] {
  const due: T[] = []
  for (const row of rows.values()) if (row.due_at !== null && row.due_at.getTime() <= nowMs) due.push(row)
  return due.sort((a, b) => (a.due_at?.getTime() ?? 0) - (b.due_at?.getTime() ?? 0)).slice(0, limit)
}

/** The earliest due time, absolute; `null` = none. */
export function earliestDue(rows: Map<Uuid, { readonly due_at: Date | null }>): number | null {
  let least: number | null = null
  for (const { due_at } of rows.values()) {
    if (due_at !== null && (least === null || due_at.getTime() < least)) least = due_at.getTime()
  }
  return least
}

function queues({ tables, tx, at, now }: Context, world: MemoryWorld): Pick<SyncStore, Queues> {
  const take = <T extends Due>(work: Work, rows: Map<Uuid, T>, row: T, leaseMs: number): T => {
    const taken = { ...row, due_at: at(leaseMs), tries: row.tries + 1 }
    put(work, rows, row.id, taken)
    return taken
  }
  const aged = (row: OperationRow): ClaimedOperation => ({
    ...row,
    age_ms: now() - row.recorded_at.getTime(),
  })
  const left = (dueMs: number | null) => (dueMs === null ? null : dueMs - now())
  return {
    claimDueOperations: (limit, leaseMs) =>
      tx((work) =>
        dueRows(tables.operation, now(), limit).map((row) =>
          aged(take(work, tables.operation, row, leaseMs)),
        ),
      ),
    claimOperation: (operation, leaseMs) =>
      tx((work) => {
        const row = owned(tables.operation.get(operation.id), operation)
        if (row === null || row.tries !== operation.tries) return null
        const dark = row.state === 'unknown' || row.state === 'needs_review'
        const left = row.state === 'sent' && row.due_at !== null && row.due_at.getTime() <= now()
        return dark || left ? aged(take(work, tables.operation, row, leaseMs)) : null
      }),
    postponeOperation: (operation, state, dueMs) =>
      tx((work) => {
        const row = owned(tables.operation.get(operation.id), operation)
        if (row === null) return
        const allowed =
          row.state === state ||
          (row.state === 'sent' && state === 'unknown') ||
          (row.state === 'unknown' && state === 'needs_review')
        if (allowed) updateOperation(work, row, { ...row, state, due_at: at(dueMs) })
      }),
    nextOperationDueMs: () => left(earliestDue(tables.operation)),
    reapIdempotency: (olderThanDays) =>
      tx((work) => {
        let gone = 0
        for (const [key, row] of tables.idempotency) {
          const old = row.created_at.getTime() < now() - olderThanDays * 86_400_000
          if (row.status === null || !old || gone >= 1000) continue
          remove(work, tables.idempotency, key)
          gone += 1
        }
        return gone
      }),
    addressByToken: (service, token) =>
      world.addresses.find((one) => one.service === service && one.token === token) ?? null,
    addressesOf: (service, limit) =>
      world.addresses.filter((one) => one.service === service).slice(0, limit + 1),
    signingVersions: (address) =>
      world.credentials
        .filter((one) => isOf(one, address) && one.service === address.service)
        .map((one) => one.version)
        .sort((a, b) => b - a)
        .slice(0, 5),
    storeInbound: (row, dedupeKeys) =>
      tx((work) => {
        let fresh = true
        for (const key of new Set(dedupeKeys)) {
          const full = `${row.account_id}|${row.environment}|${row.provider}|${key}`
          if (tables.inboundKey.has(full)) fresh = false
          tables.inboundKey.add(full)
        }
        if (fresh) put(work, tables.inbound, row.id, row)
        return fresh
      }),
    claimDueInbound: (limit, leaseMs) =>
      tx((work) =>
        dueRows(tables.inbound, now(), limit).map((row) => take(work, tables.inbound, row, leaseMs)),
      ),
    finishInbound: (row, { state, reason, paymentId, dueMs }) =>
      tx((work) => {
        const before = owned(tables.inbound.get(row.id), row)
        if (before === null) return
        const applied_at = dueMs === null ? new Date(now()) : null
        put(work, tables.inbound, row.id, {
          ...before,
          ...{ state, reason, payment_id: paymentId, due_at: at(dueMs), applied_at },
        })
      }),
    nextInboundDueMs: () => left(earliestDue(tables.inbound)),
  }
}
