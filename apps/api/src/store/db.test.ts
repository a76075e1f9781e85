import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test/harness/postgres.ts'
import { type Db, openDb } from './db.ts'

let database: TestDatabase
let db: Db
const mine = randomUUID()
const theirs = randomUUID()

beforeAll(async () => {
  database = await createDatabase()
  db = await openDb({ url: database.url, poolSize: 4, onIdleError: () => undefined })
  for (const id of [mine, theirs]) {
    await db.query.insertInto('account').values({ id, name: id }).execute()
    await db.query.insertInto('service').values({ account_id: id, service: 'stripe' }).execute()
  }
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

test('the server works under a role that row-level security binds', async () => {
  const { rows } = await db.engine.query(
    `SELECT current_user AS name, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user`,
  )
  expect(rows).toEqual([{ name: 'onerouter_app', rolsuper: false, rolbypassrls: false }])
  const owned = await db.engine.query(
    `SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)`,
  )
  expect(owned.rows).toEqual([])
})

test('only logs may forget: nobody else asks for commits that do not wait for the disk', async () => {
  const asked = async (pool: Db['engine']) => {
    const { rows } = await pool.query(
      `SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'`,
    )
    return rows[0]
  }
  expect(await asked(db.logs)).toEqual({ setting: 'off', source: 'client' })
  for (const pool of [db.engine, db.lanes, db.pools.tenant]) {
    expect((await asked(pool))?.source).not.toBe('client')
  }
})

test('inside withAccount only the rows of that account exist', async () => {
  const rows = await db.withAccount(mine, (trx) => trx.selectFrom('service').selectAll().execute())
  expect(rows.map((row) => row.account_id)).toEqual([mine])
  const accounts = await db.withAccount(mine, (trx) => trx.selectFrom('account').select('id').execute())
  expect(accounts).toEqual([{ id: mine }])
})

test('inside withAccount nothing can be written into another account', async () => {
  const write = db.withAccount(mine, (trx) =>
    trx.insertInto('service').values({ account_id: theirs, service: 'paypal' }).execute(),
  )
  await expect(write).rejects.toThrow(/row-level security/)
})

test('A28: a session that names neither scope nor account gets an error, not all rows', async () => {
  const unscoped = db.withAccount(mine, async (trx) => {
    const { sql } = await import('kysely')
    await sql`SELECT set_config('app.account_id', '', true)`.execute(trx)
    return trx.selectFrom('service').selectAll().execute()
  })
  await expect(unscoped).rejects.toThrow(/invalid input syntax for type uuid/)
})

test('A30: every table that belongs to an account forces row-level security with a two-sided policy', async () => {
  const { rows } = await db.engine.query(`
    SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*'
                   AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL) AS policed,
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                   AND i.indkey[0] = a.attnum) AS leading
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
      -- Belongs to nobody but itself; its account_id is its id, for the audit log.
      AND c.relname <> 'account'`)
  expect(rows.length).toBeGreaterThan(3)
  for (const row of rows) expect(row, row.name).toMatchObject({ forced: true, policed: true, leading: true })
})

test('a bigint column arrives as BigInt', async () => {
  const { rows } = await db.engine.query('SELECT 9007199254740993::bigint AS amount')
  expect(rows).toEqual([{ amount: 9007199254740993n }])
})
