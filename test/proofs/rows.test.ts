/** The row types of the money tables and the words in their checks are what the migrations made. */
import { OPERATION_KINDS, OPERATION_STATES, PAYMENT_STATUSES, REFUND_STATUSES } from '@onerouter/core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProviderCallRow } from '../../apps/api/src/store/provider-calls.ts'
import type {
  EventRow,
  IdempotencyRow,
  InboundRow,
  OperationRow,
  PaymentRow,
  RefundRow,
} from '../../apps/api/src/store/rows.ts'
import { createDatabase, type TestDatabase } from '../harness/postgres.ts'

/** Kind of each column; `?` where null may be. The compiler holds the names and the nulls to the interfaces. */
type Kinds<Row> = { readonly [C in keyof Row]-?: null extends Row[C] ? `${string}?` : string }

const payment = {
  account_id: 'uuid',
  environment: 'text',
  id: 'uuid',
  version: 'int4',
  sequence: 'int4',
  status: 'text',
  amount: 'int8',
  currency: 'text',
  captured: 'int8',
  refunded: 'int8',
  refund_pending: 'int8',
  capture_mode: 'text',
  provider: 'text',
  credential_version: 'int4',
  reference: 'text',
  provider_order_id: 'text?',
  provider_payment_id: 'text?',
  provider_refs: 'jsonb',
  checkout_url: 'text?',
  checkout_options: 'jsonb?',
  method: 'text?',
  receipt: 'text?',
  description: 'text?',
  customer: 'jsonb?',
  metadata: 'jsonb',
  return_url: 'text?',
  cancel_url: 'text?',
  failure: 'jsonb?',
  fee_amount: 'int8?',
  fee_tax: 'int8?',
  fee_currency: 'text?',
  attempts: 'int4',
  routing: 'jsonb',
  api_key_id: 'uuid?',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
} satisfies Kinds<PaymentRow>

const operation = {
  account_id: 'uuid',
  environment: 'text',
  id: 'uuid',
  payment_id: 'uuid',
  refund_id: 'uuid?',
  kind: 'text',
  n: 'int4',
  provider: 'text',
  credential_version: 'int4',
  reference: 'text',
  state: 'text',
  amount: 'int8',
  currency: 'text',
  request: 'jsonb',
  failure: 'jsonb?',
  tries: 'int4',
  due_at: 'timestamptz?',
  created_at: 'timestamptz',
  recorded_at: 'timestamptz',
  finished_at: 'timestamptz?',
} satisfies Kinds<OperationRow>

const refund = {
  account_id: 'uuid',
  environment: 'text',
  id: 'uuid',
  payment_id: 'uuid',
  version: 'int4',
  sequence: 'int4',
  status: 'text',
  amount: 'int8',
  currency: 'text',
  reason: 'text?',
  speed: 'text',
  metadata: 'jsonb',
  provider: 'text',
  provider_refund_id: 'text?',
  failure: 'jsonb?',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
} satisfies Kinds<RefundRow>

const idempotency = {
  account_id: 'uuid',
  environment: 'text',
  key: 'text',
  fingerprint: 'bytea',
  request_id: 'text',
  object_environment: 'text',
  payment_id: 'uuid',
  operation_id: 'uuid',
  refund_id: 'uuid?',
  status: 'int4?',
  body: 'text?',
  created_at: 'timestamptz',
} satisfies Kinds<IdempotencyRow>

const event = {
  account_id: 'uuid',
  environment: 'text',
  id: 'uuid',
  type: 'text',
  subject_kind: 'text',
  subject_id: 'uuid',
  sequence: 'int4',
  payload: 'text',
  created_at: 'timestamptz',
} satisfies Kinds<EventRow>

const inbound = {
  account_id: 'uuid',
  environment: 'text',
  id: 'uuid',
  provider: 'text',
  event_id: 'text',
  event_type: 'text',
  state: 'text',
  reason: 'text?',
  payment_id: 'uuid?',
  body: 'bytea',
  tries: 'int4',
  due_at: 'timestamptz?',
  received_at: 'timestamptz',
  applied_at: 'timestamptz?',
} satisfies Kinds<InboundRow>

const provider_call = {
  account_id: 'uuid',
  environment: 'text',
  id: 'uuid',
  payment_id: 'uuid?',
  operation_id: 'uuid?',
  provider: 'text',
  verb: 'text',
  method: 'text',
  path: 'text',
  status: 'int4?',
  outcome: 'text',
  duration_ms: 'int4',
  provider_request_id: 'text?',
  request: 'text?',
  response: 'text?',
  created_at: 'timestamptz',
} satisfies Kinds<ProviderCallRow>

const INBOUND_STATES = {
  received: true,
  applied: true,
  ignored: true,
  quarantined: true,
} satisfies Record<InboundRow['state'], true>

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await createDatabase()
  client = new pg.Client(database.url)
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const TABLES = { payment, operation, refund, idempotency, event, inbound, provider_call }

test.each(Object.entries(TABLES))('the types of %s are what the migrations made', async (table, columns) => {
  const { rows } = await client.query<{ name: string; kind: string }>(
    `SELECT column_name AS name, udt_name || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END AS kind
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
    [table],
  )
  expect(Object.fromEntries(rows.map((row) => [row.name, row.kind]))).toEqual(columns)
})

test.each([
  ['payment', 'status', PAYMENT_STATUSES],
  ['refund', 'status', REFUND_STATUSES],
  ['operation', 'state', OPERATION_STATES],
  ['operation', 'kind', OPERATION_KINDS],
  ['inbound', 'state', Object.keys(INBOUND_STATES)],
] as const)('the words that %s.%s may hold are those of the state table', async (table, column, words) => {
  const { rows } = await client.query<{ definition: string }>(
    `SELECT pg_get_constraintdef(c.oid) AS definition FROM pg_constraint c
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
     WHERE c.contype = 'c' AND c.conrelid = $1::regclass AND a.attname = $2 AND cardinality(c.conkey) = 1`,
    [table, column],
  )
  const allowed = [...(rows[0]?.definition ?? '').matchAll(/'([a-z_]+)'/g)].map(([, word]) => word)
  expect(allowed.sort()).toEqual([...words].sort())
})

test('no amount is kept as anything but a whole number', async () => {
  const { rows } = await client.query(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name !~ '_ms$'
       AND data_type IN ('real', 'double precision', 'numeric', 'money')`,
  )
  expect(rows).toEqual([])
})
