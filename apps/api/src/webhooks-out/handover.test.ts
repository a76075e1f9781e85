import { formatId } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeEvent } from '../engine/events.ts'
import type { ClaimedDelivery } from '../store/deliveries.ts'
import {
  HANDED,
  type Handover,
  handedValues,
  handingInserts,
  handOver,
  NOBODY,
} from '../store/handed-over.ts'
import type { EventRow } from '../store/rows.ts'
import { LEASE_MS } from './claims.ts'
import { createReceiver, type Receiver } from './testing/receiver.ts'
import { createDeliveryWorld, type DeliveryWorld } from './testing/world.ts'
import type { DeliveryWorker } from './worker.ts'

let world: DeliveryWorld
let hooks: Receiver
beforeAll(async () => {
  world = await createDeliveryWorld()
  hooks = await createReceiver()
})
afterAll(async () => {
  await hooks.close()
  await world.close()
})

const COMMIT = `with one as (select 1),
${handingInserts('one, jsonb_populate_recordset(null::event, $1::jsonb) r', 2)} select ${HANDED} from one`

/** Commits an event as money statements do. */
async function commit(accountId: string, handover: Handover): Promise<EventRow> {
  const subject = { kind: 'payment' as const, id: world.api.deps.newId() }
  const event = makeEvent({
    accountId,
    environment: 'test',
    id: world.api.deps.newId(),
    type: 'payment.succeeded',
    subject,
    sequence: 1,
    object: { id: formatId('payment', subject.id), object: 'payment' },
    at: new Date(),
  })
  const { rows } = await world.db.query({
    text: COMMIT,
    values: [JSON.stringify([event]), ...handedValues(handover, [event])],
  })
  handOver(handover, [event], rows[0])
  return event
}

interface Seen extends Handover {
  readonly taken: ClaimedDelivery[]
  woken: number
}

function handoverTo(worker: DeliveryWorker & { readonly owner: string }): Seen {
  const seen: Seen = {
    taken: [],
    woken: 0,
    places: (accounts) => ({ owner: worker.owner, leaseMs: LEASE_MS, free: worker.places(accounts) }),
    take(deliveries) {
      seen.taken.push(...deliveries)
      worker.take(deliveries)
    },
    wake() {
      seen.woken += 1
      worker.wake()
    },
  }
  return seen
}

async function account(more: object = {}): Promise<string> {
  const { plain, accountId } = await world.api.newKey()
  const made = await world.api.call(plain, 'POST', '/api/webhooks/endpoints', { url: hooks.url, ...more })
  expect(made.statusCode, made.body).toBe(201)
  return accountId
}

async function attemptsOf(event: EventRow): Promise<Record<string, unknown>[]> {
  return await world.rows(
    `select a.n, a.error, d.state from delivery d join delivery_attempt a
        on a.account_id = d.account_id and a.environment = d.environment and a.delivery_id = d.id
      where d.event_id = $1 order by a.n`,
    [event.id],
  )
}

async function delivered(event: EventRow): Promise<Record<string, unknown>[]> {
  for (let look = 0; look < 400; look++) {
    const attempts = await attemptsOf(event)
    if (attempts.some(({ state }) => state === 'delivered')) return attempts
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('the event was not delivered')
}

test('a receiver that answers quickly gets what a commit has claimed; the first time it is waited for a claim', async () => {
  const accountId = await account()
  const worker = world.worker()
  const handover = handoverTo(worker)
  const first = await commit(accountId, handover)
  await delivered(first)
  expect(handover).toMatchObject({ taken: [], woken: 1 })
  const second = await commit(accountId, handover)
  expect(handover.taken.map(({ event_id, payload }) => ({ event_id, payload }))).toEqual([
    { event_id: second.id, payload: second.payload },
  ])
  expect(await delivered(second)).toEqual([{ n: 1, error: null, state: 'delivered' }])
  expect(handover.woken).toBe(1)
  await worker.stop()
})

test('what was handed over and lost with its process is sent by another, and the lost try is in the log', async () => {
  const accountId = await account()
  const dying = world.worker()
  await delivered(await commit(accountId, handoverTo(dying)))
  const lost = await commit(accountId, { ...handoverTo(dying), take: () => undefined })
  await dying.stop()
  expect(await attemptsOf(lost)).toEqual([])
  await world.pass(LEASE_MS)
  const next = world.worker()
  next.wake()
  expect(await delivered(lost)).toEqual([
    { n: 1, error: 'interrupted', state: 'delivered' },
    { n: 2, error: null, state: 'delivered' },
  ])
  await next.stop()
})

test('what comes for an ordered or limited receiver, or to a worker that stops, is left to claims', async () => {
  for (const more of [{ ordered: true }, { rate_limit_per_second: 50 }]) {
    const accountId = await account(more)
    const worker = world.worker()
    const handover = handoverTo(worker)
    for (let n = 0; n < 3; n++) await delivered(await commit(accountId, handover))
    expect(handover).toMatchObject({ taken: [], woken: 3 })
    await worker.stop()
    expect([...worker.places(new Set([accountId]))]).toEqual([])
  }
  const accountId = await account()
  const event = await commit(accountId, NOBODY)
  expect(await world.rows(`select owner, attempt from delivery where event_id = $1`, [event.id])).toEqual([
    { owner: null, attempt: 0 },
  ])
})
