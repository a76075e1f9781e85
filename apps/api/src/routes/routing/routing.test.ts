import { SCOPES } from '@onerouter/contract'
import { formatId } from '@onerouter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStack, type Merchant, type Stack } from '../../../../../test/proofs/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

const EUR = { amount: '5.00', currency: 'EUR' }
const toPaypal = { name: 'euros', when: { currencies: ['EUR'] }, use: order('paypal') }
function order(...providers: string[]) {
  return { strategy: 'order', providers }
}
const put = async (merchant: Merchant, body: object) => {
  const saved = await merchant.call('PUT', '/api/routing', body)
  expect(saved.statusCode, saved.body).toBe(200)
  return saved.json()
}
const pay = async (merchant: Merchant, body: object = EUR) => {
  const made = await merchant.call('POST', '/v1/payments', body)
  expect(made.statusCode, made.body).toBe(201)
  return made.json()
}
const routingOf = async (merchant: Merchant, id: string) =>
  (await merchant.call('GET', `/v1/payments/${id}/routing`)).json()

describe('rules', () => {
  test('are none at first, hold from the next payment on, and the payment says why', async () => {
    const merchant = await stack.merchant()
    expect((await merchant.call('GET', '/api/routing')).json()).toEqual({
      object: 'routing',
      environment: 'test',
      version: 0,
      rules: [],
      default: null,
      trial: null,
      updated_at: null,
    })
    const before = await pay(merchant)
    expect(before.provider).toBe('stripe')
    expect(await routingOf(merchant, before.id)).toMatchObject({ version: 0, rule: null, strategy: null })
    const saved = await put(merchant, { rules: [toPaypal] })
    expect(saved).toMatchObject({ version: 1, rules: [toPaypal], trial: null })
    const after = await pay(merchant)
    expect(after.provider).toBe('paypal')
    expect(await routingOf(merchant, after.id)).toEqual({
      payment_id: after.id,
      chosen: 'paypal',
      reason: 'A routing rule matched and ranked it.',
      version: 1,
      rule: 'euros',
      strategy: 'order',
      trial: false,
      candidates: [
        {
          provider: 'paypal',
          accepted: true,
          reason: "place 1 in the rule's order",
          score: null,
          health: 'closed',
        },
        {
          provider: 'stripe',
          accepted: false,
          reason: 'usable, later in order: fallback',
          score: null,
          health: 'closed',
        },
        expect.objectContaining({ provider: 'razorpay', accepted: false }),
      ],
    })
    // A named provider is nobody's business but the caller's.
    const named = await pay(merchant, { ...EUR, provider: 'stripe' })
    expect(await routingOf(merchant, named.id)).toMatchObject({
      rule: null,
      reason: expect.stringContaining('named'),
    })
  })

  test('see the country, the customer and the metadata of a payment', async () => {
    const merchant = await stack.merchant()
    await put(merchant, {
      rules: [
        { name: 'germans', when: { countries: ['DE'] }, use: order('paypal') },
        { name: 'staff', when: { customers: ['@shop.example'] }, use: order('paypal') },
        { name: 'gold', when: { metadata: { plan: ['gold'] } }, use: order('paypal') },
      ],
    })
    const rule = async (more: object) =>
      (await routingOf(merchant, (await pay(merchant, { ...EUR, ...more })).id)).rule
    expect(await rule({ customer: { country: 'de' } })).toBe('germans')
    expect(await rule({ customer: { email: 'Ada@Shop.Example' } })).toBe('staff')
    expect(await rule({ metadata: { plan: 'gold' } })).toBe('gold')
    expect(await rule({})).toBe(null)
  })

  test('see the country of a customer whom the payment only names, as it is now', async () => {
    const merchant = await stack.merchant({ scopes: SCOPES })
    const germans = { name: 'germans', when: { countries: ['DE'] }, use: order('paypal') }
    await put(merchant, { rules: [germans] })
    const customer = (
      await merchant.call('POST', '/v1/customers', { email: 'a@shop.example', country: 'de' })
    ).json()
    expect(customer.country).toBe('DE')
    const rule = async () =>
      (await routingOf(merchant, (await pay(merchant, { ...EUR, customer: customer.id })).id)).rule
    expect(await rule()).toBe('germans')
    await merchant.call('PATCH', `/v1/customers/${customer.id}`, { country: 'fr' })
    expect(await rule()).toBe(null)
    const cleared = await merchant.call('PATCH', `/v1/customers/${customer.id}`, {
      country: null,
      name: 'Ada',
    })
    expect(cleared.json()).toMatchObject({ country: null, name: 'Ada', email: 'a@shop.example' })
    expect((await merchant.call('DELETE', `/v1/customers/${customer.id}`)).statusCode).toBe(200)
  })

  test('cannot send a payment to a provider that does not take it, and refuse one they leave to nobody', async () => {
    const merchant = await stack.merchant()
    await put(merchant, { rules: [], default: order('paypal') })
    // PayPal takes no rupees.
    expect((await pay(merchant, { amount: '500.00', currency: 'INR' })).provider).toBe('razorpay')
    await put(merchant, { rules: [], default: { ...order('paypal'), fallback: [] } })
    const refused = await merchant.call('POST', '/v1/payments', { amount: '500.00', currency: 'INR' })
    expect(refused.json()).toMatchObject({
      code: 'provider_not_configured',
      detail: expect.stringContaining('razorpay, stripe'),
    })
  })

  test.each([
    ['a provider without payments', { use: order('twilio') }, '/rules/0/use/providers/0'],
    ['a provider twice', { use: order('stripe', 'stripe') }, '/rules/0/use/providers/1'],
    ['a split without weights', { use: { strategy: 'split' } }, '/rules/0/use/weights'],
    [
      'weights without a split',
      { use: { ...order('stripe'), weights: [{ provider: 'stripe', weight: 1 }] } },
      '/rules/0/use/weights',
    ],
    ['no currency', { when: { currencies: ['XXX'] }, use: order('stripe') }, '/rules/0/when/currencies/0'],
    [
      'an amount of any currency',
      { when: { amount: { min: '5' } }, use: order('stripe') },
      '/rules/0/when/amount',
    ],
    [
      'an amount the currency cannot carry',
      { when: { currencies: ['JPY'], amount: { min: '5.5' } }, use: order('stripe') },
      '/rules/0/when/amount/min',
    ],
    [
      'an empty range',
      { when: { currencies: ['EUR'], amount: { min: '5', max: '4' } }, use: order('stripe') },
      '/rules/0/when/amount/max',
    ],
    [
      'no time zone',
      { when: { time: { time_zone: 'Mars/Base' } }, use: order('stripe') },
      '/rules/0/when/time/time_zone',
    ],
    [
      'no time',
      { when: { time: { starts_at: 'soon' } }, use: order('stripe') },
      '/rules/0/when/time/starts_at',
    ],
    ['no country', { when: { countries: ['12'] }, use: order('stripe') }, '/rules/0/when/countries/0'],
    ['no customer', { when: { customers: ['ada'] }, use: order('stripe') }, '/rules/0/when/customers/0'],
    ['an unknown field', { when: { colour: 'red' }, use: order('stripe') }, '/rules/0/when/colour'],
    ['an unknown strategy', { use: { strategy: 'luck' } }, '/rules/0/use/strategy'],
  ])('that name %s are refused with a pointer', async (_, rule, pointer) => {
    const { plain } = await stack.api.newKey()
    const body = { rules: [{ name: 'r', ...rule }] }
    const answer = await stack.api.call(plain, 'PUT', '/api/routing', body)
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(answer.json().errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer)
    expect((await stack.api.call(plain, 'GET', '/api/routing')).json().version).toBe(0)
  })

  test('may be two hundred', async () => {
    const { plain } = await stack.api.newKey()
    const rules = Array.from({ length: 200 }, (_, i) => ({ ...toPaypal, name: `rule ${i}` }))
    const saved = await stack.api.call(plain, 'PUT', '/api/routing', { rules })
    expect(saved.statusCode, saved.body).toBe(200)
    const more = { rules: [...rules, { ...toPaypal, name: 'one more' }] }
    expect((await stack.api.call(plain, 'PUT', '/api/routing', more)).json().errors[0].pointer).toBe('/rules')
  })
})

