import { parseId } from '@onerouter/core'
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
import { inTheDark, losingWrites, overStore } from '../../../../test/harness/interference.ts'
import { runDue } from '../worker/worker.ts'
import { ownPayment } from './complete-payment.ts'
import { createPayment } from './create-payment.ts'
import { type Engine, TAKEOVER_MS } from './ports.ts'

let world: EngineWorld
let tenant: Tenant
beforeAll(async () => {
  world = await createEngineWorld(37)
  tenant = await world.tenant()
})
afterAll(async () => {
  await world.close()
})

interface Created {
  readonly id: string
  readonly provider_order_id: string
}

type Send = ReturnType<Engine['http']>

/** A process that freezes just before its call, and the end of that. */
function freezing(thawed: (send: Send) => Send): { engine: Engine; frozen: Promise<void>; thaw: () => void } {
  const frozen = Promise.withResolvers<void>()
  const thaw = Promise.withResolvers<void>()
  const engine: Engine = {
    ...world.engine,
    http: (credential, call) => async (request) => {
      frozen.resolve()
      await thaw.promise
      return await thawed(world.engine.http(credential, call))(request)
    },
  }
  return { engine, frozen: frozen.promise, thaw: thaw.resolve }
}

test('H3: a process that thaws gives the answer that was given in its place, byte for byte', async () => {
  const claim = claimFor()
  const input = paymentInput({ provider: 'stripe' })
  const late = freezing(() => async () => ({ ok: false, sent: false, reason: 'connect' }))
  const asked = createPayment(late.engine, tenant.caller, input, claim)
  await late.frozen
  await world.pass(TAKEOVER_MS + 1_000)
  await world.settle()
  const told = await createPayment(world.engine, tenant.caller, input, claim)
  expect(told.status, told.body).toBe(201)
  tenant.simulate('stripe', bodyOf<Created>(told).provider_order_id, 'succeed')
  await world.pass(3_600_000)
  await world.settle()
  late.thaw()
  expect(await asked).toMatchObject({ status: told.status, body: told.body })
})

test('H4: a process that thaws after its order was left behind does not give the key back', async () => {
  const claim = claimFor()
  const input = paymentInput({ provider: 'razorpay', amount: inr(50_000n) })
  const late = freezing((send) => send)
  const asked = createPayment(late.engine, tenant.caller, input, claim)
  await late.frozen
  await world.pass(TAKEOVER_MS + 1_000)
  world.sandbox.faults.add({ provider: 'razorpay', fault: 'lost_answer', count: 1, match: 'POST /v1/orders' })
  await world.settle()
  late.thaw()
  const first = await asked
  expect(first.status, first.body).toBe(202)
  await world.pass(600_000)
  await world.settle()
  const again = await createPayment(world.engine, tenant.caller, input, claim)
  expect(again.status, again.body).toBe(201)
  expect(bodyOf<Created>(again).id).toBe(bodyOf<Created>(first).id)
})

const MOMENTS = (['listOperations', 'getPayment'] as const).flatMap((read) =>
  [1, 2, 3, 4].map((nth) => ({ read, nth })),
)

test.each(MOMENTS)(
  'H4: a key is not given back whose charge others make again while $read is asked for the time $nth',
  async ({ read, nth }) => {
    const claim = claimFor()
    const input = paymentInput({ provider: 'razorpay', amount: inr(50_000n) })
    const lost = losingWrites(world.engine)
    const first = await createPayment(lost, tenant.caller, input, claim)
    expect(first.status, first.body).toBe(202)
    const { id } = bodyOf<Created>(first)
    await world.pass(TAKEOVER_MS + 1_000)
    await runDue(lost)
    const attempts = async () => (await chargesOf(id)).length
    expect(await attempts()).toBe(2)
    // Nothing is found out by asking, so that the second attempt is still in the dark when it is looked at.
    let asked = 0
    const held = overStore(inTheDark(world.engine), (real) => ({
      [read]: async (ref: Parameters<(typeof real)[typeof read]>[0]) => {
        asked += 1
        if (asked === nth) {
          await world.pass(600_000)
          await world.settle()
        }
        return await real[read](ref)
      },
    }))
    const meanwhile = await createPayment(held, tenant.caller, input, claim)
    expect([201, 202], meanwhile.body).toContain(meanwhile.status)
    const again = await createPayment(world.engine, tenant.caller, input, claim)
    expect(again.status, again.body).toBe(201)
    expect(bodyOf<Created>(again).id).toBe(id)
  },
)

async function chargesOf(id: string) {
  const payment = await ownPayment(world.engine, tenant.caller, parseId('payment', id) ?? '')
  return (await world.engine.store.listOperations(payment)).filter(({ kind }) => kind === 'charge')
}
