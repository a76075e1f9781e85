/** A year of monthly renewals in seconds, and at its end the provider's books and ours say the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStack, type Merchant, type PaymentService, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

const DAY_S = 86_400
const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
const PROVIDERS = ['stripe', 'razorpay', 'paypal'] as const satisfies readonly PaymentService[]

interface Charge {
  readonly kind: 'period' | 'extra'
  readonly status: string
  readonly amount_minor: number
  readonly period_start: string
}

interface Subscription {
  readonly id: string
  readonly status: string
  readonly [name: string]: unknown
}

class Life {
  private readonly merchant: Merchant
  id = ''
  constructor(merchant: Merchant) {
    this.merchant = merchant
  }

  async post(url: string, body: object = {}, expected = 200): Promise<Subscription> {
    const answer = await this.merchant.call('POST', url, body)
    expect(answer.statusCode, `${url}: ${answer.body}`).toBe(expected)
    return answer.json()
  }

  ask = (verb: string, body: object = {}) => this.post(`/v1/subscriptions/${this.id}/${verb}`, body)
  does = (action: string) => this.post(`/v1/simulations/subscriptions/${this.id}/${action}`)

  /** Days go by; then webhooks arrive and what is due is done. */
  async days(n: number): Promise<Subscription> {
    await this.post('/v1/simulations/clock/advance', { seconds: n * DAY_S })
    await stack.settle()
    return await this.now()
  }

  async now(): Promise<Subscription> {
    return (await this.merchant.call('GET', `/v1/subscriptions/${this.id}`)).json()
  }

  async charges(): Promise<readonly Charge[]> {
    const answer = await this.merchant.call('GET', `/v1/subscriptions/${this.id}/charges?limit=100`)
    return answer.json().data
  }

  async events(): Promise<readonly { type: string; sequence: number }[]> {
    const { data } = (await this.merchant.call('GET', '/v1/events?limit=100')).json()
    return (
      data
        .filter((event: { data: { object: { id: string } } }) => event.data.object.id === this.id)
        // Within one millisecond the list knows no order; the events themselves do.
        .sort((a: { sequence: number }, b: { sequence: number }) => a.sequence - b.sequence)
    )
  }
}

const plan = (life: Life, provider: PaymentService, name: string, amount: string) =>
  life.post('/v1/plans', { name, amount, currency: CURRENCY[provider], interval: 'month' }, 201)

describe.each(PROVIDERS)('%s', (provider) => {
  test('a year with failures, another card, another plan, a pause and an end at the period', async () => {
    const merchant = await stack.merchant({ services: [provider] })
    const life = new Life(merchant)
    const basic = await plan(life, provider, 'Basic', '500.00')
    const pro = await plan(life, provider, 'Pro', '900.00')
    const customer = await life.post(
      '/v1/customers',
      { name: 'Ada', email: 'ada@example.com', phone: '+919000090000' },
      201,
    )
    const made = await life.post('/v1/subscriptions', { plan_id: basic.id, customer: customer.id }, 201)
    life.id = made.id
    await life.does('approve')
    // PayPal charges within a day of the approval.
    expect((await life.days(1)).status).toBe('active')
    // Two renewals, then one that fails until the payer brings another card.
    for (let month = 1; month <= 2; month++) expect((await life.days(31)).status).toBe('active')
    await life.does('fail_renewal')
    await stack.settle()
    expect((await life.now()).status).toBe('past_due')
    await life.does('update_card')
    expect((await life.days(8)).status).toBe('active')
    // Another plan.
    const changed = await life.ask('change_plan', { plan_id: pro.id })
    if (changed.approval_url !== null) await life.does('approve')
    expect(await life.days(31)).toMatchObject({ status: 'active', plan_id: pro.id, pending_plan_id: null })
    // A pause of two months costs nothing.
    expect((await life.ask('pause')).status).toBe('paused')
    const before = (await life.now()).amount_charged_minor
    await life.days(31)
    const paused = await life.days(31)
    expect(paused).toMatchObject({ status: 'paused', amount_charged_minor: before })
    expect((await life.ask('resume')).status).toBe('active')
    for (let month = 7; month <= 11; month++) expect((await life.days(31)).status).toBe('active')
    // The end, asked for now, comes when the period is over.
    const ending = await life.ask('cancel', { at_period_end: true })
    expect(ending).toMatchObject({ status: 'active', cancel_at_period_end: true })
    const paidBefore = ending.amount_charged_minor
    const ended = await life.days(32)
    expect(ended).toMatchObject({ status: 'canceled', amount_charged_minor: paidBefore })
    await life.days(62)
    await booksAgree(life, provider)
  }, 120_000)
})

/** Every unit of money, every event and every period, on both sides. */
async function booksAgree(life: Life, provider: PaymentService): Promise<void> {
  const row = await life.now()
  const charges = await life.charges()
  const theirs = stack.sandbox
    .subscriptionCharges(provider)
    .filter(({ subscriptionRef }) => subscriptionRef === row.provider_subscription_id)
  const paid = theirs.filter(({ status }) => status === 'paid').map(({ amount }) => Number(amount))
  const ours = charges.filter(({ status }) => status === 'succeeded')
  const ascending = (a: number, b: number) => a - b
  expect(ours.map(({ amount_minor }) => amount_minor).sort(ascending)).toEqual(paid.sort(ascending))
  expect(row.amount_charged_minor).toBe(paid.reduce((sum, amount) => sum + amount, 0))
  expect(paid.length).toBeGreaterThan(8)
  const starts = charges.filter(({ kind }) => kind === 'period').map(({ period_start }) => period_start)
  expect(new Set(starts).size).toBe(starts.length)
  const events = await life.events()
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
  const told = (type: string) => events.filter((event) => event.type === `subscription.${type}`).length
  const periods = ours.filter(({ kind }) => kind === 'period').length
  expect({ renewed: told('renewed'), activated: told('activated'), canceled: told('canceled') }).toEqual({
    renewed: periods - 1,
    activated: 1,
    canceled: 1,
  })
  expect([told('past_due'), told('paused'), told('resumed'), told('plan_changed')]).toEqual([1, 1, 1, 1])
  const { rows } = await stack.api.deps.db.engine.query(
    `select count(*)::int as open from subscription_operation where state in ('sent', 'unknown', 'scheduled', 'needs_review')`,
  )
  expect(rows).toEqual([{ open: 0 }])
}
