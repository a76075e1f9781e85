import type { Outcome } from '@onerouter/core'
import { ok, unknown } from '@onerouter/core'
import type { PaymentHandle, PaymentSnapshot } from '../spec.ts'
import { ask, type RazorpayContext } from './call.ts'
import { ofHandle, ofLink, ofOrder, paymentOf, type Subject } from './from-wire.ts'
import {
  type Order,
  type Payment,
  type PaymentLink,
  readAll,
  readLink,
  readLinks,
  readOrder,
  readPayment,
} from './wire.ts'

export type Settled = Outcome<PaymentSnapshot>
export type Known = PaymentHandle & { readonly orderRef: string }

export function isKnown(payment: PaymentHandle): payment is Known {
  return payment.orderRef !== null
}

/** A payment made on Razorpay's own page; its order is Razorpay's and comes later. */
export function isLink(payment: Known): boolean {
  return payment.orderRef.startsWith('plink_')
}

/** A subscription's charge: Razorpay makes an order for it, which is not ours and is not needed to read it. */
const isPayment = ({ orderRef }: Known): boolean => orderRef.startsWith('pay_')

/** The payment as Razorpay has it now: its order or link, and every try to pay it. */
export async function look(ctx: RazorpayContext, payment: Known): Promise<Settled> {
  if (isPayment(payment)) return withPayment(ctx, ofHandle(payment), payment.orderRef)
  return isLink(payment) ? lookAtLink(ctx, payment) : lookAtOrder(ctx, payment)
}

async function lookAtOrder(ctx: RazorpayContext, known: Known): Promise<Settled> {
  const path = `/v1/orders/${known.orderRef}`
  const { outcome, issue } = await ask(ctx, { method: 'GET', path }, (body) => {
    const order = readOrder(body)
    return order?.id === known.orderRef ? order : undefined
  })
  // "Order older than 180 days, please use reports": its payment can still be read.
  if (issue !== undefined && /^order older than/i.test(issue.message) && known.paymentRef !== null) {
    return withPayment(ctx, ofHandle(known), known.paymentRef)
  }
  return outcome.kind === 'ok' ? withPaymentsOf(ctx, outcome.value, known.refs) : outcome
}

async function lookAtLink(ctx: RazorpayContext, known: Known): Promise<Settled> {
  const path = `/v1/payment_links/${known.orderRef}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => {
    const link = readLink(body)
    return link?.id === known.orderRef ? link : undefined
  })
  return outcome.kind === 'ok' ? withPaymentsOfLink(ctx, outcome.value, known.refs) : outcome
}

/** Payments are read after their order, so that what decides is the younger of the two. */
async function withPaymentsOf(
  ctx: RazorpayContext,
  order: Order,
  refs: Readonly<Record<string, string>>,
): Promise<Settled> {
  const { outcome } = await paymentsOfOrder(ctx, order.id)
  return outcome.kind === 'ok' ? settle(ctx, ofOrder(order, refs), outcome.value) : outcome
}

/** A link's order shows failed tries too; before it exists, the link names what was paid. */
async function withPaymentsOfLink(
  ctx: RazorpayContext,
  link: PaymentLink,
  refs: Readonly<Record<string, string>>,
): Promise<Settled> {
  const subject = ofLink(link, refs)
  const orderId = subject.refs.order
  if (orderId !== undefined) {
    const { outcome } = await paymentsOfOrder(ctx, orderId)
    return outcome.kind === 'ok' ? settle(ctx, subject, outcome.value) : outcome
  }
  const paymentRef = link.paymentIds.at(-1)
  return paymentRef === undefined ? settle(ctx, subject, []) : withPayment(ctx, subject, paymentRef)
}

async function withPayment(ctx: RazorpayContext, subject: Subject, paymentRef: string): Promise<Settled> {
  const { outcome } = await ask(ctx, { method: 'GET', path: `/v1/payments/${paymentRef}` }, (body) => {
    const payment = readPayment(body)
    return payment?.id === paymentRef ? payment : undefined
  })
  return outcome.kind === 'ok' ? settle(ctx, subject, [outcome.value]) : outcome
}

function paymentsOfOrder(ctx: RazorpayContext, orderId: string) {
  return ask(ctx, { method: 'GET', path: `/v1/orders/${orderId}/payments` }, (body) => {
    const payments = readAll(body, readPayment)
    // An answer about another order is no answer.
    return payments?.every((payment) => payment.orderId === orderId) ? payments : undefined
  })
}

function settle(ctx: RazorpayContext, subject: Subject, payments: readonly Payment[]): Settled {
  const snapshot = paymentOf(subject, payments, ctx.credentials.key_id)
  return snapshot === undefined ? unknown('the order and its payments contradict each other') : ok(snapshot)
}

// ----------------------------------------------------------------- by reference

type Found = Outcome<PaymentSnapshot | null>

/**
 * The order with our reference as its receipt; `null` = none. Old accounts may hold several, because Razorpay
 * did not always refuse a second one: the one somebody tried to pay is meant, else the first.
 */
export async function findOrder(
  ctx: RazorpayContext,
  reference: string,
  refs: Readonly<Record<string, string>>,
): Promise<Found> {
  const path = `/v1/orders?receipt=${encodeURIComponent(reference)}&count=100`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => readAll(body, readOrder))
  if (outcome.kind !== 'ok') return outcome
  const [order] = outcome.value
    .filter(({ receipt }) => receipt === reference)
    .toSorted((a, b) => rankOf(b) - rankOf(a) || a.createdAt - b.createdAt)
  return order === undefined ? ok(null) : withPaymentsOf(ctx, order, refs)
}

/** The payment link with our reference, which Razorpay keeps unique. */
export async function findLink(
  ctx: RazorpayContext,
  reference: string,
  refs: Readonly<Record<string, string>>,
): Promise<Found> {
  const path = `/v1/payment_links?reference_id=${encodeURIComponent(reference)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, readLinks)
  if (outcome.kind !== 'ok') return outcome
  const link = outcome.value.find((candidate) => candidate.reference === reference)
  return link === undefined ? ok(null) : withPaymentsOfLink(ctx, link, refs)
}

function rankOf({ status }: Order): number {
  return ['created', 'attempted', 'paid'].indexOf(status)
}
