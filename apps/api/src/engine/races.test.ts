import { parseId } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bodyOf,
  claimFor,
  createEngineWorld,
  type EngineWorld,
  paymentInput,
  type Tenant,
  usd,
} from '../../../../test/harness/engine.ts'
import { capturePayment, ownPayment } from './complete-payment.ts'
import { createPayment } from './create-payment.ts'
import { createRefund } from './create-refund.ts'
import type { Reply } from './ports.ts'
import { syncPayment } from './sync-payment.ts'

let world: EngineWorld
let tenant: Tenant
beforeAll(async () => {
  world = await createEngineWorld(7)
  tenant = await world.tenant()
})
afterAll(async () => {
  await world.close()
})

async function count(text: string): Promise<number> {
  const { rows } = await world.db.engine.query<{ n: number }>(`select count(*)::int as n from ${text}`)
  return rows[0]?.n ?? -1
}

test('H4: 200 keys, 40 callers each: 200 payments here, 200 orders at the provider, identical answers', async () => {
  const ordersBefore = world.sandbox.book('stripe').length
  const answers = new Map<string, Set<string>>()
  const one = async (key: string) => {
    const reply = await createPayment(
      world.engine,
      tenant.caller,
      paymentInput({ provider: 'stripe' }),
      claimFor(key),
    ).catch((error: { code?: string }) => {
      expect(error.code).toBe('idempotency_request_in_progress')
      return null
    })
    if (reply === null) return
    expect(reply.status).toBe(201)
    answers.set(key, (answers.get(key) ?? new Set()).add(reply.body))
  }
  for (let wave = 0; wave < 10; wave++) {
    const keys = Array.from({ length: 20 }, (_, i) => `race-${wave * 20 + i}`)
    await Promise.all(keys.flatMap((key) => Array.from({ length: 40 }, () => one(key))))
  }
  expect(await count('payment')).toBe(200)
  expect(await count("operation where kind = 'charge'")).toBe(200)
  expect(world.sandbox.book('stripe').length - ordersBefore).toBe(200)
  expect(answers.size).toBe(200)
  for (const bodies of answers.values()) expect(bodies.size).toBe(1)
})

async function paid(): Promise<string> {
  const reply = await createPayment(
    world.engine,
    tenant.caller,
    paymentInput({ provider: 'stripe' }),
    claimFor(),
  )
  const payment = bodyOf<{ id: string; provider_order_id: string }>(reply)
  tenant.simulate('stripe', payment.provider_order_id, 'succeed')
  const id = parseId('payment', payment.id) ?? ''
  await syncPayment(world.engine, await ownPayment(world.engine, tenant.caller, id), 'payer')
  return id
}

test('H20: 40 concurrent refunds of 30 % never exceed the capture, here or at the provider', async () => {
  const id = await paid()
  const refund = () =>
    createRefund(
      world.engine,
      tenant.caller,
      { paymentId: id, amount: () => usd(15_000n), speed: 'normal', metadata: {} },
      claimFor(),
    ).catch((error: { code?: string }): Reply | null => {
      expect(error.code).toBe('amount_exceeds_captured')
      return null
    })
  const replies = await Promise.all(Array.from({ length: 40 }, refund))
  expect(replies.filter((reply) => reply?.status === 201)).toHaveLength(3)
  const payment = await ownPayment(world.engine, tenant.caller, id)
  expect(payment).toMatchObject({ status: 'succeeded', refunded: 45_000n, refund_pending: 0n })
  const book = world.sandbox.book('stripe').find((entry) => entry.reference === payment.reference)
  expect(book?.refunded).toBe(45_000n)
})

test('40 concurrent full refunds under one key give one refund and one answer', async () => {
  const id = await paid()
  const input = { paymentId: id, amount: null, speed: 'normal', metadata: {} } as const
  const refund = () => createRefund(world.engine, tenant.caller, input, claimFor(`refund-${id}`))
  const replies = await Promise.allSettled(Array.from({ length: 40 }, refund))
  const bodies = new Set(replies.flatMap((one) => (one.status === 'fulfilled' ? [one.value.body] : [])))
  expect(bodies.size).toBe(1)
  expect(await count(`refund where payment_id = '${id}'`)).toBe(1)
})

test('H4: 20 concurrent captures under keys of their own capture once', async () => {
  const reply = await createPayment(
    world.engine,
    tenant.caller,
    paymentInput({ provider: 'stripe', capture: 'manual' }),
    claimFor(),
  )
  const payment = bodyOf<{ id: string; provider_order_id: string }>(reply)
  tenant.simulate('stripe', payment.provider_order_id, 'succeed')
  const id = parseId('payment', payment.id) ?? ''
  await syncPayment(world.engine, await ownPayment(world.engine, tenant.caller, id), 'payer')
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => capturePayment(world.engine, tenant.caller, id, null, claimFor())),
  )
  expect(outcomes.filter((one) => one.status === 'fulfilled' && one.value.status === 200)).toHaveLength(1)
  for (const one of outcomes) {
    if (one.status === 'rejected') expect(['invalid_state', 'conflict']).toContain(one.reason.code)
  }
  expect(await count(`operation where payment_id = '${id}' and kind = 'capture'`)).toBe(1)
  expect((await ownPayment(world.engine, tenant.caller, id)).captured).toBe(50_000n)
})
