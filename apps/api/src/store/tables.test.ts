import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test/harness/postgres.ts'
import { type Db, openDb } from './db.ts'
import type { AccountTables } from './tables.ts'

/** Kind of each column as TypeScript sees it; `?` where null may be. The compiler holds the names to the types. */
const COLUMNS = {
  account: {
    id: 'uuid',
    account_id: 'uuid',
    name: 'text',
    second_factor_required: 'bool',
    created_at: 'timestamptz',
  },
  api_key: {
    account_id: 'uuid',
    environment: 'text',
    id: 'uuid',
    name: 'text',
    key_hash: 'bytea',
    hint: 'text',
    scopes: '_text',
    services: '_text?',
    rate_limit_per_minute: 'int4',
    rate_limit_per_day: 'int4',
    ip_allowlist: '_text?',
    expires_at: 'timestamptz?',
    revoked_at: 'timestamptz?',
    last_used_at: 'timestamptz?',
    rotated_from: 'uuid?',
    created_at: 'timestamptz',
  },
  service: {
    account_id: 'uuid',
    service: 'text',
    active_environment: 'text',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    event_subject: 'uuid',
    switches: 'int4',
  },
  webhook_address: {
    account_id: 'uuid',
    environment: 'text',
    service: 'text',
    token: 'text',
    created_at: 'timestamptz',
  },
  credential: {
    account_id: 'uuid',
    environment: 'text',
    service: 'text',
    version: 'int4',
    sealed: 'bytea',
    key_id: 'int8',
    hint: 'text',
    provider_account: 'text?',
    sandbox: 'bool',
    webhook_ref: 'text?',
    created_at: 'timestamptz',
    retired_at: 'timestamptz?',
  },
  webhook_registration: {
    account_id: 'uuid',
    environment: 'text',
    service: 'text',
    state: 'text',
    url: 'text',
    ref: 'text?',
    reason: 'text?',
    tries: 'int4',
    due_at: 'timestamptz',
    refused: 'int4',
    refused_since: 'timestamptz?',
    refused_reason: 'text?',
  },
  disabled_payment_method: {
    account_id: 'uuid',
    environment: 'text',
    service: 'text',
    method: 'text',
    disabled_at: 'timestamptz',
  },
  routing_version: {
    account_id: 'uuid',
    environment: 'text',
    version: 'int4',
    rules: 'jsonb',
    comment: 'text?',
    created_by: 'text',
    created_at: 'timestamptz',
  },
  routing_policy: {
    account_id: 'uuid',
    environment: 'text',
    version: 'int4?',
    trial_version: 'int4?',
    trial_percent: 'int4?',
    updated_by: 'text',
    updated_at: 'timestamptz',
  },
  encryption_canary: { key_id: 'int8', sealed: 'bytea', created_at: 'timestamptz' },
} satisfies { [T in keyof AccountTables]: { [C in keyof AccountTables[T]]: string } }

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

test.each(Object.entries(COLUMNS))('the types of %s are what the migrations made', async (table, columns) => {
  const { rows } = await db.engine.query<{ name: string; kind: string }>(
    `SELECT column_name AS name, udt_name || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END AS kind
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
    [table],
  )
  expect(Object.fromEntries(rows.map((row) => [row.name, row.kind]))).toEqual(columns)
})
