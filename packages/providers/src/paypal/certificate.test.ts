import { describe, expect, test } from 'vitest'
import { loadCertificate, vetCertificateUrl } from './certificate.ts'
import { answer, lost, NOW_MS, scripted } from './scripted.fixture.ts'
import { CERTIFICATES, VECTOR_CERTIFICATE } from './webhook-vectors.fixture.ts'

const SANDBOX = { environment: 'test', baseUrl: 'https://api-m.sandbox.paypal.com' } as const
const LIVE = { environment: 'live', baseUrl: 'https://api-m.paypal.com' } as const
const OVERRIDE = { environment: 'test', baseUrl: 'http://127.0.0.1:8013' } as const
const PATH = '/v1/notifications/certs/CERT-360caa42-fca2a594-1a5f47cb'

describe('the address of a certificate', () => {
  test.each([
    [SANDBOX, `https://api.sandbox.paypal.com${PATH}`, 'paypal'],
    [SANDBOX, `https://api-m.sandbox.paypal.com${PATH}`, 'paypal'],
    [SANDBOX, `https://api.sandbox.paypal.com:443${PATH}`, 'paypal'],
    [LIVE, `https://api.paypal.com${PATH}`, 'paypal'],
    [LIVE, `https://api-m.paypal.com${PATH}`, 'paypal'],
    [OVERRIDE, `http://127.0.0.1:8013${PATH}`, 'override'],
    [OVERRIDE, `https://api.sandbox.paypal.com${PATH}`, 'paypal'],
    [
      { ...OVERRIDE, baseUrl: 'https://gateway.test/paypal' },
      `https://gateway.test/paypal${PATH}`,
      'override',
    ],
  ] as const)('%o accepts %s', (ctx, url, trust) => {
    expect(vetCertificateUrl(ctx, url)?.trust).toBe(trust)
  })

  test.each([
    ['http', SANDBOX, `http://api.sandbox.paypal.com${PATH}`],
    ['another host', SANDBOX, `https://evil.test${PATH}`],
    ['a host that ends alike', SANDBOX, `https://evilapi.sandbox.paypal.com${PATH}`],
    ['a host that begins alike', SANDBOX, `https://api.sandbox.paypal.com.evil.test${PATH}`],
    ['a trailing dot', SANDBOX, `https://api.sandbox.paypal.com.${PATH}`],
    ['another PayPal host', SANDBOX, `https://www.sandbox.paypal.com${PATH}`],
    ['user information', SANDBOX, `https://api.sandbox.paypal.com@evil.test${PATH}`],
    ['user information at the right host', SANDBOX, `https://x@api.sandbox.paypal.com${PATH}`],
    ['another port', SANDBOX, `https://api.sandbox.paypal.com:8443${PATH}`],
    ['another path', SANDBOX, 'https://api.sandbox.paypal.com/v1/oauth2/token'],
    ['a path that climbs out', SANDBOX, `https://api.sandbox.paypal.com${PATH}/../../../x`],
    ['a folder below', SANDBOX, `https://api.sandbox.paypal.com${PATH}/x`],
    ['an encoded slash', SANDBOX, 'https://api.sandbox.paypal.com/v1/notifications/certs/..%2f..%2fx'],
    ['a query', SANDBOX, `https://api.sandbox.paypal.com${PATH}?x=1`],
    ['a fragment', SANDBOX, `https://api.sandbox.paypal.com${PATH}#x`],
    ['no URL', SANDBOX, 'not a url'],
    ['an endless one', SANDBOX, `https://api.sandbox.paypal.com${PATH}${'a'.repeat(600)}`],
    ['the sandbox for live money', LIVE, `https://api.sandbox.paypal.com${PATH}`],
    ['live for the sandbox', SANDBOX, `https://api.paypal.com${PATH}`],
    ['an overridden origin in live', { ...LIVE, baseUrl: OVERRIDE.baseUrl }, `http://127.0.0.1:8013${PATH}`],
    ['a loopback address without override', SANDBOX, `http://127.0.0.1:8013${PATH}`],
  ] as const)('refuses %s', (_what, ctx, url) => {
    expect(vetCertificateUrl(ctx, url)).toBeNull()
  })
})

test('a sandbox behind a gateway names its own address, and the gateway is asked for the file', () => {
  const gateway = { ...OVERRIDE, baseUrl: 'http://127.0.0.1:9000/paypal' }
  expect(vetCertificateUrl(gateway, `http://localhost:8013${PATH}`)).toEqual({
    url: `http://127.0.0.1:9000/paypal${PATH}`,
    trust: 'override',
  })
})

