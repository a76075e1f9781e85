import { DISPUTE_REASONS, DISPUTE_STAGES, DISPUTE_STATUSES, nextDisputeStatuses } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test/harness/postgres.ts'
import { type Db, openDb } from '../store/db.ts'
import type { DisputeRow } from './row.ts'

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

test('the table knows the same words and moves as the code', async () => {
  for (const from of DISPUTE_STATUSES) {
    for (const to of DISPUTE_STATUSES) {
      const { rows } = await db.engine.query('select dispute_may_move($1, $2) as may', [from, to])
      expect([from, to, rows[0]?.may]).toEqual([
        from,
        to,
        from === to || nextDisputeStatuses(from).includes(to),
      ])
    }
  }
  const { rows } = await db.engine.query(
    `select pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = 'dispute'::regclass and contype = 'c'`,
  )
  const text = rows.map((row) => row.definition).join('\n')
  for (const word of [...DISPUTE_STATUSES, ...DISPUTE_STAGES, ...DISPUTE_REASONS]) {
    expect(text).toContain(`'${word}'`)
  }
})

test('the table has the columns of its row', async () => {
  const { rows } = await db.engine.query(
    `select column_name as name, udt_name || case is_nullable when 'YES' then '?' else '' end as kind
     from information_schema.columns where table_schema = 'public' and table_name = 'dispute'`,
  )
  expect(Object.fromEntries(rows.map((row) => [row.name, row.kind]))).toEqual(COLUMNS)
})

const COLUMNS = {
  account_id: 'uuid',
  environment: 'text',
  id: 'uuid',
  version: 'int4',
  sequence: 'int4',
  payment_id: 'uuid',
  provider: 'text',
  provider_dispute_id: 'text',
  status: 'text',
  provider_status: 'text',
  stage: 'text',
  reason: 'text',
  provider_reason: 'text?',
  amount: 'int8',
  currency: 'text',
  deducted: 'int8?',
  deducted_currency: 'text?',
  fee: 'int8?',
  fee_currency: 'text?',
  evidence_due_at: 'timestamptz?',
  evidence_url: 'text',
  opened_at: 'timestamptz',
  closed_at: 'timestamptz?',
  tries: 'int4',
  due_at: 'timestamptz?',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
} satisfies { [C in keyof DisputeRow]: string }
