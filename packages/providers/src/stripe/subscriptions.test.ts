import type { Outcome } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import type { HttpResult } from '../spec.ts'
import type { SubscriptionHandle } from '../subscriptions.ts'
import {
  answer,
  formOf,
  handle,
  itemBody,
  list,
  lost,
  NOW_S,
  notSent,
  PERIOD_END_S,
  plan,
  priceBody,
  REFERENCE,
  refusal,
  scripted,
  sessionBody,
  subscriptionBody,
  subscriptionRequest,
  usd,
} from './scripted.fixture.ts'
import { subscriptions } from './subscriptions.ts'

const open: SubscriptionHandle = handle({ subscriptionRef: null })
const read = answer(200, subscriptionBody())
const ended = answer(200, subscriptionBody({ status: 'canceled', ended_at: NOW_S }))
const paused = answer(200, subscriptionBody({ status: 'paused' }))
const verb = <T>(found: T | undefined): T => found ?? expect.fail('the verb is missing')
const pause = verb(subscriptions.pause)
const resume = verb(subscriptions.resume)
const changePlan = verb(subscriptions.changePlan)
const change = { plan: plan({ planRef: 'price_2' }), quantity: 2, prorate: true } as const

describe('plans', () => {
  test('a plan is one call, found again by its lookup key', async () => {
    const { ctx, sent } = scripted([answer(200, priceBody()), answer(200, list(priceBody()))])
    const made = await subscriptions.createPlan(ctx, plan(), 'key_1')
    expect(made).toMatchObject({
      kind: 'ok',
      value: { planRef: 'price_1', refs: { product: 'prod_1' }, amount: usd(2_000n), interval: 'month' },
    })
    expect(await subscriptions.findPlan?.(ctx, plan())).toEqual(made)
    expect(formOf(sent[0])).toMatchObject({
      unit_amount: '2000',
      currency: 'usd',
      'recurring[interval]': 'month',
      lookup_key: plan().reference,
      'product_data[name]': 'Gold',
    })
    expect(sent[0]?.headers).toMatchObject({ 'idempotency-key': 'key_1' })
    expect(sent[1]?.path).toBe(`/v1/prices?lookup_keys[0]=${plan().reference}&limit=1`)
  })

  test('a plan nobody made is not there, which is no failure', async () => {
    const { ctx } = scripted([answer(200, list())])
    expect(await subscriptions.findPlan?.(ctx, plan())).toEqual({ kind: 'ok', value: null })
  })

  test.each([
    ['37 months', { intervalCount: 37 }, 'interval_count'],
    ['4 years', { interval: 'year', intervalCount: 4 }, 'interval_count'],
    ['157 weeks', { interval: 'week', intervalCount: 157 }, 'interval_count'],
    ['no months', { intervalCount: 0 }, 'interval_count'],
    ['nothing', { amount: usd(0n) }, 'amount'],
  ] as const)('a plan over %s is refused before it is sent', (_what, over, field) => {
    expect(subscriptions.acceptsPlan(plan(over))?.field).toBe(field)
  })

  test.each([
    ['no units', { quantity: 0 }, 'quantity'],
    ['a million units', { quantity: 1_000_000 }, 'quantity'],
    ['two years and a day of trial', { trialDays: 731 }, 'trial_days'],
    ['no charges', { totalCount: 0 }, 'total_count'],
    ['a trial and a start date', { trialDays: 3, startAtMs: 1 }, 'start_date'],
    ['thirteen digits', { plan: plan({ amount: usd(999_999_999_999n) }), quantity: 2 }, 'quantity'],
  ] as const)('a subscription with %s is refused before it is sent', (_what, over, field) => {
    expect(subscriptions.accepts(subscriptionRequest(over))?.field).toBe(field)
    expect(subscriptions.accepts(subscriptionRequest())).toBeNull()
  })
})

