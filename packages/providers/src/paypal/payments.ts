import type { Money, Outcome } from '@onerouter/core'
import { ok, sameMoney, unknown } from '@onerouter/core'
import { refuseMethod } from '../payment-methods.ts'
import type { CreatePayment, PaymentHandle, PaymentSnapshot, Payments } from '../spec.ts'
import { ask, type PaypalContext, type Reply } from './api.ts'
import type { PaypalCredentials } from './credentials.ts'
import type { Issue } from './errors.ts'
import { captureFailure, paymentOf, shows, unpaid } from './from-wire.ts'
import { METHODS } from './methods.ts'
import { refuseAmount, toWireAmount } from './money.ts'
import { fetchSale, isSale } from './sales.ts'
import { toCapture, toOrder } from './to-wire.ts'
import { type Order, readAuthorization, readCapture, readOrder } from './wire.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

type Settled = Outcome<PaymentSnapshot>

export const payments: Payments<PaypalCredentials> = {
  /**
   * PayPal remembers a Request-Id for 6 hours on orders and for 45 days on captures of an authorization
   * (Orders API v2 and Payments API v2, PayPal-Request-Id); voids ignore it. Each keeps a margin.
   */
  /** A second void releases nothing more and is answered by what the first one did. */
  replayWindowMs: {
    create: 5 * HOUR_MS,
    confirm: 5 * HOUR_MS,
    capture: 40 * DAY_MS,
    cancel: 30 * DAY_MS,
  },
  lookupLagMs: 15_000,
  inertCreate: true,
  partialCapture: true,
  methods: METHODS,
  accepts(request) {
    return refuseMethod('PayPal', METHODS, request) ?? refuseAmount(request.amount)
  },
  create,
  fetch,
  confirm,
  capture,
  cancel,
}

/**
 * Creates the order the payer approves. There is no `find`: PayPal cannot search orders, and an order whose id
 * never reached us cannot be paid, for nobody was sent to it, and lapses by itself.
 */
async function create(ctx: PaypalContext, request: CreatePayment, key: string): Promise<Settled> {
  const body = { json: toOrder(request, ctx.credentials.brand_name) }
  const { outcome } = await ask(ctx, { method: 'POST', path: '/v2/checkout/orders', body, key }, (answer) => {
    const order = readOrder(answer)
    const snapshot = order && paymentOf(order, { refs: {} }, ctx.now())
    // An order nobody can be sent to is not the answer the documentation promises.
    return snapshot?.status === 'requires_action' && snapshot.checkoutUrl === null ? undefined : snapshot
  })
  return outcome
}

/** The order as PayPal has it; one that PayPal has forgotten before any money moved has expired. */
async function fetch(ctx: PaypalContext, payment: PaymentHandle): Promise<Settled> {
  if (isSale(payment)) return fetchSale(ctx, payment)
  if (!hasOrder(payment)) return unknown('no order is known')
  const reply = await getOrder(ctx, payment)
  if (!isMissing(reply)) return reply.outcome
  return payment.paymentRef === null
    ? ok(unpaid(payment, 'expired', 'RESOURCE_NOT_FOUND'))
    : unknown('the order of a paid payment is gone')
}

/**
 * Captures or authorizes what the payer approved. A decline the payer can repair (another card, a bank's
 * question) is no failure: the answer is then `ok` with the order open again (`requires_action`), the decline in
 * `failure` and the page to go back to in `checkoutUrl`. It is given only after a look shows that no money moved.
 */
async function confirm(ctx: PaypalContext, payment: PaymentHandle, key: string): Promise<Settled> {
  if (!hasOrder(payment)) return refused('invalid_state', null, 'The payment has no order at PayPal.')
  const verb = payment.capture === 'automatic' ? 'capture' : 'authorize'
  const path = `/v2/checkout/orders/${payment.orderRef}/${verb}`
  const reply = await ask(ctx, { method: 'POST', path, body: { json: {} }, key }, (answer) =>
    readSnapshot(ctx, payment, answer),
  )
  const { issue } = reply
  switch (issue?.verdict.kind) {
    case 'repeatable':
      return reopened(await fetch(later(ctx), payment), issue)
    case 'look':
    case 'running':
      return settledBy(await fetch(later(ctx), payment), issue, (now) => isConfirmed(now, payment))
    default:
      return reply.outcome
  }
}

/** Takes all or part of an authorized amount and releases the rest. */
async function capture(
  ctx: PaypalContext,
  payment: PaymentHandle,
  amount: Money,
  key: string,
): Promise<Settled> {
  const authorization = payment.refs.authorization
  if (!hasOrder(payment) || authorization === undefined) {
    return refused('invalid_state', null, 'The payment holds no authorization at PayPal.')
  }
  if (toWireAmount(amount) === undefined) {
    return refused('amount', null, 'PayPal cannot express this amount.')
  }
  const path = `/v2/payments/authorizations/${authorization}/capture`
  const call = { method: 'POST', path, body: { json: toCapture(amount) }, key } as const
  const { outcome, issue } = await ask(ctx, call, readCapture)
  if (issue?.verdict.kind === 'look' || issue?.verdict.kind === 'running') {
    return settledBy(await fetch(later(ctx), payment), issue, (now) => shows(now, amount))
  }
  if (outcome.kind !== 'ok') return outcome
  const failure = captureFailure(outcome.value)
  if (failure !== null) {
    return {
      kind: 'declined',
      reason: failure.reason,
      providerCode: failure.providerCode ?? outcome.value.status,
      message: failure.message,
    }
  }
  const reply = await getOrder(later(ctx), payment)
  return reply.order?.captures.some(({ id }) => id === outcome.value.id) === true
    ? reply.outcome
    : unknown('captured, but the order does not show it yet')
}

