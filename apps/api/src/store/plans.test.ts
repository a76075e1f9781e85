import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, test } from 'vitest'
import { createDatabase } from '../../../../test/harness/postgres.ts'
import { fillPayments, prepareAccount } from '../analytics/testing/fill.ts'
import { openDb } from './db.ts'
import { CLAIM_FAST, CLAIM_SLOW, FINISH } from './deliveries.ts'
import { FINISH_MANY, STORE_MANY } from './inbound-many.ts'
import { LIST_OPERATIONS } from './operations.ts'
import { FIND_BY_PROVIDER_IDS, GET_PAYMENT, GET_PAYMENT_OF_ACCOUNT } from './payments.ts'
import { CREATE_MANY } from './record-many.ts'
import { SETTLE_MANY } from './settle-many.ts'

const NOTHING: Readonly<Record<string, string>> = {
  int: '0',
  json: `'[]'`,
  jsonb: `'[]'`,
  text: `''`,
  uuid: `'00000000-0000-0000-0000-000000000000'`,
}

/** The types of its parameters, where each says its own. */
const typesIn = (statement: string): string =>
  [...new Set(statement.match(/\$\d+::\w+(?:\[\])?/g))]
    .toSorted((a, b) => Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10))
    .map((parameter) => parameter.split('::')[1])
    .join(', ')

/**
 * The plans that flushes keep for ever are made while the tables are empty. None may hold a join that would read a whole
 * table once it has grown: every table is reached by an index.
 */
test.each([
  ['settling', SETTLE_MANY, typesIn(SETTLE_MANY)],
  ['recording', CREATE_MANY, typesIn(CREATE_MANY)],
  ['keeping', STORE_MANY, typesIn(STORE_MANY)],
  ['applying', FINISH_MANY, 'jsonb, int'],
  ['claiming', CLAIM_FAST, 'uuid, int, int, uuid[], uuid[], uuid[], int[]'],
  ['visiting', CLAIM_SLOW, 'uuid, int, int, uuid[], uuid[], uuid[], int[], uuid[]'],
  ['finishing', FINISH, 'jsonb, uuid, int'],
])('the pinned plan of %s reaches every table by an index', async (name, statement, types) => {
  const database = await createDatabase()
  const db = await openDb({ url: database.url, poolSize: 2, onIdleError: () => {} })
  const client = await db.lanes.connect()
  try {
    await client.query(`prepare ${name} (${types}) as ${statement}`)
    const nothing = types.split(', ').map((type) => NOTHING[type] ?? `'{}'`)
    const { rows } = await client.query<Record<string, string>>(
      `explain (verbose) execute ${name} (${nothing.join(', ')})`,
    )
    const plan = rows.map((row) => row['QUERY PLAN'] ?? '')
    const tables = ['payment', 'operation', 'idempotency', 'webhook_endpoint', 'delivery', 'event', 'inbound']
    // A row's own place is no search.
    const scanned = plan.filter((line) =>
      tables.some((table) => new RegExp(`(?<!Tid )Scan on public.${table} `).test(line)),
    )
    expect(scanned).toEqual([])
    const indexed = plan.filter((line) =>
      /Index (Only )?Scan (Backward )?using \w+ on public\.(\w+)/.test(line),
    )
    expect(indexed.length).toBeGreaterThan(0)
    expect(plan.filter((line) => /(Hash|Merge) (Semi )?Join/.test(line))).toEqual([])
    // An index scan without a condition would read the table from end to end.
    const conditions = plan.filter((line) => line.trimStart().startsWith('Index Cond:'))
    expect(conditions).toHaveLength(indexed.length)
    // The account alone names all of its rows: only its few endpoints may be read so.
    const wide = conditions.filter((line) => !/\.(id|(payment|event|subject)_id|key|reference) =/.test(line))
    // What is due is read in order, up to a limit; an endpoint has ten secrets at most.
    expect(wide.filter((line) => !/\(w\.|due_at <=|s\.endpoint_id = |g\.service = /.test(line))).toEqual([])
  } finally {
    client.release()
    await db.close()
    await database.drop()
  }
})

test('whom a provider speaks of is found by index, whichever of its ids is known', async () => {
  const database = await createDatabase()
  const db = await openDb({ url: database.url, poolSize: 2, onIdleError: () => {} })
  const client = await db.engine.connect()
  // Statistics are its owner's to make, not the server's.
  const owner = new pg.Client({ connectionString: database.url, options: '-c app.scope=engine' })
  await owner.connect()
  try {
    const accountId = randomUUID()
    await owner.query(`insert into account (id, name) values ($1, 'a')`, [accountId])
    await prepareAccount(owner, accountId)
    await fillPayments(owner, { accountId, payments: 5_000, days: 30 })
    await owner.query('analyze')
    await client.query(`prepare found (uuid, text, text, text, text, text) as ${FIND_BY_PROVIDER_IDS}`)
    await client.query('set plan_cache_mode = force_generic_plan')
    const { rows } = await client.query<Record<string, string>>(
      `explain execute found ('${accountId}', 'test', 'stripe', null, 'cs_1', 'pi_1')`,
    )
    const plan = rows.map((row) => row['QUERY PLAN'] ?? '').join('\n')
    expect(plan).not.toContain('Seq Scan on payment')
    for (const index of ['payment_by_order', 'payment_by_provider_payment', 'payment_by_id']) {
      expect(plan).toContain(index)
    }
  } finally {
    await owner.end()
    client.release()
    await db.close()
    await database.drop()
  }
})

test.each([
  ['a payment', GET_PAYMENT, 'uuid, text, uuid', 'payment_by_id'],
  ['a payment of an account', GET_PAYMENT_OF_ACCOUNT, 'uuid, text[], uuid', 'payment_by_id'],
  ['operations of a payment', LIST_OPERATIONS, 'uuid, text, uuid', 'operation_number'],
])('%s: read by its id, also before there are statistics', async (_what, statement, types, index) => {
  const database = await createDatabase()
  const db = await openDb({ url: database.url, poolSize: 2, onIdleError: () => {} })
  const client = await db.engine.connect()
  try {
    await client.query('set plan_cache_mode = force_generic_plan')
    await client.query(`prepare read (${types}) as ${statement}`)
    const nothing = types.split(', ').map((type) => NOTHING[type] ?? `'{}'`)
    const { rows } = await client.query<Record<string, string>>(
      `explain execute read (${nothing.join(', ')})`,
    )
    const plan = rows.map((row) => row['QUERY PLAN'] ?? '').join('\n')
    expect(plan).toMatch(new RegExp(`Scan (using|on) ${index}`))
    expect(plan).toMatch(/Index Cond: \((payment_)?id = /)
  } finally {
    client.release()
    await db.close()
    await database.drop()
  }
})
