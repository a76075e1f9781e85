import { describe, expect, test } from 'vitest'
import type { CreateRefund } from '../spec.ts'
import { refundKey, refunds } from './refunds.ts'
import {
  answer,
  collection,
  handle,
  inr,
  lost,
  NOW_S,
  notSent,
  PAYMENT_ID,
  REFUND_ID,
  refundBody,
  refusal,
  scripted,
} from './scripted.fixture.ts'

const paid = handle({ paymentRef: PAYMENT_ID })
const wanted: CreateRefund = { reference: 're_1', amount: inr(20_000n), speed: 'normal' }
const create = (script: ReturnType<typeof scripted>, request = wanted, payment = paid) =>
  refunds.create(script.ctx, payment, request, 'op_refund_key_1')
const LIST = `GET /v1/payments/${PAYMENT_ID}/refunds?count=100`

describe('a refund', () => {
  test('names its amount, speed, receipt and reference, and carries the key', async () => {
    const script = scripted([answer(200, refundBody())])
    const outcome = await create(script, { ...wanted, speed: 'optimum', reason: 'Too\nlarge' })
    expect(outcome).toEqual({
      kind: 'ok',
      value: {
        refundRef: REFUND_ID,
        status: 'succeeded',
        amount: inr(20_000n),
        reference: 're_1',
        failure: null,
      },
    })
    expect(script.sent[0]).toMatchObject({
      method: 'POST',
      path: `/v1/payments/${PAYMENT_ID}/refund`,
      headers: { 'x-refund-idempotency': 'op_refund_key_1' },
      body: {
        json: {
          amount: 20_000,
          speed: 'optimum',
          receipt: 're_1',
          notes: { onerouter_ref: 're_1', reason: 'Too large' },
        },
      },
    })
  })

  test('keys Razorpay would refuse are hashed, the same key always alike', () => {
    expect(refundKey('op_01jd0000000000000000000000')).toBe('op_01jd0000000000000000000000')
    expect(refundKey('short')).toMatch(/^[0-9a-f]{64}$/)
    expect(refundKey('with space and more')).toBe(refundKey('with space and more'))
    expect(refundKey('a:b:c:d:e:f')).not.toBe(refundKey('a:b:c:d:e:g'))
  })

  test('of nothing paid is refused without a call', async () => {
    expect(await create(scripted([]), wanted, handle())).toMatchObject({ reason: 'invalid_state' })
  })

  test('of an amount Razorpay cannot express is refused without a call', async () => {
    const amount = { ...inr(1_234n), currency: 'KWD' as typeof wanted.amount.currency }
    expect(await create(scripted([]), { ...wanted, amount })).toMatchObject({ reason: 'amount' })
  })

  test.each([
    ['Refund has already been processed.', 'unknown'],
    ['Duplicate receipt found for this refund request.', 'unknown'],
    ['Different request with the same idempotency key has already been processed.', 'unknown'],
    ['Another request with the same idempotency key is still in progress.', 'unknown'],
    ['The payment has been fully refunded already.', 'rejected'],
    ['The refund amount provided is greater than amount captured', 'rejected'],
  ])('%s: ours if it is listed, else %s', async (text, kind) => {
    const status = text.includes('idempotency') ? 409 : 400
    const found = scripted([
      refusal(text, {}, status),
      answer(200, collection(refundBody({ id: 'rfnd_2', receipt: 're_2', notes: [] }), refundBody())),
    ])
    expect(await create(found)).toMatchObject({ kind: 'ok', value: { refundRef: REFUND_ID } })
    expect(found.calls()[1]).toBe(LIST)
    const others = collection(
      refundBody({ id: 'rfnd_2', receipt: 're_2', notes: [] }),
      refundBody({ id: 'rfnd_3', amount: 19_999 }),
    )
    expect((await create(scripted([refusal(text, {}, status), answer(200, others)]))).kind).toBe(kind)
    expect((await create(scripted([refusal(text, {}, status), notSent]))).kind).toBe('unknown')
  })

  test.each([
    ['a lock', refusal('Request failed because another payment operation is in progress.'), 'not_sent'],
    [
      'an empty balance',
      refusal('Your account does not have enough balance to carry out the refund operation.'),
      'rejected',
    ],
    [
      'a dispute',
      refusal('The refund on this payment is blocked due to ongoing dispute investigation.'),
      'rejected',
    ],
    ['no instant refund', refusal('Instant refund not supported for the payment.'), 'rejected'],
    ['a lost answer', lost, 'unknown'],
    ['a refund of another payment', answer(200, refundBody({ payment_id: 'pay_2' })), 'unknown'],
  ])('%s', async (_what, result, kind) => {
    expect((await create(scripted([result]))).kind).toBe(kind)
  })
})

describe('reading refunds', () => {
  test('by id', async () => {
    const { ctx, calls } = scripted([answer(200, refundBody({ status: 'pending' }))])
    expect(await refunds.fetch(ctx, paid, REFUND_ID)).toMatchObject({ value: { status: 'pending' } })
    expect(calls()).toEqual([`GET /v1/refunds/${REFUND_ID}`])
  })

  test('an answer about another refund is no answer', async () => {
    const { ctx } = scripted([answer(200, refundBody({ id: 'rfnd_2' }))])
    expect((await refunds.fetch(ctx, paid, REFUND_ID)).kind).toBe('unknown')
  })

  test('all of a payment, newest first', async () => {
    const older = refundBody({ id: 'rfnd_2', created_at: NOW_S - 100 })
    const { ctx } = scripted([answer(200, collection(older, refundBody()))])
    const outcome = await refunds.list(ctx, paid)
    expect(outcome.kind === 'ok' && outcome.value.map(({ refundRef }) => refundRef)).toEqual([
      REFUND_ID,
      'rfnd_2',
    ])
  })

  test('a list with a refund that cannot be read is not a shorter list', async () => {
    const { ctx } = scripted([answer(200, collection(refundBody(), { id: 'rfnd_2' }))])
    expect((await refunds.list(ctx, paid)).kind).toBe('unknown')
  })

  test('a payment nobody made has none', async () => {
    expect(await refunds.list(scripted([]).ctx, handle())).toEqual({ kind: 'ok', value: [] })
  })
})