describe('create', () => {
  test('a trial, a number of charges and our reference reach Stripe in its own words', async () => {
    const { ctx, sent } = scripted([answer(200, sessionBody())])
    const request = subscriptionRequest({ trialDays: 14, totalCount: 12, quantity: 3 })
    expect(await subscriptions.create(ctx, request, REFERENCE)).toMatchObject({
      kind: 'ok',
      value: { status: 'pending_approval', orderRef: 'cs_test_1', subscriptionRef: null },
    })
    expect(formOf(sent[0])).toMatchObject({
      mode: 'subscription',
      'line_items[0][price]': 'price_1',
      'line_items[0][quantity]': '3',
      'subscription_data[metadata][onerouter_ref]': REFERENCE,
      'subscription_data[metadata][onerouter_total_count]': '12',
      'subscription_data[trial_period_days]': '14',
    })
    expect(formOf(sent[0])).not.toHaveProperty('subscription_data[trial_end]')
  })

  test('a start date is a trial until then', async () => {
    const { ctx, sent } = scripted([answer(200, sessionBody())])
    await subscriptions.create(ctx, subscriptionRequest({ startAtMs: 1_770_000_000_500 }), REFERENCE)
    expect(formOf(sent[0])['subscription_data[trial_end]']).toBe('1770000001')
  })

  test('an open session without an address is no answer', async () => {
    const { ctx } = scripted([answer(200, sessionBody({ url: null }))])
    expect((await subscriptions.create(ctx, subscriptionRequest(), REFERENCE)).kind).toBe('unknown')
  })

  test('one that was lost is found by its reference', async () => {
    const { ctx, calls } = scripted([answer(200, list(sessionBody())), answer(200, sessionBody())])
    const found = await subscriptions.find?.(ctx, handle({ orderRef: null, subscriptionRef: null }))
    expect(found).toMatchObject({ kind: 'ok', value: { orderRef: 'cs_test_1', reference: REFERENCE } })
    expect(calls()).toEqual(['GET /v1/checkout/sessions', 'GET /v1/checkout/sessions/cs_test_1'])
  })

  test('not finding is told apart from not being able to look', async () => {
    const nothing = handle({ orderRef: null, subscriptionRef: null })
    expect(await subscriptions.find?.(scripted([answer(200, list())]).ctx, nothing)).toEqual({
      kind: 'ok',
      value: null,
    })
    expect((await subscriptions.find?.(scripted([lost]).ctx, nothing))?.kind).toBe('unknown')
  })
})

describe('the number of charges', () => {
  const counted = { metadata: { onerouter_ref: REFERENCE, onerouter_total_count: '1' } }

  test('becomes an end as soon as the subscription exists, under a key that repeats nothing', async () => {
    const set = { ...counted, cancel_at: NOW_S + 30 * 86_400 }
    const made = sessionBody({ status: 'complete', subscription: subscriptionBody(counted) })
    const { ctx, sent, calls } = scripted([answer(200, made), answer(200, subscriptionBody(set))])
    expect((await subscriptions.fetch(ctx, open)).kind).toBe('ok')
    expect(calls()).toEqual(['GET /v1/checkout/sessions/cs_test_1', 'POST /v1/subscriptions/sub_1'])
    // 23 November 2025, 12:13:20 UTC, and a month.
    const end = Date.UTC(2025, 11, 23, 12, 13, 20) / 1000
    expect(formOf(sent[1])).toEqual({ cancel_at: String(end), proration_behavior: 'none' })
    expect(sent[1]?.headers).toMatchObject({ 'idempotency-key': `sub_1_end_${end}` })
  })

  test('that could not be set leaves the reading as it is, and the next one tries again', async () => {
    const { ctx } = scripted([answer(200, subscriptionBody(counted)), lost])
    expect(await subscriptions.fetch(ctx, handle())).toMatchObject({
      kind: 'ok',
      value: { status: 'active' },
    })
  })
})

