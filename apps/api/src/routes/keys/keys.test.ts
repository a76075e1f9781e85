import { DEFAULT_SCOPES } from '@onerouter/contract'
import { formatId } from '@onerouter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL_SCOPES, type OpenedApp, openApp } from '../../testing/open-app.ts'

let api: OpenedApp
beforeAll(async () => {
  api = await openApp()
})
afterAll(() => api.close())

const manager = (more = {}) => api.newKey({ scopes: ALL_SCOPES, ...more })

describe('the life of a key', () => {
  test('a new key is shown once, works, and is never shown again', async () => {
    const { plain } = await manager()
    const created = await api.call(plain, 'POST', '/api/keys', { name: 'shop' })
    expect(created.statusCode).toBe(201)
    const key = created.json()
    expect(key).toMatchObject({
      object: 'api_key',
      environment: 'test',
      rate_limit_per_minute: 60,
      rate_limit_per_day: 10_000,
      services: null,
    })
    expect(key.scopes).toEqual(DEFAULT_SCOPES)
    expect(key.scopes).not.toContain('keys:write')
    expect(key.api_key).toMatch(/^unf_test_[0-9A-Za-z]{38}$/)
    expect((await api.call(key.api_key, 'GET', '/api/services')).statusCode).toBe(200)

    const got = await api.call(plain, 'GET', `/api/keys/${key.id}`)
    expect(got.json()).toEqual({ ...key, api_key: undefined, last_used_at: expect.anything() })
    const listed = await api.call(plain, 'GET', '/api/keys')
    expect(listed.body).not.toContain(key.api_key)
    expect(listed.json().data).toHaveLength(2)
    expect(api.lines.join('\n')).not.toContain(key.api_key.slice(12))
  })

  test('A4: a revoked key is refused by the very next request, and revoking twice changes nothing', async () => {
    const { plain } = await manager()
    const key = (await api.call(plain, 'POST', '/api/keys', { name: 'shop' })).json()
    expect((await api.call(key.api_key, 'GET', '/api/services')).statusCode).toBe(200)
    const revoked = await api.call(plain, 'POST', `/api/keys/${key.id}/revoke`)
    expect(revoked.statusCode).toBe(200)
    expect((await api.call(key.api_key, 'GET', '/api/services')).statusCode).toBe(401)
    const again = await api.call(plain, 'DELETE', `/api/keys/${key.id}`)
    expect(again.json().revoked_at).toBe(revoked.json().revoked_at)
    const change = await api.call(plain, 'PATCH', `/api/keys/${key.id}`, { name: 'x' })
    expect(change.json().code).toBe('invalid_state')
  })

  test('rotation gives a successor with the same rights; the old key ends with the overlap', async () => {
    const { plain } = await manager()
    const old = (
      await api.call(plain, 'POST', '/api/keys', {
        name: 'shop',
        scopes: ['payments:*'],
        rate_limit_per_minute: 7,
      })
    ).json()
    const fresh = (
      await api.call(plain, 'POST', `/api/keys/${old.id}/rotate`, { overlap_seconds: 3600 })
    ).json()
    expect(fresh).toMatchObject({ scopes: ['payments:read', 'payments:write'], rate_limit_per_minute: 7 })
    for (const key of [old, fresh]) {
      expect((await api.call(key.api_key, 'GET', '/api/services')).json().code).toBe('insufficient_scope')
    }
    const ended = (
      await api.call(plain, 'POST', `/api/keys/${fresh.id}/rotate`, { overlap_seconds: 0 })
    ).json()
    expect((await api.call(fresh.api_key, 'GET', '/api/services')).statusCode).toBe(401)
    expect((await api.call(ended.api_key, 'GET', '/api/services')).statusCode).toBe(403)
  })

  test('changes hold from the next request', async () => {
    const { plain, id } = await manager()
    expect(
      (await api.call(plain, 'PATCH', `/api/keys/${formatId('key', id)}`, { scopes: ['keys:*'] })).statusCode,
    ).toBe(200)
    expect((await api.call(plain, 'GET', '/api/services')).statusCode).toBe(403)
  })
})

