/** What is looked after until it is done: money that is owed, refunds that hang, messages that waited. */
import { parseId } from '@onerouter/core'
import type { Provider } from '@onerouter/providers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bodyOf,
  claimFor,
  createEngineWorld,
  type EngineWorld,
  inr,
  paymentInput,
  type Tenant,
} from '../../../../test/harness/engine.ts'
import { inTheDark, losingAnswersOf } from '../../../../test/harness/interference.ts'
import type { InboundRow } from '../store/rows.ts'
import { runDue } from '../worker/worker.ts'
import { applyRefundSnapshot } from './apply-evidence.ts'
import { applyInbound } from './apply-inbound.ts'
import { accessFor, contextFor, handleOf } from './call-provider.ts'
import { COMPENSATION_REASON } from './compensate.ts'
import { cancelPayment, ownPayment } from './complete-payment.ts'
import { createPayment } from './create-payment.ts'
import { createRefund } from './create-refund.ts'
import type { InboundOutcome } from './ports.ts'
import { syncPayment } from './sync-payment.ts'

let world: EngineWorld
let tenant: Tenant
beforeAll(async () => {
  world = await createEngineWorld()
  tenant = await world.tenant()
})
afterAll(async () => {
  await world.close()
})

const HOUR = 3_600_000
const own = (id: string) => ownPayment(world.engine, tenant.caller, parseId('payment', id) ?? '')

async function created(minor: bigint) {
  const input = paymentInput({ provider: 'razorpay', amount: inr(minor) })
  const reply = await createPayment(world.engine, tenant.caller, input, claimFor())
  return bodyOf<{ id: string; provider_order_id: string }>(reply)
}

test('H14: a refund that came back after a canceled payment was paid is made again', async () => {
  // Razorpay's refunds of an amount that ends so hang for an hour and then come back.
  const payment = await created(59_913n)
  const { id } = await own(payment.id)
  await cancelPayment(world.engine, tenant.caller, id, claimFor())
  tenant.simulate('razorpay', payment.provider_order_id, 'succeed')
  await syncPayment(world.engine, await own(payment.id), 'payer')
  const refunds = async () => {
    const text = 'select status from refund where payment_id = $1 and reason = $2 order by created_at, id'
    const { rows } = await world.db.engine.query<{ status: string }>(text, [id, COMPENSATION_REASON])
    return rows.map(({ status }) => status)
  }
  expect(await refunds()).toEqual(['pending'])
  await world.pass(2 * HOUR)
  await world.settle()
  expect((await refunds()).slice(0, 2)).toEqual(['failed', 'pending'])
})

test('H14: what a canceled payment took goes back, however often the provider turns the looks at it away', async () => {
  const payment = await created(60_000n)
  const { id } = await own(payment.id)
  await cancelPayment(world.engine, tenant.caller, id, claimFor())
  tenant.simulate('razorpay', payment.provider_order_id, 'succeed')
  // The refund is turned away, and so is every look at the payment, whose fee is booked by then.
  world.sandbox.faults.add({ provider: 'razorpay', fault: 'rate_limited', count: 1, match: '/refund' })
  await syncPayment(world.engine, await own(payment.id), 'payer')
  expect(await own(payment.id)).toMatchObject({ status: 'succeeded', refunded: 0n })
  for (let looks = 0; looks < 4; looks++) {
    world.sandbox.faults.add({ provider: 'razorpay', fault: 'rate_limited', count: 50, match: '' })
    await world.pass(6 * HOUR)
    await world.settle()
    world.sandbox.faults.clear()
  }
  expect(await own(payment.id)).toMatchObject({
    refunded: 0n,
    refund_pending: 0n,
    fee_amount: expect.any(BigInt),
  })
  for (let days = 0; days < 2; days++) {
    await world.pass(24 * HOUR)
    await world.settle()
  }
  expect(await own(payment.id)).toMatchObject({ refunded: 60_000n, refund_pending: 0n })
})

