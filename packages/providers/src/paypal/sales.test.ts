import { describe, expect, test } from 'vitest'
import type { HttpResult } from '../spec.ts'
import { payments } from './payments.ts'
import { refunds } from './refunds.ts'
import { answer, handle, lost, scripted, usd } from './scripted.fixture.ts'

const SALE_ID = '1A615453BF810315T'
const REFUND_ID = '4CF18861HF410323U'
const sale = handle({ orderRef: SALE_ID, paymentRef: SALE_ID, refunded: 250n })
const request = { reference: 're_1', amount: usd(1_000n), speed: 'normal', reason: 'Too late' } as const
const money = (total: string) => ({ total, currency: 'USD' })

/** Payments API v1, Show sale details: the sale of a subscription. */
const saleBody = (state: string) => ({
  id: SALE_ID,
  state,
  amount: { ...money('21.60'), details: { subtotal: '21.60' } },
  custom: 'op_of_the_subscription',
  transaction_fee: { currency: 'USD', value: '0.76' },
  billing_agreement_id: 'I-DTVVSNCENF7M',
})
const refundBody = (state = 'completed') => ({
  id: REFUND_ID,
  state,
  amount: money('10.00'),
  sale_id: SALE_ID,
  invoice_number: 're_1',
})

function asked(result: HttpResult, send: 'first' | 'later' = 'first') {
  return scripted([result], { ctx: { send } })
}

describe('a sale', () => {
  test.each([
    ['completed', 'succeeded', 2_160n, 0n],
    ['partially_refunded', 'succeeded', 2_160n, 250n],
    ['refunded', 'succeeded', 2_160n, 2_160n],
    ['pending', 'processing', 0n, 0n],
    ['denied', 'failed', 0n, 0n],
    ['something_new', 'unrecognised', 0n, 0n],
  ])('that is %s is %s', async (state, status, captured, refunded) => {
    const script = asked(answer(200, saleBody(state)))
    const outcome = await payments.fetch(script.ctx, sale)
    expect(outcome).toMatchObject({ kind: 'ok', value: { status, captured, refunded, amount: usd(2_160n) } })
    expect(script.sent[1]).toMatchObject({ method: 'GET', path: `/v1/payments/sale/${SALE_ID}` })
  })

  test('repeats the reference of its subscription, which is not taken for the payment’s', async () => {
    const outcome = await payments.fetch(asked(answer(200, saleBody('completed'))).ctx, sale)
    expect(outcome).toMatchObject({ value: { reference: null, fee: { amount: 76n, currency: 'USD' } } })
  })

  test('an answer about another sale is no answer', async () => {
    const other = { ...saleBody('completed'), id: '2B615453BF810315T' }
    expect((await payments.fetch(asked(answer(200, other)).ctx, sale)).kind).toBe('unknown')
  })
})

describe('its refund', () => {
  test('goes to v1, in the words of v1, under its key', async () => {
    const script = asked(answer(201, refundBody()))
    expect(await refunds.create(script.ctx, sale, request, 'key-r')).toMatchObject({
      kind: 'ok',
      value: { refundRef: REFUND_ID, status: 'succeeded', amount: usd(1_000n), reference: 're_1' },
    })
    expect(script.sent[1]).toMatchObject({
      method: 'POST',
      path: `/v1/payments/sale/${SALE_ID}/refund`,
      headers: { 'paypal-request-id': 'key-r' },
      body: { json: { amount: money('10.00'), invoice_number: 're_1', description: 'Too late' } },
    })
  })

  test('is read from v1, where events state it as less than nothing', async () => {
    const script = asked(answer(200, { ...refundBody(), amount: money('-10.00') }))
    expect(await refunds.fetch(script.ctx, sale, REFUND_ID)).toMatchObject({
      kind: 'ok',
      value: { amount: usd(1_000n) },
    })
    expect(script.sent[1]?.path).toBe(`/v1/payments/refund/${REFUND_ID}`)
  })

  test('whose answer is lost is not known, and no list is taken for proof', async () => {
    expect((await refunds.create(asked(lost).ctx, sale, request, 'key-r')).kind).toBe('unknown')
    expect((await refunds.list(asked(answer(200, {})).ctx, sale)).kind).toBe('unknown')
  })

  test('“already refunded” is a refusal to the first send, and no proof to a repeat', async () => {
    const refusal = () => answer(400, { name: 'TRANSACTION_ALREADY_REFUNDED', message: 'Refund refused.' })
    const first = await refunds.create(asked(refusal()).ctx, sale, request, 'key-r')
    expect(first).toMatchObject({ kind: 'rejected', reason: 'amount' })
    expect((await refunds.create(asked(refusal(), 'later').ctx, sale, request, 'key-r')).kind).toBe('unknown')
  })

  test('of an amount PayPal cannot express is refused without asking', async () => {
    const script = scripted([])
    const amount = { minor: 1_050n, currency: 'HUF' } as typeof request.amount
    expect(await refunds.create(script.ctx, sale, { ...request, amount }, 'k')).toMatchObject({
      kind: 'rejected',
      reason: 'amount',
    })
    expect(script.sent).toHaveLength(0)
  })
})
