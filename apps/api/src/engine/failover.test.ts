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
import { overStore, TIMED_OUT } from '../../../../test/harness/interference.ts'
import { ownPayment } from './complete-payment.ts'
import { createPayment } from './create-payment.ts'
import { type Engine, TAKEOVER_MS } from './ports.ts'
import { syncPayment } from './sync-payment.ts'

let world: EngineWorld
let tenant: Tenant
beforeAll(async () => {
  world = await createEngineWorld(21)
  tenant = await world.tenant()
})
afterAll(async () => {
  await world.close()
})

interface Created {
  readonly id: string
  readonly status: string
  readonly provider: string
  readonly attempts: number
  readonly provider_order_id: string
}

async function states(id: string): Promise<string[]> {
  const { rows } = await world.db.engine.query<{ line: string }>(
    `select n || ' ' || provider || ' ' || state as line from operation where payment_id = $1 order by n`,
    [parseId('payment', id)],
  )
  return rows.map((row) => row.line)
}

/** An engine whose way to Stripe is cut before the first byte. */
const withoutStripe = (engine: Engine): Engine => ({
  ...engine,
  http: (credential, call) =>
    credential.service === 'stripe'
      ? async () => ({ ok: false, sent: false, reason: 'connect' })
      : engine.http(credential, call),
})

test('H12: a provider that cannot be reached hands the payment to the next one, in the same request', async () => {
  const reply = await createPayment(withoutStripe(world.engine), tenant.caller, paymentInput(), claimFor())
  expect(reply.status, reply.body).toBe(201)
  const payment = bodyOf<Created>(reply)
  expect(payment).toMatchObject({ status: 'requires_action', provider: 'paypal', attempts: 2 })
  expect(await states(payment.id)).toEqual(['1 stripe not_sent', '2 paypal exposed'])
  const row = await ownPayment(world.engine, tenant.caller, parseId('payment', payment.id) ?? '')
  expect(row.routing.candidates.map((one) => [one.provider, one.chosen, one.reason])).toEqual([
    ['stripe', false, 'tried before, took nothing'],
    ['paypal', true, 'first usable in order'],
    ['razorpay', false, 'usable, later in order'],
  ])
})

test('H12: an order whose answer was lost was shown to nobody: it is left behind, and only one can be paid', async () => {
  world.sandbox.faults.add({
    provider: 'stripe',
    fault: 'lost_answer',
    count: 1,
    match: 'POST /v1/checkout/sessions',
  })
  const reply = await createPayment(world.engine, tenant.caller, paymentInput(), claimFor())
  expect(reply.status, reply.body).toBe(201)
  const payment = bodyOf<Created>(reply)
  expect(payment.provider).toBe('paypal')
  expect(await states(payment.id)).toEqual(['1 stripe abandoned', '2 paypal exposed'])
  tenant.simulate('paypal', payment.provider_order_id, 'succeed')
  const row = await ownPayment(world.engine, tenant.caller, parseId('payment', payment.id) ?? '')
  expect((await syncPayment(world.engine, row, 'payer')).payment.status).toBe('succeeded')
})

test('H3: the same key after a failover gives the same bytes', async () => {
  const claim = claimFor()
  const engine = withoutStripe(world.engine)
  const first = await createPayment(engine, tenant.caller, paymentInput(), claim)
  const second = await createPayment(world.engine, tenant.caller, paymentInput(), claim)
  expect(second.body).toBe(first.body)
})

test('credentials the provider refuses send the payment on; a provider the caller named is not replaced', async () => {
  const refuses: Engine = {
    ...world.engine,
    http: (credential, call) =>
      credential.service === 'stripe'
        ? async () => ({
            ok: true,
            response: { status: 401, headers: {}, text: '{"error":{"message":"no"}}' },
          })
        : world.engine.http(credential, call),
  }
  const routed = bodyOf<Created>(await createPayment(refuses, tenant.caller, paymentInput(), claimFor()))
  expect(routed.provider).toBe('paypal')
  expect(await states(routed.id)).toEqual(['1 stripe rejected', '2 paypal exposed'])
  const named = await createPayment(refuses, tenant.caller, paymentInput({ provider: 'stripe' }), claimFor())
  expect(named.status).toBe(502)
})

test('when no provider can be reached the caller is told so, and the key may be used again', async () => {
  const nowhere: Engine = {
    ...world.engine,
    http: () => async () => ({ ok: false, sent: false, reason: 'connect' }),
  }
  const claim = claimFor()
  const refused = await createPayment(nowhere, tenant.caller, paymentInput(), claim)
  expect(refused.status).toBe(503)
  const again = await createPayment(world.engine, tenant.caller, paymentInput(), claim)
  expect(again.status).toBe(201)
})

test('a Razorpay order whose answer was lost is made anew within seconds, and only the new one is shown', async () => {
  const lost: Engine = {
    ...world.engine,
    http: (credential, call) => {
      const http = world.engine.http(credential, call)
      return async (request) =>
        request.method === 'POST' ? { ok: false, sent: true, reason: 'timeout' } : await http(request)
    },
  }
  const input = paymentInput({ provider: 'razorpay', amount: inr(50_000n) })
  const claim = claimFor()
  expect((await createPayment(lost, tenant.caller, input, claim)).status).toBe(202)
  await world.pass(6_000)
  await world.settle()
  const told = await createPayment(world.engine, tenant.caller, input, claim)
  expect(told.status, told.body).toBe(201)
  const payment = bodyOf<Created>(told)
  expect(payment).toMatchObject({ status: 'requires_action', provider: 'razorpay', attempts: 2 })
  expect(await states(payment.id)).toEqual(['1 razorpay abandoned', '2 razorpay exposed'])
})

test('H12: an attempt that gave way after it was claimed is never asked of the provider that came after', async () => {
  const claim = claimFor()
  const frozen = Promise.withResolvers<void>()
  const thaw = Promise.withResolvers<void>()
  const late: Engine = {
    ...world.engine,
    http: (credential, call) => {
      if (credential.service !== 'stripe') return world.engine.http(credential, call)
      return async () => {
        frozen.resolve()
        await thaw.promise
        return TIMED_OUT
      }
    },
  }
  const asked = createPayment(late, tenant.caller, paymentInput(), claim)
  await frozen.promise
  await world.pass(TAKEOVER_MS + 1_000)
  const called: string[] = []
  const watched: Engine = {
    ...world.engine,
    http: (credential, call) => {
      called.push(`${credential.service} ${call.verb}`)
      return world.engine.http(credential, call)
    },
  }
  const other = overStore(watched, (real) => ({
    claimOperation: async (...rest) => {
      const claimed = await real.claimOperation(...rest)
      thaw.resolve()
      await asked
      return claimed
    },
  }))
  const told = await createPayment(other, tenant.caller, paymentInput(), claim)
  expect(called).toEqual([])
  const first = await asked
  expect(first.status, first.body).toBe(201)
  expect(told).toMatchObject({ status: first.status, body: first.body })
  expect(await states(bodyOf<Created>(first).id)).toEqual(['1 stripe abandoned', '2 paypal exposed'])
})
