import { currency, formatId, formatMajor } from '@onerouter/core'
import type { StoredFailure } from '../store/rows.ts'
import type { CustomerRow, PlanRow, ProviderPlanRow, SubscriptionChargeRow, SubscriptionRow } from './rows.ts'

/** The objects of the API, as the contract's schemas have them; a test holds both equal. */
export function presentCustomer(row: CustomerRow) {
  return {
    id: formatId('customer', row.id),
    object: 'customer' as const,
    name: row.name,
    email: row.email,
    phone: row.phone,
    country: row.country,
    description: row.description,
    metadata: row.metadata,
    environment: row.environment,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

const PLAN_STATUS = {
  sent: 'pending',
  unknown: 'pending',
  needs_review: 'pending',
  ready: 'ready',
  rejected: 'refused',
  not_sent: 'pending',
} as const satisfies Record<ProviderPlanRow['state'], string>

export function presentPlan(row: PlanRow, atProviders: readonly ProviderPlanRow[]) {
  const code = currency(row.currency)
  return {
    id: formatId('plan', row.id),
    object: 'plan' as const,
    name: row.name,
    description: row.description,
    amount: formatMajor(row.amount, code),
    amount_minor: Number(row.amount),
    currency: row.currency,
    interval: row.interval,
    interval_count: row.interval_count,
    provider: row.provider,
    provider_plans: atProviders.map((one) => ({
      provider: one.provider,
      status: PLAN_STATUS[one.state],
      provider_plan_id: one.provider_plan_id,
    })),
    metadata: row.metadata,
    environment: row.environment,
    created_at: row.created_at.toISOString(),
  }
}

/** What can still be agreed to; a subscription that has ended offers nothing. */
function approvalUrl(row: SubscriptionRow): string | null {
  const open = row.status === 'pending_approval' || row.pending_plan_id !== null
  return open && row.ended_at === null ? row.approval_url : null
}

export function presentSubscription(row: SubscriptionRow) {
  const code = currency(row.currency)
  const url = approvalUrl(row)
  const id = formatId('subscription', row.id)
  const at = (date: Date | null) => date?.toISOString() ?? null
  return {
    id,
    object: 'subscription' as const,
    subscription_id: id,
    status: row.status,
    plan_id: formatId('plan', row.plan_id),
    pending_plan_id: row.pending_plan_id === null ? null : formatId('plan', row.pending_plan_id),
    quantity: row.quantity,
    customer_id: row.customer_id === null ? null : formatId('customer', row.customer_id),
    customer: row.customer,
    description: row.description,
    metadata: row.metadata,
    provider: row.provider,
    provider_subscription_id: row.provider_subscription_id,
    environment: row.environment,
    approval_url: url,
    checkout_url: url,
    trial_days: row.trial_days,
    trial_end: at(row.trial_end),
    start_date: at(row.start_at),
    total_count: row.total_count,
    paid_count: row.paid_count,
    failed_count: row.failed_count,
    current_period_start: at(row.current_period_start),
    current_period_end: at(row.current_period_end),
    next_charge_at: at(row.next_charge_at),
    cancel_at_period_end: row.cancel_at_period_end,
    ended_at: at(row.ended_at),
    currency: row.currency,
    amount_charged: formatMajor(row.charged, code),
    amount_charged_minor: Number(row.charged),
    amount_refunded: formatMajor(row.refunded, code),
    amount_refunded_minor: Number(row.refunded),
    latest_charge_id:
      row.latest_charge_id === null ? null : formatId('subscription_charge', row.latest_charge_id),
    failure: presentFailure(row.failure),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
export type SubscriptionObject = ReturnType<typeof presentSubscription>

export function presentCharge(row: SubscriptionChargeRow) {
  const code = currency(row.currency)
  return {
    id: formatId('subscription_charge', row.id),
    object: 'subscription_charge' as const,
    subscription_id: formatId('subscription', row.subscription_id),
    kind: row.kind,
    status: row.status,
    attempts: row.attempts,
    amount: formatMajor(row.amount, code),
    amount_minor: Number(row.amount),
    amount_refunded: formatMajor(row.refunded, code),
    amount_refunded_minor: Number(row.refunded),
    currency: row.currency,
    fees: presentFees(row),
    period_start: row.period_start.toISOString(),
    period_end: row.period_end?.toISOString() ?? null,
    charged_at: row.charged_at.toISOString(),
    provider: row.provider,
    provider_charge_id: row.provider_charge_id,
    provider_payment_id: row.provider_payment_id,
    failure: presentFailure(row.failure),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

function presentFees(row: SubscriptionChargeRow) {
  if (row.fee_amount === null || row.fee_currency === null) return null
  const code = currency(row.fee_currency)
  const tax = row.fee_tax ?? 0n
  return {
    amount: formatMajor(row.fee_amount, code),
    amount_minor: Number(row.fee_amount),
    tax: formatMajor(tax, code),
    tax_minor: Number(tax),
    currency: row.fee_currency,
  }
}

function presentFailure(failure: StoredFailure | null) {
  if (failure === null) return null
  const { code, decline_reason, message, provider_code } = failure
  return { code, decline_reason, message, provider_code }
}
