import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test/harness/postgres.ts'
import { migrate } from './migrate.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)
/** From here on, what takes something away says so in its name. */
const NAMED_FROM = '0170'

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

/** The database as a later version leaves it. */
async function as(name: string, act: () => Promise<void>): Promise<void> {
  await client.query("insert into schema_migration (name, checksum) values ($1, 'x')", [name])
  await act()
  await client.query('delete from schema_migration where name = $1', [name])
}

test('twice is once', async () => {
  expect(await migrate(database.url)).toEqual({ applied: [], newer: [] })
})

test('beside a newer version that only added, a server goes on; the command refuses', async () => {
  await as('9998_more.sql', async () => {
    expect(await migrate(database.url, { beside: true })).toEqual({ applied: [], newer: ['9998_more.sql'] })
    await expect(migrate(database.url)).rejects.toThrow(/newer OneRouter \(9998_more\.sql is unknown here\)/)
  })
})

test.each(['9999_remove_something.sql', '0000_from_elsewhere.sql'])(
  'where %s was applied, nothing of this version starts',
  async (name) => {
    await as(name, () => expect(migrate(database.url, { beside: true })).rejects.toThrow(name))
  },
)

test('a file that was edited after it was applied is refused by name', async () => {
  await client.query("update schema_migration set checksum = 'y' where name like '0001%'")
  await expect(migrate(database.url, { beside: true })).rejects.toThrow(/0001.* was edited after/)
})

test('migrations that take something away are named so', async () => {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql') && name >= NAMED_FROM)
  for (const name of names) {
    const sql = await readFile(new URL(name, FOLDER), 'utf8')
    // An index that takes the place of another one is there under the name that everybody knows.
    const others = sql.replace(/\balter index \w+ rename to \w+;/gi, '')
    const removes = /\b(?:drop\s+(?:table|column)|rename\s+(?:to|column))\b/i.test(others)
    expect({ name, removes }).toEqual({ name, removes: name.includes('_remove_') })
  }
})
