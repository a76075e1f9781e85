import type { Outcome } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import type { HttpRequest, HttpResult } from '../spec.ts'
import { answer, collection, lost, NOW_S, notSent, REFERENCE, refusal, scripted } from './scripted.fixture.ts'
import {
  createdBody,
  subscriptionHandle as handle,
  OTHER_PLAN_ID,
  PERIOD_END_S,
  plan,
  planBody,
  SUBSCRIPTION_ID,
  subscriptionBody,
  subscriptionRequest,
} from './subscription.fixture.ts'
import { subscriptions } from './subscriptions.ts'

const DAY_S = 86_400
const read = answer(200, subscriptionBody())
const paused = answer(200, subscriptionBody({ status: 'paused', charge_at: null }))
const gone = answer(200, subscriptionBody({ status: 'cancelled', ended_at: NOW_S + 60 }))
const verb = <T>(found: T | undefined): T => found ?? expect.fail('the verb is missing')
const pause = verb(subscriptions.pause)
const resume = verb(subscriptions.resume)
const changePlan = verb(subscriptions.changePlan)
const jsonOf = (request: HttpRequest | undefined): unknown =>
  request?.body !== undefined && 'json' in request.body ? request.body.json : undefined

describe('plans', () => {
  test('a plan says period, interval and price in Razorpay’s words', async () => {
    const { ctx, sent } = scripted([answer(200, planBody({ period: 'weekly', interval: 2 }))])
    const made = await subscriptions.createPlan(ctx, plan({ interval: 'week', intervalCount: 2 }), 'k')
    expect(made).toMatchObject({ kind: 'ok', value: { interval: 'week', intervalCount: 2, refs: {} } })
    expect(jsonOf(sent[0])).toEqual({
      period: 'weekly',
      interval: 2,
      item: { name: 'Gold', amount: 69_900, currency: 'INR' },
      notes: { onerouter_ref: plan().reference },
    })
  })

  test('a quarter is read as three months', async () => {
    const { ctx } = scripted([answer(200, planBody({ period: 'quarterly' }))])
    expect(await subscriptions.createPlan(ctx, plan(), 'k')).toMatchObject({
      value: { interval: 'month', intervalCount: 3 },
    })
  })

  test.each([
    ['six days', { interval: 'day', intervalCount: 6 }, 'interval_count'],
    ['a hundred and one years', { interval: 'year', intervalCount: 101 }, 'interval_count'],
    ['no months', { intervalCount: 0 }, 'interval_count'],
    ['less than a rupee', { amount: { ...plan().amount, minor: 99n } }, 'amount'],
    ['more than Razorpay counts', { amount: { ...plan().amount, minor: 4_294_967_296n } }, 'amount'],
  ] as const)('a plan over %s is refused before it is sent', (_what, over, field) => {
    expect(subscriptions.acceptsPlan(plan(over))?.field).toBe(field)
    expect(subscriptions.acceptsPlan(plan({ interval: 'day', intervalCount: 7 }))).toBeNull()
  })

  test.each([
    ['no units', { quantity: 0 }, 'quantity'],
    ['no charges', { totalCount: 0 }, 'total_count'],
    ['more than a century of months', { totalCount: 1201 }, 'total_count'],
    ['a trial and a start date', { trialDays: 3, startAtMs: 1 }, 'start_date'],
  ] as const)('a subscription with %s is refused before it is sent', (_what, over, field) => {
    expect(subscriptions.accepts(subscriptionRequest(over))?.field).toBe(field)
    expect(subscriptions.accepts(subscriptionRequest({ totalCount: 1200 }))).toBeNull()
  })
})

