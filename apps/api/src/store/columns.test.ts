import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test/harness/postgres.ts'
import { type Columns, column, names, unnested, valuesOf } from './columns.ts'
import { type Db, openDb } from './db.ts'

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createDatabase()
  db = await openDb({ url: database.url, poolSize: 2, onIdleError: () => {} })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

interface Row {
  readonly id: string | null
  readonly words: string | null
  readonly small: number | null
  readonly money: bigint | null
  readonly ms: number | null
  readonly at: Date | null
  readonly facts: object | null
  readonly bytes: Buffer | null
}

const COLUMNS: Columns<Row> = {
  id: column('uuid', ({ id }) => id),
  words: column('text', ({ words }) => words),
  small: column('int4', ({ small }) => small),
  money: column('int8', ({ money }) => money),
  ms: column('float4', ({ ms }) => ms),
  at: column('timestamptz', ({ at }) => at),
  facts: column('jsonb', ({ facts }) => (facts === null ? null : JSON.stringify(facts))),
  bytes: column('bytea', ({ bytes }) => bytes),
}

async function through(rows: readonly Row[]): Promise<unknown[]> {
  const text = `select * from ${unnested(COLUMNS, 1)} as r (${names(COLUMNS)})`
  return (await db.engine.query({ text, values: valuesOf(COLUMNS, rows) })).rows
}

const NOTHING: Row = {
  id: null,
  words: null,
  small: null,
  money: null,
  ms: null,
  at: null,
  facts: null,
  bytes: null,
}

test('every type arrives as it was sent, at its ends and as nothing', async () => {
  const rows: Row[] = [
    {
      id: '01932b4c-7d5e-7abc-8def-0123456789ab',
      words: 'plain "quoted" \\ {braced}, nulls: NULL',
      small: 2 ** 31 - 1,
      money: 2n ** 63n - 1n,
      ms: 12.5,
      at: new Date('2026-11-28T04:05:06.789Z'),
      facts: { name: 'Zoë 💶', list: [1, null, { deep: true }] },
      bytes: Buffer.from([0, 255, 92, 34]),
    },
    NOTHING,
    {
      id: 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
      words: '',
      small: -(2 ** 31),
      money: -(2n ** 63n),
      ms: 0,
      at: new Date('1969-12-31T23:59:59.999Z'),
      facts: {},
      bytes: Buffer.alloc(0),
    },
  ]
  const [first, second, third] = rows
  expect(await through(rows)).toEqual([first, second, { ...third, id: third?.id?.toLowerCase() }])
})

test('texts of any length and alphabet keep every character', async () => {
  const words = ['€'.repeat(70_000), 'a'.repeat(200_000), 'ü', '💶'.repeat(3)]
  const rows = words.map((one) => ({ ...NOTHING, words: one }))
  expect(await through(rows)).toEqual(rows)
})

test('half of a surrogate pair becomes the replacement character instead of breaking the statement', async () => {
  expect(await through([{ ...NOTHING, words: 'x\ud83d' }])).toEqual([{ ...NOTHING, words: 'x\ufffd' }])
})

test('no rows are no rows', async () => {
  expect(await through([])).toEqual([])
})
