import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStand } from './test-stand.ts'

/** Whatever is sent, the answer is a documented shape: nothing throws, nothing becomes a server error. */
test('no body makes the emulator throw or answer 5xx', async () => {
  const stand = createStand()
  const { paymentId, orderId } = await stand.authorized()
  const done = await stand.captured()
  const link = String((await stand.call('POST', '/v1/payment_links', { amount: 500 })).body['id'])
  const item = { name: 'Gold', amount: 500, currency: 'INR' }
  const { body: plan } = await stand.call('POST', '/v1/plans', { period: 'monthly', interval: 1, item })
  const wanted = { plan_id: plan['id'], total_count: 2 }
  const subscription = String((await stand.call('POST', '/v1/subscriptions', wanted)).body['id'])
  stand.sandbox.simulateSubscription('razorpay', stand.accountId, subscription, 'approve')
  const targets = [
    ['POST', '/v1/orders'],
    ['PATCH', `/v1/orders/${orderId}`],
    ['POST', `/v1/payments/${paymentId}/capture`],
    ['PATCH', `/v1/payments/${paymentId}`],
    ['POST', `/v1/payments/${done.paymentId}/refund`],
    ['POST', '/v1/customers'],
    ['POST', '/v1/payment_links'],
    ['PATCH', `/v1/payment_links/${link}`],
    ['POST', '/v1/webhooks'],
    ['POST', '/v1/plans'],
    ['POST', '/v1/subscriptions'],
    ['PATCH', `/v1/subscriptions/${subscription}`],
    ['POST', `/v1/subscriptions/${subscription}/cancel`],
    ['POST', `/v1/subscriptions/${subscription}/pause`],
    ['POST', `/v1/subscriptions/${subscription}/resume`],
  ] as const
  const names = [
    'amount',
    'currency',
    'receipt',
    'notes',
    'payment',
    'speed',
    'name',
    'email',
    'contact',
    'customer',
    'notify',
    'expire_by',
    'reference_id',
    'url',
    'events',
    'secret',
    'partial_payment',
    'plan_id',
    'item',
    'period',
    'interval',
    'quantity',
    'total_count',
    'end_at',
    'start_at',
    'addons',
    'remaining_count',
    'schedule_change_at',
    'cancel_at_cycle_end',
    'pause_at',
  ]
  const fields = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 })
  const body = fc.oneof(fields, fc.jsonValue(), fc.string({ unit: 'binary' }))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...targets), body, async ([method, path], value) => {
      const { status, text } = await stand.call(method, path, value)
      expect([200, 400, 401]).toContain(status)
      expect(() => JSON.parse(text)).not.toThrow()
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['deep', `{"amount":500,"currency":"INR","notes":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ['a NUL byte', '{"amount":500,"currency":"INR","receipt":"a\\u0000b"}'],
  ['a lone surrogate', '{"amount":500,"currency":"INR","receipt":"\\ud800"}'],
  ['a list', '[]'],
  ['null', 'null'],
])('%s is refused with 400', async (_, body) => {
  expect((await createStand().call('POST', '/v1/orders', body)).status).toBe(400)
})

test('odd paths and queries are refused, not thrown', async () => {
  const { call } = createStand()
  for (const path of [
    '/v1/orders/%00',
    '/v1/orders/order_',
    '/v1/orders/order_AAAAAAAAAAAAAA',
    '/v1/payments/../orders/x',
    '/v1/orders?from=1',
    '/v1/orders?count=1e3',
    '/v1/orders?expand[]=everything',
    '/v2/accounts/x/webhooks',
  ]) {
    expect([path, (await call('GET', path)).status]).toEqual([path, 400])
  }
})
