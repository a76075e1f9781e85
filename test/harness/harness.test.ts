import pg from 'pg'
import { expect, test } from 'vitest'
import { createDatabase } from './postgres.ts'

test('each test database is its own: what one writes, another never sees', async () => {
  const [first, second] = await Promise.all([createDatabase(), createDatabase()])
  const client = new pg.Client(first.url)
  await client.connect()
  await client.query('CREATE TABLE only_here (id int)')
  await client.end()
  const other = new pg.Client(second.url)
  await other.connect()
  const found = await other.query("SELECT to_regclass('only_here') AS name")
  await other.end()
  expect(found.rows).toEqual([{ name: null }])
  await Promise.all([first.drop(), second.drop()])
})

test('the server is a real PostgreSQL, new enough for every statement of ours', async () => {
  const database = await createDatabase()
  const client = new pg.Client(database.url)
  await client.connect()
  const { rows } = await client.query('SHOW server_version_num')
  await client.end()
  await database.drop()
  expect(Number(rows[0].server_version_num)).toBeGreaterThanOrEqual(150_000)
})
