import { formatId } from '@onerouter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { createRequestLog, keepLogs, type RequestRow } from './request-log.ts'

let api: OpenedApp
beforeAll(async () => {
  api = await openApp()
})
afterAll(() => api.close())

const db = () => ({
  query: (one: { text: string; values: readonly unknown[] }) =>
    api.deps.db.engine.query({ ...one, values: [...one.values] }),
})

async function search(key: string, query: string) {
  const answer = await api.call(key, 'GET', `/api/logs?${query}`)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json().data
}

describe('requests', () => {
  test('are found by id, key, status, class, path, code and text, by their own account only', async () => {
    const { plain, id } = await api.newKey()
    const stranger = await api.newKey()
    const missing = await api.call(plain, 'GET', '/v1/payments/pay_00000000000000000000000000?token=geheim')
    await api.call(plain, 'GET', '/v1/payments?limit=3')
    const requestId = missing.headers['request-id']
    const [entry] = await search(plain, `id=${requestId}`)
    expect(entry).toMatchObject({
      id: requestId,
      kind: 'request',
      method: 'GET',
      route: '/v1/payments/:id',
      path: '/v1/payments/pay_00000000000000000000000000',
      query: 'token=[redacted]',
      status: missing.statusCode,
      code: missing.json().code,
      key_id: formatId('key', id),
      environment: 'test',
    })
    expect(entry.duration_ms).toBeGreaterThan(0)
    for (const query of [
      `key_id=${entry.key_id}&path=/v1/payments/pay_`,
      `status=${entry.status}`,
      'status=4xx',
      `code=${entry.code}`,
      'text=PAY_0000',
      'path=/v1/payments/pay_0',
    ]) {
      expect((await search(plain, query)).map((one: { id: string }) => one.id)).toEqual([requestId])
    }
    expect(await search(plain, 'status=5xx')).toEqual([])
    expect(await search(plain, 'path=/v1/payments%25')).toEqual([])
    expect(await search(stranger.plain, `id=${requestId}`)).toEqual([])
    expect(await search(stranger.plain, 'text=payments')).toEqual([])
  })

  test('are exported whole as CSV and NDJSON, page after page', async () => {
    const { plain, accountId } = await api.newKey()
    const now = Date.now()
    await api.deps.db.engine.query(
      `insert into request_log select $1, 'test', uuid_by_time(), 'GET', '/v1/payments', '/v1/payments', null, 200, null,
        null, null, 1.5, 0, to_timestamp($2::float8 / 1000) from generate_series(1, 1200)`,
      [accountId, now],
    )
    const lines = (await api.call(plain, 'GET', '/api/logs/export.ndjson?path=/v1/')).body.trim().split('\n')
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(1200)
    const csv = await api.call(plain, 'GET', '/api/logs/export.csv?path=/v1/')
    expect(csv.headers['content-type']).toContain('text/csv')
    const rows = csv.body.trim().split('\r\n')
    expect(rows[0]).toMatch(/^id,kind,created_at,environment,method,path,/)
    expect(rows).toHaveLength(1201)
  })

  test('are told as they come, to their own account only, and a watcher does not watch itself', async () => {
    const { plain } = await api.newKey()
    const stranger = await api.newKey()
    const url = await api.app.listen({ port: 0, host: '127.0.0.1' })
    const stop = new AbortController()
    const stream = await fetch(`${url}/api/logs/stream`, {
      headers: { authorization: `Bearer ${plain}` },
      signal: stop.signal,
    })
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    await api.call(stranger.plain, 'GET', '/v1/refunds')
    await api.call(plain, 'GET', '/api/logs')
    const wanted = await api.call(plain, 'GET', '/v1/payments')
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of stream.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.includes('/v1/payments')) break
    }
    stop.abort()
    expect(text).toContain(`id: ${wanted.headers['request-id']}\nevent: log\n`)
    expect(text).not.toContain('refunds')
    expect(text).not.toContain('/api/logs')
  })
})

test('a watcher that comes back behind an entry is told what it missed, slow requests included', async () => {
  const { plain, accountId } = await api.newKey()
  const first = await api.call(plain, 'GET', '/v1/payments')
  await api.call(plain, 'GET', '/v1/refunds')
  // Began a minute ago and has just been answered.
  await db().query({
    text: `insert into request_log select $1, 'test', uuid_from(now() - interval '1 minute'), 'POST', '/v1/slow', '/v1/slow',
      null, 504, null, null, null, 60000, 0, now()`,
    values: [accountId],
  })
  const { port } = new URL(api.app.listeningOrigin)
  const stop = new AbortController()
  const stream = await fetch(`http://127.0.0.1:${port}/api/logs/stream`, {
    headers: { authorization: `Bearer ${plain}`, 'last-event-id': String(first.headers['request-id']) },
    signal: stop.signal,
  })
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('/v1/refunds') && text.includes('/v1/slow')) break
  }
  stop.abort()
  expect(text.match(/^event: log$/gm)?.length).toBeLessThanOrEqual(3)
})

