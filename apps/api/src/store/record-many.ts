import { type Columns, column, names, unnested, valuesOf } from './columns.ts'
import { HANDED, type Handover, handedValues, handingInserts, handOver } from './handed-over.ts'
import type { recordCreate } from './record.ts'
import type { Queryable } from './rows.ts'

type Create = Parameters<typeof recordCreate>[1]

/** What differs from one new payment to another: what is the same in all of them stands in the statement. */
const COLUMNS: Columns<Create> = {
  account_id: column('uuid', ({ payment }) => payment.account_id),
  environment: column('text', ({ payment }) => payment.environment),
  id: column('uuid', ({ payment }) => payment.id),
  amount: column('int8', ({ payment }) => payment.amount),
  currency: column('text', ({ payment }) => payment.currency),
  capture_mode: column('text', ({ payment }) => payment.capture_mode),
  provider: column('text', ({ payment }) => payment.provider),
  credential_version: column('int4', ({ payment }) => payment.credential_version),
  reference: column('text', ({ payment }) => payment.reference),
  checkout_url: column('text', ({ payment }) => payment.checkout_url),
  method: column('text', ({ payment }) => payment.method),
  receipt: column('text', ({ payment }) => payment.receipt),
  description: column('text', ({ payment }) => payment.description),
  customer: column('jsonb', ({ payment }) => json(payment.customer)),
  metadata: column('jsonb', ({ payment }) => json(payment.metadata)),
  return_url: column('text', ({ payment }) => payment.return_url),
  cancel_url: column('text', ({ payment }) => payment.cancel_url),
  routing: column('jsonb', ({ payment }) => json(payment.routing)),
  api_key_id: column('uuid', ({ payment }) => payment.api_key_id),
  created_at: column('timestamptz', ({ payment }) => payment.created_at),
  claim_environment: column('text', ({ idempotency }) => idempotency.environment),
  key: column('text', ({ idempotency }) => idempotency.key),
  fingerprint: column('bytea', ({ idempotency }) => idempotency.fingerprint),
  request_id: column('text', ({ idempotency }) => idempotency.request_id),
  operation_id: column('uuid', ({ operation }) => operation.id),
  request: column('jsonb', ({ operation }) => json(operation.request)),
  sent_at: column('timestamptz', ({ operation }) => operation.created_at),
  event_id: column('uuid', ({ events }) => events[0]?.id),
  payload: column('text', ({ events }) => events[0]?.payload),
}

const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value))

/**
 * Whether the rows are those of a payment that has just been thought of, with nothing in them but what `COLUMNS` tells. Others
 * are recorded one by one.
 */
export function isPlain({ payment, operation, idempotency, events }: Create): boolean {
  const [event, second] = events
  return (
    payment.version === 1 &&
    payment.sequence === 1 &&
    payment.attempts === 1 &&
    payment.status === 'created' &&
    payment.captured === 0n &&
    payment.refunded === 0n &&
    payment.refund_pending === 0n &&
    ABSENT.every((name) => payment[name] === null) &&
    Object.keys(payment.provider_refs).length === 0 &&
    payment.updated_at.getTime() === payment.created_at.getTime() &&
    operation.kind === 'charge' &&
    operation.n === 1 &&
    operation.state === 'sent' &&
    operation.refund_id === null &&
    operation.reference === payment.reference &&
    operation.amount === payment.amount &&
    operation.currency === payment.currency &&
    operation.provider === payment.provider &&
    operation.credential_version === payment.credential_version &&
    idempotency.account_id === payment.account_id &&
    idempotency.object_environment === payment.environment &&
    idempotency.operation_id === operation.id &&
    idempotency.refund_id === null &&
    idempotency.status === null &&
    idempotency.created_at.getTime() === payment.created_at.getTime() &&
    event?.type === 'payment.created' &&
    second === undefined
  )
}

const ABSENT = [
  'provider_order_id',
  'provider_payment_id',
  'checkout_options',
  'failure',
  'fee_amount',
  'fee_tax',
  'fee_currency',
] as const

/** Who lost the claim writes nothing. Wrapped in CASE so that it stays a hashed look-up whatever the planner believes. */
const WON = 'case when n.id in (select payment_id from claim) then true else false end'

const EVENTS = `(
    select account_id, environment, event_id, 'payment.created', 'payment', id, 1, payload, created_at from n where ${WON}
  ) r`

const TAKEOVER = Object.keys(COLUMNS).length + 1

/**
 * `recordCreate` for many at once: each arm keeps to the payments of the claims that were won.
 */
export const CREATE_MANY = `with n as materialized (
  select * from ${unnested(COLUMNS, 1)} n (${names(COLUMNS)})
), claim as (
  insert into idempotency (account_id, environment, key, fingerprint, request_id, object_environment, payment_id,
    operation_id, created_at)
  select account_id, claim_environment, key, fingerprint, request_id, environment, id, operation_id, created_at from n
  on conflict (account_id, environment, key) do nothing returning payment_id
), p as (
  insert into payment (account_id, environment, id, version, sequence, status, amount, currency, captured, refunded,
    refund_pending, capture_mode, provider, credential_version, reference, provider_refs, checkout_url, method, receipt,
    description, customer, metadata, return_url, cancel_url, attempts, routing, api_key_id, created_at, updated_at)
  select account_id, environment, id, 1, 1, 'created', amount, currency, 0, 0,
    0, capture_mode, provider, credential_version, reference, '{}', checkout_url, method, receipt,
    description, customer, metadata, return_url, cancel_url, 1, routing, api_key_id, created_at, created_at
  from n where ${WON}
), o as (
  insert into operation (account_id, environment, id, payment_id, kind, n, provider, credential_version, reference, state,
    amount, currency, request, tries, due_at, created_at, recorded_at)
  select account_id, environment, operation_id, id, 'charge', 1, provider, credential_version, reference, 'sent',
    amount, currency, request, 0, clock_timestamp() + $${TAKEOVER}::int * interval '1 millisecond', sent_at, clock_timestamp()
  from n where ${WON}
), ${handingInserts(EVENTS, TAKEOVER + 1)}
select payment_id, ${HANDED} from claim`

/** For each whether it was recorded. `false`: its idempotency key is taken. */
export async function recordCreates(
  db: Queryable,
  creates: readonly Create[],
  handover: Handover,
): Promise<boolean[]> {
  // By key, so that two processes that claim the same keys wait for one another in one order.
  const sorted = creates.toSorted((a, b) => (a.idempotency.key < b.idempotency.key ? -1 : 1))
  const events = sorted.flatMap((create) => create.events)
  const { rows } = await db.query({
    name: 'record-creates',
    text: CREATE_MANY,
    values: [
      ...valuesOf(COLUMNS, sorted),
      Math.max(...creates.map(({ takeoverMs }) => takeoverMs)),
      ...handedValues(handover, events),
    ],
  })
  const won = new Set(rows.map((row) => row['payment_id']))
  handOver(handover, events, rows[0])
  return creates.map(({ payment }) => won.has(payment.id))
}
