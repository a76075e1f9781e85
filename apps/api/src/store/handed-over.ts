import type { Environment, Uuid } from '@onerouter/core'
import { type ClaimedDelivery, TARGET, wants } from './deliveries.ts'
import type { EventRow } from './rows.ts'

/** What this process could send at once, of what a commit is about to make. */
export interface Places {
  readonly owner: Uuid
  readonly leaseMs: number
  /** By endpoint. Those that are not named wait for a claim, as everything does that is no longer new. */
  readonly free: ReadonlyMap<Uuid, number>
}

/**
 * The way from a commit to the deliveries of the same process: what can leave at once is claimed by the statement that
 * makes it, so that it needs no other.
 */
export interface Handover {
  places(accounts: ReadonlySet<Uuid>): Places
  take(deliveries: readonly ClaimedDelivery[]): void
  /** A commit has made deliveries that nobody has claimed. */
  wake(): void
}

/** Where nobody delivers: everything waits for a claim. */
export const NOBODY: Handover = {
  places: () => ({ owner: '00000000-0000-0000-0000-000000000000', leaseMs: 0, free: new Map() }),
  take: () => undefined,
  wake: () => undefined,
}

/** Parameters, from `$first` on, that `handedValues` fills. */
const parameters = (first: number) => ({
  owner: `$${first}::uuid`,
  leaseMs: `$${first + 1}::int`,
  endpoints: `$${first + 2}::uuid[]`,
  free: `$${first + 3}::int[]`,
})

/**
 * `eventInserts` that claims while it writes. Ordered endpoints are left to claims, which know what came before; those in the
 * slow lane to their turn.
 */
export function handingInserts(source: string, first: number): string {
  const { owner, leaseMs, endpoints, free } = parameters(first)
  return `e as (
  insert into event select r.* from ${source}
  returning account_id, environment, id, type, subject_id, sequence
), wanted as materialized (
  select e.account_id, e.environment, e.id as event_id, w.id as endpoint_id, e.subject_id, e.sequence, w.lane, w.ordered,
    w.lane = 'fast' and not w.ordered
      and row_number() over (partition by w.id order by e.sequence) <= coalesce(w.free, 0) as taken
  from e cross join lateral (
    select w.id, w.lane, w.ordered,
      (select p.free from unnest(${endpoints}, ${free}) p (endpoint_id, free) where p.endpoint_id = w.id) as free
    from webhook_endpoint w
    where w.account_id = e.account_id and w.environment = e.environment
      and w.state = 'enabled' and ${wants('w.events', 'e.type')}
    -- Keeps the planner from reading everybody's endpoints once instead of the account's per event.
    offset 0
  ) w
), promised as (
  insert into delivery (account_id, environment, id, event_id, endpoint_id, subject_id, sequence, lane, ordered,
    state, trigger, owner, attempt, step, due_at, created_at)
  select account_id, environment, uuid_by_time(), event_id, endpoint_id, subject_id, sequence, lane, ordered,
    'pending', 'auto', case when taken then ${owner} end, taken::int, 0,
    clock_timestamp() + case when taken then ${leaseMs} else 0 end * interval '1 millisecond', clock_timestamp()
  from wanted
  returning account_id, environment, id, event_id, endpoint_id, ordered, trigger, owner, attempt, step
), claimed as (
  select * from promised where owner is not null
), ${TARGET}, handed as (
  select c.account_id, c.environment, c.id, c.event_id, c.endpoint_id, c.trigger, c.attempt, c.step, c.ordered, w.url,
    w.sign_v1a, w.max_in_flight, w.rate_limit_per_second, w.state as endpoint_state, w.failing, w.secrets
  from claimed c
  join target w on w.account_id = c.account_id and w.environment = c.environment and w.id = c.endpoint_id
)`
}

/** Columns of the answer's first row, the others leave them empty. */
export const HANDED = `case when row_number() over () = 1 then (select json_agg(h) from handed h) end as handed,
  case when row_number() over () = 1 then (select count(*) from promised where owner is null)::int end as left_over`

export function handedValues(
  handover: Handover,
  rows: readonly { readonly account_id: Uuid; readonly environment: Environment }[],
): unknown[] {
  const { owner, leaseMs, free } = handover.places(new Set(rows.map(({ account_id }) => account_id)))
  return [owner, leaseMs, [...free.keys()], [...free.values()]]
}

/** Gives on what the committed statement has claimed, and tells of what it has not. */
export function handOver(
  handover: Handover,
  events: readonly EventRow[],
  answer: Record<string, unknown> | undefined,
): void {
  const handed = answer?.['handed'] as Omit<ClaimedDelivery, 'payload'>[] | null | undefined // the columns of `handed`
  if (handed !== null && handed !== undefined) {
    const payloads = new Map(events.map(({ id, payload }) => [id, payload]))
    handover.take(
      handed.map((delivery) => ({
        ...delivery,
        payload: payloads.get(delivery.event_id) ?? missing(delivery),
      })),
    )
  }
  if (Number(answer?.['left_over'] ?? 0) > 0) handover.wake()
}

function missing({ event_id }: { readonly event_id: Uuid }): never {
  throw new Error(`event ${event_id} was handed over, and is none of those that were written`)
}
