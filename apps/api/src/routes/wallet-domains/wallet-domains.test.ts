/** Apple Pay's domains through the API: the provider keeps them, and says why it will not. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createStack, type Merchant, type Stack } from '../../../../../test/proofs/stack.ts'
import { ALL_SCOPES } from '../../testing/open-app.ts'

let stack: Stack
let merchant: Merchant
/** PayPal's own list, by its partners' plug-ins. */
const registered = new Set<string>()
beforeAll(async () => {
  stack = await createStack()
  merchant = await stack.merchant({ services: ['paypal', 'stripe'], scopes: ALL_SCOPES })
})
beforeEach(() => {
  registered.clear()
  stack.intercept = async (wire, next) => {
    if (!wire.path.startsWith('/v1/customer/')) return await next()
    if (wire.method === 'GET') {
      const wallet_domains = [...registered].map((name) => ({ provider_type: 'APPLE_PAY', domain: { name } }))
      return Response.json({ total_items: String(registered.size), wallet_domains })
    }
    const { name } = JSON.parse(wire.body).domain
    if (wire.path.includes('unregister')) registered.delete(name)
    else if (name.startsWith('bare.')) {
      const details = [{ issue: 'INCORRECT_DOMAIN_VERIFICATION_FILE', description: 'The file differs.' }]
      return Response.json({ name: 'UNPROCESSABLE_ENTITY', details }, { status: 422 })
    } else registered.add(name)
    return new Response(null, { status: wire.path.includes('unregister') ? 204 : 201 })
  }
})
afterAll(() => stack.close())

const AT = '/services/paypal/wallet-domains'

test('a domain is registered, listed and ended', async () => {
  const made = await merchant.call('POST', AT, { domain: 'Shop.Example.com' })
  expect([made.statusCode, made.json()]).toEqual([
    200,
    {
      object: 'wallet_domain',
      service_name: 'paypal',
      environment: 'test',
      wallet: 'apple_pay',
      domain: 'shop.example.com',
      state: 'registered',
    },
  ])
  expect((await merchant.call('GET', AT)).json().data).toEqual([made.json()])
  const ended = await merchant.call('DELETE', `${AT}/shop.example.com`)
  expect(ended.json()).toEqual({ object: 'wallet_domain', domain: 'shop.example.com', deleted: true })
  expect((await merchant.call('GET', AT)).json().data).toEqual([])
})

test('without its file it is refused, and the answer names the file', async () => {
  const refused = (await merchant.call('POST', AT, { domain: 'bare.example.com' })).json()
  expect(refused).toMatchObject({
    code: 'provider_rejected',
    provider_code: 'INCORRECT_DOMAIN_VERIFICATION_FILE',
    detail: expect.stringContaining('/.well-known/apple-developer-merchantid-domain-association'),
  })
})

describe('what cannot be', () => {
  test.each([
    [
      'another provider',
      '/services/stripe/wallet-domains',
      { domain: 'shop.example.com' },
      'capability_unsupported',
    ],
    ['an address', AT, { domain: '10.0.0.1' }, 'invalid_request'],
    [
      'live by a test key',
      AT,
      { domain: 'shop.example.com', environment: 'live' },
      'environment_not_allowed',
    ],
  ])('%s', async (_what, url, body, code) => {
    expect((await merchant.call('POST', url, body)).json()).toMatchObject({ code })
  })

  test('without credentials nobody is asked', async () => {
    const other = await stack.merchant({ services: [], scopes: ALL_SCOPES })
    const asked = await other.call('POST', AT, { domain: 'shop.example.com' })
    expect(asked.json()).toMatchObject({ code: 'provider_not_configured' })
  })
})
