import { expect, test } from 'vitest'
import { issuesOf, type Merchant, openMerchant } from './test-merchant.ts'

const PATH = '/v1/customer/wallet-domains'
const body = (name: unknown) => ({ provider_type: 'APPLE_PAY', domain: { name } })
const add = (merchant: Merchant, name: unknown) => merchant.call('POST', PATH, body(name))
const remove = (merchant: Merchant, name: string) =>
  merchant.call('POST', '/v1/customer/unregister-wallet-domain', { ...body(name), reason: 'moved' })

test('a domain is registered, listed with counts as text, and unregistered', async () => {
  const merchant = await openMerchant()
  const made = await add(merchant, 'Shop.Example.com')
  expect([made.status, made.body]).toEqual([201, body('shop.example.com')])
  await add(merchant, 'pay.example.com')
  const listed = await merchant.call('GET', `${PATH}?provider_type=APPLE_PAY&page=1&page_size=1`)
  expect(listed.body).toMatchObject({
    total_items: '2',
    total_pages: '2',
    wallet_domains: [body('shop.example.com')],
  })
  expect((await remove(merchant, 'shop.example.com')).status).toBe(200)
  expect(issuesOf(await remove(merchant, 'shop.example.com'))).toEqual(['DOMAIN_NOT_REGISTERED'])
  expect((await merchant.call('GET', PATH)).body.wallet_domains).toEqual([body('pay.example.com')])
})

test('a domain belongs to one merchant and must show Apple’s file', async () => {
  const merchant = await openMerchant()
  await add(merchant, 'shop.example.com')
  expect(issuesOf(await add(merchant, 'shop.example.com'))).toEqual(['DOMAIN_ALREADY_REGISTERED'])
  expect(issuesOf(await add(merchant, 'shop.invalid'))).toEqual(['INCORRECT_DOMAIN_VERIFICATION_FILE'])
  await merchant.signIn(merchant.kernel.accounts.create(merchant.emulator))
  expect(issuesOf(await add(merchant, 'shop.example.com'))).toEqual([
    'DOMAIN_REGISTERED_WITH_ANOTHER_MERCHANT',
  ])
  expect((await merchant.call('GET', PATH)).body).toMatchObject({ total_items: '0', wallet_domains: [] })
  expect(issuesOf(await remove(merchant, 'shop.example.com'))).toEqual(['DOMAIN_NOT_REGISTERED'])
})

test.each([undefined, '', 'localhost', 'https://shop.example.com', 'a b.example.com', 1])(
  'refuses %j as a domain',
  async (name) => {
    const merchant = await openMerchant()
    expect((await add(merchant, name)).status).toBe(400)
    expect((await merchant.call('GET', `${PATH}?page_size=100`)).status).toBe(400)
  },
)
