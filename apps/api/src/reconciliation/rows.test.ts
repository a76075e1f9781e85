import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test/harness/postgres.ts'
import { type Db, openDb } from '../store/db.ts'
import {
  BUCKETS,
  type DecisionRow,
  ITEM_STATES,
  type ItemRow,
  PHASES,
  RUN_KINDS,
  type RunRow,
} from './rows.ts'

/** Kind of each column; `?` where null may be. The compiler holds the names and the nulls to the interfaces. */
type Kinds<Row> = { readonly [C in keyof Row]-?: null extends Row[C] ? `${string}?` : string }

const OWNER = { account_id: 'uuid', environment: 'text', id: 'uuid' }
const COLUMNS = {
  reconciliation_run: {
    ...OWNER,
    provider: 'text',
    kind: 'text',
    window_from: 'timestamptz',
    window_to: 'timestamptz',
    state: 'text',
    phase: 'text',
    cursor: 'text?',
    step: 'int4',
    tries: 'int4',
    counts: 'jsonb',
    reason: 'text?',
    due_at: 'timestamptz?',
    created_at: 'timestamptz',
    finished_at: 'timestamptz?',
  } satisfies Kinds<RunRow>,
  reconciliation_item: {
    ...OWNER,
    run_id: 'uuid',
    provider: 'text',
    subject: 'text',
    bucket: 'text',
    reasons: '_text',
    payment_id: 'uuid?',
    ours: 'jsonb?',
    theirs: 'jsonb?',
    digest: 'text',
    state: 'text',
    note: 'text?',
    resolved_by: 'text?',
    created_at: 'timestamptz',
    seen_at: 'timestamptz',
    closed_at: 'timestamptz?',
  } satisfies Kinds<ItemRow>,
  review_decision: {
    ...OWNER,
    operation_id: 'uuid',
    outcome: 'text',
    note: 'text',
    decided_by: 'text',
    evidence: 'jsonb',
    created_at: 'timestamptz',
  } satisfies Kinds<DecisionRow>,
}

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createDatabase()
  db = await openDb({ url: database.url, poolSize: 2, onIdleError: () => undefined })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

test.each(Object.entries(COLUMNS))('rows of %s are what the migrations made', async (table, columns) => {
  const { rows } = await db.engine.query<{ name: string; kind: string }>(
    `select column_name as name, udt_name || case is_nullable when 'YES' then '?' else '' end as kind
     from information_schema.columns where table_schema = 'public' and table_name = $1`,
    [table],
  )
  expect(Object.fromEntries(rows.map((row) => [row.name, row.kind]))).toEqual(columns)
})

test.each([
  ['reconciliation_run', 'kind', RUN_KINDS],
  ['reconciliation_run', 'phase', PHASES],
  ['reconciliation_item', 'bucket', BUCKETS],
  ['reconciliation_item', 'state', ITEM_STATES],
] as const)('the words %s.%s may hold are those of the code', async (table, column, words) => {
  const { rows } = await db.engine.query<{ text: string }>(
    'select pg_get_constraintdef(oid) as text from pg_constraint where conname = $1',
    [`${table}_${column}_check`],
  )
  const stored = [...(rows[0]?.text ?? '').matchAll(/'(\w+)'/g)].map(([, word]) => word)
  expect(stored.sort()).toEqual([...words].sort())
})

test.each([...Object.keys(COLUMNS), 'reconciliation_seen'])(
  '%s shows an account its own rows only',
  async (table) => {
    const { rows } = await db.engine.query<{ forced: boolean; policies: number }>(
      `select c.relforcerowsecurity as forced,
       (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
     from pg_class c where c.relname = $1`,
      [table],
    )
    expect(rows).toEqual([{ forced: true, policies: 1 }])
  },
)
