/** Calls that wait long for a provider that was away hear of its return from each other. */
import { parseId, type Service } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bodyOf,
  claimFor,
  createEngineWorld,
  type EngineWorld,
  inr,
  paymentInput,
  type Tenant,
  usd,
} from '../../../../test/harness/engine.ts'
import { ownPayment } from './complete-payment.ts'
import { createPayment } from './create-payment.ts'
import { createRefund } from './create-refund.ts'
import { TAKEOVER_MS } from './ports.ts'
import { FETCHED_WITHIN_MS, SCOUT_EVERY_MS, unknownDelayMs } from './schedule.ts'
import { syncPayment } from './sync-payment.ts'

let world: EngineWorld
beforeAll(async () => {
  world = await createEngineWorld()
})
afterAll(async () => {
  await world.close()
})

const DAY = 24 * 3_600_000

/** A refund whose answer was lost, as it stands after an outage of hours: it will be asked about tomorrow. */
async function waitingRefund(tenant: Tenant, provider: Service): Promise<void> {
  const amount = provider === 'razorpay' ? inr(40_000n) : usd(40_000n)
  const reply = await createPayment(
    world.engine,
    tenant.caller,
    paymentInput({ provider, amount }),
    claimFor(),
  )
  const made = bodyOf<{ id: string; provider_order_id: string }>(reply)
  const paymentId = parseId('payment', made.id) ?? ''
  tenant.simulate(provider, made.provider_order_id, 'succeed')
  await syncPayment(world.engine, await ownPayment(world.engine, tenant.caller, paymentId), 'payer')
  world.sandbox.faults.add({ provider, fault: 'lost_answer', count: 1, match: 'refund' })
  const refund = { paymentId, amount: null, speed: 'normal', metadata: {} } as const
  expect((await createRefund(world.engine, tenant.caller, refund, claimFor())).status).toBe(202)
}

const postponeAll = () =>
  world.db.engine.query({
    text: `update operation set due_at = clock_timestamp() + $1::int * interval '1 millisecond', tries = 200
      where state = 'unknown'`,
    values: [DAY],
  })

async function waiting(): Promise<Readonly<Record<string, number>>> {
  const { rows } = await world.db.engine.query<{ provider: string; n: number }>(
    `select provider, count(*)::int as n from operation where state = 'unknown' group by 1 order by 1`,
  )
  return Object.fromEntries(rows.map(({ provider, n }) => [provider, n]))
}

test('of many that wait, one goes ahead for each account and provider; settled, it fetches the others', async () => {
  const tenant = await world.tenant()
  const other = await world.tenant()
  for (let n = 0; n < 3; n += 1) await waitingRefund(tenant, 'stripe')
  for (let n = 0; n < 2; n += 1) await waitingRefund(tenant, 'razorpay')
  await waitingRefund(other, 'stripe')
  await postponeAll()
  await world.settle()
  expect(await waiting()).toEqual({ razorpay: 2, stripe: 4 })
  expect(await world.engine.store.sendScouts(TAKEOVER_MS)).toBe(3)
  await world.settle()
  expect(await waiting()).toEqual({ razorpay: 1, stripe: 2 })
  await world.pass(FETCHED_WITHIN_MS)
  await world.settle()
  expect(await waiting()).toEqual({})
})

test('while the provider stays away, one asks and the others keep waiting', async () => {
  const tenant = await world.tenant()
  for (let n = 0; n < 3; n += 1) await waitingRefund(tenant, 'stripe')
  await postponeAll()
  for (let round = 0; round < 3; round += 1) {
    world.sandbox.faults.add({ provider: 'stripe', fault: 'error_before', count: 1 })
    expect(await world.engine.store.sendScouts(TAKEOVER_MS)).toBe(1)
    await world.settle()
    expect(await waiting()).toEqual({ stripe: 3 })
  }
  const { rows } = await world.db.engine.query<{ tries: number }>(
    `select tries from operation where state = 'unknown' order by tries`,
  )
  // Each of them in its turn: one that can never be settled does not speak for all.
  expect(rows.map(({ tries }) => tries)).toEqual([201, 201, 201])
})

test('what is asked about soon anyway is left to its turn, because somebody may have it in hand', async () => {
  const tenant = await world.tenant()
  await waitingRefund(tenant, 'paypal')
  expect(unknownDelayMs(0)).toBeLessThan(TAKEOVER_MS)
  const before = await world.engine.store.nextOperationDueMs()
  await world.db.engine.query(
    `update operation set due_at = clock_timestamp() + interval '40 seconds' where state = 'unknown'`,
  )
  expect(await world.engine.store.sendScouts(TAKEOVER_MS)).toBe(0)
  expect(before).toBeLessThan(SCOUT_EVERY_MS)
})