describe('create', () => {
  const created = async (over: Parameters<typeof subscriptionRequest>[0]) => {
    const { ctx, sent } = scripted([answer(200, createdBody())])
    const made = await subscriptions.create(ctx, subscriptionRequest(over), REFERENCE)
    return { made, json: jsonOf(sent[0]) }
  }

  test('waits at its short address; Razorpay tells nobody of it', async () => {
    const { made, json } = await created({})
    expect(made).toMatchObject({
      kind: 'ok',
      value: {
        status: 'pending_approval',
        subscriptionRef: SUBSCRIPTION_ID,
        orderRef: null,
        approvalUrl: 'https://rzp.io/rzp/LocSub1',
        reference: REFERENCE,
        paidCount: 0,
        nextChargeAtMs: null,
      },
    })
    expect(json).toMatchObject({ customer_notify: false, notes: { onerouter_ref: REFERENCE } })
    expect(json).not.toHaveProperty('start_at')
  })

  test.each([
    ['month', 1, 1200],
    ['month', 7, 171],
    ['year', 1, 100],
    ['week', 1, 5200],
    ['day', 7, 5214],
  ] as const)(
    'without an end it gets the longest: every %s x%i, %i times',
    async (interval, intervalCount, count) => {
      const { json } = await created({ plan: plan({ interval, intervalCount }) })
      expect(json).toMatchObject({ total_count: count })
    },
  )

  test('D11: a trial and a start date are the day of the first charge; nothing unknown is forwarded', async () => {
    expect((await created({ trialDays: 14, totalCount: 12 })).json).toEqual({
      plan_id: plan().planRef,
      total_count: 12,
      quantity: 1,
      customer_notify: false,
      start_at: NOW_S + 14 * DAY_S,
      notes: { onerouter_ref: REFERENCE },
    })
    expect((await created({ startAtMs: 1_770_000_000_001 })).json).toMatchObject({ start_at: 1_770_000_001 })
  })

  test('an account without the feature is told so', async () => {
    const { ctx } = scripted([refusal('The requested URL was not found on the server.')])
    expect(await subscriptions.create(ctx, subscriptionRequest(), REFERENCE)).toMatchObject({
      kind: 'rejected',
      reason: 'account_problem',
    })
  })

  test('one that was lost is found by its note, and the approved one of two is meant', async () => {
    const first = createdBody({ id: 'sub_LocAlEmul0000A', created_at: NOW_S - 5 })
    const other = subscriptionBody({ id: 'sub_LocAlEmul0009Z', notes: [] })
    const { ctx, sent } = scripted([answer(200, collection(other, subscriptionBody(), first))])
    const found = await subscriptions.find?.(ctx, handle({ subscriptionRef: null }))
    expect(found).toMatchObject({ kind: 'ok', value: { subscriptionRef: SUBSCRIPTION_ID, status: 'active' } })
    expect(sent[0]?.path).toMatch(/^\/v1\/subscriptions\?from=\d+&to=\d+&count=100&skip=0$/)
  })

  test('of two nobody approved, the first is meant', async () => {
    const later = createdBody({ id: 'sub_LocAlEmul0000A', created_at: NOW_S + 5 })
    const { ctx } = scripted([answer(200, collection(later, createdBody()))])
    const found = await subscriptions.find?.(ctx, handle({ subscriptionRef: null }))
    expect(found).toMatchObject({ value: { subscriptionRef: SUBSCRIPTION_ID } })
  })

  test('not finding is told apart from not being able to look', async () => {
    const nothing = handle({ subscriptionRef: null })
    expect(await subscriptions.find?.(scripted([answer(200, collection())]).ctx, nothing)).toEqual({
      kind: 'ok',
      value: null,
    })
    expect((await subscriptions.find?.(scripted([lost]).ctx, nothing))?.kind).toBe('unknown')
    const full = answer(
      200,
      collection(...Array.from({ length: 100 }, () => subscriptionBody({ notes: [] }))),
    )
    const { ctx, calls } = scripted(Array.from({ length: 10 }, () => full))
    expect((await subscriptions.find?.(ctx, nothing))?.kind).toBe('unknown')
    expect(calls()).toHaveLength(10)
  })
})

