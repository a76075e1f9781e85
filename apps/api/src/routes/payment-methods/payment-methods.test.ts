import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStack, type Stack } from '../../../../../test/proofs/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

interface Method {
  readonly id: string
  readonly provider: string
  readonly method: string
  readonly available: boolean
  readonly proof: object | null
}

const methods = async (call: (url: string) => PromiseLike<{ json(): { data: Method[] } }>, query: string) =>
  (await call(`/v1/payment-methods?${query}`)).json().data

describe('the marketplace', () => {
  test('shows every way to pay of every provider, by country and currency, and what is available here', async () => {
    const merchant = await stack.merchant({ services: ['razorpay'] })
    const get = (url: string) => merchant.call('GET', url)
    const all = await methods(get, '')
    expect(all.length).toBeGreaterThan(50)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    for (const one of all) expect(one.available, one.id).toBe(one.provider === 'razorpay')
    const india = (await methods(get, 'country=in&currency=INR&provider=razorpay')).map(
      ({ method }) => method,
    )
    expect(india).toEqual(expect.arrayContaining(['upi', 'card', 'netbanking', 'wallet', 'emi']))
    expect((await methods(get, 'currency=USD&provider=razorpay')).map(({ id }) => id)).toEqual([
      'razorpay.card',
      'razorpay.payment_link',
    ])
    // What a provider does not take in any way is none of its ways to pay.
    expect((await methods(get, 'currency=INR')).map(({ provider }) => provider)).not.toContain('paypal')
    for (const { id, proof } of all) {
      expect([id, proof]).toEqual([
        id,
        {
          test: expect.stringContaining('every way to pay'),
          since: expect.any(String),
          last_run: expect.any(String),
        },
      ])
    }
    const dutch = (await methods(get, 'country=NL&kind=bank_redirect')).map(({ id }) => id)
    expect(dutch).toContain('stripe.ideal')
    expect(dutch).not.toContain('stripe.bancontact')
  })

  test.each([
    ['razorpay', 'upi', 'INR'],
    ['razorpay', 'netbanking', 'INR'],
    ['razorpay', 'emi', 'INR'],
    ['paypal', 'paypal', 'USD'],
    ['paypal', 'pay_later', 'GBP'],
    ['stripe', 'card', 'USD'],
    ['stripe', 'ideal', 'EUR'],
  ])('%s takes %s in %s, and the payment says so', async (provider, method, currency) => {
    const merchant = await stack.merchant({ services: ['stripe', 'paypal', 'razorpay'] })
    const made = await merchant.call('POST', '/v1/payments', { amount: '500.00', currency, provider, method })
    expect(made.statusCode, made.body).toBe(201)
    // PayPal tells of its wallet only, whichever way its payer pays inside.
    const told = provider === 'paypal' ? 'paypal' : method
    expect(made.json()).toMatchObject({ provider, method: told, status: 'requires_action' })
  })

  test.each([
    ['razorpay', 'upi', 'USD'],
    ['stripe', 'bancontact', 'USD'],
    ['stripe', 'upi_collect', 'INR'],
    ['paypal', 'card', 'USD'],
  ])(
    '%s is not asked for %s in %s: refused with a pointer, nobody called, nothing recorded',
    async (provider, method, currency) => {
      const merchant = await stack.merchant()
      const before = stack.wire.length
      const amount = currency === 'JPY' ? '500' : '500.00'
      const answer = await merchant.call('POST', '/v1/payments', { amount, currency, provider, method })
      expect(answer.json()).toMatchObject({
        status: 400,
        code: 'unsupported_method',
        errors: [{ pointer: '/method' }],
      })
      expect(stack.wire.length).toBe(before)
      expect((await merchant.call('GET', '/v1/payments')).json().data).toEqual([])
    },
  )

  test('routing finds the provider that has the method', async () => {
    const merchant = await stack.merchant()
    const made = await merchant.call('POST', '/v1/payments', {
      amount: '5.00',
      currency: 'EUR',
      method: 'pay_later',
    })
    expect(made.json().provider).toBe('paypal')
  })
})

