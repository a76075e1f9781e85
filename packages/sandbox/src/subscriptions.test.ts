import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ConnectionCut,
  createSandbox,
  type ProviderName,
  type Sandbox,
  SUBSCRIPTION_SIMULATIONS,
  type SubscriptionSimulation,
} from './index.ts'
import type { Snapshot } from './kernel/persistence.ts'

const START_MS = Date.UTC(2026, 0, 31, 12)
const DAY_MS = 86_400_000
const YEAR_MS = 366 * DAY_MS
// biome-ignore lint/suspicious/noExplicitAny: three providers' answers, read by the tests alone
type Json = any

function open(restored?: Snapshot): { sandbox: Sandbox; sent: string[] } {
  const sent: string[] = []
  const sandbox = createSandbox({
    clock: { now: () => START_MS },
    seed: 5,
    restored,
    fetch: async (_url, init) => {
      sent.push(String(init?.body))
      return new Response()
    },
    timeoutSignal: () => new AbortController().signal,
  })
  return { sandbox, sent }
}

/** How each provider is spoken to: a call, a started subscription, and what its own API says was collected. */
interface Speaker {
  call(sandbox: Sandbox, method: string, path: string, body?: object | string): Promise<Json>
  listen(sandbox: Sandbox): Promise<unknown>
  plan(sandbox: Sandbox): Promise<string>
  subscribe(sandbox: Sandbox, plan: string): Promise<string>
  collected(sandbox: Sandbox, ref: string): Promise<bigint>
}

async function send(
  sandbox: Sandbox,
  name: ProviderName,
  init: RequestInit & { path: string },
): Promise<Json> {
  const answer = await sandbox.fetch(name)(new Request(`http://sandbox.test${init.path}`, init))
  const text = await answer.text()
  return text === '' ? undefined : JSON.parse(text)
}
const payload = (body: object | string | undefined) =>
  body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
const HOOK = 'http://127.0.0.1:9/hook'
const total = (amounts: readonly bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n)

const stripe: Speaker = {
  call(sandbox, method, path, body) {
    const key = sandbox.account('stripe').credentials.secret_key
    return send(sandbox, 'stripe', {
      path,
      method,
      headers: { authorization: `Bearer ${key}` },
      ...payload(body),
    })
  },
  listen: (sandbox) =>
    stripe.call(sandbox, 'POST', '/v1/webhook_endpoints', `url=${HOOK}&enabled_events[]=*`),
  async plan(sandbox) {
    const form = 'product_data[name]=Gold&unit_amount=2000&currency=usd&recurring[interval]=month'
    return (await stripe.call(sandbox, 'POST', '/v1/prices', form)).id
  },
  async subscribe(sandbox, plan) {
    const { id } = await stripe.call(sandbox, 'POST', '/v1/customers', 'email=a%40example.com')
    const form = `customer=${id}&items[0][price]=${plan}&default_payment_method=pm_card_visa&metadata[onerouter_ref]=sub_1`
    return (await stripe.call(sandbox, 'POST', '/v1/subscriptions', form)).id
  },
  async collected(sandbox, ref) {
    const { data } = await stripe.call(sandbox, 'GET', `/v1/invoices?limit=100&subscription=${ref}`)
    return total(data.map((invoice: Json) => BigInt(invoice.amount_paid)))
  },
}

const razorpay: Speaker = {
  call(sandbox, method, path, body) {
    const { key_id, key_secret } = sandbox.account('razorpay').credentials
    const headers = {
      authorization: `Basic ${btoa(`${key_id}:${key_secret}`)}`,
      'content-type': 'application/json',
    }
    return send(sandbox, 'razorpay', { path, method, headers, ...payload(body) })
  },
  listen: (sandbox) => {
    const events = { 'subscription.charged': true, 'subscription.pending': true, 'payment.failed': true }
    return razorpay.call(sandbox, 'POST', '/v1/webhooks', { url: HOOK, secret: 's', events })
  },
  async plan(sandbox) {
    const item = { name: 'Gold', amount: 50_000, currency: 'INR' }
    return (await razorpay.call(sandbox, 'POST', '/v1/plans', { period: 'monthly', interval: 1, item })).id
  },
  async subscribe(sandbox, plan) {
    const body = { plan_id: plan, total_count: 120, notes: { onerouter_ref: 'sub_1' } }
    const { id } = await razorpay.call(sandbox, 'POST', '/v1/subscriptions', body)
    sandbox.simulateSubscription('razorpay', sandbox.account('razorpay').id, id, 'approve')
    return id
  },
  async collected(sandbox, ref) {
    const { items } = await razorpay.call(sandbox, 'GET', `/v1/invoices?count=100&subscription_id=${ref}`)
    return total(items.map((invoice: Json) => BigInt(invoice.amount_paid)))
  },
}

