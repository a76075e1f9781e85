import { expect, test } from 'vitest'
import { createStand, textOf } from './test-stand.ts'

const MINUTE = 60_000

test('automatic capture makes the order paid and fills fee and tax', async () => {
  const stand = createStand()
  const { orderId, paymentId } = await stand.captured()
  expect((await stand.call('GET', `/v1/payments/${paymentId}`)).body).toMatchObject({
    status: 'captured',
    captured: true,
    fee: 1_180,
    tax: 180,
    method: 'upi',
    vpa: 'success@razorpay',
    order_id: orderId,
  })
  const order = (await stand.call('GET', `/v1/orders/${orderId}`)).body
  expect(order).toMatchObject({ status: 'paid', amount_paid: 50_000, amount_due: 0, attempts: 1 })
})

test('an authorised payment has no fee, and its order is attempted', async () => {
  const stand = createStand()
  const { orderId, paymentId } = await stand.authorized()
  expect((await stand.call('GET', `/v1/payments/${paymentId}`)).body).toMatchObject({
    status: 'authorized',
    captured: false,
    fee: null,
    tax: null,
  })
  expect((await stand.call('GET', `/v1/orders/${orderId}`)).body['status']).toBe('attempted')
  expect((await stand.call('GET', '/v1/orders?authorized=1')).body['count']).toBe(1)
})

test('capture takes the authorised amount and currency only, and once only', async () => {
  const stand = createStand()
  const { paymentId } = await stand.authorized()
  const capture = (fields: unknown) => stand.call('POST', `/v1/payments/${paymentId}/capture`, fields)
  expect(textOf(await capture({ currency: 'INR' }))).toMatch(/amount: required key is missing/)
  expect(textOf(await capture({ amount: 40_000, currency: 'INR' }))).toBe(
    'Capture amount must be equal to the amount authorized.',
  )
  expect(textOf(await capture({ amount: 50_000, currency: 'USD' }))).toBe(
    'Capture request currency must be same as payment currency.',
  )
  const done = await capture({ amount: 50_000, currency: 'INR' })
  expect([done.status, done.body['status']]).toEqual([200, 'captured'])
  expect(textOf(await capture({ amount: 50_000, currency: 'INR' }))).toBe(
    'The payment has already been either captured or voided.',
  )
})

test('a failed payment cannot be captured, and its order takes another try', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  stand.act(orderId, 'fail')
  const failed = await stand.payment(orderId)
  expect(failed).toMatchObject({
    status: 'failed',
    error_code: 'BAD_REQUEST_ERROR',
    error_reason: 'payment_failed',
  })
  const capture = await stand.call('POST', `/v1/payments/${String(failed['id'])}/capture`, { amount: 50_000 })
  expect(textOf(capture)).toBe(
    'Only payments which have been authorized and not yet captured can be captured.',
  )
  expect((await stand.call('GET', `/v1/orders/${orderId}`)).body['status']).toBe('attempted')
  stand.act(orderId, 'succeed')
  expect((await stand.call('GET', `/v1/orders/${orderId}`)).body).toMatchObject({
    status: 'paid',
    attempts: 2,
  })
  expect(stand.act(orderId, 'succeed')).toEqual({ ok: false, reason: 'the order is already paid' })
})

test('a failed payment can be authorised late', async () => {
  const stand = createStand()
  await stand.subscribe('payment.failed', 'payment.authorized', 'payment.captured')
  const orderId = await stand.order()
  stand.act(orderId, 'fail')
  const { id } = await stand.payment(orderId)
  expect(stand.act(orderId, 'late_succeed')).toEqual({ ok: true, status: 'captured' })
  expect(await stand.payment(orderId)).toMatchObject({ id, status: 'captured', error_code: null })
  await stand.sandbox.runDue()
  expect(stand.received.map(({ event }) => event)).toEqual([
    'payment.failed',
    'payment.authorized',
    'payment.captured',
  ])
})

