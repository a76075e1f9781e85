import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import type { StoredDelivery } from './inbound.ts'
import { storeInbounds } from './inbound-many.ts'
import type { Queryable } from './rows.ts'

let api: OpenedApp
let accountId: string
beforeAll(async () => {
  api = await openApp()
  accountId = (await api.newKey()).accountId
})
afterAll(() => api.close())

const lanes = (): Queryable => ({
  query: (statement) => api.deps.db.lanes.query({ ...statement, values: [...statement.values] }),
})

const delivery = (...dedupeKeys: string[]): StoredDelivery => ({
  row: {
    account_id: accountId,
    environment: 'test',
    id: api.deps.newId(),
    provider: 'twilio',
    event_id: dedupeKeys[0] ?? 'none',
    event_type: 'message.delivered',
    state: 'received',
    reason: null,
    payment_id: null,
    body: Buffer.from([0, 1, 254, 255]),
    tries: 0,
    due_at: new Date(),
    received_at: new Date(),
    applied_at: null,
  },
  dedupeKeys,
})

test('of deliveries in one company each is kept once: by any of its keys, seen before or beside it', async () => {
  expect(await storeInbounds(lanes(), [delivery('a', 'b'), delivery('c')])).toEqual([true, true])
  const again = [
    delivery('d'),
    delivery('b', 'e'),
    delivery('d', 'f'),
    delivery('g', 'g'),
    delivery(),
    delivery('c'),
  ]
  expect(await storeInbounds(lanes(), again)).toEqual([true, false, false, true, true, false])
  const { rows } = await api.deps.db.engine.query(
    'select id, body from inbound where account_id = $1 order by id',
    [accountId],
  )
  const kept = again.filter((_, n) => n === 0 || n === 3 || n === 4).map(({ row }) => row.id)
  expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(kept))
  expect(rows).toHaveLength(5)
  expect(rows[0]?.body).toEqual(Buffer.from([0, 1, 254, 255]))
})
