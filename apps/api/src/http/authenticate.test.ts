import { randomBytes } from 'node:crypto'
import { ROUTES, type RouteSpec, SCOPES } from '@onerouter/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintApiKey } from '../secrets/api-key.ts'
import { ALL_SCOPES, type OpenedApp, openApp } from '../testing/open-app.ts'
import { urlOf } from '../testing/route-url.ts'

let api: OpenedApp
beforeAll(async () => {
  api = await openApp()
})
afterAll(() => api.close())

const get = (headers: Record<string, string | string[]>, remoteAddress = '203.0.113.9') =>
  api.app.inject({ url: '/api/services', headers, remoteAddress })

describe('A1, A2, A5: what is wrong with a key is not told', () => {
  test('missing, malformed, unknown, revoked and expired look the same', async () => {
    const expired = await api.newKey({ expiresAt: new Date(Date.now() - 1000) })
    const revoked = await api.newKey({ scopes: ALL_SCOPES })
    await api.deps.db.engine.query('UPDATE api_key SET revoked_at = now() WHERE id = $1', [revoked.id])
    const good = await api.newKey()
    const claims: Record<string, string>[] = [
      {},
      { authorization: '' },
      { authorization: 'Basic dXNlcjpwYXNz' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer not-a-key' },
      { authorization: `Bearer ${good.plain} x` },
      { authorization: `Bearer ${good.plain.slice(0, -1)}0` },
      { authorization: `Bearer ${good.plain.replace('unf_test_', 'unf_live_')}` },
      {
        authorization: `Bearer ${mintApiKey('test', randomBytes)}`,
      },
      { authorization: `Bearer ${expired.plain}` },
      { authorization: `Bearer ${revoked.plain}` },
      { 'x-api-key': good.plain },
    ]
    const bodies = new Set<string>()
    for (const [i, headers] of claims.entries()) {
      const answer = await get(headers, `198.51.100.${i}`)
      expect([i, answer.statusCode]).toEqual([i, 401])
      expect(answer.headers['www-authenticate']).toContain('Bearer')
      bodies.add(JSON.stringify({ ...answer.json(), request_id: '' }))
    }
    expect(bodies.size).toBe(1)
    expect((await get({ authorization: `Bearer ${good.plain}` })).statusCode).toBe(200)
    expect((await get({ authorization: `bearer ${good.plain}` })).statusCode).toBe(200)
  })

  test('two Authorization headers are two claims', async () => {
    const { plain } = await api.newKey()
    const answer = await get({ authorization: [`Bearer ${plain}`, 'Bearer other'] })
    expect(answer.statusCode).toBe(401)
  })

  test('a key with a wrong checksum is refused without asking the database', async () => {
    const { plain } = await api.newKey()
    let asked = 0
    const query = api.deps.db.engine.query
    Object.assign(api.deps.db.engine, {
      query: (...args: Parameters<typeof query>) => {
        asked += 1
        return query.apply(api.deps.db.engine, args)
      },
    })
    await get({ authorization: `Bearer ${plain.slice(0, -1)}${plain.endsWith('0') ? '1' : '0'}` })
    expect(asked).toBe(0)
    await get({ authorization: `Bearer ${plain}` })
    expect(asked).toBeGreaterThan(0)
    Object.assign(api.deps.db.engine, { query })
  })
})

test('A8: guessing is slowed per address, and the owner of a valid key there still gets in', async () => {
  const { plain } = await api.newKey()
  const statuses = new Set<number>()
  for (let i = 0; i < 35; i++) {
    const guess = mintApiKey('test', randomBytes)
    statuses.add((await get({ authorization: `Bearer ${guess}` }, '192.0.2.77')).statusCode)
  }
  expect([...statuses]).toEqual([401, 429])
  expect((await get({ authorization: `Bearer ${plain}` }, '192.0.2.77')).statusCode).toBe(200)
  expect((await get({}, '192.0.2.78')).statusCode).toBe(401)
})

test('an address list holds, for IPv4, IPv6 and mapped addresses', async () => {
  const { plain } = await api.newKey({ ipAllowlist: ['203.0.113.0/24', '2001:db8::/32', '192.0.2.1'] })
  const headers = { authorization: `Bearer ${plain}` }
  for (const address of ['203.0.113.200', '2001:db8:1::7', '192.0.2.1', '::ffff:192.0.2.1']) {
    expect([address, (await get(headers, address)).statusCode]).toEqual([address, 200])
  }
  for (const address of ['203.0.114.1', '2001:db9::1', '192.0.2.2', '127.0.0.1']) {
    const answer = await get(headers, address)
    expect([address, answer.statusCode, answer.json().code]).toEqual([address, 403, 'ip_not_allowed'])
  }
})

test('X-Forwarded-For is not believed unless proxies are configured', async () => {
  const { plain } = await api.newKey({ ipAllowlist: ['203.0.113.1'] })
  const headers = { authorization: `Bearer ${plain}`, 'x-forwarded-for': '203.0.113.1' }
  expect((await get(headers, '198.51.100.200')).statusCode).toBe(403)
})

describe('A6: every route asks for its scope and nothing else', () => {
  const guarded = Object.entries(ROUTES as Readonly<Record<string, RouteSpec>>).filter(
    // Routes for people know no key: `sessions/team.test.ts` has them.
    ([, route]) => route.scope !== 'public' && route.scope !== 'session',
  )
  test.each(guarded)('%s', async (_, route) => {
    const url = urlOf(route)
    const without = await api.newKey({ scopes: SCOPES.filter((scope) => scope !== route.scope) })
    const refused = await api.call(without.plain, route.method, url)
    expect(refused.json()).toMatchObject({
      status: 403,
      code: 'insufficient_scope',
      required_scope: route.scope,
    })
    expect(refused.json().detail).toContain(route.scope)
    const only = await api.newKey({ scopes: SCOPES.filter((scope) => scope === route.scope) })
    const passed = await api.call(only.plain, route.method, url)
    expect(passed.statusCode < 300 || passed.json().code !== 'insufficient_scope').toBe(true)
    const anonymous = await api.app.inject({ method: route.method, url })
    expect(anonymous.statusCode).toBe(401)
  })
})

describe('D23: the limits of each key are enforced and reported', () => {
  test('per minute', async () => {
    const { plain } = await api.newKey({ perMinute: 3, perDay: 100 })
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await api.call(plain, 'GET', '/api/services'))
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200, 429])
    expect(answers[0]?.headers).toMatchObject({
      'ratelimit-policy': '"minute";q=3;w=60, "daily";q=100;w=86400',
      ratelimit: expect.stringMatching(/^"minute";r=2;t=\d+, "daily";r=99;t=\d+$/),
      'x-ratelimit-limit': '3',
      'x-ratelimit-remaining': '2',
      'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/),
    })
    const refused = answers[3]
    expect(refused?.json()).toMatchObject({ code: 'rate_limit_exceeded', 'violated-policies': ['minute'] })
    expect(refused?.headers['retry-after']).toMatch(/^[1-6]?\d$/)
    expect(refused?.headers['onerouter-should-retry']).toBe('true')
    expect(refused?.headers.ratelimit).toContain('"minute";r=0')
  })

  test('per day', async () => {
    const { plain } = await api.newKey({ perMinute: 100, perDay: 2 })
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await api.call(plain, 'GET', '/api/services')).statusCode)
    expect(statuses).toEqual([200, 200, 429])
    expect((await api.call(plain, 'GET', '/api/services')).json()['violated-policies']).toEqual(['daily'])
  })

  test('one key does not use up another, and a refused scope counts', async () => {
    const { plain, accountId } = await api.newKey({ perMinute: 1, scopes: ['payments:read'] })
    const other = await api.newKey({ accountId, perMinute: 1 })
    expect((await api.call(plain, 'GET', '/api/services')).statusCode).toBe(403)
    expect((await api.call(plain, 'GET', '/api/services')).statusCode).toBe(429)
    expect((await api.call(other.plain, 'GET', '/api/services')).statusCode).toBe(200)
  })
})

test('H35: a revocation in another process reaches this one without waiting for the cache', async () => {
  const { plain, id, accountId } = await api.newKey()
  expect((await api.call(plain, 'GET', '/api/services')).statusCode).toBe(200)
  const other = await import('../store/db.ts').then(({ openDb }) =>
    openDb({ url: api.databaseUrl, poolSize: 2, onIdleError: () => undefined }),
  )
  const { revokeKey } = await import('../store/api-keys.ts')
  const heard = new Promise<void>((resolve) => {
    api.deps.invalidation.subscribe((stale) => {
      if (stale.kind === 'key' && stale.keyId === id) resolve()
    })
  })
  await revokeKey(other, accountId, id, new Date())
  await heard
  expect((await api.call(plain, 'GET', '/api/services')).statusCode).toBe(401)
  await other.close()
})

test('last use is noted, at most once a minute', async () => {
  const { plain, id } = await api.newKey()
  await api.call(plain, 'GET', '/api/services')
  await api.call(plain, 'GET', '/api/services')
  await expect
    .poll(async () => {
      const { rows } = await api.deps.db.engine.query('SELECT last_used_at FROM api_key WHERE id = $1', [id])
      return rows[0].last_used_at
    })
    .toBeInstanceOf(Date)
})
