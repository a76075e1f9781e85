import { expect, test } from 'vitest'
import type { HttpResult } from '../spec.ts'
import {
  answer,
  handle,
  intentBody,
  invoiceBody,
  list,
  NOW_S,
  PERIOD_END_S,
  scripted,
  sessionBody,
  usd,
} from './scripted.fixture.ts'
import { subscriptions } from './subscriptions.ts'

const window = { fromMs: NOW_S * 1000, toMs: (NOW_S + 60) * 1000, cursor: null }
const charges = async (...answers: readonly HttpResult[]) => {
  const { ctx, sent, calls } = scripted(answers)
  return { listed: await subscriptions.listCharges(ctx, handle(), window), sent, calls: calls() }
}

test('a paid invoice tells payment, period, fee and refunds', async () => {
  const { listed, sent } = await charges(answer(200, list(invoiceBody())), answer(200, intentBody()))
  expect(listed).toMatchObject({
    kind: 'ok',
    value: {
      nextCursor: null,
      items: [
        {
          chargeRef: 'in_1',
          paymentRef: 'pi_1',
          status: 'succeeded',
          amount: usd(2_000n),
          refunded: 500n,
          fee: { amount: 88n, tax: 0n, currency: 'USD' },
          periodStartMs: NOW_S * 1000,
          periodEndMs: PERIOD_END_S * 1000,
          chargedAtMs: (NOW_S + 3) * 1000,
          failure: null,
        },
      ],
    },
  })
  expect(sent[0]?.path).toContain('/v1/invoices?subscription=sub_1')
})

test('an invoice whose try failed has failed for now, with the reason', async () => {
  const unpaid = invoiceBody({
    status: 'open',
    amount_paid: 0,
    status_transitions: { paid_at: null },
    payments: list({ is_default: true, status: 'open', payment: { payment_intent: 'pi_1' } }),
  })
  const declined = {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'No.',
  }
  const intent = intentBody({
    status: 'requires_payment_method',
    amount_received: 0,
    latest_charge: null,
    last_payment_error: declined,
  })
  const { listed } = await charges(answer(200, list(unpaid)), answer(200, intent))
  expect(listed).toMatchObject({
    value: {
      items: [
        {
          status: 'failed',
          paymentRef: null,
          failure: { reason: 'insufficient_funds' },
          refunded: 0n,
          fee: null,
        },
      ],
    },
  })
})

test.each([
  [{ status: 'draft', attempted: false }, 'pending'],
  [{ status: 'open', attempted: false }, 'pending'],
  [{ status: 'void' }, 'failed'],
  [{ status: 'uncollectible' }, 'failed'],
  [{ status: 'half_paid' }, 'unrecognised'],
])('%j is %s', async (over, status) => {
  const { listed } = await charges(answer(200, list(invoiceBody({ ...over, payments: undefined }))))
  expect(listed).toMatchObject({ value: { items: [{ status }] } })
})

test('a trial’s invoice over nothing is no charge; one without a readable amount is no answer', async () => {
  const free = await charges(answer(200, list(invoiceBody({ amount_due: 0 }))))
  expect(free.listed).toEqual({ kind: 'ok', value: { items: [], nextCursor: null } })
  const broken = invoiceBody({ amount_due: 19.99, payments: undefined })
  expect((await charges(answer(200, list(broken)))).listed.kind).toBe('unknown')
})

test('the page after begins where this one ended', async () => {
  const page = { ...list(invoiceBody({ payments: undefined })), has_more: true }
  const { ctx, sent } = scripted([answer(200, page), answer(200, list())])
  const first = await subscriptions.listCharges(ctx, handle(), window)
  expect(first).toMatchObject({ value: { nextCursor: 'in_1' } })
  await subscriptions.listCharges(ctx, handle(), { ...window, cursor: 'in_1' })
  expect(sent[1]?.path).toContain('starting_after=in_1')
})

test('a subscription nobody approved has none', async () => {
  const { ctx } = scripted([answer(200, sessionBody())])
  expect(await subscriptions.listCharges(ctx, handle({ subscriptionRef: null }), window)).toEqual({
    kind: 'ok',
    value: { items: [], nextCursor: null },
  })
})
