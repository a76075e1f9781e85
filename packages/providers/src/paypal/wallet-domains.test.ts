import { expect, test } from 'vitest'
import { answer, issue, lost, scripted } from './scripted.fixture.ts'
import { walletDomains } from './wallet-domains.ts'

const page = (from: number, count: number) => ({
  total_items: '53',
  wallet_domains: Array.from({ length: count }, (_, i) => ({
    provider_type: 'APPLE_PAY',
    domain: { name: `Shop-${from + i}.example.com` },
  })),
})

test('a domain is registered for Apple Pay by its name', async () => {
  const script = scripted([answer(201)])
  expect((await walletDomains.register(script.ctx, 'shop.example.com')).kind).toBe('ok')
  expect(script.sent[1]).toMatchObject({
    method: 'POST',
    path: '/v1/customer/wallet-domains',
    body: { json: { provider_type: 'APPLE_PAY', domain: { name: 'shop.example.com' } } },
  })
})

test.each([
  ['that is registered already is what was wanted', issue(422, 'DOMAIN_ALREADY_REGISTERED'), { kind: 'ok' }],
  [
    'of another merchant is refused',
    issue(422, 'DOMAIN_REGISTERED_WITH_ANOTHER_MERCHANT'),
    { kind: 'rejected', providerCode: 'DOMAIN_REGISTERED_WITH_ANOTHER_MERCHANT' },
  ],
  [
    'without its file is refused',
    issue(422, 'INCORRECT_DOMAIN_VERIFICATION_FILE'),
    { kind: 'rejected', providerCode: 'INCORRECT_DOMAIN_VERIFICATION_FILE' },
  ],
  ['whose answer is lost is not known', lost, { kind: 'unknown' }],
])('a domain %s', async (_what, result, outcome) => {
  expect(await walletDomains.register(scripted([result]).ctx, 'shop.example.com')).toMatchObject(outcome)
})

test('the list is read to its end, in lower case', async () => {
  const script = scripted([answer(200, page(0, 50)), answer(200, page(50, 3))])
  const listed = await walletDomains.list(script.ctx)
  expect(listed.kind === 'ok' && [listed.value.length, listed.value.at(-1)]).toEqual([
    53,
    'shop-52.example.com',
  ])
  expect(script.sent[2]?.path).toContain('page=2')
})

test('no list is no proof that nothing is registered', async () => {
  expect(await walletDomains.list(scripted([answer(200, { total_items: '0' })]).ctx)).toMatchObject({
    value: [],
  })
  expect((await walletDomains.list(scripted([answer(200, {})]).ctx)).kind).toBe('unknown')
})

test('a registration is ended, and twice without harm', async () => {
  const script = scripted([answer(204)])
  expect((await walletDomains.unregister(script.ctx, 'shop.example.com')).kind).toBe('ok')
  expect(script.sent[1]?.path).toBe('/v1/customer/unregister-wallet-domain')
  const gone = issue(404, 'RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND')
  expect((await walletDomains.unregister(scripted([gone]).ctx, 'shop.example.com')).kind).toBe('ok')
})
