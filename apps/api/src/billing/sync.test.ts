/** What a provider said a while ago never overwrites what it has said since. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createStack,
  type Intercept,
  type Merchant,
  type PaymentService,
  type Stack,
} from '../../../../test/proofs/stack.ts'

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
const PROVIDERS = ['stripe', 'razorpay', 'paypal'] as const satisfies readonly PaymentService[]

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
beforeEach(() => {
  stack.intercept = null
})
afterAll(() => stack.close())

interface Body {
  readonly id: string
  readonly status: string
  readonly [name: string]: unknown
}

async function post(merchant: Merchant, url: string, body: object = {}): Promise<Body> {
  const answer = await merchant.call('POST', url, body)
  expect(answer.statusCode, `${url}: ${answer.body}`).toBeLessThan(300)
  return answer.json()
}

/** A subscription that has charged once. */
async function running(provider: PaymentService) {
  const merchant = await stack.merchant({ services: [provider] })
  const terms = { name: 'Pro', amount: '500.00', currency: CURRENCY[provider], interval: 'month' }
  const plan = await post(merchant, '/v1/plans', terms)
  const { id } = await post(merchant, '/v1/subscriptions', { plan_id: plan.id })
  await post(merchant, `/v1/simulations/subscriptions/${id}/approve`)
  await stack.settle()
  const seen = async (): Promise<Body> => (await merchant.call('GET', `/v1/subscriptions/${id}`)).json()
  const told = async (): Promise<string[]> => {
    const { data } = (await merchant.call('GET', '/v1/events?limit=100')).json()
    return data.map(({ type }: { type: string }) => type).sort()
  }
  expect(await seen()).toMatchObject({ status: 'active', amount_charged: '500.00' })
  return { merchant, id, seen, told }
}

/** Holds the first answer to a path: what the provider said then arrives when it is let go. */
function holdFirst(path: RegExp): { readonly held: Promise<void>; readonly letGo: () => void } {
  const held = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  let first = true
  const intercept: Intercept = async (wire, next) => {
    const answer = await next()
    if (first && wire.method === 'GET' && path.test(wire.path)) {
      first = false
      held.resolve()
      await gone.promise
    }
    return answer
  }
  stack.intercept = intercept
  return { held: held.promise, letGo: () => gone.resolve() }
}

const THE_SUBSCRIPTION = /\/subscriptions\/(?:sub_|I-)[^/?]+(?:\?|$)/
const ITS_CHARGES = /\/invoices\?|\/transactions\?/

interface Since {
  readonly what: string
  readonly held: RegExp
  /** What happens, and is known here, while the older answer is on its way. */
  readonly act: (merchant: Merchant, id: string) => Promise<Body>
  readonly after: object
}

const SINCE: readonly Since[] = [
  {
    what: 'a pause',
    held: THE_SUBSCRIPTION,
    act: (merchant, id) => post(merchant, `/v1/subscriptions/${id}/pause`),
    after: { status: 'paused' },
  },
  {
    what: 'an end',
    held: THE_SUBSCRIPTION,
    act: (merchant, id) => post(merchant, `/v1/subscriptions/${id}/cancel`),
    after: { status: 'canceled' },
  },
  {
    what: 'a renewal',
    held: ITS_CHARGES,
    act: (merchant, id) => post(merchant, `/v1/simulations/subscriptions/${id}/renew`),
    after: { status: 'active', amount_charged: '1000.00', paid_count: 2 },
  },
  {
    what: 'a failed renewal',
    held: THE_SUBSCRIPTION,
    act: (merchant, id) => post(merchant, `/v1/simulations/subscriptions/${id}/fail_renewal`),
    after: { status: 'past_due', amount_charged: '500.00' },
  },
]

describe.each(PROVIDERS)('%s', (provider) => {
  test.each(SINCE)(
    'an older snapshot that arrives after $what never overwrites it, and tells of nothing twice',
    async ({ held, act, after }) => {
      const { merchant, id, seen, told } = await running(provider)
      const answer = holdFirst(held)
      const late = merchant.call('POST', `/v1/subscriptions/${id}/sync`)
      await answer.held
      await act(merchant, id)
      const known = await seen()
      expect(known).toMatchObject(after)
      const before = await told()
      answer.letGo()
      expect((await late).json()).toMatchObject({ id, ...after })
      await stack.settle()
      expect(await seen()).toMatchObject(after)
      expect(await told()).toEqual(before)
    },
  )

  test('a renewal between the snapshot and the list of charges is told as one, with a period of its own', async () => {
    const { merchant, id, seen, told } = await running(provider)
    const ref = String((await seen())['provider_subscription_id'])
    const owner = stack.sandbox.subscriptions(provider).find(({ subscriptionRef }) => subscriptionRef === ref)
    let renewed = false
    stack.intercept = async (wire, next) => {
      const answer = await next()
      if (!renewed && wire.method === 'GET' && THE_SUBSCRIPTION.test(wire.path)) {
        renewed = true
        await stack.sandbox.advance(1_000)
        const done = stack.sandbox.simulateSubscription(provider, owner?.accountId ?? '', ref, 'renew')
        expect(done).toMatchObject({ ok: true })
      }
      return answer
    }
    await post(merchant, `/v1/subscriptions/${id}/sync`)
    await stack.settle()
    expect(await seen()).toMatchObject({ status: 'active', paid_count: 2 })
    expect((await told()).filter((type) => type === 'subscription.renewed')).toHaveLength(1)
    const { data } = (await merchant.call('GET', `/v1/subscriptions/${id}/charges`)).json()
    expect(data.map(({ kind }: { kind: string }) => kind)).toEqual(['period', 'period'])
    expect(new Set(data.map(({ period_start }: { period_start: string }) => period_start)).size).toBe(2)
  })
})
