import type { Money, Outcome, ProviderPaymentStatus, RefundStatus } from '@onerouter/core'
import { unknown } from '@onerouter/core'
import type { CreateRefund, PaymentHandle, PaymentSnapshot, RefundSnapshot } from '../spec.ts'
import { ask, type PaypalContext } from './api.ts'
import { lookUp } from './from-wire.ts'
import { toWireAmount } from './money.ts'
import { bounded, wireAmount } from './to-wire.ts'
import { idInLink, idOf, isRecord, linkOf, moneyOf, textOf } from './wire.ts'

/**
 * What PayPal takes for a subscription is no capture of an order but a sale of the Payments API v1, which PayPal calls
 * deprecated and yet is where the links of its own subscription events lead (Payments API v1, Show sale details,
 * Refund sale). Sales have other states than captures, other words for money, and no list of their refunds.
 */
export const isSale = (payment: PaymentHandle): payment is Sale =>
  payment.orderRef !== null && payment.orderRef === payment.paymentRef

type Sale = PaymentHandle & { readonly orderRef: string }

/** Asking for the list of a sale's refunds proves nothing about any of them. */
export const UNLISTED = unknown('PayPal lists no refunds of a sale')

const SALE_STATE = {
  completed: 'succeeded',
  partially_refunded: 'succeeded',
  refunded: 'succeeded',
  pending: 'processing',
  denied: 'failed',
} as const satisfies Record<string, ProviderPaymentStatus>

const REFUND_STATE = {
  completed: 'succeeded',
  pending: 'pending',
  failed: 'failed',
  cancelled: 'canceled',
} as const satisfies Record<string, RefundStatus>

const pathOf = (sale: Sale, more = ''): string => `/v1/payments/sale/${sale.orderRef}${more}`

export async function fetchSale(ctx: PaypalContext, sale: Sale): Promise<Outcome<PaymentSnapshot>> {
  const { outcome } = await ask(ctx, { method: 'GET', path: pathOf(sale) }, (body) => readSale(body, sale))
  return outcome
}

/** Returns an exact part of the sale; the Request-Id is all by which a repeat is known for what it is. */
export async function refundSale(
  ctx: PaypalContext,
  sale: Sale,
  request: CreateRefund,
  key: string,
): Promise<Outcome<RefundSnapshot>> {
  if (toWireAmount(request.amount) === undefined) {
    return {
      kind: 'rejected',
      reason: 'amount',
      providerCode: null,
      message: 'PayPal cannot express this amount.',
    }
  }
  const body = { json: toSaleRefund(request) }
  const call = { method: 'POST', path: pathOf(sale, '/refund'), body, key } as const
  const { outcome, issue } = await ask(ctx, call, (answer) => readSaleRefund(answer))
  // "Already refunded" may be our own earlier send, and there is no list that could tell.
  const doubtful = ctx.send === 'later' && issue?.verdict.kind === 'look'
  return doubtful ? unknown(`${issue.code}, which an earlier send may have caused`) : outcome
}

export async function fetchSaleRefund(
  ctx: PaypalContext,
  refundRef: string,
): Promise<Outcome<RefundSnapshot>> {
  const path = `/v1/payments/refund/${encodeURIComponent(refundRef)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (answer) => {
    const refund = readSaleRefund(answer)
    return refund?.refundRef === refundRef ? refund : undefined
  })
  return outcome
}

/** Payments API v1, Refund: `sale_id`, and the same in the link `sale`. */
export async function saleOfRefund(
  ctx: PaypalContext,
  refundRef: string,
): Promise<Outcome<{ readonly paymentRef: string }>> {
  const path = `/v1/payments/refund/${encodeURIComponent(refundRef)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (answer) => {
    if (!isRecord(answer) || idOf(answer.id) !== refundRef) return undefined
    const paymentRef = idOf(answer.sale_id) ?? idInLink(linkOf(answer.links, 'sale'), 'sale')
    return paymentRef === null ? undefined : { paymentRef }
  })
  return outcome
}

/** Refund request of v1: money is `{total, currency}`, and there is no `custom_id`. */
function toSaleRefund(request: CreateRefund): object {
  const { currency_code: currency, value: total } = wireAmount(request.amount)
  const description = bounded(request.reason, 255)
  return {
    amount: { total, currency },
    invoice_number: request.reference,
    ...(description === undefined ? {} : { description }),
  }
}

/** Events state what went back as less than nothing. */
function amountOf(value: unknown): Money | null {
  if (!isRecord(value) || typeof value.total !== 'string') return null
  return moneyOf({ currency_code: value.currency, value: value.total.replace(/^-/, '') })
}

function readSale(body: unknown, sale: Sale): PaymentSnapshot | undefined {
  if (!isRecord(body) || idOf(body.id) !== sale.orderRef) return undefined
  const state = textOf(body.state)
  const amount = amountOf(body.amount)
  if (state === null || amount === null) return undefined
  const status = lookUp(SALE_STATE, state) ?? 'unrecognised'
  const fee = isRecord(body.transaction_fee) ? moneyOf(feeOf(body.transaction_fee)) : null
  return {
    orderRef: sale.orderRef,
    paymentRef: sale.orderRef,
    refs: sale.refs,
    status,
    providerStatus: state,
    amount,
    captured: status === 'succeeded' ? amount.minor : 0n,
    refunded: refundedOf(state, amount, sale),
    // The sale repeats the subscription's own reference, which is none of the payment's.
    reference: null,
    method: null,
    fee: fee === null ? null : { amount: fee.minor, tax: 0n, currency: fee.currency },
    failure: null,
    checkoutUrl: null,
    checkoutOptions: null,
  }
}

const feeOf = ({ currency, value }: Readonly<Record<string, unknown>>) => ({ currency_code: currency, value })

/** "In part" comes without an amount: what we know of it then stands. */
function refundedOf(state: string, amount: Money, { refunded = 0n }: Sale): bigint {
  if (state === 'refunded') return amount.minor
  return state === 'partially_refunded' ? refunded : 0n
}

function readSaleRefund(body: unknown): RefundSnapshot | undefined {
  if (!isRecord(body)) return undefined
  const refundRef = idOf(body.id)
  const amount = amountOf(body.amount)
  const state = textOf(body.state)
  if (refundRef === null || amount === null || state === null) return undefined
  const status = lookUp(REFUND_STATE, state) ?? 'unrecognised'
  const message = 'PayPal could not refund the payment.'
  return {
    refundRef,
    status,
    amount,
    reference: textOf(body.invoice_number),
    failure: status === 'failed' ? { reason: 'other', providerCode: state, message } : null,
  }
}