test('H21: a pending refund whose call was settled by a webhook is looked after until the money has arrived', async () => {
  const payment = await created(59_917n)
  tenant.simulate('razorpay', payment.provider_order_id, 'succeed')
  await syncPayment(world.engine, await own(payment.id), 'payer')
  const before = await own(payment.id)
  world.sandbox.faults.add({ provider: 'razorpay', fault: 'lost_answer', count: 1, match: 'refund' })
  const input = { paymentId: before.id, amount: null, speed: 'normal', metadata: {} } as const
  expect((await createRefund(world.engine, tenant.caller, input, claimFor())).status).toBe(202)
  const access = await accessFor(world.engine, before)
  const call = { verb: 'refunds.list', paymentId: before.id, operationId: null }
  const listed =
    access === null
      ? undefined
      : await access.provider.refunds?.list(
          contextFor(world.engine, access.credential, 'later', call),
          handleOf(before),
        )
  if (listed?.kind !== 'ok' || listed.value[0] === undefined) throw new Error('no refund at the provider')
  expect(await applyRefundSnapshot(world.engine, await own(payment.id), listed.value[0])).toBe(true)
  const operations = await world.engine.store.listOperations(before)
  const refund = operations.find(({ kind }) => kind === 'refund')
  expect(refund).toMatchObject({ state: 'succeeded', due_at: expect.any(Date) })
  for (let hours = 0; hours < 6; hours++) {
    await world.pass(HOUR)
    await world.settle()
  }
  expect(await own(payment.id)).toMatchObject({ refunded: 59_917n, refund_pending: 0n })
})

/** Half an hour and more in which nobody answers, and what is due is tried again and again. */
async function outage(tries: number): Promise<void> {
  for (let n = 0; n < tries; n++) {
    await runDue(inTheDark(world.engine))
    await world.pass(HOUR / 30)
  }
}

/** Every half hour somebody looks whether something is due. */
async function halfHours(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await world.settle()
    await world.pass(HOUR / 2)
  }
}

test.each([15, 200])(
  'H13: %i tries that an outage used up do not keep money on its way back out of sight',
  async (tries) => {
    const payment = await created(59_917n)
    for (const act of ['fail', 'succeed', 'late_succeed'] as const) {
      tenant.simulate('razorpay', payment.provider_order_id, act)
    }
    await syncPayment(world.engine, await own(payment.id), 'payer')
    await outage(tries)
    await halfHours(4)
    const states = (await world.engine.store.listOperations(await own(payment.id))).map(({ state }) => state)
    expect(states).toEqual(['succeeded', 'compensated'])
  },
)

test('H21: the tries that an outage used up do not keep a pending refund out of sight', async () => {
  const payment = await created(59_917n)
  tenant.simulate('razorpay', payment.provider_order_id, 'succeed')
  await syncPayment(world.engine, await own(payment.id), 'payer')
  await halfHours(4)
  const { id } = await own(payment.id)
  const input = { paymentId: id, amount: null, speed: 'normal', metadata: {} } as const
  const lost = losingAnswersOf(world.engine, '/refund')
  expect((await createRefund(lost, tenant.caller, input, claimFor())).status).toBe(202)
  await outage(15)
  await halfHours(4)
  expect(await own(payment.id)).toMatchObject({ refunded: 59_917n, refund_pending: 0n })
})

test.each([
  { tries: 50, days: 1, state: 'received', why: 'the database is away for a moment' },
  { tries: 200, days: 1, state: 'received', why: 'a sick database used its tries up' },
  { tries: 1, days: 30, state: 'received', why: 'nobody was there to try' },
  { tries: 200, days: 4, state: 'quarantined', why: 'no try will help' },
])(
  'H19: after $tries tries in $days days, because $why, a webhook is $state',
  async ({ tries, days, state }) => {
    const outcomes: InboundOutcome[] = []
    const about = { kind: 'payment', reference: 'op_x', orderRef: null, paymentRef: null }
    const parse = () => ({ id: 'ev_1', type: 'payment', occurredAtMs: null, livemode: null, about })
    const engine = {
      ...world.engine,
      provider: () => ({ webhooks: { parse } }) as unknown as Provider, // nothing else of it is used
      store: {
        ...world.engine.store,
        findPaymentByProviderIds: () => Promise.reject(new Error('connection lost')),
        finishInbound: async (_row: InboundRow, outcome: InboundOutcome) => void outcomes.push(outcome),
      },
    }
    const row = { provider: 'razorpay', body: Buffer.from('{}'), id: world.engine.newId(), tries }
    const received_at = new Date(world.engine.now() - days * 24 * HOUR)
    await applyInbound(engine, { ...row, received_at } as InboundRow) // nothing else of it is used
    expect(outcomes.map((outcome) => outcome.state)).toEqual([state])
  },
)
