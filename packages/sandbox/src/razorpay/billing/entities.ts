import { addEvery, type Every } from '../../kernel/calendar.ts'
import { wireNotes } from '../entities.ts'
import type { Razorpay } from '../state.ts'
import type { InvoiceRow, Item, Period, PlanRow, SubscriptionRow } from './rows.ts'

const STEP = {
  daily: { interval: 'day', count: 1 },
  weekly: { interval: 'week', count: 1 },
  monthly: { interval: 'month', count: 1 },
  quarterly: { interval: 'month', count: 3 },
  yearly: { interval: 'year', count: 1 },
} satisfies Record<Period, Every>

export function everyOf(plan: PlanRow): Every {
  const { interval, count } = STEP[plan.period]
  return { interval, count: count * plan.interval }
}

const itemEntity = (item: Item, at: number) => ({
  id: item.id,
  active: true,
  name: item.name,
  description: item.description,
  amount: item.amount,
  unit_amount: item.amount,
  currency: item.currency,
  type: 'plan',
  unit: null,
  tax_inclusive: false,
  hsn_code: null,
  sac_code: null,
  tax_rate: null,
  tax_id: null,
  tax_group_id: null,
  created_at: at,
  updated_at: at,
})

export const planEntity = (plan: PlanRow) => ({
  id: plan.id,
  entity: 'plan',
  interval: plan.interval,
  period: plan.period,
  item: itemEntity(plan.item, plan.createdAt),
  notes: wireNotes(plan.notes),
  created_at: plan.createdAt,
})

export function planOf(rzp: Razorpay, subscription: SubscriptionRow): PlanRow {
  const plan = rzp.state.plans.get(subscription.planId)
  if (plan === undefined) throw new Error(`subscription ${subscription.id} has lost its plan`)
  return plan
}

export const remainingOf = ({ totalCount, begun }: SubscriptionRow): number => Math.max(0, totalCount - begun)

/** When the last cycle ends; unknown until the first one has a date. */
function endAt(rzp: Razorpay, subscription: SubscriptionRow): number | null {
  const { startAt, currentEnd } = subscription
  const from = currentEnd ?? startAt
  if (from === null) return null
  return addEvery(from * 1_000, everyOf(planOf(rzp, subscription)), remainingOf(subscription)) / 1_000
}

export const shortUrl = (rzp: Razorpay, subscription: SubscriptionRow): string =>
  `${rzp.world.urls.pages}/razorpay/s/${subscription.id.slice('sub_'.length)}`

/** `customer_id` is there only once the payer has authorised (razorpay-node issue 242). */
export function subscriptionEntity(rzp: Razorpay, subscription: SubscriptionRow) {
  return {
    id: subscription.id,
    entity: 'subscription',
    plan_id: subscription.planId,
    ...(subscription.customerId === null ? {} : { customer_id: subscription.customerId }),
    status: subscription.status,
    current_start: subscription.currentStart,
    current_end: subscription.currentEnd,
    ended_at: subscription.endedAt,
    quantity: subscription.quantity,
    notes: wireNotes(subscription.notes),
    charge_at: subscription.chargeAt,
    start_at: subscription.startAt,
    end_at: endAt(rzp, subscription),
    auth_attempts: subscription.attempts,
    total_count: subscription.totalCount,
    paid_count: subscription.paidCount,
    customer_notify: subscription.notify,
    created_at: subscription.createdAt,
    expire_by: subscription.expireBy,
    short_url: shortUrl(rzp, subscription),
    has_scheduled_changes: subscription.scheduled !== null,
    change_scheduled_at: subscription.scheduled === null ? null : subscription.currentEnd,
    source: 'api',
    offer_id: null,
    remaining_count: remainingOf(subscription),
    ...(subscription.mandate === null ? {} : { payment_method: subscription.mandate.instrument.method }),
    ...(subscription.pausedAt === null
      ? {}
      : { paused_at: subscription.pausedAt, pause_initiated_by: 'self' }),
  }
}

export function invoiceEntity(rzp: Razorpay, invoice: InvoiceRow) {
  const subscription = rzp.state.subscriptions.get(invoice.subscriptionId)
  const customer = rzp.state.customers.get(subscription?.customerId ?? '')
  const paid = invoice.status === 'paid'
  return {
    id: invoice.id,
    entity: 'invoice',
    receipt: null,
    invoice_number: null,
    customer_id: customer?.id ?? null,
    customer_details: {
      id: customer?.id ?? null,
      name: customer?.name ?? null,
      email: customer?.email ?? null,
      contact: customer?.contact ?? null,
      gstin: null,
      billing_address: null,
      shipping_address: null,
      customer_name: customer?.name ?? null,
      customer_email: customer?.email ?? null,
      customer_contact: customer?.contact ?? null,
    },
    order_id: invoice.orderId,
    subscription_id: invoice.subscriptionId,
    line_items: invoice.lines.map((line, place) => lineEntity(invoice, line, place)),
    payment_id: invoice.paymentId,
    status: invoice.status,
    expire_by: null,
    issued_at: invoice.createdAt,
    paid_at: invoice.paidAt,
    cancelled_at: null,
    expired_at: null,
    sms_status: null,
    email_status: null,
    date: invoice.createdAt,
    terms: null,
    partial_payment: false,
    gross_amount: invoice.amount,
    tax_amount: 0,
    taxable_amount: 0,
    amount: invoice.amount,
    amount_paid: paid ? invoice.amount : 0,
    amount_due: paid ? 0 : invoice.amount,
    currency: invoice.currency,
    description: null,
    notes: [],
    comment: null,
    short_url: subscription === undefined ? null : shortUrl(rzp, subscription),
    view_less: true,
    billing_start: invoice.billingStart,
    billing_end: invoice.billingEnd,
    type: 'invoice',
    group_taxes_discounts: false,
    created_at: invoice.createdAt,
  }
}

const lineEntity = (invoice: InvoiceRow, line: InvoiceRow['lines'][number], place: number) => ({
  id: `li_${invoice.id.slice('inv_'.length, -2)}${String(place).padStart(2, '0')}`,
  item_id: null,
  name: line.name,
  description: line.description,
  amount: line.amount,
  unit_amount: line.amount,
  gross_amount: line.amount * line.quantity,
  tax_amount: 0,
  taxable_amount: line.amount * line.quantity,
  net_amount: line.amount * line.quantity,
  currency: invoice.currency,
  type: line.type,
  tax_inclusive: false,
  hsn_code: null,
  sac_code: null,
  tax_rate: null,
  unit: null,
  quantity: line.quantity,
  taxes: [],
})
