import { SUBSCRIPTION_STATUSES, type SubscriptionStatus, stepSubscription } from '@onerouter/core'
import type { SubscriptionSnapshot } from '@onerouter/providers'
import { describe, expect, test } from 'vitest'
import { contradictionOf, decideSnapshot, decideUnmade } from './decide.ts'
import type { SubscriptionOperationRow, SubscriptionRow } from './rows.ts'

const AT = new Date('2026-06-01T00:00:00Z')

const ROW: SubscriptionRow = {
  account_id: 'a',
  environment: 'test',
  id: 's',
  version: 3,
  sequence: 2,
  status: 'active',
  plan_id: 'basic',
  pending_plan_id: null,
  pending_quantity: null,
  quantity: 1,
  trial_days: 0,
  start_at: null,
  total_count: null,
  customer_id: null,
  customer: null,
  description: null,
  metadata: {},
  provider: 'stripe',
  credential_version: 1,
  reference: 'op_1',
  attempts: 1,
  provider_order_id: 'cs_1',
  provider_subscription_id: 'sub_1',
  provider_refs: {},
  provider_status: 'active',
  provider_customer_id: null,
  approval_url: null,
  return_url: null,
  cancel_url: null,
  current_period_start: null,
  current_period_end: null,
  trial_end: null,
  next_charge_at: null,
  cancel_at_period_end: false,
  cancel_asked: false,
  cancel_scheduled_at: null,
  ended_at: null,
  paid_count: 0,
  failed_count: 0,
  currency: 'USD',
  charged: 0n,
  refunded: 0n,
  latest_charge_id: null,
  failure: null,
  api_key_id: null,
  tries: 4,
  due_at: null,
  created_at: AT,
  updated_at: AT,
}

const snapshot = (more: Partial<SubscriptionSnapshot> = {}): SubscriptionSnapshot => ({
  orderRef: 'cs_1',
  subscriptionRef: 'sub_1',
  refs: {},
  status: 'active',
  providerStatus: 'active',
  reference: 'op_1',
  planRef: 'price_basic',
  quantity: 1,
  approvalUrl: null,
  currentPeriodStartMs: null,
  currentPeriodEndMs: null,
  trialEndMs: null,
  nextChargeAtMs: null,
  cancelAtPeriodEnd: false,
  endedAtMs: null,
  paidCount: null,
  failedCount: null,
  customerRef: null,
  ...more,
})

const types = ({ events }: ReturnType<typeof decideSnapshot>) => events.map(({ type }) => type)
const call = (more: Partial<SubscriptionOperationRow>) =>
  ({ kind: 'cancel', request: {}, ...more }) as SubscriptionOperationRow // only what decisions read

describe('evidence', () => {
  test('the same evidence twice changes nothing the second time', () => {
    const word = snapshot({ status: 'past_due', currentPeriodEndMs: AT.getTime(), failedCount: 2 })
    const first = decideSnapshot(ROW, word, {}, AT)
    expect(first.changed).toBe(true)
    expect(decideSnapshot(first.subscription, word, {}, AT)).toMatchObject({ changed: false, events: [] })
  })

  test.each(SUBSCRIPTION_STATUSES)(
    'from %s it moves where the state table says, and nowhere else',
    (from) => {
      for (const to of SUBSCRIPTION_STATUSES) {
        if (to === 'created') continue
        const after = decideSnapshot({ ...ROW, status: from }, snapshot({ status: to }), {}, AT).subscription
        const step = stepSubscription(from, to)
        expect(after.status).toBe(step.kind === 'moved' ? step.to : from)
      }
    },
  )

  test('events number on without a gap, one per transition', () => {
    const { subscription, events } = decideSnapshot(
      { ...ROW, status: 'pending_approval', sequence: 1 },
      snapshot({ status: 'past_due' }),
      {},
      AT,
    )
    expect(events.map(({ type }) => type)).toEqual(['subscription.activated', 'subscription.past_due'])
    expect(subscription).toMatchObject({ sequence: 3, version: 4, tries: 0 })
  })

  const WORDS: readonly (readonly [SubscriptionStatus, SubscriptionSnapshot['status'], readonly string[]])[] =
    [
      ['created', 'pending_approval', []],
      ['pending_approval', 'trialing', ['subscription.activated']],
      ['pending_approval', 'expired', ['subscription.canceled']],
      ['trialing', 'active', []],
      ['active', 'paused', ['subscription.paused']],
      ['paused', 'active', ['subscription.resumed']],
      ['paused', 'canceled', ['subscription.canceled']],
      ['past_due', 'active', []],
      ['active', 'completed', ['subscription.completed']],
      ['active', 'unrecognised', []],
    ]
  test.each(WORDS)('%s → %s tells %s', (from, to, told) => {
    expect(types(decideSnapshot({ ...ROW, status: from }, snapshot({ status: to }), {}, AT))).toEqual(told)
  })

  test('another subscription, or another reference, is believed of nothing', () => {
    expect(contradictionOf(ROW, snapshot())).toBeNull()
    expect(contradictionOf(ROW, snapshot({ reference: null }))).toBeNull()
    expect(contradictionOf(ROW, snapshot({ reference: 'op_2' }))).not.toBeNull()
    expect(contradictionOf(ROW, snapshot({ subscriptionRef: 'sub_2' }))).not.toBeNull()
  })
})

