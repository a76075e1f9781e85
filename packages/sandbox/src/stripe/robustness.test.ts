import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSandbox } from '../index.ts'
import { createStripe } from './index.ts'
import { CONFIRMED, type Merchant, openMerchant, SESSION, START_MS } from './test-merchant.ts'

const PATHS = [
  '/v1/payment_intents',
  '/v1/checkout/sessions',
  '/v1/refunds',
  '/v1/customers',
  '/v1/products',
  '/v1/prices',
  '/v1/payment_links',
  '/v1/webhook_endpoints',
  '/v1/charges',
  '/v1/balance_transactions',
  '/v1/events',
  '/v1/disputes',
  '/v1/subscriptions',
  '/v1/invoices',
  '/v1/setup_intents',
  '/v1/payment_methods',
]
const NAMES = [
  'amount',
  'currency',
  'metadata',
  'metadata[a]',
  'line_items',
  'line_items[0]',
  'line_items[0][price_data]',
  'line_items[][price_data][unit_amount]',
  'line_items[0][quantity]',
  'expand[]',
  'expand',
  'created[gte]',
  'limit',
  'starting_after',
  'mode',
  'success_url',
  'payment_intent',
  'charge',
  'confirm',
  'payment_method',
  'url',
  'enabled_events[]',
  'shipping[address]',
  'automatic_payment_methods[enabled]',
  '__proto__',
  'constructor[prototype]',
  'recurring[interval]',
  'product_data[name]',
  'unit_amount',
  'product',
  'types[]',
  'name',
  'email',
  'expires_at',
  '[]',
]
const VALUES = [
  '',
  '0',
  '-1',
  '1',
  '2000',
  '1e3',
  '999999999999999',
  '99999999999999999999',
  'usd',
  'USD',
  'true',
  'pm_card_visa',
  'https://',
  'http://[',
  'payment',
  'data',
  'latest_charge',
  'constructor',
  '%00',
  '%ED%A0%80',
  '%',
  '\u{1f4b8}',
  'x'.repeat(6_000),
]
const pair = fc.tuple(fc.constantFrom(...NAMES), fc.oneof(fc.constantFrom(...VALUES), fc.string()))
const request = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom(...PATHS),
  id: fc.constantFrom(
    '',
    '/x',
    '/__proto__',
    '/search',
    '/x/confirm',
    '/x/capture',
    '/x/expire',
    '/x/line_items',
  ),
  pairs: fc.array(pair, { maxLength: 6 }),
})

test('no request is answered with anything but an object or a documented error', async () => {
  const merchant = openMerchant()
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, id, pairs }) => {
      const form = pairs.map(([name, value]) => `${name}=${value}`).join('&')
      const address = `${path}${id}`
      const query = encodeURI(form).replaceAll('%25', '%').replaceAll('#', '%23')
      const answer =
        method === 'POST' ? await merchant.post(address, form) : await merchant.get(`${address}?${query}`)
      expect([200, 400, 402, 404]).toContain(answer.status)
      if (answer.status !== 200) expect(answer.body.error.message).not.toBe('')
    }),
    { numRuns: 400 },
  )
})

async function drive(merchant: Merchant) {
  await merchant.post('/v1/webhook_endpoints', 'url=https://or.example/hook&enabled_events[]=*')
  const { body: session } = await merchant.post('/v1/checkout/sessions', SESSION)
  await merchant.browse(session.url, { action: 'slow_bank' })
  await merchant.post('/v1/payment_intents', `amount=2000&currency=usd&capture_method=manual&${CONFIRMED}`)
  await merchant.post(
    '/v1/payment_links',
    'line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=900' +
      '&line_items[0][price_data][product_data][name]=L',
  )
}

test('everything survives a restart through JSON, later work included', async () => {
  const merchant = openMerchant()
  await drive(merchant)
  const restored = JSON.parse(JSON.stringify(merchant.sandbox.snapshot()))
  const again = createSandbox({
    clock: { now: () => START_MS },
    seed: 7,
    restored,
    emulators: { stripe: createStripe },
    fetch: async () => new Response(),
  })
  expect(again.book('stripe')).toEqual(merchant.sandbox.book('stripe'))
  await again.advance(60_000)
  await merchant.sandbox.advance(60_000)
  expect(again.book('stripe')).toEqual(merchant.sandbox.book('stripe'))
  expect(again.book('stripe').map(({ status }) => status)).toEqual(['succeeded', 'requires_capture'])
})

test('the same seed and the same calls give the same books', async () => {
  const [one, two] = [openMerchant(), openMerchant()]
  await drive(one)
  await drive(two)
  expect(one.sandbox.book('stripe')).toEqual(two.sandbox.book('stripe'))
})
