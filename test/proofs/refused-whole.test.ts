/** What cannot be had is refused whole: a typed error at its field, nobody called, nothing written, nothing changed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TxtAnswer } from '../../apps/api/src/domains/dns.ts'
import { expectProblem } from './problem.ts'
import { createStack, type Merchant, PAYMENT_SERVICES, type Stack } from './stack.ts'

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const

let stack: Stack
const zone = new Map<string, TxtAnswer>()
beforeAll(async () => {
  stack = await createStack({
    lookupTxt: async (name) => zone.get(name) ?? { kind: 'absent', reason: 'nxdomain' },
  })
})
beforeEach(() => {
  zone.clear()
})
afterAll(() => stack.close())

interface Body {
  readonly id: string
  readonly [name: string]: unknown
}

async function post(merchant: Merchant, url: string, body: object = {}): Promise<Body> {
  const answer = await merchant.call('POST', url, body)
  expect(answer.statusCode, `${url}: ${answer.body}`).toBeLessThan(300)
  return answer.json()
}

const TABLES = 'customer plan provider_plan subscription subscription_operation event'.split(' ')

/** Everything an account has that a subscription could leave behind, down to the versions of its rows. */
async function kept({ accountId }: Merchant): Promise<unknown> {
  const counts = TABLES.map((table) => `(select count(*) from ${table} where account_id = $1) as ${table}s`)
  const { rows } = await stack.api.deps.db.engine.query(
    `select ${counts.join(', ')},
      (select array_agg(id || ' ' || version || ' ' || status order by id) from subscription where account_id = $1) as rows,
      (select array_agg(service || ' ' || active_environment order by service) from service where account_id = $1) as active`,
    [accountId],
  )
  return rows[0]
}

/** `act` is refused, and afterwards everything is as it was. */
async function refusedWhole<T>(merchant: Merchant, act: () => Promise<T>): Promise<T> {
  const before = await kept(merchant)
  const asked = stack.wire.length
  const answer = await act()
  expect(await kept(merchant)).toEqual(before)
  expect(stack.wire.slice(asked)).toEqual([])
  return answer
}

describe.each(PAYMENT_SERVICES)('%s', (provider) => {
  const terms = { name: 'Pro', amount: '29.00', currency: CURRENCY[provider], interval: 'month', provider }

  async function subscribed() {
    const merchant = await stack.merchant({ services: [provider] })
    const plan = await post(merchant, '/v1/plans', terms)
    const subscription = await post(merchant, '/v1/subscriptions', { plan_id: plan.id })
    await post(merchant, `/v1/simulations/subscriptions/${subscription.id}/approve`)
    await stack.settle()
    return { merchant, plan, subscription }
  }

  test('a subscription to an unknown or foreign plan, or for a foreign customer', async () => {
    const { merchant, plan } = await subscribed()
    const stranger = await stack.merchant({ services: [provider] })
    const theirPlan = await post(stranger, '/v1/plans', terms)
    const theirs = await post(stranger, '/v1/customers', { name: 'Eve' })
    const never = plan.id.replace(/.$/, plan.id.endsWith('0') ? '1' : '0')
    for (const [body, pointer] of [
      [{ plan_id: never }, '/plan_id'],
      [{ plan_id: 'plan_nope' }, '/plan_id'],
      [{ plan_id: theirPlan.id }, '/plan_id'],
      [{ plan_id: plan.id, customer: theirs.id }, '/customer'],
      [{ plan_id: plan.id, customer: 'cus_nope' }, '/customer'],
    ] as const) {
      const answer = await refusedWhole(merchant, () => merchant.call('POST', '/v1/subscriptions', body))
      expectProblem(answer, 404, 'not_found', pointer)
    }
  })

  test('any change of a subscription that was canceled', async () => {
    const { merchant, subscription } = await subscribed()
    const other = await post(merchant, '/v1/plans', { ...terms, amount: '49.00' })
    await post(merchant, `/v1/subscriptions/${subscription.id}/cancel`)
    await stack.settle()
    for (const [verb, body] of [
      ['pause', {}],
      ['resume', {}],
      ['cancel', {}],
      ['cancel', { at_period_end: true }],
      ['change_plan', { plan_id: other.id }],
      ['change_plan', { quantity: 3 }],
    ] as const) {
      const url = `/v1/subscriptions/${subscription.id}/${verb}`
      const answer = await refusedWhole(merchant, () => merchant.call('POST', url, body))
      expectProblem(answer, 409, 'invalid_state')
      expect(answer.json().subscription).toMatchObject({ id: subscription.id, status: 'canceled' })
    }
  })

  test('a switch to live without live credentials, of one service and of all', async () => {
    const merchant = await stack.merchant({ services: [provider], environment: 'live' })
    for (const url of [`/services/${provider}/switch-environment`, '/api/services/switch-all-environments']) {
      const answer = await refusedWhole(merchant, () => merchant.call('POST', url, { environment: 'live' }))
      expectProblem(answer, 403, 'live_credentials_missing')
      expect(answer.json()).toMatchObject({ services: [provider] })
    }
    const status = (await merchant.call('GET', `/api/services/${provider}/status`)).json()
    expect(status).toMatchObject({ service_name: provider, environment: 'test', active: true })
  })
})

test.each<[string, TxtAnswer]>([
  ['does not exist', { kind: 'absent', reason: 'nxdomain' }],
  ['has other records', { kind: 'found', records: ['v=spf1 -all', 'paypal-site-verification=of-another'] }],
])('the confirmation of a domain that %s: it stays pending, with the reason', async (_, answer) => {
  const merchant = await stack.merchant({ services: ['paypal'] })
  const domain = 'shop.example'
  await post(merchant, '/services/paypal/verify-domain', { domain })
  zone.set(domain, answer)
  const refused = await merchant.call('POST', '/services/paypal/confirm-domain', { domain })
  expectProblem(refused, 422, 'domain_not_verified')
  const [known] = (await merchant.call('GET', '/api/services/paypal/domains')).json().data
  expect(known).toMatchObject({ domain, state: 'pending' })
  expectProblem(
    await merchant.call('POST', '/services/paypal/verify-domain', { domain: 'not a domain' }),
    400,
    'invalid_request',
    '/domain',
  )
})