const paypal: Speaker = {
  async call(sandbox, method, path, body) {
    const { client_id, client_secret } = sandbox.account('paypal').credentials
    const grant = await send(sandbox, 'paypal', {
      path: '/v1/oauth2/token',
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
      body: 'grant_type=client_credentials',
    })
    const headers = { authorization: `Bearer ${grant.access_token}`, 'content-type': 'application/json' }
    return send(sandbox, 'paypal', { path, method, headers, ...payload(body) })
  },
  listen: (sandbox) =>
    paypal.call(sandbox, 'POST', '/v1/notifications/webhooks', { url: HOOK, event_types: [{ name: '*' }] }),
  async plan(sandbox) {
    const product = await paypal.call(sandbox, 'POST', '/v1/catalogs/products', {
      name: 'Gold',
      type: 'SERVICE',
    })
    const cycle = {
      frequency: { interval_unit: 'MONTH', interval_count: 1 },
      tenure_type: 'REGULAR',
      sequence: 1,
      total_cycles: 0,
      pricing_scheme: { fixed_price: { currency_code: 'USD', value: '10.00' } },
    }
    const plan = { product_id: product.id, name: 'Gold', billing_cycles: [cycle], payment_preferences: {} }
    return (await paypal.call(sandbox, 'POST', '/v1/billing/plans', plan)).id
  },
  async subscribe(sandbox, plan) {
    const body = { plan_id: plan, custom_id: 'sub_1' }
    const { id } = await paypal.call(sandbox, 'POST', '/v1/billing/subscriptions', body)
    sandbox.simulateSubscription('paypal', sandbox.account('paypal').id, id, 'approve')
    return id
  },
  async collected(sandbox, ref) {
    const window = 'start_time=2020-01-01T00:00:00Z&end_time=2040-01-01T00:00:00Z'
    const path = `/v1/billing/subscriptions/${ref}/transactions?${window}`
    const { transactions } = await paypal.call(sandbox, 'GET', path)
    const good = transactions.filter(({ status }: Json) => status !== 'DECLINED')
    return total(
      good.map((row: Json) => BigInt(row.amount_with_breakdown.gross_amount.value.replace('.', ''))),
    )
  },
}

const PROVIDERS = [
  ['stripe', stripe],
  ['razorpay', razorpay],
  ['paypal', paypal],
] as const
const paid = (sandbox: Sandbox, name: ProviderName) =>
  sandbox.subscriptionCharges(name).filter(({ status }) => status === 'paid')

test.each(PROVIDERS)('%s is driven and read by the control routes', async (name, speaker) => {
  const { sandbox } = open()
  const ref = await speaker.subscribe(sandbox, await speaker.plan(sandbox))
  const control = async (method: string, path: string) => {
    const headers = { 'content-type': 'application/json' }
    const body = method === 'POST' ? { body: '{}' } : {}
    const answer = await sandbox.control(
      new Request(`http://pages.test${path}`, { method, headers, ...body }),
    )
    return [answer.status, await answer.json()]
  }
  const run = (action: string) => control('POST', `/simulations/${name}/subscriptions/${ref}/${action}`)
  expect(await run('renew')).toMatchObject([200, { ok: true, status: expect.stringMatching(/^active$/i) }])
  expect(await run('cancel')).toMatchObject([
    200,
    { ok: true, status: expect.stringMatching(/^cancell?ed$/i) },
  ])
  expect(await run('renew')).toMatchObject([409, { ok: false }])
  expect((await run('dance'))[0]).toBe(404)
  const amount = name === 'stripe' ? '2000' : name === 'razorpay' ? '50000' : '1000'
  const [, charges] = await control('GET', `/charges/${name}`)
  expect(charges.data).toMatchObject([
    { subscriptionRef: ref, reference: 'sub_1', amount, status: 'paid' },
    { amount },
  ])
  const [, listed] = await control('GET', `/subscriptions/${name}`)
  expect(listed.data).toMatchObject([{ subscriptionRef: ref, nextAt: null }])
})

test.each(PROVIDERS)('%s bills a year in order, the same way every time', async (name, speaker) => {
  const run = async () => {
    const { sandbox, sent } = open()
    await speaker.listen(sandbox)
    const plan = await speaker.plan(sandbox)
    for (let i = 0; i < 3; i += 1) await speaker.subscribe(sandbox, plan)
    await sandbox.advance(YEAR_MS)
    return { charges: sandbox.subscriptionCharges(name), sent }
  }
  const first = await run()
  const times = first.charges.map(({ at }) => at)
  expect(times).toEqual([...times].sort())
  expect(first.charges).toHaveLength(3 * 13)
  expect(await run()).toEqual(first)
})

test.each(PROVIDERS)('%s goes on after a restart as if there had been none', async (name, speaker) => {
  const run = async (restarts: boolean) => {
    let { sandbox } = open()
    await speaker.subscribe(sandbox, await speaker.plan(sandbox))
    for (let step = 0; step < 12; step += 1) {
      await sandbox.advance(15 * DAY_MS)
      if (restarts) ({ sandbox } = open(JSON.parse(JSON.stringify(sandbox.snapshot()))))
    }
    return sandbox.subscriptionCharges(name)
  }
  expect(await run(true)).toEqual(await run(false))
})

test.each(PROVIDERS)(
  '%s keeps the effect of a lost answer and has none of a lost request',
  async (name, speaker) => {
    const { sandbox } = open()
    const plan = await speaker.plan(sandbox)
    for (const fault of ['lost_request', 'lost_answer'] as const) {
      sandbox.faults.add({ provider: name, fault, count: 1, match: '/subscriptions' })
      await expect(speaker.subscribe(sandbox, plan)).rejects.toBeInstanceOf(ConnectionCut)
    }
    expect(sandbox.subscriptions(name)).toHaveLength(1)
  },
)

test.each(PROVIDERS)(
  '%s books what its own API says, whatever happens',
  { timeout: 30_000 },
  async (name, speaker) => {
    const step = fc.oneof(
      fc.constantFrom<SubscriptionSimulation>(
        ...SUBSCRIPTION_SIMULATIONS.filter((action) => action !== 'cancel'),
      ),
      fc.integer({ min: 1, max: 40 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const { sandbox } = open()
        const ref = await speaker.subscribe(sandbox, await speaker.plan(sandbox))
        for (const next of steps) {
          if (typeof next === 'number') await sandbox.advance(next * DAY_MS)
          else sandbox.simulateSubscription(name, sandbox.account(name).id, ref, next)
        }
        const booked = total(paid(sandbox, name).map(({ amount }) => amount))
        expect(await speaker.collected(sandbox, ref)).toBe(booked)
      }),
      { numRuns: 25 },
    )
  },
)
