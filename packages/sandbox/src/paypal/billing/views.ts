import type { JsonObject } from '../errors.ts'
import { fromMinor, type Money, paypalFee, toMinor } from '../money.ts'
import { type Paypal, utc } from '../state.ts'
import { link } from '../views.ts'
import type { Cycle, Plan, Product, Sale, SaleRefund, Subscription } from './rows.ts'

const api = (paypal: Paypal, path: string): string => `${paypal.world.urls.api.paypal}${path}`

export function productView(paypal: Paypal, product: Product): JsonObject {
  const self = api(paypal, `/v1/catalogs/products/${product.id}`)
  return {
    id: product.id,
    name: product.name,
    type: product.type,
    ...product.details,
    create_time: utc(product.createdAt),
    update_time: utc(product.updatedAt),
    links: [link(self, 'self'), link(self, 'edit', 'PATCH')],
  }
}

function cycleView(cycle: Cycle, at: number): JsonObject {
  const scheme = {
    version: cycle.version,
    fixed_price: cycle.price,
    create_time: utc(at),
    update_time: utc(at),
  }
  return {
    frequency: { interval_unit: cycle.unit, interval_count: cycle.count },
    tenure_type: cycle.tenure,
    sequence: cycle.sequence,
    total_cycles: cycle.total,
    ...(cycle.price === null ? {} : { pricing_scheme: scheme }),
  }
}

/** The parts of a plan that a subscription may carry, too. */
function termsView(of: Pick<Plan, 'cycles' | 'preferences' | 'taxes'>, at: number): JsonObject {
  const { preferences, taxes } = of
  return {
    billing_cycles: of.cycles.map((cycle) => cycleView(cycle, at)),
    payment_preferences: {
      service_type: 'PREPAID',
      auto_bill_outstanding: preferences.autoBill,
      ...(preferences.setupFee === null ? {} : { setup_fee: preferences.setupFee }),
      setup_fee_failure_action: preferences.setupFeeFailure,
      payment_failure_threshold: preferences.threshold,
    },
    ...(taxes === null ? {} : { taxes }),
  }
}

export function planView(paypal: Paypal, plan: Plan): JsonObject {
  const self = api(paypal, `/v1/billing/plans/${plan.id}`)
  const next = plan.status === 'ACTIVE' ? 'deactivate' : 'activate'
  return {
    id: plan.id,
    version: plan.version,
    product_id: plan.productId,
    name: plan.name,
    status: plan.status,
    ...(plan.description === null ? {} : { description: plan.description }),
    usage_type: 'LICENSED',
    ...termsView(plan, plan.createdAt),
    quantity_supported: plan.quantitySupported,
    create_time: utc(plan.createdAt),
    update_time: utc(plan.updatedAt),
    links: [link(self, 'self'), link(self, 'edit', 'PATCH'), link(`${self}/${next}`, next, 'POST')],
  }
}

export const approvalPage = (paypal: Paypal, token: string): string =>
  `${paypal.world.urls.pages}/paypal/webapps/billing/subscriptions?ba_token=${token}`

/** What can be done next, by state (PayPal Subscriptions v1 reference, samples). */
export function subscriptionLinks(paypal: Paypal, row: Subscription): JsonObject[] {
  const self = api(paypal, `/v1/billing/subscriptions/${row.id}`)
  const edit = link(self, 'edit', 'PATCH')
  const here = link(self, 'self')
  const act = (name: string) => link(`${self}/${name}`, name, 'POST')
  switch (row.status) {
    case 'APPROVAL_PENDING':
      return [link(approvalPage(paypal, row.token), 'approve'), edit, here]
    case 'APPROVED':
      return [edit, here, act('activate')]
    case 'ACTIVE':
      return [act('cancel'), edit, here, act('suspend')]
    case 'SUSPENDED':
      return [act('cancel'), edit, here, act('activate')]
    default:
      return [here]
  }
}

function executions(row: Subscription): JsonObject[] {
  return row.terms.cycles.map((cycle, place) => {
    const completed = row.begun[place] ?? 0
    return {
      tenure_type: cycle.tenure,
      sequence: cycle.sequence,
      cycles_completed: completed,
      cycles_remaining: cycle.total === 0 ? 0 : Math.max(0, cycle.total - completed),
      current_pricing_scheme_version: cycle.version,
      total_cycles: cycle.total,
    }
  })
}

function billingInfo(row: Subscription): JsonObject {
  const failed = row.lastFailure
  return {
    outstanding_balance: row.outstanding,
    cycle_executions: executions(row),
    ...(row.lastPayment === null
      ? {}
      : { last_payment: { amount: row.lastPayment.amount, time: utc(row.lastPayment.at) } }),
    ...(row.nextBilling === null || row.status !== 'ACTIVE'
      ? {}
      : { next_billing_time: utc(row.nextBilling) }),
    failed_payments_count: row.failures,
    ...(failed === null || row.failures === 0
      ? {}
      : {
          last_failed_payment: {
            amount: failed.amount,
            time: utc(failed.at),
            reason_code: 'PAYMENT_DENIED',
            ...(failed.retryAt === null ? {} : { next_payment_retry_time: utc(failed.retryAt) }),
          },
        }),
  }
}

