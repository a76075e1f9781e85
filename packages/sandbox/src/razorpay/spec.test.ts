import { expect, test } from 'vitest'
import { hasReference } from './reference.ts'
import { schemaName, validator } from './test-spec.ts'
import { type Answer, createStand } from './test-stand.ts'

/** A stand whose every answer is checked against the specification. */
function checkedStand() {
  const stand = createStand()
  const seen = new Set<string>()
  const call: typeof stand.call = async (method, path, body, headers) => {
    const answer: Answer = await stand.call(method, path, body, headers)
    const bare = path.split('?')[0] ?? path
    const name = schemaName(method, bare, answer.status)
    if (name === undefined) {
      throw new Error(`the specification has no answer ${answer.status} to ${method} ${path}`)
    }
    const validate = validator(name)
    const valid = validate(answer.body)
    expect({ path, name, errors: valid ? [] : validate.errors }).toEqual({ path, name, errors: [] })
    seen.add(
      `${method} ${bare.replace(/(order|pay|rfnd|cust|plink|sub)_\w{14}/g, '$1').replace(/\w{14}$/, 'id')}`,
    )
    return answer
  }
  return { ...stand, call, seen }
}

test.skipIf(!hasReference)('answers about orders, payments and refunds match the specification', async () => {
  const { call, seen, ...stand } = checkedStand()
  const { body } = await call('POST', '/v1/orders', {
    amount: 50_000,
    currency: 'INR',
    receipt: 'ord_1',
    notes: { a: 'b' },
    payment: { capture: 'manual' },
  })
  const order = String(body['id'])
  stand.act(order, 'fail')
  stand.act(order, 'authenticate')
  const payment = String((await stand.payment(order))['id'])
  await call('GET', `/v1/orders/${order}?expand[]=payments`)
  await call('GET', '/v1/orders?receipt=ord_1&expand[]=payments')
  await call('PATCH', `/v1/orders/${order}`, { notes: {} })
  await call('GET', `/v1/orders/${order}/payments`)
  await call('GET', '/v1/payments')
  await call('POST', `/v1/payments/${payment}/capture`, { amount: 50_000, currency: 'INR' })
  await call('GET', `/v1/payments/${payment}?expand[]=card`)
  await call('PATCH', `/v1/payments/${payment}`, { notes: { c: 'd' } })
  await call('GET', `/v1/payments/${payment}/card`)
  const refund = await call('POST', `/v1/payments/${payment}/refund`, { amount: 9_913, speed: 'optimum' })
  const refundId = String(refund.body['id'])
  await call('GET', `/v1/refunds/${refundId}`)
  await call('GET', '/v1/refunds')
  await call('PATCH', `/v1/refunds/${refundId}`, { notes: { c: 'd' } })
  await call('GET', `/v1/payments/${payment}/refunds`)
  await call('GET', `/v1/payments/${payment}/refunds/${refundId}`)
  await call('POST', `/v1/payments/${payment}/refund`, { amount: 40_087 })
  await call('GET', `/v1/payments/${payment}`)
  expect(seen.size).toBe(16)
})

test.skipIf(!hasReference)(
  'answers about customers, links and webhooks match the specification',
  async () => {
    const { call, seen, ...stand } = checkedStand()
    const customer = await call('POST', '/v1/customers', { name: 'Asha Rao', email: 'a@example.com' })
    const customerId = String(customer.body['id'])
    await call('PUT', `/v1/customers/${customerId}`, { name: 'Asha' })
    await call('GET', `/v1/customers/${customerId}`)
    await call('GET', '/v1/customers')
    const link = await call('POST', '/v1/payment_links', { amount: 1_000, customer: { name: 'Asha' } })
    const linkId = String(link.body['id'])
    stand.act(linkId, 'succeed')
    await call('GET', `/v1/payment_links/${linkId}`)
    await call('GET', '/v1/payment_links')
    const second = String((await call('POST', '/v1/payment_links', { amount: 1_000 })).body['id'])
    await call('PATCH', `/v1/payment_links/${second}`, { notes: { a: 'b' } })
    await call('POST', `/v1/payment_links/${second}/cancel`)
    const events = { 'payment.captured': true }
    const hook = await call('POST', '/v1/webhooks', { url: 'https://or.example/hook', events })
    await call('PUT', `/v1/webhooks/${String(hook.body['id'])}`, { active: false })
    await call('GET', '/v1/webhooks')
    expect(seen.size).toBe(12)
  },
)