describe('a key cannot give what it lacks', () => {
  test('scopes, services, environments', async () => {
    const { plain } = await api.newKey({
      scopes: ['keys:read', 'keys:write', 'payments:read'],
      services: ['paypal'],
    })
    const create = (body: object) => api.call(plain, 'POST', '/api/keys', { name: 'x', ...body })
    expect((await create({ scopes: ['payments:write'] })).json()).toMatchObject({
      code: 'insufficient_scope',
      required_scope: 'payments:write',
    })
    expect((await create({ services: ['stripe'] })).json().code).toBe('service_not_allowed')
    expect((await create({ environment: 'live' })).json().code).toBe('environment_not_allowed')
    const child = (await create({})).json()
    expect(child).toMatchObject({ scopes: ['payments:read'], services: ['paypal'] })
  })

  test('no key mints or renews a live key', async () => {
    const { plain, id } = await manager({ environment: 'live' })
    const create = await api.call(plain, 'POST', '/api/keys', { name: 'x', environment: 'live' })
    expect(create.statusCode).toBe(403)
    expect((await api.call(plain, 'POST', `/api/keys/${formatId('key', id)}/rotate`)).statusCode).toBe(403)
  })

  test('a test key does not see live keys', async () => {
    const live = await manager({ environment: 'live' })
    const own = await manager({ accountId: live.accountId })
    expect((await api.call(own.plain, 'GET', `/api/keys/${formatId('key', live.id)}`)).statusCode).toBe(404)
    expect((await api.call(own.plain, 'GET', '/api/keys?environment=live')).json().data).toEqual([])
    expect((await api.call(live.plain, 'GET', '/api/keys')).json().data).toHaveLength(2)
  })
})

test('A25: the keys of another account do not exist, whatever is done to them', async () => {
  const [mine, theirs] = [await manager(), await manager()]
  const id = formatId('key', theirs.id)
  for (const [method, url, body] of [
    ['GET', `/api/keys/${id}`, undefined],
    ['PATCH', `/api/keys/${id}`, { name: 'stolen' }],
    ['POST', `/api/keys/${id}/rotate`, {}],
    ['POST', `/api/keys/${id}/revoke`, {}],
    ['DELETE', `/api/keys/${id}`, undefined],
  ] as const) {
    const answer = await api.call(mine.plain, method, url, body)
    expect([method, answer.statusCode, answer.json().code]).toEqual([method, 404, 'not_found'])
  }
  expect((await api.call(theirs.plain, 'GET', '/api/keys')).json().data).toHaveLength(1)
})

test('lists page by cursor, newest first, without gaps', async () => {
  const { plain } = await manager()
  for (let i = 0; i < 4; i++) await api.call(plain, 'POST', '/api/keys', { name: `k${i}` })
  const seen: string[] = []
  let cursor = ''
  do {
    const page = (await api.call(plain, 'GET', `/api/keys?limit=2${cursor}`)).json()
    seen.push(...page.data.map((key: { name: string }) => key.name))
    cursor = page.next_cursor === null ? '' : `&starting_after=${page.next_cursor}`
  } while (cursor !== '')
  expect(seen).toEqual(['k3', 'k2', 'k1', 'k0', 'test'])
})

test.each([
  ['a name is required', {}, '/name'],
  ['unknown fields', { name: 'x', is_admin: true }, '/is_admin'],
  ['wrong types', { name: 5 }, '/name'],
  ['numbers in text', { name: 'x', rate_limit_per_minute: '60' }, '/rate_limit_per_minute'],
  ['unknown scopes', { name: 'x', scopes: ['payments:all'] }, '/scopes/0'],
  ['unknown services', { name: 'x', services: ['square'] }, '/services/0'],
  ['addresses that are none', { name: 'x', ip_allowlist: ['10.0.0.1', 'localhost'] }, '/ip_allowlist/1'],
  ['an expiry in the past', { name: 'x', expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
  ['a zero limit', { name: 'x', rate_limit_per_day: 0 }, '/rate_limit_per_day'],
])('refused with a pointer: %s', async (_, body, pointer) => {
  const { plain } = await manager()
  const answer = await api.call(plain, 'POST', '/api/keys', body)
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ pointer }] })
})