describe('the certificate itself', () => {
  const url = `https://api.sandbox.paypal.com${PATH}`
  const genuine = { url, trust: 'paypal' } as const
  const roots = [CERTIFICATES.root]

  async function load(
    pem: string,
    environment: 'test' | 'live' = 'test',
    trusted: readonly string[] = roots,
  ) {
    const { ctx } = scripted([answer(200, pem)], { ctx: { environment } })
    return (await loadCertificate(ctx, genuine, trusted)).kind
  }

  test('a leaf with PayPal’s name under a trusted root is trusted', async () => {
    expect(await load(CERTIFICATES.sandbox)).toBe('trusted')
  })

  test('a chain through an intermediate that comes along is followed', async () => {
    expect(await load(`${CERTIFICATES.live}\n${CERTIFICATES.intermediate}`, 'live')).toBe('trusted')
  })

  test('without the intermediate nothing is proven, and PayPal must be asked', async () => {
    expect(await load(CERTIFICATES.live, 'live')).toBe('unavailable')
  })

  test.each([
    ['a sandbox certificate for live money', CERTIFICATES.sandbox, 'live'],
    ['an expired one', CERTIFICATES.expired, 'test'],
    ['a name that only begins alike', CERTIFICATES.wrongName, 'test'],
    ['a self-signed one with the right name', CERTIFICATES.selfSigned, 'test'],
    ['one issued by another leaf', `${CERTIFICATES.issuedByLeaf}\n${CERTIFICATES.sandbox}`, 'test'],
  ] as const)('%s is untrusted', async (_what, pem, environment) => {
    expect(await load(pem, environment)).toBe('untrusted')
  })

  test('the public roots do not vouch for our test root', async () => {
    const { ctx } = scripted([answer(200, CERTIFICATES.sandbox)])
    expect((await loadCertificate(ctx, genuine)).kind).toBe('unavailable')
  })

  test('an overridden origin may present its own certificate, but not an expired one', async () => {
    const source = { url: `http://127.0.0.1:8013${PATH}`, trust: 'override' } as const
    const { ctx } = scripted([answer(200, VECTOR_CERTIFICATE)])
    expect((await loadCertificate(ctx, source)).kind).toBe('trusted')
    const late = scripted([answer(200, CERTIFICATES.expired)])
    expect((await loadCertificate(late.ctx, source)).kind).toBe('untrusted')
  })

  test.each([
    ['no answer', lost],
    ['404', answer(404, CERTIFICATES.sandbox)],
    ['a redirect', answer(302, CERTIFICATES.sandbox)],
    ['HTML', answer(200, '<html>')],
    ['a damaged certificate', answer(200, CERTIFICATES.sandbox.replace('MII', 'AAA'))],
    ['a huge answer', answer(200, CERTIFICATES.sandbox + ' '.repeat(40_000))],
  ])('%s: it cannot be had', async (_what, result) => {
    const { ctx } = scripted([result])
    expect((await loadCertificate(ctx, genuine, roots)).kind).toBe('unavailable')
  })

  test('it is fetched once a day, and once by all who ask at the same time', async () => {
    let nowMs = NOW_MS
    const pem = answer(200, CERTIFICATES.sandbox)
    const { ctx, sent } = scripted([pem, pem], { ctx: { now: () => nowMs } })
    await Promise.all([1, 2, 3].map(() => loadCertificate(ctx, genuine, roots)))
    nowMs += 24 * 3_600_000 - 1
    await loadCertificate(ctx, genuine, roots)
    expect(sent).toHaveLength(1)
    nowMs += 1
    await loadCertificate(ctx, genuine, roots)
    expect(sent).toHaveLength(2)
  })

  test('a failure is not repeated at once, and not remembered for long', async () => {
    let nowMs = NOW_MS
    const { ctx, sent } = scripted([lost, answer(200, CERTIFICATES.sandbox)], { ctx: { now: () => nowMs } })
    await loadCertificate(ctx, genuine, roots)
    await loadCertificate(ctx, genuine, roots)
    expect(sent).toHaveLength(1)
    nowMs += 30_000
    expect((await loadCertificate(ctx, genuine, roots)).kind).toBe('trusted')
  })

  test('a flood of addresses takes a fixed number of places and pushes no token out', async () => {
    const pem = answer(200, CERTIFICATES.sandbox)
    const { ctx } = scripted(Array.from({ length: 500 }, () => pem))
    const keys = new Set<string>()
    const tokens = { ...ctx.tokens, set: (key: string) => keys.add(key) }
    for (let n = 0; n < 500; n++) {
      await loadCertificate({ ...ctx, tokens }, { ...genuine, url: `${url}${n}` }, roots)
    }
    expect(keys.size).toBeLessThanOrEqual(64)
  })

  test('no credentials go to the certificate’s address', async () => {
    const { ctx, sent } = scripted([answer(200, CERTIFICATES.sandbox)])
    await loadCertificate(ctx, genuine, roots)
    expect(sent).toEqual([{ method: 'GET', path: url, headers: { accept: '*/*' }, timeoutMs: 5_000 }])
  })
})
