import { formatId } from '@onerouter/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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

async function account(url: string, more: object = {}) {
  const { plain, accountId } = await world.api.newKey()
  const body = { url, ...more }
  const { id } = (await world.api.call(plain, 'POST', '/api/webhooks/endpoints', body)).json()
  return { plain, accountId, path: `/api/webhooks/endpoints/${id}` }
}

const states = (accountId: string) =>
  world.rows<{ state: string; n: number }>(
    'select state, count(*)::int as n from delivery where account_id = $1 group by 1 order by 1',
    [accountId],
  )

describe('nothing is lost', () => {
  test('a worker that was killed mid-request: the lease lapses, the try shows as interrupted, another follows', async () => {
    const hooks = await receiver()
    const { plain, accountId } = await account(hooks.url)
    await world.raise(accountId)
    // What a killed process leaves behind: a claim nobody finishes.
    await world.rows(
      `update delivery set owner = $2, attempt = 1, due_at = now() + interval '60 seconds' where account_id = $1`,
      [accountId, world.api.deps.newId()],
    )
    const worker = world.worker()
    await expect.poll(async () => (await states(accountId))[0]).toEqual({ state: 'pending', n: 1 })
    expect(hooks.received).toHaveLength(0)
    await world.pass(61_000)
    worker.wake()
    await hooks.until(1)
    await expect.poll(() => states(accountId)).toEqual([{ state: 'delivered', n: 1 }])
    const [delivery] = (await world.api.call(plain, 'GET', '/api/webhooks/deliveries')).json().data
    expect(delivery.attempts.map((one: { error: string | null }) => one.error)).toEqual(['interrupted', null])
    await worker.stop()
  })

  test('a result that comes after its lease lapsed changes the log, never the delivery', async () => {
    const hooks = await receiver()
    const { accountId } = await account(hooks.url)
    await world.raise(accountId)
    let release = () => {}
    hooks.answer = (response) => {
      release = () => response.writeHead(200).end()
    }
    const slow = world.worker()
    slow.wake()
    await hooks.until(1)
    await world.rows(`update delivery set owner = $2, attempt = 2 where account_id = $1`, [
      accountId,
      world.api.deps.newId(),
    ])
    release()
    await slow.stop()
    expect(await states(accountId)).toEqual([{ state: 'pending', n: 1 }])
    expect(await world.rows('select n from delivery_attempt where account_id = $1', [accountId])).toEqual([
      { n: 1 },
    ])
  })

  test('five days of failing on two days disable an endpoint; what was raised meanwhile is recovered', async () => {
    const hooks = await receiver((response) => response.writeHead(500).end())
    const { plain, accountId, path } = await account(hooks.url)
    const worker = world.worker()
    const began = new Date(Date.now() - 60_000).toISOString()
    await world.raise(accountId)
    worker.wake()
    await expect
      .poll(async () => (await world.api.call(plain, 'GET', path)).json().failing_since)
      .not.toBeNull()
    await world.pass(122 * 3_600_000)
    worker.wake()
    await expect
      .poll(async () => (await world.api.call(plain, 'GET', path)).json())
      .toMatchObject({ status: 'disabled', disabled_reason: 'failing' })
    await expect.poll(() => states(accountId)).toEqual([{ state: 'held', n: 1 }])
    await world.raise(accountId, 3)
    const refused = await world.api.call(plain, 'POST', `${path}/recover`, { since: began })
    expect(refused.json().code).toBe('invalid_state')
    hooks.answer = (response) => response.writeHead(200).end()
    expect((await world.api.call(plain, 'POST', `${path}/enable`)).json().status).toBe('enabled')
    const job = (await world.api.call(plain, 'POST', `${path}/recover`, { since: began })).json()
    expect(job.status).toBe('running')
    worker.wake()
    await expect.poll(() => states(accountId), { timeout: 5_000 }).toEqual([{ state: 'delivered', n: 4 }])
    const done = (await world.api.call(plain, 'GET', `/api/webhooks/recoveries/${job.id}`)).json()
    expect(done).toMatchObject({ status: 'completed', scheduled: 4 })
    await worker.stop()
  })

  test('10,000 events wait for a worker and all arrive, each once; a dead endpoint beside them holds nobody up', async () => {
    const hooks = await receiver()
    const { plain, accountId } = await account(hooks.url)
    await world.api.call(plain, 'POST', '/api/webhooks/endpoints', { url: 'http://127.0.0.1:1/' })
    for (let made = 0; made < 10_000; made += 1_000) await world.raise(accountId, 1_000)
    const beganMs = Date.now()
    const workers = [world.worker(), world.worker()]
    await hooks.until(10_000)
    console.log(`10,000 events drained at ${Math.round(1e7 / (Date.now() - beganMs))}/s`)
    await Promise.all(workers.map((worker) => worker.stop()))
    expect(new Set(hooks.received.map((one) => one.headers['webhook-id'])).size).toBe(10_000)
    expect(hooks.received).toHaveLength(10_000)
  }, 120_000)
})