/**
 * Voids an authorization. PayPal has no way to cancel an order nobody has paid: it is looked at and given up,
 * and must not be confirmed afterwards.
 */
async function cancel(ctx: PaypalContext, payment: PaymentHandle): Promise<Settled> {
  if (!hasOrder(payment)) return refused('invalid_state', null, 'The payment has no order at PayPal.')
  const known = payment.refs.authorization
  if (known !== undefined) return voidAuthorization(ctx, payment, known)
  const now = await fetch(ctx, payment)
  if (now.kind !== 'ok') return now
  const { status, refs, providerStatus } = now.value
  switch (status) {
    case 'requires_action':
    case 'approved':
    case 'expired':
    case 'canceled':
      return ok(unpaid(payment, 'canceled', `${providerStatus}, given up`))
    case 'authorized':
      return refs.authorization === undefined
        ? unknown('an authorization without id')
        : voidAuthorization(ctx, payment, refs.authorization)
    default:
      return refused('invalid_state', providerStatus, 'The payment can no longer be canceled at PayPal.')
  }
}

async function voidAuthorization(
  ctx: PaypalContext,
  payment: PaymentHandle & { readonly orderRef: string },
  authorization: string,
): Promise<Settled> {
  const path = `/v2/payments/authorizations/${authorization}/void`
  // 200 with the authorization or, where the preference is ignored, 204 with nothing.
  const { outcome, issue } = await ask(ctx, { method: 'POST', path }, (answer, { status }) =>
    status === 204 || readAuthorization(answer)?.status === 'VOIDED' ? true : undefined,
  )
  const isCanceled = (now: PaymentSnapshot) => now.status === 'canceled'
  if (issue?.verdict.kind === 'look' || issue?.verdict.kind === 'running') {
    return settledBy(await fetch(later(ctx), payment), issue, isCanceled)
  }
  if (outcome.kind !== 'ok') return outcome
  const now = await fetch(later(ctx), payment)
  if (now.kind !== 'ok' || isCanceled(now.value)) return now
  return unknown('voided, but the order does not show it yet')
}

// ------------------------------------------------------------------- looks

type WithOrder = PaymentHandle & { readonly orderRef: string }

function hasOrder(payment: PaymentHandle): payment is WithOrder {
  return payment.orderRef !== null
}

/** Looks after a send: an answer that cannot be had proves nothing about what was sent before. */
function later(ctx: PaypalContext): PaypalContext {
  return { ...ctx, send: 'later' }
}

/** The order itself, for verbs that need more than its snapshot. */
export async function getOrder(
  ctx: PaypalContext,
  payment: WithOrder,
): Promise<Reply<PaymentSnapshot> & { readonly order: Order | undefined }> {
  let order: Order | undefined
  const reply = await ask(
    ctx,
    { method: 'GET', path: `/v2/checkout/orders/${payment.orderRef}` },
    (answer) => {
      order = readOrder(answer)
      return readSnapshot(ctx, payment, answer)
    },
  )
  return { ...reply, order }
}

/** An answer about another order is no answer. */
function readSnapshot(ctx: PaypalContext, payment: WithOrder, answer: unknown): PaymentSnapshot | undefined {
  const order = readOrder(answer)
  return order?.id === payment.orderRef ? paymentOf(order, payment, ctx.now()) : undefined
}

export function isMissing(reply: Reply<unknown>): boolean {
  return reply.issue?.verdict.kind === 'rejected' && reply.issue.verdict.reason === 'not_found'
}

function isConfirmed(now: PaymentSnapshot, payment: PaymentHandle): boolean {
  if (!sameMoney(now.amount, payment.amount)) return false
  if (now.status === 'succeeded') return shows(now, payment.amount)
  return now.status === 'processing' || now.status === 'authorized'
}

/** "Already done" is believed only when the order shows the wanted effect. */
function settledBy(now: Settled, issue: Issue, wanted: (now: PaymentSnapshot) => boolean): Settled {
  if (now.kind !== 'ok') return unknown(`${issue.code}, and the look failed`)
  if (wanted(now.value)) return now
  return issue.verdict.kind === 'look'
    ? refused(issue.verdict.reason, issue.code, issue.message)
    : unknown(issue.code)
}

function reopened(now: Settled, issue: Issue): Settled {
  if (now.kind !== 'ok') return unknown(`${issue.code}, and the look failed`)
  const { status, refs } = now.value
  // Paid after all, or gone: what the order shows outweighs the refusal.
  if (status !== 'requires_action' && status !== 'approved') return now
  const reason = issue.verdict.kind === 'repeatable' ? issue.verdict.reason : 'other'
  return ok({
    ...now.value,
    status: 'requires_action',
    failure: reason === null ? null : { reason, providerCode: issue.code, message: issue.message },
    checkoutUrl: now.value.checkoutUrl ?? refs.payer_url ?? null,
  })
}

function refused(
  reason: Extract<Settled, { kind: 'rejected' }>['reason'],
  providerCode: string | null,
  message: string,
): Settled {
  return { kind: 'rejected', reason, providerCode, message }
}
