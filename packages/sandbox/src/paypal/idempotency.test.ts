import { describe, expect, test } from 'vitest'
import {
  capturedOrder,
  createOrder,
  DAY,
  FULL,
  HOUR,
  issuesOf,
  type Merchant,
  openMerchant,
  unit,
} from './test-merchant.ts'

const ORDERS = '/v2/checkout/orders'
const KEY = { 'paypal-request-id': 'key-1' }

const create = (merchant: Merchant, headers: Record<string, string> = KEY) =>
  merchant.call('POST', ORDERS, { intent: 'CAPTURE', purchase_units: [unit()] }, headers)

describe('PayPal-Request-Id', () => {
  test('a repeated create answers 200 with the same order as it is now', async () => {
    const merchant = await openMerchant()
    const first = await create(merchant)
    merchant.simulate(first.body.id, 'succeed')
    const again = await create(merchant)
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.body).toMatchObject({ id: first.body.id, status: 'APPROVED' })
  })

  test('the body is not compared', async () => {
    const merchant = await openMerchant()
    const first = await create(merchant)
    const other = await merchant.call(
      'POST',
      ORDERS,
      { intent: 'AUTHORIZE', purchase_units: [unit('1.00')] },
      KEY,
    )
    expect(other.body.id).toBe(first.body.id)
  })

  test('orders forget after six hours', async () => {
    const merchant = await openMerchant()
    const { id } = (await create(merchant)).body
    merchant.simulate(id, 'succeed')
    await merchant.call('POST', `${ORDERS}/${id}/capture`)
    await merchant.advance(6 * HOUR - 1)
    expect((await create(merchant)).body.id).toBe(id)
    await merchant.advance(1)
    expect((await create(merchant)).body.id).not.toBe(id)
  })

  test('refunds are remembered for 45 days', async () => {
    const merchant = await openMerchant()
    const { capture } = await capturedOrder(merchant)
    const refund = () =>
      merchant.call(
        'POST',
        `/v2/payments/captures/${capture.id}/refund`,
        { amount: unit('1.00').amount },
        KEY,
      )
    const first = await refund()
    await merchant.advance(45 * DAY - 1)
    await merchant.signIn()
    const again = await refund()
    expect([again.status, again.body.id]).toEqual([200, first.body.id])
    await merchant.advance(1)
    expect((await refund()).body.id).not.toBe(first.body.id)
    expect(merchant.book()[0]?.refunded).toBe(200n)
  })

  test('a refused request is not remembered', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    const capture = () => merchant.call('POST', `${ORDERS}/${id}/capture`, {}, KEY)
    expect((await capture()).status).toBe(422)
    merchant.simulate(id, 'succeed')
    expect((await capture()).status).toBe(201)
    expect((await capture()).status).toBe(200)
    expect(merchant.book()[0]?.captured).toBe(1000n)
  })

  test('belongs to one client', async () => {
    const merchant = await openMerchant()
    const first = await create(merchant)
    const other = merchant.kernel.accounts.create(merchant.emulator)
    await merchant.signIn(other)
    const second = await create(merchant)
    expect([second.status, second.body.id === first.body.id]).toEqual([201, false])
  })

  test('longer than 108 characters is refused', async () => {
    const merchant = await openMerchant()
    const reply = await create(merchant, { 'paypal-request-id': 'x'.repeat(109) })
    expect([reply.status, issuesOf(reply)]).toEqual([400, ['INVALID_STRING_LENGTH']])
  })

  test('of two requests in flight the second meets 409, and one order exists', async () => {
    const merchant = await openMerchant()
    const replies = await Promise.all([create(merchant), create(merchant)])
    expect(replies.map((reply) => reply.status)).toEqual([201, 409])
    expect(replies[1] && issuesOf(replies[1])).toEqual(['PREVIOUS_REQUEST_IN_PROGRESS'])
    expect(merchant.book()).toHaveLength(1)
  })

  test('two refunds racing on one capture: the second meets 409 whatever its id', async () => {
    const merchant = await openMerchant()
    const { capture } = await capturedOrder(merchant)
    const path = `/v2/payments/captures/${capture.id}/refund`
    const replies = await Promise.all(
      ['a', 'b'].map((id) => merchant.call('POST', path, {}, { ...FULL, 'paypal-request-id': id })),
    )
    expect(replies.map((reply) => reply.status)).toEqual([201, 409])
  })
})
