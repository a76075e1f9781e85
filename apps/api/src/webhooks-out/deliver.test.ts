import { formatId } from '@onerouter/core'
import { Webhook } from 'standardwebhooks'
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

interface Endpoint {
  readonly id: string
  readonly secret: string
}

async function endpoint(key: string, body: object): Promise<Endpoint> {
  const created = await world.api.call(key, 'POST', '/api/webhooks/endpoints', body)
  expect(created.statusCode, created.body).toBe(201)
  return created.json()
}

/** Results are written a moment after the answer came; polling the table is the honest wait. */
async function settled(accountId: string, count: number): Promise<Record<string, unknown>[]> {
  for (let i = 0; i < 400; i++) {
    const rows = await world.rows(
      `select * from delivery where account_id = $1 and owner is null and attempt > 0 order by id`,
      [accountId],
    )
    if (rows.length >= count) return rows
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`no ${count} deliveries settled`)
}

describe('delivering', () => {
  test('D20: the receiver verifies our own signature over the bytes it got, and gets only what it wants', async () => {
    const { plain, accountId } = await world.api.newKey()
    const hooks = await receiver()
    const made = await endpoint(plain, { url: hooks.url, events: ['payment.succeeded', 'refund.*'] })
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const worker = world.worker()
    await world.raise(accountId, 1, { type: 'payment.created' })
    const [event] = await world.raise(accountId)
    await world.raise(accountId, 1, { type: 'refund.created' })
    worker.wake()
    await hooks.until(2)
    await settled(accountId, 2)
    await worker.stop()
    expect(hooks.received).toHaveLength(2)
    for (const { body, headers } of hooks.received) {
      const verified = new Webhook(made.secret).verify(body, headers as Record<string, string>)
      expect(verified).toMatchObject({ id: headers['webhook-id'], object: 'event' })
    }
    const first = hooks.received.find((one) => one.body.includes('payment.succeeded'))
    expect(first?.body).toBe(event?.payload)
    expect(first?.headers).toMatchObject({
      'webhook-id': formatId('event', event?.id ?? ''),
      'onerouter-delivery-attempt': '1',
      'onerouter-delivery-trigger': 'auto',
      'accept-encoding': 'identity',
    })
    const got = await world.api.call(plain, 'GET', `/v1/events/${first?.headers['webhook-id']}`)
    expect(got.json()).toEqual(JSON.parse(first?.body ?? ''))
  })

  test('during a rotation both secrets verify; after it only the new one', async () => {
    const { plain, accountId } = await world.api.newKey()
    const hooks = await receiver()
    const old = await endpoint(plain, { url: hooks.url })
    const url = `/api/webhooks/endpoints/${old.id}/rotate-secret`
    const fresh: Endpoint = (await world.api.call(plain, 'POST', url, { overlap_seconds: 60 })).json()
    const worker = world.worker()
    await world.raise(accountId)
    worker.wake()
    await hooks.until(1)
    const verify = (secret: string, n: number) => {
      const { body, headers } = hooks.received[n] ?? { body: '', headers: {} }
      return new Webhook(secret).verify(body, headers as Record<string, string>)
    }
    expect(verify(old.secret, 0)).toEqual(verify(fresh.secret, 0))
    await world.rows(`update webhook_secret set expires_at = now() where expires_at is not null`)
    await world.raise(accountId)
    worker.wake()
    await hooks.until(2)
    await worker.stop()
    expect(verify(fresh.secret, 1)).toBeTruthy()
    expect(() => verify(old.secret, 1)).toThrow('No matching signature found')
  })

  test('D22: two workers, one due delivery: exactly one attempt', async () => {
    const { plain, accountId } = await world.api.newKey()
    const hooks = await receiver()
    await endpoint(plain, { url: hooks.url })
    const workers = [world.worker(), world.worker(), world.worker(), world.worker()]
    for (let round = 0; round < 5; round++) {
      await world.raise(accountId, 4)
      for (const worker of workers) worker.wake()
    }
    await hooks.until(20)
    await settled(accountId, 20)
    await Promise.all(workers.map((worker) => worker.stop()))
    const ids = hooks.received.map((one) => one.headers['webhook-id'])
    expect(ids).toHaveLength(20)
    expect(new Set(ids).size).toBe(20)
    const log = await world.rows('select * from delivery_attempt where account_id = $1', [accountId])
    expect(log).toHaveLength(20)
  })

  test('D21, H37: a failed delivery is retried by the running process with the same id and bytes', async () => {
    const { plain, accountId } = await world.api.newKey()
    const hooks = await receiver((response, _request, n) => response.writeHead(n < 3 ? 500 : 200).end('ok'))
    await endpoint(plain, { url: hooks.url })
    const worker = world.worker()
    await world.raise(accountId)
    worker.wake()
    for (let n = 1; n <= 3; n++) {
      await hooks.until(n)
      await settled(accountId, 1)
      await world.pass(86_400_000)
      worker.wake()
    }
    const [row] = await settled(accountId, 1)
    expect(row).toMatchObject({ state: 'delivered', attempt: 3, last_status: 200 })
    expect(new Set(hooks.received.map((one) => one.body)).size).toBe(1)
    expect(new Set(hooks.received.map((one) => one.headers['webhook-id'])).size).toBe(1)
    expect(hooks.received.map((one) => one.headers['onerouter-delivery-attempt'])).toEqual(['1', '2', '3'])
    await worker.stop()
  })

  test('D21: a permanent refusal is not rescheduled: 410 disables the endpoint, a closed address ends at once', async () => {
    const { plain, accountId } = await world.api.newKey()
    const hooks = await receiver((response) => response.writeHead(410).end())
    const gone = await endpoint(plain, { url: hooks.url })
    const worker = world.worker()
    await world.raise(accountId)
    worker.wake()
    const [row] = await settled(accountId, 1)
    expect(row).toMatchObject({ state: 'failed', attempt: 1, last_error: 'gone', due_at: null })
    const after = await world.api.call(plain, 'GET', `/api/webhooks/endpoints/${gone.id}`)
    expect(after.json()).toMatchObject({ status: 'disabled', disabled_reason: 'gone' })

    const second = await world.api.newKey()
    await endpoint(second.plain, { url: hooks.url })
    await world.rows(
      `update webhook_endpoint set url = 'http://169.254.169.254/latest' where account_id = $1`,
      [second.accountId],
    )
    await world.raise(second.accountId)
    worker.wake()
    const [refused] = await settled(second.accountId, 1)
    expect(refused).toMatchObject({ state: 'failed', last_error: 'refused_address', due_at: null })
    await worker.stop()
  })

  test('D22: a redelivery after exhaustion gets a full schedule, under the same id', async () => {
    const { plain, accountId } = await world.api.newKey()
    const hooks = await receiver((response) => response.writeHead(503).end())
    await endpoint(plain, { url: hooks.url })
    await world.raise(accountId)
    await world.rows('update delivery set step = 9, attempt = 9 where account_id = $1', [accountId])
    const worker = world.worker()
    await hooks.until(1)
    let [row] = await settled(accountId, 1)
    expect(row).toMatchObject({ state: 'failed', attempt: 10, due_at: null })
    const id = formatId('delivery', String(row?.id))
    const again = await world.api.call(plain, 'POST', `/api/webhooks/deliveries/${id}/redeliver`)
    expect(again.statusCode).toBe(202)
    worker.wake()
    await hooks.until(2)
    ;[row] = await settled(accountId, 1)
    expect(row).toMatchObject({ state: 'pending', attempt: 11, step: 1, trigger: 'manual' })
    expect(hooks.received[1]?.headers).toMatchObject({
      'webhook-id': hooks.received[0]?.headers['webhook-id'],
      'onerouter-delivery-trigger': 'manual',
      'onerouter-delivery-attempt': '11',
    })
    await worker.stop()
  })
})
