import type { Outcome } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import { madeAtMs } from '../reference-time.ts'
import type { HttpRequest, HttpResult } from '../spec.ts'
import { answer, issue, lost, notSent, scripted } from './scripted.fixture.ts'
import {
  APPROVE_URL,
  billingInfo,
  subscriptionHandle as handle,
  OTHER_PLAN_ID,
  PLAN_ID,
  pendingBody,
  plan,
  planBody,
  productBody,
  REFERENCE,
  SUBSCRIPTION_ID,
  subscriptionBody,
  subscriptionRequest,
} from './subscription.fixture.ts'
import { subscriptions } from './subscriptions.ts'

const DAY_MS = 86_400_000
const read = answer(200, subscriptionBody())
const suspended = answer(200, subscriptionBody({ status: 'SUSPENDED' }))
const cancelled = answer(200, subscriptionBody({ status: 'CANCELLED' }))
const nothing = answer(204)
const missing = issue(404, 'INVALID_RESOURCE_ID', 'RESOURCE_NOT_FOUND')
const verb = <T>(found: T | undefined): T => found ?? expect.fail('the verb is missing')
const pause = verb(subscriptions.pause)
const resume = verb(subscriptions.resume)
const changePlan = verb(subscriptions.changePlan)
const jsonOf = (request: HttpRequest | undefined): unknown =>
  request?.body !== undefined && 'json' in request.body ? request.body.json : undefined
const later = { ctx: { send: 'later' } } as const

describe('plans', () => {
  test('all plans share one product, made once under an id of ours, so that one can be changed for another', async () => {
    const { ctx, sent, calls } = scripted([missing, answer(201, productBody), answer(201, planBody())])
    expect(await subscriptions.createPlan(ctx, plan(), 'key_1')).toMatchObject({
      kind: 'ok',
      value: {
        planRef: PLAN_ID,
        refs: { product: 'ONEROUTER-SUBSCRIPTIONS' },
        amount: plan().amount,
        interval: 'month',
      },
    })
    expect(calls()).toEqual([
      'GET /v1/catalogs/products/ONEROUTER-SUBSCRIPTIONS',
      'POST /v1/catalogs/products',
      'POST /v1/billing/plans',
    ])
    expect(sent.at(-1)?.headers).toMatchObject({ 'paypal-request-id': 'key_1' })
    expect(jsonOf(sent.at(-1))).toMatchObject({
      product_id: 'ONEROUTER-SUBSCRIPTIONS',
      quantity_supported: true,
      billing_cycles: [
        { tenure_type: 'REGULAR', total_cycles: 0, pricing_scheme: { fixed_price: { value: '10.00' } } },
      ],
    })
  })

  test('a product that is there, or was made meanwhile, is no obstacle', async () => {
    const there = scripted([answer(200, productBody), answer(201, planBody())])
    expect((await subscriptions.createPlan(there.ctx, plan(), 'k')).kind).toBe('ok')
    const meanwhile = scripted([
      missing,
      issue(422, 'DUPLICATE_RESOURCE_IDENTIFIER'),
      answer(201, planBody()),
    ])
    expect((await subscriptions.createPlan(meanwhile.ctx, plan(), 'k')).kind).toBe('ok')
  })

  test('while the product is in doubt, no plan was asked for', async () => {
    expect((await subscriptions.createPlan(scripted([lost]).ctx, plan(), 'k')).kind).toBe('not_sent')
    expect((await subscriptions.createPlan(scripted([missing, lost]).ctx, plan(), 'k')).kind).toBe('not_sent')
    expect((await subscriptions.createPlan(scripted([lost], later).ctx, plan(), 'k')).kind).toBe('unknown')
  })

  test.each([
    ['two years', { interval: 'year', intervalCount: 2 }, 'interval_count'],
    ['13 months', { intervalCount: 13 }, 'interval_count'],
    ['53 weeks', { interval: 'week', intervalCount: 53 }, 'interval_count'],
    ['366 days', { interval: 'day', intervalCount: 366 }, 'interval_count'],
    ['nothing', { amount: { ...plan().amount, minor: 0n } }, 'amount'],
  ] as const)('a plan over %s is refused before it is sent', (_what, over, field) => {
    expect(subscriptions.acceptsPlan(plan(over))?.field).toBe(field)
  })

  test.each([
    ['no units', { quantity: 0 }, 'quantity'],
    ['a thousand charges', { totalCount: 1_000 }, 'total_count'],
    ['a trial and a start date', { trialDays: 3, startAtMs: 1 }, 'start_date'],
  ] as const)('a subscription with %s is refused before it is sent', (_what, over, field) => {
    expect(subscriptions.accepts(subscriptionRequest(over))?.field).toBe(field)
    expect(subscriptions.accepts(subscriptionRequest({ totalCount: 999 }))).toBeNull()
  })
})

