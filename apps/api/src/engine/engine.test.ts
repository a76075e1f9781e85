import { parseId } from '@onerouter/core'
import { providerNamed } from '@onerouter/providers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bodyOf,
  claimFor,
  createEngineWorld,
  type EngineWorld,
  inr,
  paymentInput,
  SERVICES_UNDER_TEST,
  type Tenant,
  usd,
} from '../../../../test/harness/engine.ts'
import { cancelPayment, capturePayment, ownPayment } from './complete-payment.ts'
import { createPayment } from './create-payment.ts'
import { createRefund } from './create-refund.ts'
import { presentPayment } from './present.ts'
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

const uuid = (id: string): string => parseId('payment', id) ?? ''

async function fetched(id: string) {
  return presentPayment(await ownPayment(world.engine, tenant.caller, uuid(id)))
}

async function synced(id: string) {
  await syncPayment(world.engine, await ownPayment(world.engine, tenant.caller, uuid(id)), 'payer')
  return await fetched(id)
}

for (const provider of SERVICES_UNDER_TEST) {
  const amount = provider === 'razorpay' ? inr(50_000n) : usd(50_000n)
  describe.skipIf(providerNamed(provider) === undefined)(`through ${provider}`, () => {
    const create = async (capture: 'automatic' | 'manual' = 'automatic') => {
      const reply = await createPayment(
        world.engine,
        tenant.caller,
        paymentInput({ provider, amount, capture }),
        claimFor(),
      )
      expect(reply.status, reply.body).toBe(201)
      return bodyOf<ReturnType<typeof presentPayment>>(reply)
    }
    const paid = async (capture: 'automatic' | 'manual' = 'automatic') => {
      const payment = await create(capture)
      tenant.simulate(provider, payment.provider_order_id ?? '', 'succeed')
      return await synced(payment.id)
    }

    test('a payment waits for its payer with a checkout url, then succeeds with its fee', async () => {
      const payment = await create()
      expect(payment.status).toBe('requires_action')
      expect(payment.checkout_url).toMatch(/^http/)
      expect(payment.provider_order_id).not.toBe(payment.id)
      tenant.simulate(provider, payment.provider_order_id ?? '', 'succeed')
      const after = await synced(payment.id)
      expect(after.status).toBe('succeeded')
      expect(after.amount_captured).toBe('500.00')
      await world.pass(60_000)
      await world.settle()
      expect((await fetched(payment.id)).fees).not.toBeNull()
    })

    test('an authorized payment is captured and then refunded in parts', async () => {
      const payment = await paid('manual')
      expect(payment.status).toBe('authorized')
      const captured = await capturePayment(world.engine, tenant.caller, uuid(payment.id), null, claimFor())
      expect(captured.status, captured.body).toBe(200)
      expect(bodyOf(captured)).toMatchObject({ status: 'succeeded', amount_captured_minor: 50_000 })
      for (const part of [20_000n, 30_000n]) {
        const reply = await createRefund(
          world.engine,
          tenant.caller,
          {
            paymentId: uuid(payment.id),
            amount: () => ({ minor: part, currency: amount.currency }),
            speed: 'normal',
            metadata: {},
          },
          claimFor(),
        )
        expect(reply.status, reply.body).toBe(201)
      }
      await world.pass(600_000)
      await world.settle()
      expect(await fetched(payment.id)).toMatchObject({ status: 'succeeded', amount_refunded_minor: 50_000 })
    })

    test('a payment nobody paid can be canceled, and then no longer captured', async () => {
      const payment = await create()
      const canceled = await cancelPayment(world.engine, tenant.caller, uuid(payment.id), claimFor())
      expect(canceled.status, canceled.body).toBe(200)
      expect(bodyOf(canceled)).toMatchObject({ status: 'canceled', checkout_url: null })
      await expect(
        capturePayment(world.engine, tenant.caller, uuid(payment.id), null, claimFor()),
      ).rejects.toMatchObject({ code: 'invalid_state' })
    })

    test('H1, H10: an answer lost on the way is settled by the resolver, with one order at the provider', async () => {
      world.sandbox.faults.add({ provider, fault: 'lost_answer', count: 1, match: CREATE_PATH[provider] })
      const reply = await createPayment(
        world.engine,
        tenant.caller,
        paymentInput({ provider, amount }),
        claimFor(),
      )
      expect(reply.status).toBe(202)
      const payment = bodyOf<{ id: string; status: string }>(reply)
      expect(payment.status).toBe('processing')
      const before = world.sandbox.book(provider).length
      await world.pass(10_000)
      await world.settle()
      expect(await fetched(payment.id)).toMatchObject({ status: 'requires_action' })
      expect(world.sandbox.book(provider).length).toBe(before)
    })

    test('H1: a capture whose answer was lost is captured once, and the same key tells its outcome', async () => {
      const payment = await paid('manual')
      const claim = claimFor()
      world.sandbox.faults.add({ provider, fault: 'lost_answer', count: 1, match: 'capture' })
      const first = await capturePayment(world.engine, tenant.caller, uuid(payment.id), null, claim)
      expect(first.status, first.body).toBe(202)
      const second = await capturePayment(world.engine, tenant.caller, uuid(payment.id), null, claim)
      expect(second.status, second.body).toBe(200)
      expect(bodyOf(second)).toMatchObject({ status: 'succeeded', amount_captured_minor: 50_000 })
      const third = await capturePayment(world.engine, tenant.caller, uuid(payment.id), null, claim)
      expect(third.body).toBe(second.body)
    })

    test('H21: a refund whose answer was lost is made once, and its amount stays reserved meanwhile', async () => {
      const payment = await paid()
      const claim = claimFor()
      const input = { paymentId: uuid(payment.id), amount: null, speed: 'normal', metadata: {} } as const
      world.sandbox.faults.add({ provider, fault: 'lost_answer', count: 1, match: 'refund' })
      const first = await createRefund(world.engine, tenant.caller, input, claim)
      expect(first.status, first.body).toBe(202)
      await expect(createRefund(world.engine, tenant.caller, input, claimFor())).rejects.toMatchObject({
        code: 'amount_exceeds_captured',
      })
      const second = await createRefund(world.engine, tenant.caller, input, claim)
      expect(second.status, second.body).toBe(201)
      await world.pass(600_000)
      await world.settle()
      expect(await fetched(payment.id)).toMatchObject({ amount_refunded_minor: 50_000 })
    })

    test('a request that provably never left answers 503 and gives its key back', async () => {
      const claim = claimFor()
      const input = paymentInput({ provider, amount })
      const broken = {
        ...world.engine,
        http: () => async () => ({ ok: false, sent: false, reason: 'connect' }) as const,
      }
      const refused = await createPayment(broken, tenant.caller, input, claim)
      expect(refused.status).toBe(503)
      const again = await createPayment(world.engine, tenant.caller, input, claim)
      expect(again.status).toBe(201)
    })

    test('H3: the same key gives the same bytes and one order', async () => {
      const claim = claimFor()
      const input = paymentInput({ provider, amount })
      const first = await createPayment(world.engine, tenant.caller, input, claim)
      const second = await createPayment(world.engine, tenant.caller, input, {
        ...claim,
        requestId: 'req_other',
      })
      expect(second.body).toBe(first.body)
      expect(second).toMatchObject({ replayed: true, originalRequestId: claim.requestId })
      await expect(
        createPayment(world.engine, tenant.caller, input, { ...claim, fingerprint: Buffer.alloc(32, 'x') }),
      ).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    })
  })
}

