/** Compares what a receiver got with what was committed: by id, from both sides. */
import { setTimeout as sleep } from 'node:timers/promises'
import { formatId, parseId, type Uuid } from '@onerouter/core'
import type { Violation } from './books.ts'
import type { ChaosDatabase } from './database.ts'
import type { Arrival, HooksReceiver } from './hooks-receiver.ts'

/** An event of the receiver's account that was committed after it had registered, and its delivery. */
export interface Promised {
  readonly event: Uuid
  readonly payload: string
  /** Null when the commit of the event promised nothing. */
  readonly state: string | null
  /** Numbers of the tries in the log. */
  readonly logged: readonly number[]
}

const LOOK_EVERY_MS = 250
/** A try here takes milliseconds: a claim this old belongs to a process that is dead. */
const ABANDONED_AFTER_S = 5
/** `LEASE_MS` of the worker. */
const LEASE_S = 60
/** More than any clock is off. */
const CLOCKS_OFF_S = 60

/** As if time passed: retries planned for later become due, and leases of dead processes lapse. */
export async function deliverRest(database: ChaosDatabase, withinMs: number): Promise<string[]> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const [row] = await database.query<{ left: string }>(
      `with hurried as (
         update delivery set due_at = now() where state = 'pending' and due_at > now()
           and (owner is null or due_at < now() + $1 * interval '1 second')
       )
       select count(*)::text as left from delivery where state = 'pending'`,
      [LEASE_S - ABANDONED_AFTER_S],
    )
    if (row?.left === '0') return []
    if (performance.now() > deadline) return [`${row?.left} events not delivered`]
    await sleep(LOOK_EVERY_MS)
  }
}

export async function readPromised(database: ChaosDatabase, endpointId: string): Promise<Promised[]> {
  return await database.query(
    `select e.id as event, e.payload, d.state, coalesce((select array_agg(a.n) from delivery_attempt a
         where a.account_id = d.account_id and a.environment = d.environment and a.delivery_id = d.id), '{}')
       as logged
     from webhook_endpoint w
     join event e on e.account_id = w.account_id and e.environment = w.environment
     left join delivery d on d.account_id = e.account_id and d.environment = e.environment and d.event_id = e.id
       and d.endpoint_id = w.id
     -- Events are dated by the server that made them, whose clock may be wrong on purpose.
     where w.id = $1 and (d.id is not null or e.created_at > w.created_at + $2 * interval '1 second')`,
    [parseId('endpoint', endpointId), CLOCKS_OFF_S],
  )
}

/** Nothing lost, nothing made up, nothing under two ids, nothing changed on the way, no try without a row. */
export function compareDeliveries(
  promised: readonly Promised[],
  arrivals: readonly Arrival[],
): readonly Violation[] {
  const byId = Map.groupBy(arrivals, ({ id }) => id)
  const known = new Map<string, Promised>(promised.map((one) => [formatId('event', one.event), one]))
  const lost = [...known].flatMap(([id, { state }]): Violation[] => {
    const taken = byId.get(id)?.some((arrival) => arrival.taken) ?? false
    return taken && state === 'delivered'
      ? []
      : [{ verdict: 'lost', what: `event ${id} is ${state}, taken: ${taken}` }]
  })
  const wrong = arrivals.flatMap((arrival): Violation[] => {
    const event = known.get(arrival.id)
    const where = `event ${arrival.id}, try ${arrival.attempt}`
    if (event === undefined) return [{ verdict: 'orphan', what: `${where} was never committed` }]
    if (!event.logged.includes(arrival.attempt)) return [{ verdict: 'lost', what: `${where} is in no log` }]
    // A sender that is killed while it writes leaves half a body, which nobody answers.
    if (!arrival.taken && arrival.body !== event.payload) return []
    if (!arrival.verified) return [{ verdict: 'misstated', what: `${where} does not verify` }]
    return arrival.body === event.payload ? [] : [{ verdict: 'misstated', what: `${where} has other bytes` }]
  })
  return [...lost, ...wrong, ...twoIds(arrivals)]
}

function twoIds(arrivals: readonly Arrival[]): readonly Violation[] {
  const ids = new Map<string, Set<string>>()
  for (const { id, body, verified } of arrivals) {
    if (!verified) continue
    const { sequence, data } = JSON.parse(body) as { sequence: number; data: { object: { id: string } } } // verified
    const happened = `${data.object.id} #${sequence}`
    ids.set(happened, (ids.get(happened) ?? new Set()).add(id))
  }
  return [...ids].flatMap(([happened, all]): Violation[] =>
    all.size === 1 ? [] : [{ verdict: 'doubled', what: `${happened} came as ${[...all].join(' and ')}` }],
  )
}

export async function judgeDeliveries(
  database: ChaosDatabase,
  { endpointId, arrivals }: HooksReceiver,
): Promise<{ readonly violations: readonly Violation[]; readonly events: number }> {
  const promised = await readPromised(database, endpointId)
  return { violations: compareDeliveries(promised, arrivals), events: promised.length }
}
