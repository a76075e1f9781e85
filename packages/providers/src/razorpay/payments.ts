import type { Money } from '@onerouter/core'
import { ok, sameMoney, unknown } from '@onerouter/core'
import { refuseMethod } from '../payment-methods.ts'
import type { CreatePayment, PaymentHandle, PaymentSnapshot, Payments } from '../spec.ts'
import { ask, later, type RazorpayContext } from './call.ts'
import { cancel } from './cancel.ts'
import type { RazorpayCredentials } from './credentials.ts'
import { ofHandle, ofLink, ofOrder, paymentOf } from './from-wire.ts'
import { hosted } from './hosted.ts'
import { findLink, findOrder, isKnown, type Known, look, type Settled } from './looks.ts'
import { METHODS } from './methods.ts'
import { refuseAmount } from './money.ts'
import { toCapture, toOrder, toPaymentLink } from './to-wire.ts'
import { readLink, readOrder, readPayment } from './wire.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const payments: Payments<RazorpayCredentials> = {
  /**
   * Razorpay knows no idempotency keys for orders and captures: a second order with the same receipt is
   * refused, not replayed, and a second capture finds nothing to capture. What became of a lost one is
   * looked up.
   */
  /**
   * A second capture takes nothing and is answered by what the first one did. A second cancellation looks first:
   * an order is only given up here, a link is closed once, and a released authorization carries a refund's key.
   */
  replayWindowMs: { create: 0, confirm: 0, capture: 30 * DAY_MS, cancel: HOUR_MS },
  /** Not published; a look-up by receipt reads Razorpay's own database, so this is generous. */
  lookupLagMs: 60_000,
  inertCreate: true,
  partialCapture: false,
  methods: METHODS,
  accepts({ amount, capture: mode, method }) {
    const refusal = refuseMethod('Razorpay', METHODS, { amount, ...(method !== undefined && { method }) })
    if (refusal !== null) return refusal
    if (method === 'payment_link' && mode === 'manual') {
      return { code: 'unsupported_method', message: 'A Razorpay payment link cannot be captured by hand.' }
    }
    return refuseAmount(amount)
  },
  create,
  fetch,
  find,
  capture,
  cancel,
  hosted,
}

/** An order for our own page to open Checkout with, or a payment link, which has a page at Razorpay. */
async function create(ctx: RazorpayContext, request: CreatePayment): Promise<Settled> {
  return request.method === 'payment_link' ? createLink(ctx, request) : createOrder(ctx, request)
}

async function createOrder(ctx: RazorpayContext, request: CreatePayment): Promise<Settled> {
  const refs = request.method === undefined ? {} : { method: request.method }
  const call = { method: 'POST', path: '/v1/orders', json: toOrder(request) } as const
  const { outcome, issue } = await ask(ctx, call, (body) => {
    const order = readOrder(body)
    return order && paymentOf(ofOrder(order, refs), [], ctx.credentials.key_id)
  })
  if (issue?.verdict.kind !== 'done') return outcome
  return adopted(await findOrder(later(ctx), request.reference, refs))
}

async function createLink(ctx: RazorpayContext, request: CreatePayment): Promise<Settled> {
  const call = { method: 'POST', path: '/v1/payment_links', json: toPaymentLink(request) } as const
  const { outcome, issue } = await ask(ctx, call, (body) => {
    const link = readLink(body)
    // A link nobody can be sent to is not the answer the documentation promises.
    return link === undefined || link.url === null
      ? undefined
      : paymentOf(ofLink(link, {}), [], ctx.credentials.key_id)
  })
  if (issue?.verdict.kind !== 'done') return outcome
  return adopted(await findLink(later(ctx), request.reference, {}))
}

/** "Already processed" means an earlier send got through: what it made is ours. */
function adopted(found: Awaited<ReturnType<typeof findOrder>>): Settled {
  if (found.kind !== 'ok') return unknown('a duplicate, and the look failed')
  return found.value === null ? unknown('a duplicate that does not show yet') : ok(found.value)
}

async function fetch(ctx: RazorpayContext, payment: PaymentHandle): Promise<Settled> {
  return isKnown(payment) ? look(ctx, payment) : unknown('no order is known')
}

/**
 * A lost create does not say what it made. Links come first: the order that a link gets has the link's
 * reference as its receipt, and would pass for an order of ours.
 */
async function find(ctx: RazorpayContext, payment: PaymentHandle) {
  const link = await findLink(ctx, payment.reference, payment.refs)
  if (link.kind !== 'ok' || link.value !== null) return link
  return findOrder(ctx, payment.reference, payment.refs)
}

/** Takes an authorized amount, all of it: Razorpay captures no part (Razorpay API, Capture a payment). */
async function capture(ctx: RazorpayContext, payment: PaymentHandle, amount: Money): Promise<Settled> {
  if (!isKnown(payment)) return rejected('invalid_state', 'The payment has no order at Razorpay.')
  if (!sameMoney(amount, payment.amount)) {
    return rejected('amount', 'Razorpay captures the whole authorized amount only.')
  }
  if (payment.paymentRef !== null) return capturePayment(ctx, payment, payment.paymentRef, amount)
  const now = await look(ctx, payment)
  if (now.kind !== 'ok') return now
  if (shows(now.value, amount)) return now
  return now.value.status === 'authorized' && now.value.paymentRef !== null
    ? capturePayment(ctx, payment, now.value.paymentRef, amount)
    : rejected('invalid_state', 'Razorpay holds no authorized payment.')
}

async function capturePayment(
  ctx: RazorpayContext,
  payment: Known,
  paymentRef: string,
  amount: Money,
): Promise<Settled> {
  const call = {
    method: 'POST',
    path: `/v1/payments/${paymentRef}/capture`,
    json: toCapture(amount),
  } as const
  const { outcome, issue } = await ask(ctx, call, (body) => {
    const taken = readPayment(body)
    const snapshot = taken?.id === paymentRef && paymentOf(ofHandle(payment), [taken], ctx.credentials.key_id)
    return snapshot && snapshot.status === 'succeeded' ? snapshot : undefined
  })
  const { verdict } = issue ?? {}
  if (verdict?.kind !== 'look' && verdict?.kind !== 'done' && verdict?.kind !== 'running') return outcome
  const now = await look(later(ctx), payment)
  if (now.kind !== 'ok') return unknown('refused, and the look failed')
  if (shows(now.value, amount)) return now
  // "Already captured" about a payment that still shows as held: one of the two is not up to date.
  return now.value.status === 'authorized' || now.value.status === 'processing'
    ? unknown('refused, and the look does not explain it')
    : outcome
}

/** Whether exactly `wanted` was taken. */
function shows(now: PaymentSnapshot, wanted: Money): boolean {
  return (
    now.status === 'succeeded' && sameMoney({ minor: now.captured, currency: now.amount.currency }, wanted)
  )
}

function rejected(reason: 'invalid_state' | 'amount', message: string): Settled {
  return { kind: 'rejected', reason, providerCode: null, message }
}