test('a text is found however far back: pages go on behind what was looked through, and exports look through everything', async () => {
  const { plain, accountId } = await api.newKey()
  const old = (n: string) => `now() - (${n}) * interval '1 millisecond'`
  await db().query({
    text: `insert into request_log select $1, 'test', uuid_from(${old('n')}), 'GET', '/v1/payments',
        '/v1/payments/' || case when n in (10, 10101) then 'Needle' else 'hay' end, null, 200, null, null, null, 1, 0, ${old('n')}
      from generate_series(1, 10101) n`,
    values: [accountId],
  })
  await db().query({
    text: `insert into provider_call (account_id, environment, id, provider, verb, method, path, outcome, duration_ms, response,
        created_at)
      select $1, 'test', uuid_from(${old('n')}), 'stripe', 'v', 'GET', '/v1/' || n, 'answered', 1,
        case when n = 1101 then '{"id":"Needle"}' end, ${old('n')} from generate_series(1, 1101) n`,
    values: [accountId],
  })
  for (const [kind, found] of [
    ['request', [1, 1]],
    ['provider_call', [0, 1]],
  ] as const) {
    const ask = async (cursor: string) => {
      const answer = await api.call(plain, 'GET', `/api/logs?kind=${kind}&path=/v1/&text=nEEDLE${cursor}`)
      return answer.json() as { data: unknown[]; has_more: boolean; next_cursor: string | null }
    }
    const first = await ask('')
    expect([first.data.length, first.has_more]).toEqual([found[0], true])
    const second = await ask(`&starting_after=${first.next_cursor}`)
    expect([second.data.length, second.has_more, second.next_cursor]).toEqual([found[1], false, null])
    const lines = await api.call(plain, 'GET', `/api/logs/export.ndjson?kind=${kind}&path=/v1/&text=needle`)
    expect(lines.body.trim().split('\n')).toHaveLength(found[0] + found[1])
  }
  expect(await search(plain, 'kind=provider_call&path=/v1/109&limit=100')).toHaveLength(11)
})

const row = (accountId: string, at: Date): RequestRow => ({
  account_id: accountId,
  environment: 'test',
  id: api.deps.newId(),
  method: 'GET',
  route: '/x',
  path: '/x',
  query: null,
  status: 200,
  code: null,
  key_id: null,
  person_id: null,
  duration_ms: 1,
  provider_ms: 0,
  created_at: at,
})

test('a database that is away costs log rows, which are counted, and never a wait', async () => {
  const errors: unknown[] = []
  const away = { query: () => Promise.reject(new Error('away')) }
  const log = createRequestLog({
    db: away,
    keepDays: 30,
    after: () => {},
    onError: (error) => errors.push(error),
  })
  for (let i = 0; i < 10_003; i++) log.add(row(api.deps.newId(), new Date()))
  expect(log.dropped()).toBe(3)
  await log.flush()
  expect(log.dropped()).toBe(10_003)
  expect(errors.length).toBe(Math.ceil(10_000 / 500))
})

test('months that are over and older than wanted go, those to come exist, and calls go by the row', async () => {
  const { accountId } = await api.newKey()
  await db().query({
    text: `insert into provider_call (account_id, environment, id, provider, verb, method, path, outcome, duration_ms, created_at)
      select $1, 'test', uuid_by_time(), 'stripe', 'v', 'GET', '/', 'answered', 1, now() - d * interval '1 day'
      from unnest(array[1, 29, 31, 400]) d`,
    values: [accountId],
  })
  await keepLogs(db(), 30)
  const { rows } = await db().query({
    text: 'select count(*)::int as n from provider_call where account_id = $1',
    values: [accountId],
  })
  expect(rows[0]?.n).toBe(2)
  const months = async () => {
    const found = await db().query({
      text: `select count(*)::int as n from pg_inherits where inhparent = 'request_log'::regclass`,
      values: [],
    })
    return found.rows[0]?.n
  }
  expect(await months()).toBe(4)
})
