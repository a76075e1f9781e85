import { describe, expect, test } from 'vitest'
import type { HttpResult } from '../spec.ts'
import { refunds } from './refunds.ts'
import {
  AUTHORIZATION_ID,
  answer,
  CAPTURE_ID,
  captureBody,
  handle,
  issue,
  lost,
  notSent,
  ORDER_ID,
  orderBody,
  refundBody,
  scripted,
  usd,
} from './scripted.fixture.ts'

const payment = handle({ paymentRef: CAPTURE_ID, refs: { capture: CAPTURE_ID } })
const request = { reference: 're_1', amount: usd(1_000n), speed: 'normal', reason: 'Defective' } as const
const withRefunds = (...list: unknown[]) =>
  orderBody('COMPLETED', { captures: [captureBody({ status: 'PARTIALLY_REFUNDED' })], refunds: list })

function refund(results: readonly HttpResult[], send: 'first' | 'later' = 'first') {
  const script = scripted(results, { ctx: { send } })
  return { ...script, create: () => refunds.create(script.ctx, payment, request, 'key-r') }
}

describe('refund', () => {
  test('names amount and reference, so that it can be found again', async () => {
    const paypal = refund([answer(201, refundBody())])
    expect(await paypal.create()).toMatchObject({
      kind: 'ok',
      value: { refundRef: '1JU08902781691411', status: 'succeeded', amount: usd(1_000n), reference: 're_1' },
    })
    expect(paypal.sent[1]).toMatchObject({
      path: `/v2/payments/captures/${CAPTURE_ID}/refund`,
      headers: { 'paypal-request-id': 'key-r', prefer: 'return=representation' },
      body: {
        json: {
          amount: { currency_code: 'USD', value: '10.00' },
          custom_id: 're_1',
          invoice_id: 're_1',
          note_to_payer: 'Defective',
        },
      },
    })
  })

  test.each([
    ['PENDING', 'pending'],
    ['FAILED', 'failed'],
    ['CANCELLED', 'canceled'],
    ['SOMETHING_NEW', 'unrecognised'],
  ])('%s is %s', async (wire, status) => {
    const outcome = await refund([answer(201, refundBody({ status: wire }))]).create()
    expect(outcome).toMatchObject({ kind: 'ok', value: { status } })
    expect(outcome.kind === 'ok' && outcome.value.failure !== null).toBe(status === 'failed')
  })

  test.each(['CAPTURE_FULLY_REFUNDED', 'REFUND_AMOUNT_EXCEEDED', 'DUPLICATE_INVOICE_ID'])(
    '%s is success when our refund is among those made',
    async (code) => {
      const paypal = refund([issue(422, code), answer(200, withRefunds(refundBody()))])
      expect(await paypal.create()).toMatchObject({ kind: 'ok', value: { reference: 're_1' } })
      expect(paypal.calls()[1]).toBe(`GET /v2/checkout/orders/${ORDER_ID}`)
    },
  )

  test.each([
    ['of another reference', refundBody({ custom_id: 're_2', invoice_id: 're_2' })],
    ['of another amount', refundBody({ amount: { currency_code: 'USD', value: '9.00' } })],
  ])('a refund %s is not ours', async (_what, other) => {
    const paypal = refund([issue(422, 'CAPTURE_FULLY_REFUNDED'), answer(200, withRefunds(other))])
    expect(await paypal.create()).toMatchObject({ kind: 'rejected', reason: 'amount' })
  })

  test('a refund still running is unknown until it shows', async () => {
    const running = issue(409, 'PREVIOUS_REQUEST_IN_PROGRESS', 'RESOURCE_CONFLICT')
    expect((await refund([running, answer(200, withRefunds())]).create()).kind).toBe('unknown')
    expect((await refund([running, answer(200, withRefunds(refundBody()))]).create()).kind).toBe('ok')
  })

  test.each([
    ['a lost answer', lost, 'first', 'unknown'],
    ['no connection', notSent, 'first', 'not_sent'],
    ['no connection at a later send', notSent, 'later', 'unknown'],
    ['500', answer(500, ''), 'first', 'unknown'],
    [
      'the minimal dialect without an amount',
      answer(201, { id: 'R1', status: 'COMPLETED' }),
      'first',
      'unknown',
    ],
    ['a capture too old', issue(422, 'REFUND_TIME_LIMIT_EXCEEDED'), 'first', 'rejected'],
  ] as const)('%s is %s %s', async (_what, result, send, kind) => {
    expect((await refund([result], send).create()).kind).toBe(kind)
  })

  test('a look that fails leaves it unknown', async () => {
    expect((await refund([issue(422, 'CAPTURE_FULLY_REFUNDED'), notSent]).create()).kind).toBe('unknown')
  })

  test('an authorization that was not captured cannot be refunded, and nothing is sent', async () => {
    const { ctx, sent } = scripted([])
    const held = handle({ paymentRef: AUTHORIZATION_ID, refs: { authorization: AUTHORIZATION_ID } })
    expect(await refunds.create(ctx, held, request, 'k')).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
    })
    expect(sent).toEqual([])
  })
})

describe('refund look-ups', () => {
  test('a refund is read by its id, and another one is no answer', async () => {
    const { ctx } = scripted([answer(200, refundBody()), answer(200, refundBody({ id: 'OTHER' }))])
    expect(await refunds.fetch(ctx, payment, '1JU08902781691411')).toMatchObject({ kind: 'ok' })
    expect((await refunds.fetch(ctx, payment, '1JU08902781691411')).kind).toBe('unknown')
  })

  test('the list is newest first and at most 100', async () => {
    const many = Array.from({ length: 120 }, (_, n) =>
      refundBody({ id: `R${n}`, create_time: new Date(1_800_000_000_000 + n * 1000).toISOString() }),
    )
    const { ctx } = scripted([answer(200, withRefunds(...many))])
    const listed = await refunds.list(ctx, payment)
    expect(listed.kind === 'ok' && listed.value.map(({ refundRef }) => refundRef).slice(0, 2)).toEqual([
      'R119',
      'R118',
    ])
    expect(listed.kind === 'ok' && listed.value).toHaveLength(100)
  })
})
