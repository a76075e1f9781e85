import { formatId } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALL_SCOPES, type OpenedApp, openApp } from '../testing/open-app.ts'
import { verifyAudit } from './store.ts'

let api: OpenedApp
beforeAll(async () => {
  api = await openApp()
})
afterAll(() => api.close())

const db = () => ({
  query: (one: { text: string; values: readonly unknown[] }) =>
    api.deps.db.engine.query({ ...one, values: [...one.values] }),
})

async function entries(key: string, query = '') {
  const answer = await api.call(key, 'GET', `/api/audit?limit=100${query}`)
  expect(answer.statusCode).toBe(200)
  return answer.json().data
}

test('every change of a key is an entry with who, what before and after, and the request', async () => {
  const manager = await api.newKey({ scopes: ALL_SCOPES })
  const made = await api.call(manager.plain, 'POST', '/api/keys', { name: 'shop' })
  const key = made.json()
  await api.call(manager.plain, 'PATCH', `/api/keys/${key.id}`, { name: 'store', rate_limit_per_minute: 7 })
  await api.call(manager.plain, 'POST', `/api/keys/${key.id}/revoke`)
  const found = await entries(manager.plain, `&subject_id=${key.id}`)
  expect(found.map((entry: { action: string }) => entry.action)).toEqual(['updated', 'updated', 'created'])
  const actor = { type: 'key', id: formatId('key', manager.id) }
  for (const entry of found) expect(entry.actor).toMatchObject(actor)
  expect(found[1]).toMatchObject({
    subject: { type: 'api_key', id: key.id },
    before: { name: 'shop', rate_limit_per_minute: 60 },
    after: { name: 'store', rate_limit_per_minute: 7 },
  })
  expect(Object.keys(found[1].after).sort()).toEqual(['name', 'rate_limit_per_minute'])
  expect(found[2].request_id).toBe(made.headers['request-id'])
  expect(found[2].after.key_hash).toBe('[redacted]')
  expect(JSON.stringify(found)).not.toContain(key.api_key)
})

test('endpoints and their secrets are entries; what nobody asked for is put down to the system', async () => {
  const { plain, accountId } = await api.newKey()
  const endpoint = { url: 'https://shop.example/hooks' }
  const made = (await api.call(plain, 'POST', '/api/webhooks/endpoints', endpoint)).json()
  await api.call(plain, 'POST', `/api/webhooks/endpoints/${made.id}/rotate-secret`, { overlap_seconds: 0 })
  await api.call(plain, 'POST', `/api/webhooks/endpoints/${made.id}/disable`)
  const found = await entries(plain)
  const kinds = found.map((entry: { subject: { type: string } }) => entry.subject.type)
  expect(kinds).toEqual([
    'webhook_endpoint',
    'webhook_secret',
    'webhook_secret',
    'webhook_secret',
    'webhook_endpoint',
    'api_key',
  ])
  expect(found[0]).toMatchObject({ before: { state: 'enabled' }, after: { state: 'disabled' } })
  // The key of this test was made past the routes.
  expect(found.at(-1).actor).toEqual({ type: 'system', id: null, name: null })
  expect(JSON.stringify(found)).not.toContain(made.secret)
  await api.deps.db.engine.query('update api_key set last_used_at = now() where account_id = $1', [accountId])
  expect(await entries(plain)).toHaveLength(found.length)
})

test('a change that is rolled back leaves no entry, and writers at once make one gapless chain', async () => {
  const { plain, accountId } = await api.newKey({ scopes: ALL_SCOPES })
  const lost = api.deps.db.withAccount(accountId, async (trx) => {
    await trx.updateTable('api_key').set({ name: 'lost' }).where('account_id', '=', accountId).execute()
    throw new Error('no')
  })
  await expect(lost).rejects.toThrow('no')
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => api.call(plain, 'POST', '/api/keys', { name: `k${i}` })),
  )
  const found = await entries(plain)
  const places = found.map((entry: { sequence: number }) => entry.sequence)
  expect(places).toEqual(Array.from({ length: 21 }, (_, i) => 21 - i))
  expect((await verifyAudit(db())).problems).toEqual([])
})

test('an entry that was changed, removed or slipped in is found; the database refuses all three', async () => {
  const { plain, accountId } = await api.newKey({ scopes: ALL_SCOPES })
  for (const name of ['a', 'b', 'c']) await api.call(plain, 'POST', '/api/keys', { name })
  const { engine } = api.deps.db
  await expect(engine.query('update audit set subject = subject')).rejects.toThrow('append-only')
  await expect(engine.query('delete from audit')).rejects.toThrow('append-only')
  const owner = await openOwner()
  try {
    await owner.query('alter table audit disable trigger append_only')
    await owner.query(`update audit set after = '{}' where account_id = $1 and seq = 2`, [accountId])
    await owner.query('delete from audit where account_id = $1 and seq = 3', [accountId])
    const { problems } = await verifyAudit(db())
    expect(problems).toEqual([
      `account ${accountId}: entry 2 has a hash that is not its own`,
      `account ${accountId}: entry 4 does not follow the one before it`,
    ])
  } finally {
    await owner.end()
  }
})

async function openOwner() {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: api.databaseUrl, options: '-c app.scope=engine' })
  await client.connect()
  return client
}

test('a test key sees no entry of the live environment, and nobody another account', async () => {
  const { accountId, plain } = await api.newKey()
  await api.newKey({ accountId, environment: 'live' })
  const stranger = await api.newKey()
  expect(await entries(plain)).toHaveLength(1)
  expect(await entries(plain, '&environment=live')).toEqual([])
  expect(await entries(stranger.plain)).toHaveLength(1)
})