describe('versions', () => {
  test('are kept, rolled back to, and switched off altogether', async () => {
    const merchant = await stack.merchant()
    await put(merchant, { rules: [toPaypal], comment: 'cheaper' })
    await put(merchant, { rules: [], default: order('stripe') })
    // Sent twice, it is the same version still.
    expect(await put(merchant, { rules: [], default: order('stripe') })).toMatchObject({ version: 2 })
    const list = (await merchant.call('GET', '/api/routing/versions?limit=1')).json()
    expect(list).toMatchObject({
      has_more: true,
      next_cursor: '2',
      data: [{ version: 2, state: 'in_force' }],
    })
    const next = (await merchant.call('GET', '/api/routing/versions?starting_after=2')).json()
    expect(next.data).toMatchObject([
      { version: 1, state: 'kept', comment: 'cheaper', created_by: expect.stringContaining('key unf_test_') },
    ])
    const back = await merchant.call('POST', '/api/routing/versions/1/activate')
    expect(back.json()).toMatchObject({ version: 1, rules: [toPaypal] })
    expect((await pay(merchant)).provider).toBe('paypal')
    await merchant.call('POST', '/api/routing/versions/0/activate')
    expect((await pay(merchant)).provider).toBe('stripe')
    expect((await merchant.call('POST', '/api/routing/versions/9/activate')).json().code).toBe('not_found')
  })

  test('are refused when somebody was faster', async () => {
    const merchant = await stack.merchant({ services: ['stripe'] })
    await put(merchant, { rules: [toPaypal], base_version: 0 })
    const late = await merchant.call('PUT', '/api/routing', { rules: [], base_version: 0 })
    expect(late.json()).toMatchObject({
      status: 409,
      code: 'conflict',
      errors: [{ pointer: '/base_version' }],
    })
  })

  test('written at once are numbered one after another', async () => {
    const merchant = await stack.merchant({ services: ['stripe'] })
    const rules = (i: number) => ({ rules: [{ ...toPaypal, name: `rule ${i}` }] })
    const all = await Promise.all([1, 2, 3, 4].map((i) => merchant.call('PUT', '/api/routing', rules(i))))
    expect(all.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200])
    const versions = (await merchant.call('GET', '/api/routing/versions')).json().data
    expect(versions.map((one: { version: number }) => one.version)).toEqual([4, 3, 2, 1])
  })

  test('can be tried on a percentage, and the payments say so', async () => {
    const merchant = await stack.merchant()
    const tried = await put(merchant, { rules: [toPaypal], trial_percent: 50 })
    expect(tried).toMatchObject({ version: 0, trial: { version: 1, percent: 50 } })
    const seen = new Set<string>()
    for (let n = 0; n < 40 && seen.size < 2; n++) {
      const { id, provider } = await pay(merchant)
      const { trial, version } = await routingOf(merchant, id)
      expect([trial, version]).toEqual(provider === 'paypal' ? [true, 1] : [false, 0])
      seen.add(provider)
    }
    expect([...seen].sort()).toEqual(['paypal', 'stripe'])
    const ended = await merchant.call('POST', '/api/routing/versions/1/activate')
    expect(ended.json()).toMatchObject({ version: 1, trial: null })
  })

  test('belong to one account and one environment, and to keys that may', async () => {
    const merchant = await stack.merchant({ services: ['stripe', 'paypal'] })
    const other = await stack.merchant({ services: ['stripe', 'paypal'] })
    await put(merchant, { rules: [toPaypal] })
    expect((await other.call('GET', '/api/routing')).json().version).toBe(0)
    expect((await pay(other)).provider).toBe('stripe')
    const live = await stack.api.newKey({ accountId: merchant.accountId, environment: 'live' })
    expect((await stack.api.call(live.plain, 'GET', '/api/routing')).json()).toMatchObject({
      environment: 'live',
      version: 0,
    })
    const asked = await merchant.call('PUT', '/api/routing', { rules: [], environment: 'live' })
    expect(asked.json().code).toBe('environment_not_allowed')
    const reader = await stack.api.newKey({ accountId: merchant.accountId, scopes: ['routing:read'] })
    expect((await stack.api.call(reader.plain, 'PUT', '/api/routing', { rules: [] })).json().code).toBe(
      'insufficient_scope',
    )
    const limited = await stack.api.newKey({ accountId: merchant.accountId, services: ['stripe'] })
    expect((await stack.api.call(limited.plain, 'GET', '/api/routing')).json().code).toBe(
      'service_not_allowed',
    )
  })
})