describe('ends', () => {
  test('a subscription that has made all its charges is completed, however the provider words it', () => {
    const row = { ...ROW, total_count: 12 }
    const done = decideSnapshot(row, snapshot({ status: 'canceled', paidCount: 12 }), {}, AT)
    expect(done.subscription.status).toBe('completed')
    const early = decideSnapshot(row, snapshot({ status: 'canceled', paidCount: 11 }), {}, AT)
    expect(early.subscription.status).toBe('canceled')
  })

  test('an end at the period that the provider does not show again stays asked for', () => {
    const operation = call({ request: { when: 'period_end' } })
    const asked = decideSnapshot(ROW, snapshot(), { operation }, AT).subscription
    expect(asked.cancel_at_period_end).toBe(true)
    expect(decideSnapshot(asked, snapshot(), {}, AT).subscription.cancel_at_period_end).toBe(true)
  })

  test('one that the provider shows follows it, also when it is taken back there', () => {
    const operation = call({ request: { when: 'period_end' } })
    const asked = decideSnapshot(ROW, snapshot({ cancelAtPeriodEnd: true }), { operation }, AT).subscription
    expect(decideSnapshot(asked, snapshot(), {}, AT).subscription.cancel_at_period_end).toBe(false)
  })

  test('what was never made ends as canceled, with the reason', () => {
    const failure = { code: 'provider_rejected', decline_reason: null, message: 'No.', provider_code: 'x' }
    const { subscription, events } = decideUnmade({ ...ROW, status: 'created' }, failure, AT)
    expect(subscription).toMatchObject({ status: 'canceled', ended_at: AT, failure })
    expect(events.map(({ type }) => type)).toEqual(['subscription.canceled'])
  })
})

describe('a change of plan', () => {
  const operation = call({ kind: 'change_plan', request: { plan_id: 'pro', quantity: 2 } })

  test('holds when the provider says so', () => {
    const word = snapshot({ planRef: 'price_pro', quantity: 2 })
    const after = decideSnapshot(ROW, word, { operation, newPlanRef: 'price_pro' }, AT)
    expect(after.subscription).toMatchObject({ plan_id: 'pro', quantity: 2, pending_plan_id: null })
    expect(types(after)).toEqual(['subscription.plan_changed'])
  })

  test('waits for the payer until then, and is told once', () => {
    const waiting = decideSnapshot(
      ROW,
      snapshot({ approvalUrl: 'https://pay' }),
      { operation, newPlanRef: 'price_pro' },
      AT,
    )
    expect(waiting.subscription).toMatchObject({ plan_id: 'basic', pending_plan_id: 'pro', quantity: 1 })
    expect(types(waiting)).toEqual([])
    const word = snapshot({ planRef: 'price_pro', quantity: 2 })
    const agreed = decideSnapshot(waiting.subscription, word, { newPlanRef: 'price_pro' }, AT)
    expect(agreed.subscription).toMatchObject({ plan_id: 'pro', quantity: 2, pending_plan_id: null })
    expect(types(agreed)).toEqual(['subscription.plan_changed'])
  })
})
