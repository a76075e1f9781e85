import { formatId, type Uuid } from '@onerouter/core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeEvent } from '../engine/events.ts'
import { eventArms } from '../store/deliveries.ts'
import { rowJson } from '../store/rows.ts'
import { createReceiver, type Receiver } from './testing/receiver.ts'
import { createDeliveryWorld, type DeliveryWorld } from './testing/world.ts'

let world: DeliveryWorld
beforeAll(async () => {
  world = await createDeliveryWorld()
})
afterAll(() => world.close())
const receivers: Receiver[] = []
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()))
})
async function receiver(answer?: Receiver['answer']): Promise<Receiver> {
  const made = await createReceiver(answer)
  receivers.push(made)
  return made
}

const endpoint = async (key: string, body: object) => {
  const made = await world.api.call(key, 'POST', '/api/webhooks/endpoints', body)
  expect(made.statusCode, made.body).toBe(201)
  return made.json()
}

/** The first events of one object, oldest first. */
async function raiseAbout(accountId: Uuid, subjectId: Uuid, count: number): Promise<string[]> {
  const subject = { kind: 'payment' as const, id: subjectId }
  const object = { id: formatId('payment', subjectId), object: 'payment' }
  const events = Array.from({ length: count }, (_, n) => {
    const id = world.api.deps.newId()
    const type = 'payment.succeeded' as const
    return makeEvent({
      accountId,
      environment: 'test',
      id,
      type,
      subject,
      sequence: n + 1,
      object,
      at: new Date(),
    })
  })
  await world.db.query({
    text: `with one as (select 1), ${eventArms('one', '$1')} select 1`,
    values: [rowJson(events)],
  })
  return events.map((event) => formatId('event', event.id))
}

const ids = (hooks: Receiver) => hooks.received.map((one) => one.headers['webhook-id'])

test('a rate limit holds over two workers, spreads a burst over seconds, loses nothing, and does not hold the endpoint beside it', async () => {
  const { plain, accountId } = await world.api.newKey()
  const atMs: number[] = []
  const limited = await receiver((response) => {
    atMs.push(performance.now())
    response.writeHead(204).end()
  })
  const free = await receiver()
  expect(await endpoint(plain, { url: limited.url, rate_limit_per_second: 4 })).toMatchObject({
    rate_limit_per_second: 4,
  })
  expect(await endpoint(plain, { url: free.url })).toMatchObject({ rate_limit_per_second: null })
  await world.raise(accountId, 10)
  const workers = [world.worker(), world.worker()]
  for (const worker of workers) worker.wake()
  await free.until(10)
  expect(limited.received.length).toBeLessThanOrEqual(8)
  await limited.until(10)
  await Promise.all(workers.map((worker) => worker.stop()))
  expect(new Set(ids(limited)).size).toBe(10)
  expect(limited.received).toHaveLength(10)
  // Requests begin a second apart; on their way they may come closer together.
  for (let n = 4; n < atMs.length; n++) expect((atMs[n] ?? 0) - (atMs[n - 4] ?? 0)).toBeGreaterThan(700)
})

test('a limit is set, changed and lifted, and bad ones are refused', async () => {
  const { plain, accountId } = await world.api.newKey()
  const hooks = await receiver()
  const { id } = await endpoint(plain, { url: hooks.url })
  const path = `/api/webhooks/endpoints/${id}`
  const lane = async () =>
    (await world.rows('select lane from webhook_endpoint where account_id = $1', [accountId]))[0]?.['lane']
  const worker = world.worker()
  for (const [rate, expected] of [
    [50, 'slow'],
    [null, 'fast'],
  ] as const) {
    const changed = await world.api.call(plain, 'PATCH', path, { rate_limit_per_second: rate })
    expect(changed.json()).toMatchObject({ rate_limit_per_second: rate })
    const before = hooks.received.length
    await world.raise(accountId, 2)
    worker.wake()
    await hooks.until(before + 2)
    await expect.poll(lane).toBe(expected)
  }
  await worker.stop()
  for (const rate of [0, 101, 1.5, '5']) {
    const refused = await world.api.call(plain, 'PATCH', path, { rate_limit_per_second: rate })
    expect(refused.statusCode, String(rate)).toBe(400)
  }
})

test('ordered: one object arrives in sequence, its failing delivery holds its later ones and no other object', async () => {
  const { plain, accountId } = await world.api.newKey()
  const stuck = new Set<unknown>()
  const hooks = await receiver((response, request) => {
    response.writeHead(stuck.has(request.headers['webhook-id']) ? 500 : 204).end()
  })
  await endpoint(plain, { url: hooks.url, ordered: true })
  const [a, b] = [world.api.deps.newId(), world.api.deps.newId()]
  const first = await raiseAbout(accountId, a, 3)
  const second = await raiseAbout(accountId, b, 3)
  stuck.add(first[0])
  const workers = [world.worker(), world.worker()]
  await hooks.until(4)
  const untilThen = ids(hooks)
  expect(untilThen.filter((id) => second.includes(String(id)))).toEqual(second)
  expect(untilThen.filter((id) => first.includes(String(id)))).toEqual([first[0]])
  stuck.clear()
  await world.pass(10_000)
  for (const worker of workers) worker.wake()
  await hooks.until(7)
  await Promise.all(workers.map((worker) => worker.stop()))
  expect(ids(hooks).filter((id) => first.includes(String(id)))).toEqual([first[0], ...first])
})
