/** The row types of the billing tables, and the words and moves the database allows, are those of the code. */
import {
  nextSubscriptionStatuses,
  PLAN_INTERVALS,
  PROVIDER_PLAN_STATES,
  SUBSCRIPTION_CHARGE_STATUSES,
  SUBSCRIPTION_OPERATION_KINDS,
  SUBSCRIPTION_OPERATION_STATES,
  SUBSCRIPTION_STATUSES,
} from '@onerouter/core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {
  CustomerRow,
  PlanRow,
  ProviderPlanRow,
  SubscriptionChargeRow,
  SubscriptionOperationRow,
  SubscriptionRow,
} from '../../apps/api/src/billing/rows.ts'
import type { SavedMethodRow } from '../../apps/api/src/saved/row.ts'
import { createDatabase, type TestDatabase } from '../harness/postgres.ts'

/** Kind of each column; `?` where null may be. The compiler holds the names and the nulls to the interfaces. */
type Kinds<Row> = { readonly [C in keyof Row]-?: null extends Row[C] ? `${string}?` : string }

const OWNER = { account_id: 'uuid', environment: 'text', id: 'uuid' } as const
const MADE = { created_at: 'timestamptz', updated_at: 'timestamptz' } as const

const customer = {
  ...OWNER,
  ...MADE,
  name: 'text?',
  email: 'text?',
  phone: 'text?',
  country: 'text?',
  description: 'text?',
  metadata: 'jsonb',
  deleted_at: 'timestamptz?',
} satisfies Kinds<CustomerRow>

const plan = {
  ...OWNER,
  name: 'text',
  description: 'text?',
  amount: 'int8',
  currency: 'text',
  interval: 'text',
  interval_count: 'int4',
  provider: 'text?',
  metadata: 'jsonb',
  created_at: 'timestamptz',
} satisfies Kinds<PlanRow>

const provider_plan = {
  ...MADE,
  account_id: 'uuid',
  environment: 'text',
  plan_id: 'uuid',
  provider: 'text',
  provider_account: 'text',
  credential_version: 'int4',
  reference: 'text',
  state: 'text',
  provider_plan_id: 'text?',
  provider_refs: 'jsonb',
  failure: 'jsonb?',
  tries: 'int4',
  due_at: 'timestamptz?',
  sent_at: 'timestamptz',
} satisfies Kinds<ProviderPlanRow>

const subscription = {
  ...OWNER,
  ...MADE,
  version: 'int4',
  sequence: 'int4',
  status: 'text',
  plan_id: 'uuid',
  pending_plan_id: 'uuid?',
  pending_quantity: 'int4?',
  quantity: 'int4',
  trial_days: 'int4',
  start_at: 'timestamptz?',
  total_count: 'int4?',
  customer_id: 'uuid?',
  customer: 'jsonb?',
  description: 'text?',
  metadata: 'jsonb',
  provider: 'text',
  credential_version: 'int4',
  reference: 'text',
  attempts: 'int4',
  provider_order_id: 'text?',
  provider_subscription_id: 'text?',
  provider_refs: 'jsonb',
  provider_status: 'text?',
  provider_customer_id: 'text?',
  approval_url: 'text?',
  return_url: 'text?',
  cancel_url: 'text?',
  current_period_start: 'timestamptz?',
  current_period_end: 'timestamptz?',
  trial_end: 'timestamptz?',
  next_charge_at: 'timestamptz?',
  cancel_at_period_end: 'bool',
  cancel_asked: 'bool',
  cancel_scheduled_at: 'timestamptz?',
  ended_at: 'timestamptz?',
  paid_count: 'int4',
  failed_count: 'int4',
  currency: 'text',
  charged: 'int8',
  refunded: 'int8',
  latest_charge_id: 'uuid?',
  failure: 'jsonb?',
  api_key_id: 'uuid?',
  tries: 'int4',
  due_at: 'timestamptz?',
} satisfies Kinds<SubscriptionRow>

