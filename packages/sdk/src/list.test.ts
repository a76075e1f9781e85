import { expect, test } from 'vitest'
import { json, problem, scripted } from './testing/scripted.ts'

const page = (ids: readonly string[], next: string | null) =>
  json({ data: ids.map((id) => ({ id })), has_more: next !== null, next_cursor: next })

test('for await over an unawaited list walks every page, with the same filters', async () => {
  const { client, seen } = scripted([page(['a', 'b'], 'b'), page(['c'], 'c'), page([], null)])
  const ids: string[] = []
  for await (const { id } of client.payments.list({ limit: 2, status: 'succeeded' })) ids.push(id)
  expect(ids).toEqual(['a', 'b', 'c'])
  expect(seen.map(({ url }) => url.search)).toEqual([
    '?limit=2&status=succeeded',
    '?limit=2&status=succeeded&starting_after=b',
    '?limit=2&status=succeeded&starting_after=c',
  ])
})

test('pages are fetched when they are reached: leaving early fetches no more', async () => {
  const { client, seen } = scripted([page(['a', 'b'], 'b')])
  for await (const { id } of client.payments.list()) if (id === 'b') break
  expect(seen).toHaveLength(1)
})

test('awaited it is its first page, which leads to the next, and to null after the last', async () => {
  const { client } = scripted([page(['a'], 'a'), page(['b'], null)])
  const first = await client.refunds.list()
  expect([first.hasMore, first.nextCursor, first.data.length]).toEqual([true, 'a', 1])
  const second = await first.nextPage()
  expect(second?.data.map(({ id }) => id)).toEqual(['b'])
  expect(second?.nextPage()).toBeNull()
})

test('.page is the first page, and withResponse has the headers of its answer', async () => {
  const { client, seen } = scripted([page(['a'], null)])
  const list = client.events.list()
  expect((await list.page).data).toHaveLength(1)
  expect((await list.withResponse()).requestId).toBe('req_1')
  expect(seen).toHaveLength(1)
})

test('a server that answers the same page for ever is stopped', async () => {
  const { client, seen } = scripted(Array.from({ length: 9 }, () => page(['a'], 'a')))
  const walk = async () => {
    for await (const _ of client.payments.list());
  }
  await expect(walk()).rejects.toThrow(/same page again/)
  expect(seen).toHaveLength(2)
})

test('a failure on a later page ends the walk there', async () => {
  const { client } = scripted([page(['a'], 'a'), problem(401, 'unauthenticated')])
  const ids: string[] = []
  const walk = async () => {
    for await (const { id } of client.payments.list()) ids.push(id)
  }
  await expect(walk()).rejects.toMatchObject({ status: 401 })
  expect(ids).toEqual(['a'])
})

test('ranges and dates become the parameters of the API; what is undefined is left out', async () => {
  const { client, seen } = scripted([page([], null)])
  const created = { gte: new Date(0), lt: 1_700_000_000 }
  await client.payments.list({ created, receipt: 'a&b=c', ...({ provider: undefined } as object) })
  expect(Object.fromEntries(seen[0]?.url.searchParams ?? [])).toEqual({
    'created[gte]': '1970-01-01T00:00:00.000Z',
    'created[lt]': '1700000000',
    receipt: 'a&b=c',
  })
})

test('a failure met in any one way is not reported a second time as unhandled', async () => {
  const { client } = scripted([problem(403, 'insufficient_scope'), problem(403, 'insufficient_scope')])
  await expect(client.payments.list().withResponse()).rejects.toMatchObject({ status: 403 })
  await expect(client.payments.list().page).rejects.toMatchObject({ status: 403 })
  await new Promise((resolve) => setImmediate(resolve))
})