test('every change is in the audit log, with who made it and what was before', async () => {
  const merchant = await stack.merchant({ services: ['stripe'] })
  await put(merchant, { rules: [toPaypal] })
  await merchant.call('POST', '/api/routing/versions/0/activate')
  const { data } = (await merchant.call('GET', '/api/audit?subject_type=routing&environment=test')).json()
  const actor = { type: 'key', id: formatId('key', merchant.keyId) }
  expect(data[0]).toMatchObject({
    actor,
    action: 'updated',
    before: { version: 1 },
    after: { version: null },
  })
  const written = (await merchant.call('GET', '/api/audit?subject_type=routing_version')).json().data
  expect(written).toMatchObject([
    { actor, action: 'created', after: { version: 1, rules: { rules: [toPaypal] } } },
  ])
})

test('a provider that fails is set back, for new payments only, and comes back by itself', async () => {
  const merchant = await stack.merchant({ services: ['stripe', 'paypal'] })
  stack.intercept = (wire, next) =>
    wire.provider === 'stripe' && wire.method === 'POST'
      ? Promise.resolve(new Response('{}', { status: 503 }))
      : next()
  try {
    const providers: string[] = []
    for (let n = 0; n < 12; n++) providers.push((await pay(merchant)).provider)
    expect(new Set(providers)).toEqual(new Set(['paypal']))
    const last = await pay(merchant)
    // No longer tried first: there is no attempt that came to nothing any more.
    expect(last.attempts).toBe(1)
    const { candidates } = await routingOf(merchant, last.id)
    expect(candidates[1]).toMatchObject({
      provider: 'stripe',
      health: 'open',
      reason: expect.stringContaining('set back'),
    })
    const { health } = (await merchant.call('GET', '/api/routing/observations')).json()
    expect(health).toContainEqual({ provider: 'stripe', state: 'open' })
  } finally {
    stack.intercept = null
  }
})