test.skipIf(!hasReference)('answers about plans and subscriptions match the specification', async () => {
  const { call, seen, sandbox, accountId } = checkedStand()
  const item = { name: 'Gold', amount: 69_900, currency: 'INR' }
  const plan = String((await call('POST', '/v1/plans', { period: 'monthly', interval: 1, item })).body['id'])
  await call('GET', '/v1/plans')
  await call('GET', `/v1/plans/${plan}`)
  const wanted = { plan_id: plan, total_count: 12, notes: { a: 'b' } }
  const id = String((await call('POST', '/v1/subscriptions', wanted)).body['id'])
  sandbox.simulateSubscription('razorpay', accountId, id, 'approve')
  await call('GET', `/v1/subscriptions/${id}`)
  await call('GET', `/v1/subscriptions?plan_id=${plan}`)
  await call('PATCH', `/v1/subscriptions/${id}`, { quantity: 2, schedule_change_at: 'cycle_end' })
  await call('GET', `/v1/subscriptions/${id}/retrieve_scheduled_changes`)
  await call('POST', `/v1/subscriptions/${id}/cancel_scheduled_changes`)
  await call('POST', `/v1/subscriptions/${id}/pause`, { pause_at: 'now' })
  await call('POST', `/v1/subscriptions/${id}/resume`, { resume_at: 'now' })
  await call('POST', `/v1/subscriptions/${id}/cancel`, { cancel_at_cycle_end: 0 })
  await call('POST', `/v1/subscriptions/${id}/cancel`)
  expect(seen.size).toBe(12)
})

test.skipIf(!hasReference)('refusals and planned errors match the specification', async () => {
  const { call, sandbox } = checkedStand()
  await call('POST', '/v1/orders', { amount: 1, currency: 'INR' })
  await call('GET', '/v1/orders', undefined, { authorization: 'Basic bm86bm8=' })
  for (const fault of ['rate_limited', 'error_before'] as const) {
    sandbox.faults.add({ provider: 'razorpay', fault, count: 1 })
    await call('GET', '/v1/orders')
  }
})

test.skipIf(!hasReference)('every kind of event matches the specification', async () => {
  const stand = createStand()
  const kinds = [
    'payment.authorized',
    'payment.captured',
    'payment.failed',
    'order.paid',
    'refund.created',
    'refund.processed',
    'refund.failed',
    'payment.dispute.created',
    'payment_link.paid',
    'payment_link.cancelled',
    'payment_link.expired',
  ]
  await stand.subscribe(...kinds)
  const orderId = await stand.order()
  stand.act(orderId, 'fail')
  stand.act(orderId, 'authenticate')
  const { id } = await stand.payment(orderId)
  await stand.call('POST', `/v1/payments/${String(id)}/refund`, { amount: 9_913 })
  stand.act(orderId, 'dispute')
  const { paymentId } = await stand.captured()
  await stand.call('POST', `/v1/payments/${paymentId}/refund`)
  const link = async () =>
    String((await stand.call('POST', '/v1/payment_links', { amount: 1_000 })).body['id'])
  stand.act(await link(), 'succeed')
  stand.act(await link(), 'expire')
  await stand.call('POST', `/v1/payment_links/${await link()}/cancel`)
  await stand.sandbox.advance(3_600_000)
  const validate = validator('WebhookEvent')
  for (const { body, event } of stand.received) {
    const valid = validate(JSON.parse(body))
    expect({ event, errors: valid ? [] : validate.errors }).toEqual({ event, errors: [] })
  }
  expect(new Set(stand.received.map(({ event }) => event))).toEqual(new Set(kinds))
})
