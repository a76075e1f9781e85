import type { Service } from '@onerouter/core'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { byHand } from '../../../../test/harness/by-hand.ts'
import {
  bodyOf,
  claimFor,
  createEngineWorld,
  inr,
  paymentInput,
  SERVICES_UNDER_TEST,
  type Tenant,
  usd,
} from '../../../../test/harness/engine.ts'
import { createPayment } from '../engine/create-payment.ts'
import { createRefund } from '../engine/create-refund.ts'
import type { OperationRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { listDecisions } from './list.ts'
import { resolveReview } from './resolve-review.ts'

const HOUR_MS = 3_600_000
const world = await createEngineWorld(33)
let tenant: Tenant
beforeEach(async () => {
  tenant = await world.tenant()
})
afterAll(() => world.close())

const amountOf = (service: Service) => (service === 'razorpay' ? inr(50_000n) : usd(50_000n))
const HAPPENED = { outcome: 'happened', note: 'seen in the dashboard', who: 'person 1' } as const
const DID_NOT = { outcome: 'did_not_happen', note: 'nothing in the dashboard', who: 'person 1' } as const

async function one<T>(table: 'payment' | 'operation' | 'refund', more = ''): Promise<T> {
  const { rows } = await world.db.engine.query(
    `select * from ${table} where account_id = $1 ${more} order by id desc limit 1`,
    [tenant.caller.accountId],
  )
  return rows[0]
}

/** Takes from a call what was known of its outcome, as if it had been asked about in vain for two weeks. */
async function forget(operation: OperationRow): Promise<OperationRow> {
  await byHand(
    world.db,
    `update operation set state = 'needs_review', due_at = null, finished_at = null where id = $1`,
    [operation.id],
  )
  return await one('operation', `and id = '${operation.id}'`)
}

async function created(service: Service): Promise<OperationRow> {
  const input = paymentInput({ provider: service, amount: amountOf(service) })
  await createPayment(world.engine, tenant.caller, input, claimFor())
  return await one('operation')
}

/** A paid payment with a refund whose answer was lost; `made` says whether the provider made it. */
async function lostRefund(service: Service, made: boolean): Promise<OperationRow> {
  await created(service)
  const { provider_order_id } = await one<PaymentRow>('payment')
  tenant.simulate(service, provider_order_id ?? '', 'succeed')
  await world.pass(3 * 60_000)
  await world.settle()
  const payment = await one<PaymentRow>('payment')
  expect(payment.status).toBe('succeeded')
  const fault = made ? 'error_after' : 'error_before'
  world.sandbox.faults.add({ provider: service as 'stripe', fault, count: 1, match: 'refund' })
  const input = { paymentId: payment.id, amount: null, speed: 'normal', metadata: {} } as const
  await createRefund(world.engine, tenant.caller, input, claimFor())
  world.sandbox.faults.clear()
  return await forget(await one('operation', `and kind = 'refund'`))
}

describe.each(SERVICES_UNDER_TEST)('%s', (service) => {
  test('a refund that happened is booked from what the provider shows', async () => {
    const operation = await lostRefund(service, true)
    await resolveReview(world.engine, operation, HAPPENED)
    expect(await one<RefundRow>('refund')).toMatchObject({ status: 'succeeded' })
    expect(await one<PaymentRow>('payment')).toMatchObject({ refunded: 50_000n, refund_pending: 0n })
    expect(await listDecisions(world.engine.db, operation)).toMatchObject([
      { outcome: 'happened', decided_by: 'person 1', evidence: { kind: 'refund', amount_minor: '50000' } },
    ])
  })

  test('a refund the provider shows cannot be said not to have happened, nor the reverse', async () => {
    const made = await lostRefund(service, true)
    await world.pass(HOUR_MS)
    await expect(resolveReview(world.engine, made, DID_NOT)).rejects.toMatchObject({ code: 'invalid_state' })
    tenant = await world.tenant()
    const lost = await lostRefund(service, false)
    await world.pass(HOUR_MS)
    await expect(resolveReview(world.engine, lost, HAPPENED)).rejects.toMatchObject({ code: 'invalid_state' })
    expect(await listDecisions(world.engine.db, lost)).toEqual([])
    expect(await one<PaymentRow>('payment')).toMatchObject({ refunded: 0n, refund_pending: 50_000n })
  })

  test('a refund that did not happen gives its amount back, once nothing can be on its way', async () => {
    const operation = await lostRefund(service, false)
    await expect(resolveReview(world.engine, operation, DID_NOT)).rejects.toMatchObject({
      code: 'invalid_state',
    })
    await world.pass(HOUR_MS)
    await resolveReview(world.engine, operation, DID_NOT)
    expect(await one<RefundRow>('refund')).toMatchObject({ status: 'failed' })
    expect(await one<PaymentRow>('payment')).toMatchObject({ refunded: 0n, refund_pending: 0n })
    expect(await one<OperationRow>('operation', `and kind = 'refund'`)).toMatchObject({ state: 'absent' })
  })

  test('a charge that happened takes the state its provider shows', async () => {
    const operation = await forget(await created(service))
    const settled = await resolveReview(world.engine, operation, HAPPENED)
    expect(settled.operation.state).toBe('exposed')
    expect(settled.payment.status).toBe('requires_action')
  })

  test('a provider that cannot be asked is no reason to book anything', async () => {
    const operation = await forget(await created(service))
    world.sandbox.faults.add({ provider: service as 'stripe', fault: 'error_before', count: 9, match: '' })
    for (const decision of [HAPPENED, DID_NOT]) {
      await expect(resolveReview(world.engine, operation, decision)).rejects.toMatchObject({
        code: 'provider_unavailable',
      })
    }
    world.sandbox.faults.clear()
    expect(await one<OperationRow>('operation')).toMatchObject({ state: 'needs_review' })
  })
})

test('evidence that contradicts what was asked is not booked on anybody’s word', async () => {
  const operation = await forget(await created('stripe'))
  await world.db.engine.query(
    `update payment set reference = reference, provider_order_id = $2 where id = $1`,
    [operation.payment_id, (await strangerOrder()) ?? ''],
  )
  await expect(resolveReview(world.engine, operation, HAPPENED)).rejects.toMatchObject({
    code: 'invalid_state',
    message: expect.stringContaining('another reference'),
  })
})

/** An order of the same account that belongs to another payment. */
async function strangerOrder(): Promise<string | null> {
  const reply = await createPayment(
    world.engine,
    tenant.caller,
    paymentInput({ provider: 'stripe' }),
    claimFor(),
  )
  return bodyOf<{ provider_order_id: string | null }>(reply).provider_order_id
}

test('a call is settled by people once', async () => {
  const operation = await lostRefund('stripe', true)
  const both = await Promise.allSettled([
    resolveReview(world.engine, operation, HAPPENED),
    resolveReview(world.engine, operation, HAPPENED),
  ])
  expect(both.map(({ status }) => status)).toContain('fulfilled')
  expect(await one<PaymentRow>('payment')).toMatchObject({ refunded: 50_000n, refund_pending: 0n })
})

test('a call that waits for nobody cannot be decided', async () => {
  const operation = await created('stripe')
  await expect(resolveReview(world.engine, operation, HAPPENED)).rejects.toMatchObject({
    code: 'invalid_state',
  })
})
