/** Deliveries that pass a signature and mean nothing, and deliveries that meet a server without its database. */
import { crc32 } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { withChecksum } from './crc32-twin.ts'
import { keptBy, order, postTo, statusOf } from './deliveries.ts'
import { createStack, type Delivery, type Merchant, type Stack } from './stack.ts'

let stack: Stack
let origin: string
beforeAll(async () => {
  stack = await createStack()
  origin = await stack.api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => stack.close())

const post = (delivery: Delivery) => postTo(origin, delivery)
const kept = (merchant: Merchant) => keptBy(stack, merchant)

describe('PayPal signs a checksum, so a signature proves less than it seems to', () => {
  async function forgedTwin(merchant: Merchant) {
    const victim = await order(merchant, 'paypal')
    const paid = await order(merchant, 'paypal')
    merchant.pay(paid)
    const deliveries = await stack.collect(merchant)
    const delivery = deliveries.find(({ body }) => body.includes(paid.provider_order_id))
    if (delivery === undefined) throw new Error('nothing was delivered')
    const body = withChecksum(crc32(delivery.body), (pad) =>
      JSON.stringify({
        id: 'WH-FORGED',
        event_type: 'CHECKOUT.ORDER.COMPLETED',
        resource_type: 'checkout-order',
        create_time: new Date().toISOString(),
        pad,
        resource: { id: victim.provider_order_id, status: 'COMPLETED', intent: 'CAPTURE' },
      }),
    )
    expect(crc32(body)).toBe(crc32(delivery.body))
    return { victim, delivery, forged: { ...delivery, body } }
  }

  test('after the original the forgery is a repeat and leaves nothing', async () => {
    const merchant = await stack.merchant({ services: ['paypal'] })
    const { victim, delivery, forged } = await forgedTwin(merchant)
    expect((await post(delivery)).status).toBe(200)
    expect((await post(forged)).status).toBe(200)
    expect(await kept(merchant)).toHaveLength(1)
    await stack.work()
    expect(await statusOf(merchant, victim.id)).toBe('requires_action')
  })

  test('before the original it passes the signature, and PayPal itself is asked: nothing is believed', async () => {
    const merchant = await stack.merchant({ services: ['paypal'] })
    const { victim, forged } = await forgedTwin(merchant)
    expect((await post(forged)).status).toBe(200)
    await stack.work()
    expect(await statusOf(merchant, victim.id)).toBe('requires_action')
  })
})

test('while the database is away a delivery is never acknowledged, and the repeat is taken', async () => {
  const own = await createStack()
  const merchant = await own.merchant({ services: ['razorpay'] })
  const made = await order(merchant, 'razorpay')
  merchant.pay(made)
  const [delivery] = await own.collect(merchant)
  if (delivery === undefined) throw new Error('nothing was delivered')
  const name = new URL(own.api.databaseUrl).pathname.slice(1)
  const admin = new pg.Client(inject('postgresUrl'))
  await admin.connect()
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
  const refused = await own.hand(delivery)
  expect(refused.statusCode).toBeGreaterThanOrEqual(500)
  expect(refused.headers['content-type']).toContain('application/problem+json')
  expect(refused.body).not.toMatch(/SELECT|select|pg_|ECONN|57P/)
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  await admin.end()
  expect((await own.hand(delivery)).statusCode).toBe(200)
  await own.work()
  expect((await merchant.call('GET', `/v1/payments/${made.id}`)).json().status).toBe('succeeded')
  await own.close()
})
