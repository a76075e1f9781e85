import { expect, test } from 'vitest'
import { AuthenticationError } from './errors.ts'
import { serverEvents } from './server-events.ts'
import { problem, scripted } from './testing/scripted.ts'

const stream =
  (...ids: string[]) =>
  () =>
    new Response(
      `: connected\n\n${ids.map((id) => `id: ${id}\nevent: log\ndata: {"id":"${id}","key_id":null}\n\n`).join('')}`,
    )

async function take<T>(all: AsyncIterable<T>, n: number): Promise<T[]> {
  const found: T[] = []
  for await (const one of all) {
    found.push(one)
    if (found.length === n) break
  }
  return found
}

test('a stream goes on behind its last entry, and tells each once', async () => {
  const { client, seen } = scripted([stream('a', 'b'), new Error('reset'), stream('b', 'c'), stream('d')])
  const entries = await take(client.logs.stream({ status: '5xx' }), 4)
  expect(entries.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
  expect(entries[0]).toEqual({ id: 'a', keyId: null })
  expect(seen.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, 'b', 'b', 'c'])
  expect(seen[0]?.url.search).toBe('?status=5xx')
})

test('it begins behind an entry that was seen earlier', async () => {
  const { client, seen } = scripted([stream('b')])
  await take(client.logs.stream({}, { lastEventId: 'a' }), 1)
  expect(seen[0]?.headers.get('last-event-id')).toBe('a')
})

test('what is refused for good ends it, and so does a line that stays broken', async () => {
  const refused = scripted([stream('a'), problem(401, 'unauthenticated')])
  const entries = refused.client.logs.stream()
  expect((await entries.next()).value).toMatchObject({ id: 'a' })
  await expect(entries.next()).rejects.toThrow(AuthenticationError)
  const broken = scripted([new Error('1'), new Error('2'), new Error('3')], { maxRetries: 2 })
  await expect(broken.client.logs.stream().next()).rejects.toMatchObject({ code: 'connection_failed' })
  expect(broken.seen).toHaveLength(3)
})

test('the caller’s signal ends it with the caller’s reason', async () => {
  const stop = new AbortController()
  const { client } = scripted([stream('a'), stream()])
  const entries = client.logs.stream({}, { signal: stop.signal })
  await entries.next()
  stop.abort(new Error('enough'))
  await expect(entries.next()).rejects.toThrow('enough')
})

test('exports are text or objects, and begin again only before their first byte', async () => {
  const lines = '{"id":"a","key_id":"k"}\n{"id":"b","key_id":null}'
  const { client, seen } = scripted([
    problem(503, 'overloaded'),
    () => new Response(lines),
    () => new Response('id,kind\r\n'),
  ])
  expect(await take(client.logs.exportNdjson(), 9)).toEqual([
    { id: 'a', keyId: 'k' },
    { id: 'b', keyId: null },
  ])
  expect((await take(client.logs.exportCsv({ created: { gte: '2026-11-01' } }), 9)).join('')).toBe(
    'id,kind\r\n',
  )
  expect(seen.at(-1)?.url.search).toBe('?created%5Bgte%5D=2026-11-01')
})

test('events are found wherever they are cut', async () => {
  const text = ': hello\r\n\r\nid: 1\r\ndata: x\r\ndata: y\r\n\r\nid:2\ndata:z\n\ndata: unfinished'
  for (let at = 0; at <= text.length; at++) {
    async function* pieces() {
      yield text.slice(0, at)
      yield text.slice(at)
    }
    const found = await take(serverEvents(pieces()), 9)
    expect(found, `cut at ${at}`).toEqual([
      { id: '1', data: 'x\ny' },
      { id: '2', data: 'z' },
    ])
  }
})