export function subscriptionView(paypal: Paypal, row: Subscription, withPlan = false): JsonObject {
  const started = row.status !== 'APPROVAL_PENDING' && row.status !== 'APPROVED'
  const [first] = row.terms.cycles
  const currency = first?.price?.currency_code ?? row.outstanding.currency_code
  return {
    id: row.id,
    status: row.status,
    ...(row.statusNote === null ? {} : { status_change_note: row.statusNote }),
    status_update_time: utc(row.statusAt),
    plan_id: row.terms.planId,
    plan_overridden: row.overridden,
    start_time: utc(row.startTime),
    quantity: row.terms.quantity,
    ...(row.customId === null ? {} : { custom_id: row.customId }),
    ...(started ? { shipping_amount: fromMinor(currency, 0n) } : {}),
    subscriber: {
      ...row.subscriber,
      ...(row.payerId === null ? {} : { payer_id: row.payerId }),
    },
    ...(started ? { billing_info: billingInfo(row) } : {}),
    create_time: utc(row.createdAt),
    update_time: utc(row.updatedAt),
    ...(withPlan ? { plan: termsView(row.terms, row.createdAt) } : {}),
    links: subscriptionLinks(paypal, row),
  }
}

const SUBSCRIBER_NAME = { given_name: 'Test', surname: 'Buyer' }

export function transactionView(sale: Sale): JsonObject {
  const gross = toMinor(sale.amount)
  const { currency_code: currency } = sale.amount
  const fee = sale.status === 'COMPLETED' ? paypalFee(currency, gross) : 0n
  const refunded = toMinor(sale.refunded)
  const state = refunded === 0n ? sale.status : refunded === gross ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
  return {
    id: sale.id,
    status: state,
    payer_name: SUBSCRIBER_NAME,
    payer_email: 'buyer@example.com',
    amount_with_breakdown: {
      gross_amount: sale.amount,
      fee_amount: fromMinor(currency, fee),
      net_amount: fromMinor(currency, gross - fee),
    },
    time: utc(sale.createdAt),
  }
}

/** v1 prints money as `{total, currency}`. */
const v1 = (amount: Money): JsonObject => ({ total: amount.value, currency: amount.currency_code })

export function saleView(paypal: Paypal, sale: Sale, customId: string | null): JsonObject {
  const { currency_code: currency } = sale.amount
  const fee = fromMinor(currency, paypalFee(currency, toMinor(sale.amount)))
  const refunded = toMinor(sale.refunded)
  const whole = refunded === toMinor(sale.amount)
  const self = api(paypal, `/v1/payments/sale/${sale.id}`)
  return {
    id: sale.id,
    billing_agreement_id: sale.subscriptionId,
    ...(customId === null ? {} : { custom: customId }),
    amount: { ...v1(sale.amount), details: { subtotal: sale.amount.value } },
    payment_mode: 'INSTANT_TRANSFER',
    state: refunded === 0n ? 'completed' : whole ? 'refunded' : 'partially_refunded',
    protection_eligibility: 'ELIGIBLE',
    protection_eligibility_type: 'ITEM_NOT_RECEIVED_ELIGIBLE,UNAUTHORIZED_PAYMENT_ELIGIBLE',
    transaction_fee: { currency, value: fee.value },
    invoice_number: '',
    create_time: utc(sale.createdAt),
    update_time: utc(sale.updatedAt),
    links: [link(self, 'self'), link(`${self}/refund`, 'refund', 'POST')],
  }
}

export function saleRefundView(paypal: Paypal, refund: SaleRefund, negative = false): JsonObject {
  const amount = v1(refund.amount)
  const part = (money: Money) => ({ value: money.value, currency: money.currency_code })
  return {
    id: refund.id,
    create_time: utc(refund.createdAt),
    update_time: utc(refund.createdAt),
    state: 'completed',
    amount: negative ? { ...amount, total: `-${refund.amount.value}` } : amount,
    // PayPal keeps its fee, so all of it comes out of what the merchant had received.
    refund_from_received_amount: part(refund.amount),
    refund_from_transaction_fee: part(fromMinor(refund.amount.currency_code, 0n)),
    total_refunded_amount: part(refund.totalRefunded),
    refund_to_payer: part(refund.amount),
    refund_reason_code: 'REFUND',
    ...(refund.reason === null ? {} : { reason: refund.reason }),
    ...(refund.note === null ? {} : { description: refund.note }),
    invoice_number: refund.invoiceId ?? '',
    sale_id: refund.saleId,
    links: [
      link(api(paypal, `/v1/payments/refund/${refund.id}`), 'self'),
      link(api(paypal, `/v1/payments/sale/${refund.saleId}`), 'sale'),
    ],
  }
}

/** As an event tells of it; asked for by its id it is a refund like any other. */
export function saleReversalView(paypal: Paypal, reversal: SaleRefund): JsonObject {
  const { currency_code: currency, value } = reversal.amount
  return {
    id: reversal.id,
    create_time: utc(reversal.createdAt),
    state: 'completed',
    amount: { total: `-${value}`, currency, details: { subtotal: `-${value}` } },
    links: [link(api(paypal, `/v1/payments/refund/${reversal.id}`), 'self')],
  }
}
