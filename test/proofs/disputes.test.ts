/** Disputes from the payer to the merchant: real deliveries in, the API's answers and signed events out. */
import { ALL_ROUTES } from '@onerouter/contract'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL_SCOPES } from '../../apps/api/src/testing/open-app.ts'
import { order } from './deliveries.ts'
import { createStack, type Merchant, PAYMENT_SERVICES, type PaymentService, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

async function disputed(merchant: Merchant, provider: PaymentService) {
  const payment = await order(merchant, provider)
  merchant.pay(payment)
  await stack.settle()
  merchant.pay(payment, 'dispute')
  await stack.settle()
  return payment
}

const listed = async (merchant: Merchant, query = '') =>
  (await merchant.call('GET', `/v1/disputes${query}`)).json().data

describe.each(PAYMENT_SERVICES)('%s', (provider) => {
  test('a dispute goes its way by webhooks alone, is told once per step and is as the contract says', async () => {
    const merchant = await stack.merchant({ services: [provider], scopes: ALL_SCOPES })
    const payment = await disputed(merchant, provider)
    const [opened] = await listed(merchant, `?payment_id=${payment.id}`)
    expect(opened).toMatchObject({ object: 'dispute', payment_id: payment.id, status: 'open', provider })
    expect([opened.amount, opened.currency]).toEqual(['500.00', payment.currency])
    merchant.pay(payment, 'dispute_lost')
    await stack.settle()
    const lost = (await merchant.call('GET', `/v1/disputes/${opened.id}`)).json()
    expect(lost).toMatchObject({ status: 'lost', deducted: { amount: '500.00', amount_minor: 50_000 } })
    const matches = new Ajv({ strict: false }).compile(ALL_ROUTES.get('getDispute')?.answer.schema ?? {})
    expect(matches(opened) && matches(lost), JSON.stringify(matches.errors)).toBe(true)
    const events = (await merchant.call('GET', '/v1/events?limit=100')).json().data
    const own = events.filter((event: { type: string }) => event.type.startsWith('dispute.'))
    expect(own.map(({ type, sequence }: { type: string; sequence: number }) => [type, sequence])).toEqual([
      ['dispute.lost', 2],
      ['dispute.opened', 1],
    ])
    expect(own[0].data.object).toEqual(lost)
    const timeline = (await merchant.call('GET', `/v1/payments/${payment.id}/timeline`)).json()
    const summaries = JSON.stringify(timeline)
    expect(summaries).toContain('dispute.opened')
    expect(summaries).toContain('dispute.lost')
  })
})

test('the list filters by payment, status, reason and provider, and refuses words that are none', async () => {
  const merchant = await stack.merchant({ services: ['stripe', 'razorpay'], scopes: ALL_SCOPES })
  const first = await disputed(merchant, 'stripe')
  const second = await disputed(merchant, 'razorpay')
  merchant.pay(second, 'dispute_won')
  await stack.settle()
  const payments = async (query: string) =>
    (await listed(merchant, query)).map((one: { payment_id: string }) => one.payment_id)
  expect(await payments('')).toEqual([second.id, first.id])
  expect(await payments('?limit=1')).toEqual([second.id])
  expect(await payments('?status=open')).toEqual([first.id])
  expect(await payments('?status=won')).toEqual([second.id])
  expect(await payments('?provider=stripe')).toEqual([first.id])
  expect(await payments('?reason=fraudulent')).toEqual([first.id])
  expect(await payments(`?payment_id=${second.id}`)).toEqual([second.id])
  expect(await payments('?environment=live')).toEqual([])
  for (const query of ['?status=undecided', '?reason=mood', '?starting_after=dp_1']) {
    expect((await merchant.call('GET', `/v1/disputes${query}`)).statusCode, query).toBe(400)
  }
})

test('a key without payments:read sees none', async () => {
  const merchant = await stack.merchant({ services: ['stripe'], scopes: ['sms:read'] })
  const refused = await merchant.call('GET', '/v1/disputes')
  expect([refused.statusCode, refused.json().required_scope]).toEqual([403, 'payments:read'])
})