describe('verbs', () => {
  test('D10: every verb reaches its one address under /v1', async () => {
    const run = async (
      answers: readonly HttpResult[],
      act: (ctx: Parameters<typeof pause>[0]) => Promise<unknown>,
    ) => {
      const { ctx, calls } = scripted(answers)
      await act(ctx)
      return calls()[1]
    }
    const at = `/v1/subscriptions/${SUBSCRIPTION_ID}`
    expect(await run([read, paused], (ctx) => pause(ctx, handle(), 'k'))).toBe(`POST ${at}/pause`)
    expect(await run([paused, read], (ctx) => resume(ctx, handle(), 'k'))).toBe(`POST ${at}/resume`)
    expect(await run([read, gone], (ctx) => subscriptions.cancel(ctx, handle(), 'now', 'k'))).toBe(
      `POST ${at}/cancel`,
    )
    const changed = answer(200, subscriptionBody({ plan_id: OTHER_PLAN_ID, quantity: 2 }))
    const change = { plan: plan({ planRef: OTHER_PLAN_ID }), quantity: 2, prorate: true }
    expect(await run([read, changed], (ctx) => changePlan(ctx, handle(), change, 'k'))).toBe(`PATCH ${at}`)
  })

  test('D12: the end of the period is asked for in the body, kept, and remembered where Razorpay does not show it', async () => {
    const { ctx, sent } = scripted([read, read])
    const canceled = await subscriptions.cancel(ctx, handle(), 'period_end', 'k')
    expect(canceled).toMatchObject({
      kind: 'ok',
      value: {
        status: 'active',
        cancelAtPeriodEnd: true,
        nextChargeAtMs: null,
        currentPeriodEndMs: PERIOD_END_S * 1000,
      },
    })
    expect(jsonOf(sent[1])).toEqual({ cancel_at_cycle_end: true })
    const refs = canceled.kind === 'ok' ? canceled.value.refs : {}
    const later = await subscriptions.fetch(scripted([read]).ctx, handle({ refs }))
    expect(later).toMatchObject({ value: { status: 'active', cancelAtPeriodEnd: true } })
    const over = await subscriptions.fetch(scripted([gone]).ctx, handle({ refs }))
    expect(over).toMatchObject({ value: { status: 'canceled', cancelAtPeriodEnd: false } })
  })

  test('before it is approved, ending with the period is ending now', async () => {
    const { ctx, sent } = scripted([answer(200, createdBody()), gone])
    expect(await subscriptions.cancel(ctx, handle(), 'period_end', 'k')).toMatchObject({
      kind: 'ok',
      value: { status: 'canceled' },
    })
    expect(jsonOf(sent[1])).toEqual({ cancel_at_cycle_end: false })
  })

  test('a trial is not paused, because Razorpay would cancel it', async () => {
    const { ctx, calls } = scripted([answer(200, subscriptionBody({ status: 'authenticated' }))])
    expect(await pause(ctx, handle(), 'k')).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
    expect(calls()).toHaveLength(1)
  })

  test('a change with the period’s end waits, and shows as waiting', async () => {
    const waiting = answer(200, subscriptionBody({ has_scheduled_changes: true }))
    const coming = answer(200, subscriptionBody({ has_scheduled_changes: true, plan_id: OTHER_PLAN_ID }))
    const { ctx, sent, calls } = scripted([read, waiting, coming])
    const change = { plan: plan({ planRef: OTHER_PLAN_ID }), quantity: 1, prorate: false }
    expect(await changePlan(ctx, handle(), change, 'k')).toMatchObject({
      kind: 'ok',
      value: { planRef: plan().planRef, pendingPlanRef: OTHER_PLAN_ID, approvalUrl: null },
    })
    expect(jsonOf(sent[1])).toMatchObject({ schedule_change_at: 'cycle_end', plan_id: OTHER_PLAN_ID })
    expect(calls()[2]).toBe(`GET /v1/subscriptions/${SUBSCRIPTION_ID}/retrieve_scheduled_changes`)
  })

  test('a change at once is done when it shows; until then it is not known', async () => {
    const change = { plan: plan({ planRef: OTHER_PLAN_ID }), quantity: 1, prorate: true }
    const { ctx, sent } = scripted([read, read])
    expect((await changePlan(ctx, handle(), change, 'k')).kind).toBe('unknown')
    expect(jsonOf(sent[1])).toMatchObject({ schedule_change_at: 'now' })
  })

  test.each([
    ['cancel', 'Subscription is not cancellable in cancelled status.', gone],
    ['pause', "subscription can't be paused as subscription is in paused state.", paused],
  ] as const)('%s: refused for being done already is done', async (what, text, then) => {
    const { ctx } = scripted([read, refusal(text), then])
    const outcome =
      what === 'cancel'
        ? await subscriptions.cancel(ctx, handle(), 'now', 'k')
        : await pause(ctx, handle(), 'k')
    expect(outcome).toMatchObject({
      kind: 'ok',
      value: { status: what === 'cancel' ? 'canceled' : 'paused' },
    })
  })

  test.each([
    ['Subscriptions cannot be updated when payment mode is UPI', 'invalid_state'],
    ["Can't update Subscription when Subscription is not in Authenticated or Active state", 'invalid_state'],
    ['The id provided does not exist', 'not_found'],
  ])('a refusal stays one: %s', async (text, reason) => {
    const change = { plan: plan({ planRef: OTHER_PLAN_ID }), quantity: 1, prorate: true }
    const { ctx } = scripted([read, refusal(text), read])
    expect(await changePlan(ctx, handle(), change, 'k')).toMatchObject({ kind: 'rejected', reason })
  })

  test('a feature that is off is the account’s problem; a lock is no refusal', async () => {
    const off = scripted([read, refusal('pause is not allowed, feature is not enabled.')])
    expect(await pause(off.ctx, handle(), 'k')).toMatchObject({ kind: 'rejected', reason: 'account_problem' })
    const text = 'Request failed because another subscription operation is in progress.'
    expect((await pause(scripted([read, refusal(text)]).ctx, handle(), 'k')).kind).toBe('not_sent')
    expect((await pause(scripted([read, refusal(text)], { send: 'later' }).ctx, handle(), 'k')).kind).toBe(
      'unknown',
    )
  })

  type Run = (answers: readonly HttpResult[], send?: 'first' | 'later') => Promise<Outcome<unknown>>
  const VERBS: readonly [string, Run][] = [
    [
      'cancel',
      (answers, send = 'first') =>
        subscriptions.cancel(scripted(answers, { send }).ctx, handle(), 'now', 'k'),
    ],
    ['pause', (answers, send = 'first') => pause(scripted(answers, { send }).ctx, handle(), 'k')],
  ]
  test.each(VERBS)(
    '%s: what is lost is unknown, what failed before is not sent, what has ended is refused',
    async (name, run) => {
      expect((await run([read, lost])).kind).toBe('unknown')
      expect((await run([read, answer(502, '<html>')])).kind).toBe('unknown')
      expect((await run([read, answer(200, '{')])).kind).toBe('unknown')
      expect((await run([read, answer(200, subscriptionBody({ id: 'sub_other' }))])).kind).toBe('unknown')
      expect((await run([lost])).kind).toBe('not_sent')
      expect((await run([lost], 'later')).kind).toBe('unknown')
      expect((await run([notSent])).kind).toBe('not_sent')
      expect((await run([gone])).kind).toBe(name === 'cancel' ? 'ok' : 'rejected')
    },
  )
})
