import { describe, expect, test } from 'vitest'
import { basic, createOrder, openMerchant } from './test-merchant.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const GRANT = 'grant_type=client_credentials'

describe('access tokens', () => {
  test('are issued for nine hours to a client that proves itself', async () => {
    const merchant = await openMerchant()
    const headers = { ...FORM, authorization: basic(merchant.credentials) }
    const { status, body } = await merchant.raw('POST', '/v1/oauth2/token', { body: GRANT, headers })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 32_400,
      app_id: expect.stringMatching(/^APP-/),
    })
    expect(body.access_token).toMatch(/^A21AA/)
    expect(body.scope.split(' ')).toContain('https://uri.paypal.com/services/payments/refund')
  })

  test('a wrong secret is answered in the OAuth shape', async () => {
    const merchant = await openMerchant()
    const headers = { ...FORM, authorization: basic({ ...merchant.credentials, client_secret: 'wrong' }) }
    const { status, body } = await merchant.raw('POST', '/v1/oauth2/token', { body: GRANT, headers })
    expect([status, body]).toEqual([
      401,
      { error: 'invalid_client', error_description: 'Client Authentication failed' },
    ])
  })

  test('another grant is refused', async () => {
    const merchant = await openMerchant()
    const headers = { ...FORM, authorization: basic(merchant.credentials) }
    const reply = await merchant.raw('POST', '/v1/oauth2/token', { body: 'grant_type=password', headers })
    expect([reply.status, reply.body.error]).toEqual([400, 'unsupported_grant_type'])
  })

  test('expire on the clock', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'succeed')
    await merchant.call('POST', `/v2/checkout/orders/${id}/capture`)
    await merchant.advance(32_400_000 - 1)
    expect((await merchant.call('GET', `/v2/checkout/orders/${id}`)).status).toBe(200)
    await merchant.advance(1)
    const reply = await merchant.call('GET', `/v2/checkout/orders/${id}`)
    expect([reply.status, reply.body]).toEqual([
      401,
      { error: 'invalid_token', error_description: 'Token signature verification failed' },
    ])
  })

  test('a missing header is answered in the REST shape', async () => {
    const merchant = await openMerchant()
    const reply = await merchant.raw('GET', '/v2/payments/captures/X', { headers: { authorization: '' } })
    expect([reply.status, reply.body.name]).toEqual([401, 'AUTHENTICATION_FAILURE'])
  })

  test('do only what their scopes allow', async () => {
    const merchant = await openMerchant()
    const headers = { ...FORM, authorization: basic(merchant.credentials) }
    const body = `${GRANT}&scope=https://uri.paypal.com/services/payments/refund`
    merchant.token = (await merchant.raw('POST', '/v1/oauth2/token', { body, headers })).body.access_token
    const refused = await merchant.call('POST', '/v2/checkout/orders', {})
    expect([refused.status, refused.body.name]).toEqual([403, 'NOT_AUTHORIZED'])
    expect((await merchant.call('GET', '/v2/payments/refunds/UNKNOWN')).status).toBe(404)
  })

  test("open no other merchant's orders", async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    const other = merchant.kernel.accounts.create(merchant.emulator)
    await merchant.signIn(other)
    expect((await merchant.call('GET', `/v2/checkout/orders/${id}`)).status).toBe(404)
  })
})