describe('a method that is turned off', () => {
  const body = { amount: '500.00', currency: 'INR', method: 'upi' }
  const patch = (merchant: Awaited<ReturnType<Stack['merchant']>>, name: string, enabled: boolean) =>
    merchant.call('PATCH', `/v1/payment-methods/${name}`, { enabled })

  test('is never routed to, from the next request on, and comes back', async () => {
    const merchant = await stack.merchant()
    expect((await merchant.call('POST', '/v1/payments', body)).json().provider).toBe('razorpay')
    const off = await patch(merchant, 'razorpay/upi', false)
    expect(off.json()).toMatchObject({
      id: 'razorpay.upi',
      connected: true,
      enabled: false,
      available: false,
    })
    // Stripe has UPI too; the payment goes there.
    expect((await merchant.call('POST', '/v1/payments', body)).json().provider).toBe('stripe')
    await patch(merchant, 'stripe/upi', false)
    const refused = await merchant.call('POST', '/v1/payments', body)
    expect(refused.json()).toMatchObject({ code: 'unsupported_method', errors: [{ pointer: '/method' }] })
    const asked = await merchant.call('POST', '/v1/payments', { ...body, provider: 'razorpay' })
    expect(asked.json().code).toBe('unsupported_method')
    await patch(merchant, 'razorpay/upi', true)
    expect((await merchant.call('POST', '/v1/payments', body)).json().provider).toBe('razorpay')
  })

  test('is off for one account and one environment only', async () => {
    const merchant = await stack.merchant()
    const other = await stack.merchant()
    await patch(merchant, 'razorpay/upi', false)
    const own = (await merchant.call('GET', '/v1/payment-methods?kind=upi&provider=razorpay')).json().data
    const theirs = (await other.call('GET', '/v1/payment-methods?kind=upi&provider=razorpay')).json().data
    expect([own[0].enabled, theirs[0].enabled]).toEqual([false, true])
    const live = await stack.api.newKey({ accountId: merchant.accountId, environment: 'live' })
    const url = '/v1/payment-methods?kind=upi&provider=razorpay'
    expect((await stack.api.call(live.plain, 'GET', url)).json().data[0]).toMatchObject({
      environment: 'live',
      enabled: true,
    })
  })

  test('with all others of its provider takes the provider out of the default order', async () => {
    const merchant = await stack.merchant({ services: ['stripe', 'paypal'] })
    for (const name of ['paypal', 'pay_later', 'paypal_classic'])
      await patch(merchant, `paypal/${name}`, false)
    const usd = { amount: '5.00', currency: 'USD' }
    const asked = await merchant.call('POST', '/v1/payments', { ...usd, provider: 'paypal' })
    expect(asked.json().code).toBe('unsupported_method')
    expect((await merchant.call('POST', '/v1/payments', usd)).json().provider).toBe('stripe')
  })

  test.each([
    ['of no provider', 'nobody/upi', 404],
    ['of no name', 'razorpay/cash', 404],
    ['of a provider without payments', 'twilio/sms', 404],
  ])('%s does not exist', async (_, name, status) => {
    const merchant = await stack.merchant({ services: ['stripe'] })
    expect((await patch(merchant, name, false)).statusCode).toBe(status)
  })

  test('in live is not for a test key, and not for a key without the scope', async () => {
    const merchant = await stack.merchant({ services: ['stripe'], scopes: ['services:read'] })
    expect((await patch(merchant, 'stripe/card', false)).json().code).toBe('insufficient_scope')
    const { plain } = await stack.api.newKey()
    const live = { enabled: false, environment: 'live' }
    const answer = await stack.api.call(plain, 'PATCH', '/v1/payment-methods/stripe/card', live)
    expect(answer.json().code).toBe('environment_not_allowed')
  })
})
