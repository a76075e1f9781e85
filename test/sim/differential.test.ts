/**
 * The store in memory is PostgreSQL, as far as the engine can tell: random sequences of domain transactions give
 * the same answers, the same errors and the same rows on both. `SIM_SEQUENCES=10000` runs the long form.
 */
import type { Environment } from '@onerouter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Db, openDb } from '../../apps/api/src/store/db.ts'
import { pgStore } from '../../apps/api/src/store/pg-store.ts'
import { createDatabase, type TestDatabase } from '../harness/postgres.ts'
import { seeded } from './choices.ts'
import type { MemoryStore } from './memory-context.ts'
import { createMemoryStore } from './memory-store.ts'
import { type Difference, playSequence } from './sequences.ts'

const SEQUENCES = Number(process.env['SIM_SEQUENCES'] ?? 60)
const FIRST_SEED = Number(process.env['SIM_SEED'] ?? 1)

describe('the store in memory', () => {
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

  async function account(id: string): Promise<void> {
    await db.engine.query('insert into account (id, name) values ($1, $2)', [id, 'differential'])
    for (const service of ['stripe', 'razorpay']) {
      await db.engine.query('insert into service (account_id, service) values ($1, $2)', [id, service])
      for (const environment of ['test', 'live'] satisfies Environment[]) {
        await db.engine.query(
          `insert into credential (account_id, environment, service, version, sealed, key_id, hint, sandbox)
           values ($1, $2, $3, 1, '\\x00', 1, 'test', true)`,
          [id, environment, service],
        )
      }
    }
  }

  test(`answers ${SEQUENCES} random sequences of transactions as PostgreSQL does`, async () => {
    const differences: Difference[] = []
    const real = pgStore({ query: (one) => db.engine.query({ ...one, values: [...one.values] }) })
    let steps = 0
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES && differences.length === 0; seed++) {
      const accountId = `00000000-0000-7000-8000-${seed.toString(16).padStart(12, '0')}`
      await account(accountId)
      let offsetMs = 0
      const memory: MemoryStore = createMemoryStore({
        now: () => Date.now() + offsetMs,
        credentials: [],
        addresses: [],
      })
      const played = await playSequence({
        choices: seeded(seed),
        seed,
        accountId,
        memory,
        real,
        closely: process.env['SIM_CLOSELY'] === '1',
        rows: async (table) =>
          (await db.engine.query(`select * from ${table} where account_id = $1`, [accountId])).rows,
        pass: async (ms) => {
          offsetMs += ms
          await db.engine.query(
            `update operation set recorded_at = recorded_at - $1::bigint * interval '1 millisecond'
             where account_id = $2`,
            [ms, accountId],
          )
          for (const table of ['operation', 'inbound']) {
            await db.engine.query(
              `update ${table} set due_at = due_at - $1::bigint * interval '1 millisecond' where account_id = $2`,
              [ms, accountId],
            )
          }
        },
        passed: () => offsetMs,
        finish: async () => {
          // The next sequence must find no work of this one.
          for (const table of ['operation', 'inbound']) {
            await db.engine.query(`update ${table} set due_at = null where account_id = $1`, [accountId])
          }
          await db.engine.query('delete from idempotency where account_id = $1', [accountId])
        },
      })
      steps += played.steps
      differences.push(...played.differences)
    }
    console.log(`${SEQUENCES} sequences, ${steps} transactions, ${differences.length} differences`)
    expect(differences).toEqual([])
  }, 3_600_000)
})