describe('create', () => {
  test('waits for the payer at the link named approve', async () => {
    const { ctx, sent } = scripted([answer(201, pendingBody())])
    expect(await subscriptions.create(ctx, subscriptionRequest({ quantity: 3 }), 'op_1')).toMatchObject({
      kind: 'ok',
      value: {
        status: 'pending_approval',
        subscriptionRef: SUBSCRIPTION_ID,
        approvalUrl: APPROVE_URL,
        orderRef: null,
      },
    })
    expect(jsonOf(sent.at(-1))).toMatchObject({ plan_id: PLAN_ID, quantity: '3', custom_id: 'op_1' })
    expect(jsonOf(sent.at(-1))).not.toHaveProperty('start_time')
    expect(jsonOf(sent.at(-1))).not.toHaveProperty('plan')
    expect(sent.at(-1)?.headers).toMatchObject({ 'paypal-request-id': 'op_1' })
  })

  test('a trial is a later start that a repetition states alike; an end is an override of the cycle', async () => {
    const request = subscriptionRequest({ reference: REFERENCE, trialDays: 14, totalCount: 12 })
    const bodies = []
    for (const hours of [0, 30]) {
      const now = () => Date.UTC(2026, 11, 1) + hours * 3_600_000
      const { ctx, sent } = scripted([answer(201, pendingBody())], { ctx: { now } })
      await subscriptions.create(ctx, request, REFERENCE)
      bodies.push(jsonOf(sent.at(-1)))
    }
    expect(bodies[1]).toEqual(bodies[0])
    const start = Math.ceil(((madeAtMs(REFERENCE) ?? 0) + 14 * DAY_MS) / 1000) * 1000
    expect(bodies[0]).toMatchObject({
      start_time: new Date(start).toISOString().replace('.000Z', 'Z'),
      plan: { billing_cycles: [{ sequence: 1, total_cycles: 12 }] },
    })
  })

  test('a link that is missing is no answer', async () => {
    const { ctx } = scripted([answer(201, pendingBody({ links: [] }))])
    expect((await subscriptions.create(ctx, subscriptionRequest(), 'op_1')).kind).toBe('unknown')
  })
})