test('H14: a canceled Razorpay order that is paid after all is booked, and the money goes back by itself', async () => {
  const reply = await createPayment(
    world.engine,
    tenant.caller,
    paymentInput({ provider: 'razorpay', amount: inr(50_000n) }),
    claimFor(),
  )
  const payment = bodyOf<{ id: string; provider_order_id: string }>(reply)
  await cancelPayment(world.engine, tenant.caller, uuid(payment.id), claimFor())
  tenant.simulate('razorpay', payment.provider_order_id, 'succeed')
  const after = await synced(payment.id)
  expect(after).toMatchObject({ status: 'succeeded', amount_captured_minor: 50_000 })
  await synced(payment.id)
  expect(await fetched(payment.id)).toMatchObject({ amount_refunded_minor: 50_000 })
})

test('H14: a canceled PayPal order that its payer approves after all is never captured', async () => {
  const reply = await createPayment(
    world.engine,
    tenant.caller,
    paymentInput({ provider: 'paypal' }),
    claimFor(),
  )
  const payment = bodyOf<{ id: string; provider_order_id: string }>(reply)
  await cancelPayment(world.engine, tenant.caller, uuid(payment.id), claimFor())
  tenant.simulate('paypal', payment.provider_order_id, 'succeed')
  expect(await synced(payment.id)).toMatchObject({ status: 'canceled', amount_captured_minor: 0 })
})

const CREATE_PATH = {
  stripe: 'POST /v1/checkout/sessions',
  paypal: 'POST /v2/checkout/orders',
  razorpay: 'POST /v1/orders',
  twilio: '',
} as const
