import { expect, test } from 'vitest'
import { createStand, textOf } from './test-stand.ts'

async function paid() {
  const stand = createStand()
  const { paymentId } = await stand.captured()
  const refund = (fields: unknown = {}, key?: string) =>
    stand.call(
      'POST',
      `/v1/payments/${paymentId}/refund`,
      fields,
      key === undefined ? {} : { 'x-refund-idempotency': key },
    )
  const payment = async () => (await stand.call('GET', `/v1/payments/${paymentId}`)).body
  return { stand, paymentId, refund, payment }
}

test('partial refunds add up to the capture and never beyond', async () => {
  const { refund, payment } = await paid()
  expect((await refund({ amount: 20_000 })).body).toMatchObject({
    entity: 'refund',
    status: 'processed',
    speed_requested: 'normal',
    speed_processed: 'normal',
    acquirer_data: { arn: null },
    notes: [],
  })
  expect(await payment()).toMatchObject({
    status: 'captured',
    amount_refunded: 20_000,
    refund_status: 'partial',
  })
  expect(textOf(await refund({ amount: 30_001 }))).toBe(
    'The refund amount provided is greater than amount captured.',
  )
  expect((await refund()).body['amount']).toBe(30_000)
  expect(await payment()).toMatchObject({
    status: 'refunded',
    amount_refunded: 50_000,
    refund_status: 'full',
  })
  expect(textOf(await refund())).toBe('The payment has been fully refunded already.')
})

test.each([
  [{ amount: 0 }, 'Amount cannot be blank.'],
  [{ amount: '300' }, 'The amount must be an integer.'],
  [{ amount: 99 }, 'The amount must be at least INR 1.00.'],
  [{ speed: 'fast' }, 'The selected speed is invalid.'],
  [{ currency: 'INR' }, 'currency is/are not required and should not be sent.'],
])('refuses %j', async (fields, text) => {
  const { refund } = await paid()
  expect(textOf(await refund(fields))).toBe(text)
})

test('the same receipt twice is refused', async () => {
  const { refund } = await paid()
  await refund({ amount: 100, receipt: 'rma_1' })
  expect(textOf(await refund({ amount: 100, receipt: 'rma_1' }))).toBe(
    'Duplicate receipt found for this refund request.',
  )
})

test('the same idempotency key and body give the same refund, another body 409', async () => {
  const { refund, payment } = await paid()
  const first = await refund({ amount: 300, speed: 'normal' }, 'refund-key-1')
  const again = await refund({ speed: 'normal', amount: 300 }, 'refund-key-1')
  expect(again.body['id']).toBe(first.body['id'])
  expect((await payment())['amount_refunded']).toBe(300)
  const other = await refund({ amount: 301 }, 'refund-key-1')
  expect(other.status).toBe(409)
  expect(textOf(other)).toBe('Different request with the same idempotency key has already been processed.')
  expect(textOf(await refund({ amount: 300 }, 'short'))).toBe(
    'The idempotency key must be at least 10 characters long.',
  )
  expect(textOf(await refund({ amount: 300 }, 'refund key 1'))).toMatch(/must only contain alphanumeric/)
})

test('a refused refund does not use up its key', async () => {
  const { refund } = await paid()
  expect((await refund({ amount: 60_000 }, 'refund-key-2')).status).toBe(400)
  expect((await refund({ amount: 300 }, 'refund-key-2')).status).toBe(200)
})

test('forty concurrent refunds never exceed the capture', async () => {
  const { refund, payment } = await paid()
  const answers = await Promise.all(Array.from({ length: 40 }, () => refund({ amount: 3_000 })))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(16)
  expect((await payment())['amount_refunded']).toBe(48_000)
})

test('an optimum refund is instant', async () => {
  const { refund } = await paid()
  expect((await refund({ amount: 300, speed: 'optimum' })).body).toMatchObject({
    speed_requested: 'optimum',
    speed_processed: 'instant',
  })
})

test('an authorised payment is not refundable, in part or in full', async () => {
  const stand = createStand()
  const { paymentId } = await stand.authorized()
  const refund = (fields: unknown) => stand.call('POST', `/v1/payments/${paymentId}/refund`, fields)
  expect(textOf(await refund({}))).toBe('The payment status should be captured for action to be taken.')
  expect(textOf(await refund({ amount: 300 }))).toBe('Void is not supported for partial refunds.')
})

test('a disputed payment is not refundable', async () => {
  const { stand, refund } = await paid()
  stand.act(stand.sandbox.book('razorpay', stand.accountId)[0]?.orderRef ?? '', 'dispute')
  expect(textOf(await refund())).toBe(
    'The refund on this payment is blocked due to ongoing dispute investigation.',
  )
})

test('a slow refund fails after an hour and gives the money back to the merchant', async () => {
  const { stand, refund, payment } = await paid()
  await stand.subscribe('refund.failed')
  const { body } = await refund({ amount: 19_913 })
  expect(body).toMatchObject({ status: 'pending', speed_processed: null })
  expect((await payment())['amount_refunded']).toBe(19_913)
  await stand.sandbox.advance(3_600_000)
  expect((await stand.call('GET', `/v1/refunds/${String(body['id'])}`)).body['status']).toBe('failed')
  expect(await payment()).toMatchObject({ amount_refunded: 0, refund_status: null, status: 'captured' })
  expect(stand.received.map(({ event }) => event)).toEqual(['refund.failed'])
})

test('a slow refund settles after an hour, and every refund gets its bank reference later', async () => {
  const { stand, refund } = await paid()
  const { body } = await refund({ amount: 9_917 })
  const read = async () => (await stand.call('GET', `/v1/refunds/${String(body['id'])}`)).body
  expect(body['status']).toBe('pending')
  await stand.sandbox.advance(3_600_000)
  expect(await read()).toMatchObject({ status: 'processed', acquirer_data: { arn: null } })
  await stand.sandbox.advance(2 * 86_400_000)
  expect(await read()).toMatchObject({ acquirer_data: { arn: expect.stringMatching(/^\d{23}$/) } })
})

test('refunds are listed per payment and in all, and only their notes change', async () => {
  const { stand, paymentId, refund } = await paid()
  const first = String((await refund({ amount: 300 })).body['id'])
  await refund({ amount: 400 })
  expect((await stand.call('GET', `/v1/payments/${paymentId}/refunds`)).body['count']).toBe(2)
  expect((await stand.call('GET', '/v1/refunds?count=1')).body['count']).toBe(1)
  expect((await stand.call('GET', `/v1/payments/${paymentId}/refunds/${first}`)).body['amount']).toBe(300)
  const changed = await stand.call('PATCH', `/v1/refunds/${first}`, { notes: { rma: '7' } })
  expect(changed.body['notes']).toEqual({ rma: '7' })
})
