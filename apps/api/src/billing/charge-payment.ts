import { ApiError, formatId, type Service, type Uuid } from '@onerouter/core'
import { ownPayment } from '../engine/complete-payment.ts'
import { mustRead } from '../engine/follow-up.ts'
import { chargeOf } from '../engine/intent.ts'
import { type Caller, visibleEnvironments } from '../engine/ports.ts'
import { syncPayment } from '../engine/sync-payment.ts'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import { type ChargedBy, findCharged, insertChargePayment } from './charge-store.ts'
import type { Billing } from './ports.ts'

/**
 * A subscription's charge is a payment in the making: when its money is to move again it becomes one, under the charge's
 * own id, and everything payments are promised holds for it. What went back of it before is read from the provider.
 */
export async function chargePayment(billing: Billing, charged: ChargedBy): Promise<PaymentRow> {
  const { payment, operation } = paymentOf(billing, charged)
  if (await insertChargePayment(billing.db, payment, operation)) {
    await syncPayment(billing.engine, payment, 'poll')
  }
  return await mustRead(billing.engine.store.getPayment(payment))
}

/** The payment of the caller's own charge. @throws ApiError not_found, service_not_allowed, invalid_state */
export async function paymentOfCharge(billing: Billing, caller: Caller, chargeId: Uuid): Promise<Uuid> {
  const [charged] = await findCharged(billing.db, {
    accountId: caller.accountId,
    environments: visibleEnvironments(caller),
    by: { chargeId },
  })
  if (charged === undefined) throw new ApiError('not_found', 'There is no such charge.')
  const { charge } = charged
  if (caller.services !== null && !caller.services.has(charge.provider)) {
    throw new ApiError('service_not_allowed', `This key may not use ${charge.provider}.`)
  }
  if (charge.status !== 'succeeded' || charge.provider_payment_id === null) {
    throw new ApiError('invalid_state', `A charge that is ${charge.status} took nothing to give back.`)
  }
  return (await ownPayment(billing.engine, caller, (await chargePayment(billing, charged)).id)).id
}

/** The payment of the charge behind one of the provider's payments; `null` where that paid for no subscription. */
export async function paymentOfProviders(
  billing: Billing,
  owner: Pick<PaymentRow, 'account_id' | 'environment'> & { readonly provider: Service },
  paymentRef: string,
): Promise<PaymentRow | null> {
  const [charged] = await findCharged(billing.db, {
    accountId: owner.account_id,
    environments: [owner.environment],
    by: { provider: owner.provider, paymentRef },
  })
  return charged === undefined ? null : await chargePayment(billing, charged)
}

function paymentOf(
  { engine }: Billing,
  { charge, subscription }: ChargedBy,
): { readonly payment: PaymentRow; readonly operation: OperationRow } {
  const payment: PaymentRow = {
    account_id: charge.account_id,
    environment: charge.environment,
    id: charge.id,
    version: 1,
    sequence: 0,
    status: 'succeeded',
    amount: charge.amount,
    currency: charge.currency,
    captured: charge.amount,
    refunded: 0n,
    refund_pending: 0n,
    capture_mode: 'automatic',
    provider: charge.provider,
    credential_version: subscription.credential_version,
    reference: formatId('operation', charge.id),
    // No order of ours was paid: the payment is read by its own id.
    provider_order_id: charge.provider_payment_id,
    provider_payment_id: charge.provider_payment_id,
    provider_refs: {},
    checkout_url: null,
    checkout_options: null,
    method: null,
    receipt: null,
    description: subscription.description,
    customer: subscription.customer,
    metadata: subscription.metadata,
    return_url: null,
    cancel_url: null,
    failure: null,
    fee_amount: charge.fee_amount,
    fee_tax: charge.fee_tax,
    fee_currency: charge.fee_currency,
    attempts: 1,
    routing: { rule: 'subscription', candidates: [] },
    api_key_id: subscription.api_key_id,
    created_at: charge.created_at,
    updated_at: new Date(engine.now()),
  }
  const operation: OperationRow = { ...chargeOf(engine, payment, {}), state: 'succeeded' }
  return { payment, operation }
}
