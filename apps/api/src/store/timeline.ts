import type { PaymentRow, Queryable } from './rows.ts'

export interface TimelineEntry {
  readonly at: string
  readonly kind: 'transition' | 'operation' | 'provider_call' | 'webhook'
  readonly summary: string
  readonly data: Readonly<Record<string, unknown>>
}

const ENTRIES_MAX = 500

/** Everything that happened to a payment, in order: transitions, operations, provider calls, webhooks. */
export async function readTimeline(db: Queryable, payment: PaymentRow): Promise<TimelineEntry[]> {
  const { rows } = await db.query({
    name: 'read-timeline',
    text: TIMELINE,
    values: [payment.account_id, payment.environment, payment.id, ENTRIES_MAX],
  })
  return rows.map((row) => ({
    at: (row.at as Date).toISOString(), // timestamptz
    kind: row.kind as TimelineEntry['kind'], // a literal of the statement
    summary: String(row.summary),
    data: row.data as Record<string, unknown>, // jsonb_build_object
  }))
}

const TIMELINE = `
select at, kind, summary, data from (
  select created_at as at, 1 as rank, sequence as n, 'transition' as kind, type as summary,
    jsonb_build_object('type', type, 'sequence', sequence, 'status', payload::json#>>'{data,object,status}',
      'object', payload::json#>>'{data,object,id}') as data
  from event where account_id = $1 and environment = $2 and (subject_id = $3 or subject_id in (
    select id from refund where account_id = $1 and environment = $2 and payment_id = $3
    union all select id from dispute where account_id = $1 and environment = $2 and payment_id = $3))
  union all
  select created_at, 0, n, 'operation', kind || ' ' || state,
    jsonb_build_object('operation', kind, 'state', state, 'reference', reference, 'attempt', n,
      'amount_minor', amount, 'currency', currency, 'failure', failure, 'finished_at', finished_at)
  from operation
  where payment_id = $3 and account_id is not distinct from $1 and environment is not distinct from $2
  union all
  select created_at, 2, 0, 'provider_call',
    provider || ' ' || verb || ': ' || coalesce(status::text, outcome) || ' in ' || duration_ms || ' ms',
    jsonb_build_object('provider', provider, 'verb', verb, 'method', method, 'path', path, 'status', status,
      'outcome', outcome, 'duration_ms', duration_ms, 'provider_request_id', provider_request_id,
      'request', request, 'response', response)
  from provider_call where account_id = $1 and environment = $2 and payment_id = $3
  union all
  select received_at, 3, 0, 'webhook', provider || ' ' || event_type || ': ' || state,
    jsonb_build_object('provider', provider, 'event_id', event_id, 'type', event_type, 'state', state,
      'reason', reason)
  from inbound where account_id = $1 and environment = $2 and payment_id = $3
) entries
order by at, rank, n limit $4`
