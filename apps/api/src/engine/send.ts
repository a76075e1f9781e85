import type { Outcome } from '@onerouter/core'
import { currency, formatId, money, unknown } from '@onerouter/core'
import type { CreatePayment, PaymentSnapshot, RefundSnapshot } from '@onerouter/providers'
import type { OperationRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { contextFor, handleOf, metaOf, type ProviderAccess } from './call-provider.ts'
import type { Engine } from './ports.ts'

/**
 * Recorded calls as they go to the provider. The resolver sends exactly the same again: everything comes from
 * the rows, and the operation's reference is its key for ever.
 */
type Send = 'first' | 'later'

export async function sendCharge(
  engine: Engine,
  access: ProviderAccess,
  operation: OperationRow,
  payment: PaymentRow,
  send: Send,
): Promise<Outcome<PaymentSnapshot>> {
  const payments = access.provider.payments
  if (payments === undefined) throw new Error(`${payment.provider} takes no payments`)
  const { method, save, saved: kept } = operation.request
  const saved = kept === undefined ? undefined : await engine.saved?.tokenOf(operation)
  if (kept !== undefined && saved == null) return unknown('the saved method is not kept any more')
  const ctx = contextFor(engine, access.credential, send, metaOf('payments.create', operation))
  const request: CreatePayment = {
    reference: operation.reference,
    amount: amountOf(operation),
    capture: payment.capture_mode,
    returnUrl: engine.pages.returnUrl(payment.id),
    cancelUrl: engine.pages.cancelUrl(payment.id),
    ...(method !== undefined && { method }),
    ...(save !== undefined && { save: { customerRef: save.customers[payment.provider] ?? null } }),
    ...(saved != null && { saved }),
    ...(payment.description !== null && { description: payment.description }),
    ...(payment.customer !== null && { customer: payment.customer }),
  }
  return await payments.create(ctx, request, operation.reference)
}

export function sendCompletion(
  engine: Engine,
  access: ProviderAccess,
  operation: OperationRow,
  payment: PaymentRow,
  send: Send,
): Promise<Outcome<PaymentSnapshot>> {
  const payments = access.provider.payments
  const ctx = contextFor(engine, access.credential, send, metaOf(`payments.${operation.kind}`, operation))
  const handle = handleOf(payment)
  const key = operation.reference
  if (operation.kind === 'capture' && payments?.capture !== undefined) {
    return payments.capture(ctx, handle, amountOf(operation), key)
  }
  if (operation.kind === 'void' && payments?.cancel !== undefined) return payments.cancel(ctx, handle, key)
  if (operation.kind === 'confirm' && payments?.confirm !== undefined) {
    return payments.confirm(ctx, handle, key)
  }
  throw new Error(`${payment.provider} cannot ${operation.kind}; it should not have been recorded`)
}

export function sendRefund(
  engine: Engine,
  access: ProviderAccess,
  operation: OperationRow,
  payment: PaymentRow,
  refund: RefundRow,
  send: Send,
): Promise<Outcome<RefundSnapshot>> {
  const refunds = access.provider.refunds
  if (refunds === undefined) throw new Error(`${payment.provider} refunds nothing`)
  const ctx = contextFor(engine, access.credential, send, metaOf('refunds.create', operation))
  const request = {
    reference: refundReference(refund),
    amount: amountOf(operation),
    speed: refund.speed,
    ...(refund.reason !== null && { reason: refund.reason }),
  }
  return refunds.create(ctx, handleOf(payment), request, operation.reference)
}

/** By which a refund is found at the provider: its own id. */
export const refundReference = (refund: RefundRow): string => formatId('refund', refund.id)

const amountOf = (operation: OperationRow) => money(operation.amount, currency(operation.currency))
