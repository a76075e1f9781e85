/**
 * The store in memory is PostgreSQL, as far as the engine can tell: random sequences of domain transactions give
 * the same answers, the same errors and the same rows on both. `SIM_SEQUENCES=10000` runs the long form.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pgLinkStore } from '../../apps/api/src/links/link-store.ts'
import { type Db, openDb } from '../../apps/api/src/store/db.ts'
import { grouped } from '../../apps/api/src/store/grouped-store.ts'
import { pgStore } from '../../apps/api/src/store/pg-store.ts'
import type { Queryable } from '../../apps/api/src/store/rows.ts'
import { createDatabase, type TestDatabase } from '../harness/postgres.ts'
import { seeded } from './choices.ts'
import type { MemoryStore } from './memory-context.ts'
import { createMemoryStore } from './memory-store.ts'
import { type Difference, playSequence } from './sequences.ts'

const SEQUENCES = Number(process.env['SIM_SEQUENCES'] ?? 60)
const FIRST_SEED = Number(process.env['SIM_SEED'] ?? 1)
/** Databases side by side: queues are one per database, so each sequence needs one to itself. */
const LANES = 4

interface Lane {
  readonly database: TestDatabase
  readonly db: Db
}

describe('the store in memory', () => {
  const lanes: Lane[] = []

  beforeAll(async () => {
    for (let lane = 0; lane < LANES; lane++) {
      const database = await createDatabase()
      lanes.push({ database, db: await openDb({ url: database.url, poolSize: 2, onIdleError: () => {} }) })
    }
  })

  afterAll(async () => {
    for (const { database, db } of lanes) {
      await db.close()
      await database.drop()
    }
  })

  test(`answers ${SEQUENCES} random sequences of transactions as PostgreSQL does`, async () => {
    const differences: Difference[] = []
    let steps = 0
    let seed = FIRST_SEED
    await Promise.all(
      lanes.map(async ({ db }) => {
        while (seed < FIRST_SEED + SEQUENCES && differences.length === 0) {
          const played = await play(db, seed++)
          steps += played.steps
          differences.push(...played.differences)
        }
      }),
    )
    console.log(`${SEQUENCES} sequences, ${steps} transactions, ${differences.length} differences`)
    expect(differences).toEqual([])
  }, 3_600_000)
})

async function play(db: Db, seed: number): ReturnType<typeof playSequence> {
  const accountId = `00000000-0000-7000-8000-${seed.toString(16).padStart(12, '0')}`
  await openAccount(db, accountId)
  let offsetMs = 0
  const memory: MemoryStore = createMemoryStore({
    now: () => Date.now() + offsetMs,
    credentials: [],
    addresses: [],
  })
  const engine: Queryable = { query: (one) => db.engine.query({ ...one, values: [...one.values] }) }
  const lanes: Queryable = { query: (one) => db.lanes.query({ ...one, values: [...one.values] }) }
  return await playSequence({
    choices: seeded(seed),
    seed,
    accountId,
    memory,
    real: { ...grouped(pgStore(engine), lanes), ...pgLinkStore(engine) },
    closely: process.env['SIM_CLOSELY'] === '1',
    rows: async (table) =>
      (await db.engine.query(`select * from ${table} where account_id = $1`, [accountId])).rows,
    pass: async (ms) => {
      offsetMs += ms
      await db.engine.query(PASS, [accountId, ms])
    },
    passed: () => offsetMs,
    // The next sequence must find no work of this one.
    finish: async () => void (await db.engine.query(FINISH, [accountId])),
  })
}

const OPEN = `with a as (
  insert into account (id, name) values ($1, 'differential') returning id
), s as (
  insert into service (account_id, service) select id, unnest(array['stripe', 'razorpay']) from a
)
insert into credential (account_id, environment, service, version, sealed, key_id, hint, sandbox)
select id, e, v, 1, '\\x00', 1, 'test', true from a, unnest(array['test', 'live']) e, unnest(array['stripe', 'razorpay']) v`

const openAccount = (db: Db, accountId: string) => db.engine.query(OPEN, [accountId])

const PASS = `with o as (
  update operation set due_at = due_at - $2::bigint * interval '1 millisecond',
    recorded_at = recorded_at - $2::bigint * interval '1 millisecond' where account_id = $1
), l as (
  update payment_link set due_at = due_at - $2::bigint * interval '1 millisecond' where account_id = $1
)
update inbound set due_at = due_at - $2::bigint * interval '1 millisecond' where account_id = $1`

const FINISH = `with o as (
  update operation set due_at = null where account_id = $1
), i as (
  update inbound set due_at = null where account_id = $1
), l as (
  update payment_link set due_at = null where account_id = $1
)
delete from idempotency where account_id = $1`