describe('the routes', () => {
  test('an endpoint is created, changed, tested, disabled and deleted; its secret is shown twice in its life', async () => {
    const hooks = await receiver()
    const { plain } = await world.api.newKey()
    const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
      world.api.call(plain, method, path, body)
    const made = (
      await call('POST', '/api/webhooks/endpoints', { url: hooks.url, events: ['payment.*'], sign_v1a: true })
    ).json()
    expect(made).toMatchObject({
      status: 'enabled',
      environment: 'test',
      events: ['payment.*'],
      max_in_flight: 5,
    })
    const path = `/api/webhooks/endpoints/${made.id}`
    const { secret, ...shown } = made
    expect((await call('GET', path)).json()).toEqual(shown)
    expect((await call('GET', '/api/webhooks/endpoints')).json().data).toEqual([shown])
    const stored = await world.rows('select sealed from webhook_secret')
    expect(JSON.stringify(stored)).not.toContain(Buffer.from(secret.slice(6), 'base64').toString('hex'))

    const keys = await world.api.app.inject({
      url: `/.well-known/onerouter-webhook-keys?endpoint_id=${made.id}`,
    })
    expect(keys.json().keys).toEqual([
      {
        endpoint_id: made.id,
        public_key: made.public_keys[0],
        created_at: expect.any(String),
        expires_at: null,
      },
    ])
    const tested = await call('POST', '/api/webhooks/test', { service_name: 'paypal', environment: 'test' })
    expect(tested.json()).toMatchObject({ delivered: true, results: [{ status: 204, delivered: true }] })
    expect(JSON.parse(hooks.received[0]?.body ?? '')).toMatchObject({
      id: tested.json().event_id,
      type: 'webhook.test',
      data: { object: { service_name: 'paypal' } },
    })
    expect(hooks.received[0]?.headers['webhook-signature']).toMatch(/^v1,\S+ v1a,\S+$/)
    const log = (await call('GET', `/api/webhooks/deliveries?endpoint_id=${made.id}`)).json().data
    expect(log).toMatchObject([
      { status: 'delivered', trigger: 'test', attempt_count: 1, attempts: [{ status: 204 }] },
    ])
    expect((await call('GET', `/api/webhooks/deliveries/${log[0].id}`)).json()).toEqual(log[0])

    const changed = await call('PATCH', path, { events: ['*'], description: null, ordered: true })
    expect(changed.json()).toMatchObject({ events: ['*'], ordered: true })
    for (let i = 0; i < 9; i++) expect((await call('POST', `${path}/rotate-secret`)).statusCode).toBe(200)
    expect((await call('POST', `${path}/rotate-secret`)).json().code).toBe('invalid_state')
    expect(
      (await call('POST', `${path}/rotate-secret`, { overlap_seconds: 0 })).json().public_keys,
    ).toHaveLength(1)
    expect((await call('POST', `${path}/disable`)).json()).toMatchObject({ disabled_reason: 'requested' })
    expect((await call('DELETE', path)).statusCode).toBe(200)
    expect((await call('GET', path)).statusCode).toBe(404)
  })

  test('S18: another account sees nothing of it and gets none of its events; a test key none of live', async () => {
    const hooks = await receiver()
    const mine = await account(hooks.url)
    const other = await world.api.newKey()
    for (const [method, path] of [
      ['GET', mine.path],
      ['PATCH', mine.path],
      ['DELETE', mine.path],
      ['POST', `${mine.path}/rotate-secret`],
    ] as const) {
      const answer = await world.api.call(other.plain, method, path, method === 'PATCH' ? {} : undefined)
      expect(answer.statusCode, `${method} ${path}`).toBe(404)
    }
    await world.raise(other.accountId)
    await world.raise(mine.accountId, 1, { environment: 'live' })
    expect(await states(mine.accountId)).toEqual([])
    const body = { url: 'https://example.com/', environment: 'live' }
    const live = await world.api.call(mine.plain, 'POST', '/api/webhooks/endpoints', body)
    expect(live.json().code).toBe('environment_not_allowed')
  })

  test('S1 to S12: what would be refused when sending is refused when it is saved', async () => {
    const { plain } = await world.api.newKey({ environment: 'live' })
    for (const url of [
      'https://127.1/',
      'http://example.com/',
      'https://a:b@example.com/',
      'https://localhost./',
    ]) {
      const refused = await world.api.call(plain, 'POST', '/api/webhooks/endpoints', {
        url,
        environment: 'live',
      })
      expect(refused.statusCode, url).toBe(400)
      expect(refused.json().errors[0].pointer).toBe('/url')
    }
    const unknown = { url: 'https://8.8.8.8/', events: ['payment.exploded'] }
    expect((await world.api.call(plain, 'POST', '/api/webhooks/endpoints', unknown)).statusCode).toBe(400)
  })

  test('the inbound log lists what a provider sent, and a quarantined one is put back in line', async () => {
    const { plain, accountId } = await world.api.newKey()
    const id = world.api.deps.newId()
    await world.rows(
      `insert into inbound select r.* from jsonb_populate_record(null::inbound, $1::jsonb) r`,
      [
        JSON.stringify({
          account_id: accountId,
          environment: 'test',
          id,
          provider: 'paypal',
          event_id: 'WH-1',
          event_type: 'PAYMENT.CAPTURE.COMPLETED',
          state: 'quarantined',
          reason: 'the event belongs to the other environment',
          body: '\\x7b7d',
          tries: 3,
          received_at: new Date(),
        }),
      ],
    )
    const logs = (await world.api.call(plain, 'GET', '/api/webhooks/logs?service_name=paypal&limit=5')).json()
    expect(logs.data).toMatchObject([
      { id: formatId('inbound', id), service_name: 'paypal', status: 'quarantined' },
    ])
    expect(
      (await world.api.call(plain, 'GET', '/api/webhooks/logs?service_name=stripe')).json().data,
    ).toEqual([])
    const again = await world.api.call(plain, 'POST', `/api/webhooks/inbound/${logs.data[0].id}/reprocess`)
    expect(again.json()).toMatchObject({ status: 'received', tries: 0 })
  })
})