test('an uncaptured payment is refunded when its manual period ends', async () => {
  const stand = createStand()
  await stand.subscribe('refund.processed')
  const { paymentId } = await stand.authorized({
    payment: { capture: 'manual', capture_options: { manual_expiry_period: 30 } },
  })
  await stand.sandbox.advance(29 * MINUTE)
  const read = async () => (await stand.call('GET', `/v1/payments/${paymentId}`)).body
  expect((await read())['status']).toBe('authorized')
  await stand.sandbox.advance(1 * MINUTE)
  expect(await read()).toMatchObject({
    status: 'refunded',
    captured: false,
    refund_status: 'full',
    fee: null,
  })
  expect(stand.received.map(({ event }) => event)).toEqual(['refund.processed'])
  expect(stand.sandbox.book('razorpay')).toMatchObject([{ authorized: 0n, captured: 0n, refunded: 0n }])
})

test('a capture in time is not undone by the expiry', async () => {
  const stand = createStand()
  const { paymentId } = await stand.authorized()
  await stand.call('POST', `/v1/payments/${paymentId}/capture`, { amount: 50_000, currency: 'INR' })
  await stand.sandbox.advance(10 * 86_400_000)
  expect((await stand.call('GET', `/v1/payments/${paymentId}`)).body['status']).toBe('captured')
})

test('an authorisation after the automatic window is refunded, not captured', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  stand.act(orderId, 'fail')
  await stand.sandbox.advance(13 * MINUTE)
  stand.act(orderId, 'late_succeed')
  await stand.sandbox.runDue()
  expect(await stand.payment(orderId)).toMatchObject({ status: 'refunded', captured: false })
})

test('only one payment of an order is captured: the second authorisation stays the payer’s', async () => {
  const stand = createStand()
  const orderId = await stand.order({ payment: { capture: 'manual' } })
  stand.act(orderId, 'succeed')
  const first = String((await stand.payment(orderId))['id'])
  stand.act(orderId, 'succeed')
  const second = String((await stand.payment(orderId))['id'])
  const capture = (id: string) =>
    stand.call('POST', `/v1/payments/${id}/capture`, { amount: 50_000, currency: 'INR' })
  expect((await capture(first)).status).toBe(200)
  expect(textOf(await capture(second))).toBe('Payment already done for this order.')
})

test('foreign payments carry their rupee base and a fee in paise', async () => {
  const stand = createStand()
  const { paymentId } = await stand.captured({ amount: 500, currency: 'JPY' })
  const { body } = await stand.call('GET', `/v1/payments/${paymentId}`)
  expect(body).toMatchObject({ amount: 500, base_amount: 4_000_000, base_currency: 'INR', fee: 94_400 })
})

test('the card of a card payment can be read, that of another cannot', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  stand.act(orderId, 'authenticate')
  const { id } = await stand.payment(orderId)
  const { body } = await stand.call('GET', `/v1/payments/${String(id)}/card`)
  expect(body).toMatchObject({ entity: 'card', last4: '1007', network: 'Visa' })
  const upi = await stand.captured()
  expect(textOf(await stand.call('GET', `/v1/payments/${upi.paymentId}/card`))).toBe(
    'Payment was not done using card.',
  )
})

test('the books hold exact sums per order', async () => {
  const stand = createStand()
  const { paymentId, orderId } = await stand.captured({ receipt: 'pm_1' })
  await stand.call('POST', `/v1/payments/${paymentId}/refund`, { amount: 12_345 })
  expect(stand.sandbox.book('razorpay', stand.accountId)).toEqual([
    {
      accountId: stand.accountId,
      orderRef: orderId,
      paymentRefs: [paymentId],
      reference: 'pm_1',
      currency: 'INR',
      amount: 50_000n,
      authorized: 0n,
      captured: 50_000n,
      refunded: 12_345n,
      status: 'paid',
    },
  ])
})
