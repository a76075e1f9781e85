/** A process that freezes over a call for a subscription, and comes back after others have settled it. */
import { parseId } from '@onerouter/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createStack, type Merchant, type Stack } from '../../../../test/proofs/stack.ts'

let stack: Stack
let merchant: Merchant
beforeAll(async () => {
  stack = await createStack()
})
beforeEach(async () => {
  stack.intercept = null
  merchant = await stack.merchant({ services: ['stripe'] })
})
afterAll(() => stack.close())

const IS_CREATION = /^\/v1\/checkout\/sessions$/

const neverLeft = (): never => {
  throw Object.assign(new Error('the connection was refused'), { sent: false })
}
/** Stripe keeps no such answer under an idempotency key: it is asked again. */
const refused = (): Response => Response.json({ error: { message: 'no such permission' } }, { status: 403 })

/** What became of the first creation its process learns when it thaws. */
function freezeFirst(became: () => Response = neverLeft): {
  readonly frozen: Promise<void>
  readonly thaw: () => void
} {
  const frozen = Promise.withResolvers<void>()
  const thawed = Promise.withResolvers<void>()
  let first = true
  stack.intercept = async (wire, next) => {
    if (!first || wire.method !== 'POST' || !IS_CREATION.test(wire.path)) return await next()
    first = false
    frozen.resolve()
    await thawed.promise
    return became()
  }
  return { frozen: frozen.promise, thaw: () => thawed.resolve() }
}

/** A plan that its provider knows, so that the next call for it is the creation of a subscription. */
async function plan(): Promise<string> {
  const terms = { name: 'Pro', amount: '500.00', currency: 'USD', interval: 'month' }
  const { id } = (await merchant.call('POST', '/v1/plans', terms)).json()
  expect((await merchant.call('POST', '/v1/subscriptions', { plan_id: id })).statusCode).toBe(201)
  return id
}

/** Its lease is over: somebody else takes the call up. */
async function takeOver(): Promise<void> {
  await stack.api.deps.db.engine.query(
    `update subscription_operation set due_at = clock_timestamp() where state in ('sent', 'unknown')`,
  )
  await stack.work()
}

test('H3: a process that thaws gives the answer that was given in its place, byte for byte', async () => {
  const body = { plan_id: await plan(), idempotency_key: 'thaws-late' }
  const { frozen, thaw } = freezeFirst()
  const late = merchant.call('POST', '/v1/subscriptions', body)
  await frozen
  await takeOver()
  const told = await merchant.call('POST', '/v1/subscriptions', body)
  expect(told.statusCode, told.body).toBe(201)
  await merchant.call('POST', `/v1/simulations/subscriptions/${told.json().id}/approve`)
  await stack.settle()
  thaw()
  expect((await late).body).toBe(told.body)
})

test.each([
  ['never left', neverLeft],
  ['was refused', refused],
])(
  'H4: that a first send %s says nothing of the second, which somebody else made meanwhile',
  async (_how, became) => {
    const body = { plan_id: await plan(), idempotency_key: 'sent-again' }
    const { frozen, thaw } = freezeFirst(became)
    const late = merchant.call('POST', '/v1/subscriptions', body)
    await frozen
    stack.sandbox.faults.add({
      ...{ provider: 'stripe', fault: 'lost_answer', count: 1, match: 'POST /v1/checkout/sessions' },
    })
    await takeOver()
    thaw()
    const first = await late
    expect(first.statusCode, first.body).toBe(202)
    await takeOver()
    const again = await merchant.call('POST', '/v1/subscriptions', body)
    expect(again.statusCode, again.body).toBe(201)
    expect(again.json().id).toBe(first.json().id)
    expect(parseId('subscription', again.json().id)).toBeDefined()
  },
)
