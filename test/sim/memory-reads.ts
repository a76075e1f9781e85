/** Reads and queues of the store in memory. */
import type { Uuid } from '@onerouter/core'
import type { ClaimedOperation, OperationRow, PaymentRow } from '../../apps/api/src/store/rows.ts'
import { type Context, isOf, type MemoryWorld, owned, type SyncStore } from './memory-context.ts'
import { claimKey, put, remove, updateOperation, type Work } from './memory-tables.ts'

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

export const byId = (a: { id: Uuid }, b: { id: Uuid }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

export function reading({ tables }: Context): Pick<SyncStore, Reads> {
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
      const found: PaymentRow[] = []
      for (const row of tables.payment.values()) if (isMeant(row)) found.push(row)
      if (found.length > 1) found.sort((a, b) => byId(b, a))
      return found.find((row) => row.reference === reference) ?? found[0] ?? null
    },
    getOperation: (ref) => owned(tables.operation.get(ref.id), ref),
    listOperations(payment) {
      const rows: OperationRow[] = []
      for (const row of tables.operation.values()) {
        if (row.payment_id === payment.id && isOf(row, payment)) rows.push(row)
      }
      return rows.length > 1 ? rows.sort(byId) : rows
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
  | 'sendScouts'
  | 'fetchWaiting'
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

export function dueRows<T extends Due>(rows: Map<Uuid, T>, nowMs: number, limit: number): T[] {
  const due: T[] = []
  for (const row of rows.values()) if (row.due_at !== null && row.due_at.getTime() <= nowMs) due.push(row)
  if (due.length > 1) due.sort((a, b) => (a.due_at?.getTime() ?? 0) - (b.due_at?.getTime() ?? 0))
  return due.length > limit ? due.slice(0, limit) : due
}

/** The earliest due time, absolute; `null` = none. */
export function earliestDue(rows: Map<Uuid, { readonly due_at: Date | null }>): number | null {
  let least: number | null = null
  for (const { due_at } of rows.values()) {
    if (due_at !== null && (least === null || due_at.getTime() < least)) least = due_at.getTime()
  }
  return least
}

/** Calls of unknown outcome that nobody will ask about before `untilMs`, those asked about least often first. */
export function longWaiting(rows: Map<Uuid, OperationRow>, untilMs: number): OperationRow[] {
  const waiting: OperationRow[] = []
  for (const row of rows.values()) {
    if (row.state === 'unknown' && row.due_at !== null && row.due_at.getTime() > untilMs) waiting.push(row)
  }
  return waiting.length > 1 ? waiting.sort((a, b) => a.tries - b.tries || byId(a, b)) : waiting
}

export function queues({ tables, tx, at, now }: Context, world: MemoryWorld): Pick<SyncStore, Queues> {
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
    sendScouts: (beyondMs) =>
      tx((work) => {
        const least = new Map<string, OperationRow>()
        for (const row of longWaiting(tables.operation, now() + beyondMs)) {
          const owner = `${row.account_id}|${row.environment}|${row.provider}`
          if (!least.has(owner)) least.set(owner, row)
        }
        for (const row of least.values()) updateOperation(work, row, { ...row, due_at: at(0) })
        return least.size
      }),
    fetchWaiting: (settled, { beyondMs, withinMs, limit }) =>
      tx((work) => {
        const same = (row: OperationRow) => isOf(row, settled) && row.provider === settled.provider
        const waiting = longWaiting(tables.operation, now() + beyondMs)
          .filter(same)
          .slice(0, limit)
        for (const row of waiting) {
          const share = Number.parseInt(row.id.slice(-4), 16) / 65_536
          updateOperation(work, row, { ...row, due_at: at(Math.floor(share * withinMs)) })
        }
        return waiting.length
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
