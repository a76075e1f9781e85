/** What was fetched before another writer's commit never overwrites it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStack, type Merchant, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

async function post(merchant: Merchant, url: string, body: object = {}) {
  const answer = await merchant.call('POST', url, body)
  return answer.json() as { readonly id: string; readonly status: string; readonly [name: string]: unknown }
}

test('a look that another writer overtakes fetches again, and the older answer changes nothing', async () => {
  const merchant = await stack.merchant({ services: ['stripe'] })
  const terms = { name: 'Pro', amount: '29.00', currency: 'USD', interval: 'month' }
  const plan = await post(merchant, '/v1/plans', terms)
  const { id } = await post(merchant, '/v1/subscriptions', { plan_id: plan.id })
  await post(merchant, `/v1/simulations/subscriptions/${id}/approve`)
  const approved = (await merchant.call('GET', `/v1/subscriptions/${id}`)).json()
  expect(approved).toMatchObject({ status: 'active' })

  // At the provider a period is renewed, of which nobody has told us.
  const { provider_subscription_id: ref } = approved
  const known = stack.sandbox.subscriptions('stripe').find((one) => one.subscriptionRef === ref)
  const owner = known?.accountId ?? expect.fail('the provider has no such subscription')
  expect(stack.sandbox.simulateSubscription('stripe', owner, String(ref), 'renew')).toMatchObject({
    ok: true,
  })
  let fetches = 0
  stack.intercept = async (wire, next) => {
    if (wire.method !== 'GET' || !wire.path.startsWith('/v1/subscriptions/')) return await next()
    fetches += 1
    if (fetches > 1) return await next()
    // While this answer, which says "active" and renewed, is on its way, somebody else pauses it and commits.
    const old = await next()
    const intercept = stack.intercept
    stack.intercept = null
    expect(await post(merchant, `/v1/subscriptions/${id}/pause`)).toMatchObject({ status: 'paused' })
    stack.intercept = intercept
    return old
  }
  const looked = await post(merchant, `/v1/subscriptions/${id}/sync`)
  stack.intercept = null
  expect(fetches).toBeGreaterThan(1)
  expect(looked.status).toBe('paused')
  const stored = (await merchant.call('GET', `/v1/subscriptions/${id}`)).json()
  expect(stored.status).toBe('paused')
  const events: { type: string }[] = (await merchant.call('GET', '/v1/events')).json().data
  const own = events.map(({ type }) => type).filter((type) => type.startsWith('subscription.'))
  expect(own.sort()).toEqual([
    'subscription.activated',
    'subscription.created',
    'subscription.paused',
    'subscription.renewed',
  ])
  expect(stored).toMatchObject({ paid_count: 2, amount_charged: '58.00' })
})