const subscription_operation = {
  ...OWNER,
  subscription_id: 'uuid',
  kind: 'text',
  provider: 'text',
  credential_version: 'int4',
  reference: 'text',
  state: 'text',
  request: 'jsonb',
  failure: 'jsonb?',
  tries: 'int4',
  due_at: 'timestamptz?',
  sent_at: 'timestamptz?',
  created_at: 'timestamptz',
  finished_at: 'timestamptz?',
} satisfies Kinds<SubscriptionOperationRow>

const subscription_charge = {
  ...OWNER,
  ...MADE,
  subscription_id: 'uuid',
  kind: 'text',
  provider: 'text',
  provider_charge_id: 'text',
  provider_payment_id: 'text?',
  status: 'text',
  attempts: 'int4',
  amount: 'int8',
  currency: 'text',
  refunded: 'int8',
  fee_amount: 'int8?',
  fee_tax: 'int8?',
  fee_currency: 'text?',
  period_start: 'timestamptz',
  period_end: 'timestamptz?',
  failure: 'jsonb?',
  charged_at: 'timestamptz',
} satisfies Kinds<SubscriptionChargeRow>

const saved_payment_method = {
  ...OWNER,
  ...MADE,
  customer_id: 'uuid',
  payment_id: 'uuid',
  state: 'text',
  provider: 'text?',
  credential_version: 'int4?',
  provider_account: 'text?',
  customer_ref: 'text?',
  sealed: 'bytea?',
  key_id: 'int8?',
  digest: 'bytea?',
  kind: 'text?',
  brand: 'text?',
  last4: 'text?',
  exp_month: 'int4?',
  exp_year: 'int4?',
  nickname: 'text?',
  metadata: 'jsonb',
  consented_at: 'timestamptz',
  tries: 'int4',
  due_at: 'timestamptz?',
} satisfies Kinds<SavedMethodRow>

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

const TABLES = {
  customer,
  plan,
  provider_plan,
  subscription,
  subscription_operation,
  subscription_charge,
  saved_payment_method,
}

test.each(Object.entries(TABLES))('the types of %s are what the migrations made', async (table, columns) => {
  const { rows } = await client.query<{ name: string; kind: string }>(
    `SELECT column_name AS name, udt_name || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END AS kind
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
    [table],
  )
  expect(Object.fromEntries(rows.map((row) => [row.name, row.kind]))).toEqual(columns)
})

test.each([
  ['plan', 'interval', PLAN_INTERVALS],
  ['provider_plan', 'state', PROVIDER_PLAN_STATES],
  ['subscription', 'status', SUBSCRIPTION_STATUSES],
  ['subscription_operation', 'kind', SUBSCRIPTION_OPERATION_KINDS],
  ['subscription_operation', 'state', SUBSCRIPTION_OPERATION_STATES],
  ['subscription_charge', 'status', SUBSCRIPTION_CHARGE_STATUSES],
] as const)('the words that %s.%s may hold are those of the code', async (table, column, words) => {
  const { rows } = await client.query<{ definition: string }>(
    `SELECT pg_get_constraintdef(c.oid) AS definition FROM pg_constraint c
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
     WHERE c.contype = 'c' AND c.conrelid = $1::regclass AND a.attname = $2 AND cardinality(c.conkey) = 1`,
    [table, column],
  )
  const allowed = [...(rows[0]?.definition ?? '').matchAll(/'([a-z_]+)'/g)].map(([, word]) => word)
  expect(allowed.sort()).toEqual([...words].sort())
})

test('the database allows exactly the moves of a subscription that the state table names', async () => {
  const pairs = SUBSCRIPTION_STATUSES.flatMap((from) =>
    SUBSCRIPTION_STATUSES.map((to) => [from, to] as const),
  )
  const allowed: string[] = []
  for (const [from, to] of pairs) {
    const { rows } = await client.query('select subscription_may_move($1, $2) as may', [from, to])
    if (rows[0].may) allowed.push(`${from} ${to}`)
  }
  const named = SUBSCRIPTION_STATUSES.flatMap((from) =>
    [from, ...nextSubscriptionStatuses(from)].map((to) => `${from} ${to}`),
  )
  expect(allowed.sort()).toEqual(named.sort())
})
