/** Situations that are seen best from their ends: the tables after a history tell which of them it has been through. */
import type { OperationKind, OperationState, Uuid } from '@onerouter/core'
import { COMPENSATION_REASON } from '../../apps/api/src/engine/compensate.ts'
import type { OperationRow } from '../../apps/api/src/store/rows.ts'
import type { Mark } from './marks.ts'
import { SLOTS } from './slots.ts'
import type { World } from './world.ts'

const BY_STATE: Partial<Record<OperationState, Mark>> = {
  not_sent: 'operation_not_sent',
  absent: 'operation_absent',
  rejected: 'operation_rejected',
  declined: 'operation_declined',
  expired: 'operation_expired',
}

const BY_KIND: Partial<Record<OperationKind, Mark>> = { capture: 'captured', void: 'canceled' }

export function noteSituations(world: World): void {
  const { memory, mark, active } = world
  noteLinks(world)
  const { operation, payment, refund, event } = memory.tables
  for (const one of operation.values()) {
    const byState = BY_STATE[one.state]
    if (byState !== undefined) mark(byState)
    if (one.state === 'compensated') mark('duplicate_compensated')
    if (one.state !== 'succeeded') continue
    const byKind = BY_KIND[one.kind]
    if (byKind !== undefined) mark(byKind)
    if (one.kind === 'capture' && one.amount < (payment.get(one.payment_id)?.amount ?? 0n)) {
      mark('captured_in_part')
    }
    if (one.kind === 'void' && one.n > 1) mark('hold_released')
  }
  for (const one of payment.values()) noteAttempts(one.id, [...operation.values()], mark)
  if (active.has(SLOTS[0]) && active.has(SLOTS[1])) mark('two_routers')
  if (active.has(SLOTS[2]) && active.has(SLOTS[3])) mark('two_workers')
  for (const one of refund.values()) {
    if (one.reason === COMPENSATION_REASON && one.status === 'succeeded') mark('compensated')
  }
  const last = new Map<string, string>()
  for (const one of event) {
    const late = one.type === 'payment.succeeded' && last.get(one.subject_id) === 'payment.canceled'
    if (late) mark('late_after_canceled')
    last.set(one.subject_id, one.type)
  }
}

function noteAttempts(paymentId: Uuid, operations: readonly OperationRow[], mark: World['mark']): void {
  const charges = operations.filter(
    ({ kind, payment_id, request }) =>
      kind === 'charge' && payment_id === paymentId && request.duplicate === undefined,
  )
  for (const [i, one] of charges.entries()) {
    const before = charges[i - 1]
    if (before !== undefined) mark(before.provider === one.provider ? 'started_anew' : 'failed_over')
  }
}

function noteLinks({ memory, mark }: World): void {
  const { payment_link, payment_link_attempt, payment, refund, event } = memory.tables
  for (const link of payment_link.values()) {
    if (link.payments_count > 0) mark('link_paid')
    if (link.payments_count > 1) mark('link_paid_again')
    const told = event.filter((one) => one.subject_id === link.id).map((one) => one.type)
    const ended = told.findIndex((type) => ENDED.has(type))
    const type = told[ended]
    if (type !== undefined) mark(type === 'payment_link.expired' ? 'link_expired' : 'link_deactivated')
    if (ended >= 0 && told.indexOf('payment_link.paid', ended) > 0) mark('link_paid_after_its_end')
    for (const one of payment_link_attempt.values()) {
      if (one.link_id !== link.id) continue
      if (one.state === 'returned') {
        mark('link_surplus_returned')
        const refunds = [...refund.values()].filter(({ payment_id }) => payment_id === one.payment_id)
        if (refunds.some(({ status }) => status === 'failed')) mark('link_surplus_bounced')
      }
      const isOver = link.status === 'paid' || link.status === 'deactivated'
      if (isOver && payment.get(one.payment_id)?.status === 'canceled') mark('link_withdrawn')
    }
  }
}

const ENDED: ReadonlySet<string> = new Set(['payment_link.expired', 'payment_link.deactivated'])
