import { expect, test } from 'vitest'
import { createDatabase } from '../../../../test/harness/postgres.ts'
import { openDb } from './db.ts'
import { CREATE_MANY } from './record-many.ts'
import { SETTLE_MANY } from './settle-many.ts'

/**
 * The plans that flushes keep for ever are made while the tables are empty. None may hold a join that would read a whole
 * table once it has grown: every table is reached by an index.
 */
test.each([
  ['settling', SETTLE_MANY, 'jsonb, jsonb'],
  ['recording', CREATE_MANY, 'jsonb, jsonb, jsonb, int, jsonb'],
])('the pinned plan of %s reaches every table by an index', async (name, statement, types) => {
  const database = await createDatabase()
  const db = await openDb({ url: database.url, poolSize: 2, onIdleError: () => {} })
  const client = await db.lanes.connect()
  try {
    await client.query(`prepare ${name} (${types}) as ${statement}`)
    const nothing = types.split(', ').map((type) => (type === 'int' ? '0' : `'[]'`))
    const { rows } = await client.query<Record<string, string>>(
      `explain (verbose) execute ${name} (${nothing.join(', ')})`,
    )
    const plan = rows.map((row) => row['QUERY PLAN'] ?? '')
    const tables = ['payment', 'operation', 'idempotency', 'webhook_endpoint']
    const scanned = plan.filter((line) => tables.some((table) => line.includes(`Scan on public.${table} `)))
    expect(scanned).toEqual([])
    const indexed = plan.filter((line) => /Index Scan using \w+ on public\.(\w+)/.test(line))
    expect(indexed.length).toBeGreaterThan(0)
    expect(plan.filter((line) => /(Hash|Merge) (Semi )?Join/.test(line))).toEqual([])
    // An index scan without a condition would read the table from end to end.
    const conditions = plan.filter((line) => line.trimStart().startsWith('Index Cond:'))
    expect(conditions).toHaveLength(indexed.length)
    // The account alone names all of its rows: only its few endpoints may be read so.
    const wide = conditions.filter((line) => !/\.(id|payment_id|key|reference) =/.test(line))
    expect(wide.filter((line) => !/\(w\./.test(line))).toEqual([])
  } finally {
    client.release()
    await db.close()
    await database.drop()
  }
})