describe('verbs', () => {
  test('canceling, suspending and activating answer nothing and are read again', async () => {
    const canceling = scripted([read, nothing, cancelled])
    expect(await subscriptions.cancel(canceling.ctx, handle(), 'now', 'k')).toMatchObject({
      kind: 'ok',
      value: { status: 'canceled', endedAtMs: Date.UTC(2026, 10, 1, 10) },
    })
    expect(canceling.calls()[1]).toBe(`POST /v1/billing/subscriptions/${SUBSCRIPTION_ID}/cancel`)
    const pausing = scripted([read, nothing, suspended])
    expect(await pause(pausing.ctx, handle(), 'k')).toMatchObject({ kind: 'ok', value: { status: 'paused' } })
    const resuming = scripted([suspended, nothing, read])
    expect(await resume(resuming.ctx, handle(), 'k')).toMatchObject({
      kind: 'ok',
      value: { status: 'active' },
    })
    expect(resuming.calls()[1]).toBe(`POST /v1/billing/subscriptions/${SUBSCRIPTION_ID}/activate`)
  })

  test('PayPal does not end with a period, nor before the approval, and says so without being asked', async () => {
    const { ctx, calls } = scripted([])
    expect(await subscriptions.cancel(ctx, handle(), 'period_end', 'k')).toMatchObject({ kind: 'rejected' })
    expect(calls()).toEqual([])
    const pending = scripted([answer(200, pendingBody())])
    expect(await subscriptions.cancel(pending.ctx, handle(), 'now', 'k')).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
    })
    expect(pending.calls()).toHaveLength(1)
  })

  test('an invalid status is looked at: what an earlier send did is done', async () => {
    const { ctx } = scripted([read, issue(422, 'SUBSCRIPTION_STATUS_INVALID'), cancelled])
    expect(await subscriptions.cancel(ctx, handle(), 'now', 'k')).toMatchObject({
      kind: 'ok',
      value: { status: 'canceled' },
    })
    const other = scripted([read, issue(422, 'SUBSCRIPTION_STATUS_INVALID'), read])
    expect(await pause(other.ctx, handle(), 'k')).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
  })

  const change = { plan: plan({ planRef: OTHER_PLAN_ID }), quantity: 2, prorate: false } as const
  const consent = answer(200, {
    plan_id: OTHER_PLAN_ID,
    links: [
      {
        href: 'https://www.sandbox.paypal.com/webapps/billing/subscriptions/update?ba_token=BA-1',
        rel: 'approve',
      },
    ],
  })

  test('a change the payer must agree to leaves the old plan, names the new one, and stays open until agreed', async () => {
    const { ctx, sent } = scripted([read, consent, read])
    const asked = await changePlan(ctx, handle(), change, 'k')
    const url = expect.stringContaining('ba_token=BA-1')
    expect(asked).toMatchObject({
      kind: 'ok',
      value: { planRef: PLAN_ID, pendingPlanRef: OTHER_PLAN_ID, approvalUrl: url },
    })
    expect(jsonOf(sent.at(-2))).toEqual({ plan_id: OTHER_PLAN_ID, quantity: '2' })
    const refs = asked.kind === 'ok' ? asked.value.refs : {}
    expect(await subscriptions.fetch(scripted([read]).ctx, handle({ refs }))).toMatchObject({
      value: { approvalUrl: url, pendingPlanRef: OTHER_PLAN_ID },
    })
    const agreed = answer(200, subscriptionBody({ plan_id: OTHER_PLAN_ID, quantity: '2' }))
    expect(await subscriptions.fetch(scripted([agreed]).ctx, handle({ refs }))).toMatchObject({
      value: { planRef: OTHER_PLAN_ID, approvalUrl: null, refs: {} },
    })
  })

  test('a change that needs nobody is done when it shows', async () => {
    const changed = answer(200, subscriptionBody({ plan_id: OTHER_PLAN_ID, quantity: '2' }))
    const done = scripted([read, answer(200, { plan_id: OTHER_PLAN_ID, links: [] }), changed])
    expect(await changePlan(done.ctx, handle(), change, 'k')).toMatchObject({
      kind: 'ok',
      value: { planRef: OTHER_PLAN_ID, quantity: 2, approvalUrl: null },
    })
    const hidden = scripted([read, answer(200, { links: [] }), read])
    expect((await changePlan(hidden.ctx, handle(), change, 'k')).kind).toBe('unknown')
  })

  test('an end is carried over, because PayPal drops it', async () => {
    const executions = [
      { tenure_type: 'REGULAR', sequence: 1, cycles_completed: 4, cycles_remaining: 8, total_cycles: 12 },
    ]
    const ending = answer(
      200,
      subscriptionBody({ billing_info: billingInfo({ cycle_executions: executions }) }),
    )
    const { ctx, sent } = scripted([ending, consent, ending])
    await changePlan(ctx, handle(), change, 'k')
    expect(jsonOf(sent.at(-2))).toMatchObject({
      plan: { billing_cycles: [{ sequence: 1, total_cycles: 8 }] },
    })
  })

  test('part of a period is not settled', async () => {
    const { ctx } = scripted([])
    expect(await changePlan(ctx, handle(), { ...change, prorate: true }, 'k')).toMatchObject({
      kind: 'rejected',
    })
  })

  type Run = (answers: readonly HttpResult[], send?: 'first' | 'later') => Promise<Outcome<unknown>>
  const at = (answers: readonly HttpResult[], send: 'first' | 'later' = 'first') =>
    scripted(answers, { ctx: { send } }).ctx
  const VERBS: readonly [string, Run][] = [
    ['cancel', (answers, send) => subscriptions.cancel(at(answers, send), handle(), 'now', 'k')],
    ['pause', (answers, send) => pause(at(answers, send), handle(), 'k')],
    ['changePlan', (answers, send) => changePlan(at(answers, send), handle(), change, 'k')],
  ]
  test.each(VERBS)(
    '%s: what is lost is unknown, what failed before is not sent, what has ended is refused',
    async (name, run) => {
      expect((await run([read, lost])).kind).toBe('unknown')
      expect((await run([read, answer(500, '<html>')])).kind).toBe('unknown')
      expect((await run([read, nothing, lost])).kind).toBe('unknown')
      expect((await run([lost])).kind).toBe('not_sent')
      expect((await run([lost], 'later')).kind).toBe('unknown')
      expect((await run([notSent])).kind).toBe('not_sent')
      expect((await run([answer(200, subscriptionBody({ id: 'I-OTHER' }))], 'later')).kind).toBe('unknown')
      expect((await run([cancelled])).kind).toBe(name === 'cancel' ? 'ok' : 'rejected')
    },
  )
})