describe('verbs', () => {
  test('pause and resume use the calls of the pinned version', async () => {
    const pausing = scripted([read, paused])
    expect(await pause(pausing.ctx, handle(), 'k')).toMatchObject({ kind: 'ok', value: { status: 'paused' } })
    expect(pausing.calls()[1]).toBe('POST /v1/subscriptions/sub_1/pause')
    const resuming = scripted([paused, read])
    expect(await resume(resuming.ctx, handle(), 'k')).toMatchObject({
      kind: 'ok',
      value: { status: 'active' },
    })
    expect(resuming.calls()[1]).toBe('POST /v1/subscriptions/sub_1/resume')
    expect(formOf(resuming.sent[1])).toMatchObject({ 'billing_cycle_anchor[type]': 'unchanged' })
  })

  test('a collection paused in the Dashboard is let go there', async () => {
    const held = answer(200, subscriptionBody({ pause_collection: { behavior: 'void', resumes_at: null } }))
    const { ctx, sent, calls } = scripted([held, read])
    expect((await resume(ctx, handle(), 'k')).kind).toBe('ok')
    expect([calls()[1], formOf(sent[1])]).toEqual(['POST /v1/subscriptions/sub_1', { pause_collection: '' }])
  })

  test('a new plan names the item it replaces', async () => {
    const changed = subscriptionBody({
      items: list(itemBody({ price: priceBody({ id: 'price_2' }), quantity: 2 })),
    })
    const { ctx, sent } = scripted([read, answer(200, changed)])
    expect(await changePlan(ctx, handle(), change, 'k')).toMatchObject({
      kind: 'ok',
      value: { planRef: 'price_2', quantity: 2, approvalUrl: null },
    })
    expect(formOf(sent[1])).toEqual({
      'items[0][id]': 'si_1',
      'items[0][price]': 'price_2',
      'items[0][quantity]': '2',
      proration_behavior: 'create_prorations',
    })
  })

  test('canceling now deletes, at the period’s end flags', async () => {
    const now = scripted([read, ended])
    expect(await subscriptions.cancel(now.ctx, handle(), 'now', 'k')).toMatchObject({
      kind: 'ok',
      value: { status: 'canceled' },
    })
    expect(now.sent[1]).toMatchObject({
      method: 'DELETE',
      path: '/v1/subscriptions/sub_1?invoice_now=false&prorate=false',
    })
    const later = scripted([read, answer(200, subscriptionBody({ cancel_at_period_end: true }))])
    expect(await subscriptions.cancel(later.ctx, handle(), 'period_end', 'k')).toMatchObject({
      kind: 'ok',
      value: { status: 'active', cancelAtPeriodEnd: true, currentPeriodEndMs: PERIOD_END_S * 1000 },
    })
    expect(formOf(later.sent[1])).toEqual({ cancel_at_period_end: 'true' })
  })

  test.each(['now', 'period_end'] as const)(
    'before it is approved, canceling (%s) ends the session',
    async (when) => {
      const { ctx, calls } = scripted([
        answer(200, sessionBody()),
        answer(200, sessionBody({ status: 'expired', url: null })),
      ])
      expect(await subscriptions.cancel(ctx, open, when, 'k')).toMatchObject({
        kind: 'ok',
        value: { status: 'canceled', refs: { session_end: 'canceled' } },
      })
      expect(calls()[1]).toBe('POST /v1/checkout/sessions/cs_test_1/expire')
    },
  )

  test('"no such subscription" about one that is canceled says that it is', async () => {
    const gone = refusal('resource_missing', "No such subscription: 'sub_1'", 404)
    const { ctx } = scripted([read, gone, ended])
    expect(await subscriptions.cancel(ctx, handle(), 'now', 'k')).toMatchObject({
      kind: 'ok',
      value: { status: 'canceled' },
    })
  })

  test('what has ended is refused without asking', async () => {
    for (const run of [pause, resume] as const) {
      const { ctx, calls } = scripted([ended])
      expect(await run(ctx, handle(), 'k')).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
      expect(calls()).toHaveLength(1)
    }
    const { ctx } = scripted([ended])
    expect(await changePlan(ctx, handle(), change, 'k')).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
    })
  })

  test('what was done by an earlier send is not asked for again', async () => {
    const { ctx, calls } = scripted([paused], 'later')
    expect(await pause(ctx, handle(), 'k')).toMatchObject({ kind: 'ok', value: { status: 'paused' } })
    expect(calls()).toHaveLength(1)
  })

  const VERBS: readonly [
    string,
    (answers: readonly HttpResult[], send?: 'first' | 'later') => Promise<Outcome<unknown>>,
  ][] = [
    ['cancel', (answers, send) => subscriptions.cancel(scripted(answers, send).ctx, handle(), 'now', 'k')],
    ['pause', (answers, send) => pause(scripted(answers, send).ctx, handle(), 'k')],
    ['changePlan', (answers, send) => changePlan(scripted(answers, send).ctx, handle(), change, 'k')],
  ]
  test.each(VERBS)(
    '%s: an answer that is lost is unknown, a read that fails first proves nothing was sent',
    async (_verb, run) => {
      expect((await run([read, lost])).kind).toBe('unknown')
      expect((await run([read, answer(500, 'oops')])).kind).toBe('unknown')
      expect((await run([read, answer(200, '<html>')])).kind).toBe('unknown')
      expect((await run([lost])).kind).toBe('not_sent')
      expect((await run([lost], 'later')).kind).toBe('unknown')
      expect((await run([notSent])).kind).toBe('not_sent')
      expect((await run([notSent], 'later')).kind).toBe('unknown')
      expect((await run([read, answer(200, subscriptionBody({ id: 'sub_other' }))])).kind).toBe('unknown')
    },
  )
})
