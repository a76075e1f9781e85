import { type Outcome, ok, sameMoney, unknown } from '@onerouter/core'
import type { CreateRefund, PaymentHandle, RefundSnapshot, Refunds } from '../spec.ts'
import { call, type Form, path, type StripeContext } from './call.ts'
import type { StripeCredentials } from './credentials.ts'
import { refundSnapshot } from './from-wire.ts'
import { toWireAmount } from './money.ts'
import { intentOf, REPLAY_WINDOW_MS } from './payments.ts'
import { refundForm } from './to-wire.ts'
import { readList, readRefund } from './wire.ts'

export const refunds: Refunds<StripeCredentials> = {
  replayWindowMs: REPLAY_WINDOW_MS,
  // The list by PaymentIntent is read from the primary store, unlike search.
  lookupLagMs: 0,
  speeds: ['normal'],
  create: createRefund,
  fetch: (ctx, _payment, refundRef) =>
    call(ctx, { method: 'GET', path: path(['refunds', refundRef]) }, readRefundSnapshot),
  list: listRefunds,
}

async function createRefund(
  ctx: StripeContext,
  payment: PaymentHandle,
  request: CreateRefund,
  key: string,
): Promise<Outcome<RefundSnapshot>> {
  if (!toWireAmount(request.amount).ok) return refuse('amount', 'Stripe cannot carry this amount exactly.')
  if (request.speed !== 'normal') return refuse('bad_request', 'Stripe refunds have one speed: normal.')
  const intent = await intentOf(ctx, payment)
  if (intent.kind !== 'ok') return intent
  const form = refundForm(intent.value, request)
  const refunded = await call(ctx, { method: 'POST', path: path(['refunds']), form, key }, readRefundSnapshot)
  return refunded.kind === 'rejected' && mayBeDone(refunded.reason)
    ? settledByList(ctx, refunded, { ...payment, paymentRef: intent.value }, request)
    : refunded
}

const mayBeDone = (reason: string): boolean => reason === 'invalid_state' || reason === 'amount'

/** "Already refunded" may be our own refund of an earlier send: the list tells. */
async function settledByList(
  ctx: StripeContext,
  refusal: Outcome<never>,
  payment: PaymentHandle,
  request: CreateRefund,
): Promise<Outcome<RefundSnapshot>> {
  const existing = await listRefunds({ ...ctx, send: 'later' }, payment)
  if (existing.kind !== 'ok')
    return unknown('refused for its amount or state, and the refunds could not be read')
  const own = existing.value.find(({ reference }) => reference === request.reference)
  return own !== undefined && sameMoney(own.amount, request.amount) ? ok(own) : refusal
}

async function listRefunds(
  ctx: StripeContext,
  payment: PaymentHandle,
): Promise<Outcome<readonly RefundSnapshot[]>> {
  const intent = await intentOf(ctx, payment)
  if (intent.kind !== 'ok') return intent
  const query: Form = [
    ['payment_intent', intent.value],
    ['limit', '100'],
  ]
  return call(
    ctx,
    { method: 'GET', path: path(['refunds'], query) },
    (body) => readList(body, readRefundSnapshot)?.data,
  )
}

function readRefundSnapshot(body: unknown): RefundSnapshot | undefined {
  const refund = readRefund(body)
  return refund === undefined ? undefined : refundSnapshot(refund)
}

function refuse(reason: 'amount' | 'bad_request', message: string): Outcome<never> {
  return { kind: 'rejected', reason, providerCode: null, message }
}
