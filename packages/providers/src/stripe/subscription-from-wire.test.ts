import { describe, expect, test } from 'vitest'
import { itemBody, list, NOW_S, PERIOD_END_S, sessionBody, subscriptionBody } from './scripted.fixture.ts'
import { endToSet, subscriptionSessionSnapshot, subscriptionSnapshot } from './subscription-from-wire.ts'
import { readSubscription, readSubscriptionSession } from './subscription-wire.ts'

const ms = (seconds: number) => seconds * 1000

function snapshotOf(over: Readonly<Record<string, unknown>> = {}) {
  const wire = readSubscription(subscriptionBody(over))
  return wire && subscriptionSnapshot(wire, { orderRef: 'cs_test_1', refs: {} })
}

function ofSession(over: Readonly<Record<string, unknown>>, refs: Readonly<Record<string, string>> = {}) {
  const wire = readSubscriptionSession(sessionBody(over))
  return wire && subscriptionSessionSnapshot(wire, refs)
}

describe('status of a subscription', () => {
  test.each([
    ['incomplete', 'pending_approval'],
    ['incomplete_expired', 'expired'],
    ['trialing', 'trialing'],
    ['active', 'active'],
    ['past_due', 'past_due'],
    ['unpaid', 'past_due'],
    ['paused', 'paused'],
    ['canceled', 'canceled'],
    ['something_new', 'unrecognised'],
    [null, 'unrecognised'],
  ])('%s is %s', (word, status) => {
    expect(snapshotOf({ status: word })?.status).toBe(status)
  })

  test('collection paused by hand is paused, whatever Stripe calls it; what has ended stays ended', () => {
    const pause_collection = { behavior: 'void', resumes_at: null }
    for (const status of ['active', 'trialing', 'past_due']) {
      expect(snapshotOf({ status, pause_collection })?.status).toBe('paused')
    }
    expect(snapshotOf({ status: 'canceled', pause_collection })?.status).toBe('canceled')
  })

  test('it is complete when it ran to the agreed end, and canceled when it was cut short', () => {
    const metadata = { onerouter_total_count: '12' }
    const ran = { status: 'canceled', metadata, cancel_at: NOW_S, ended_at: NOW_S }
    expect(snapshotOf(ran)?.status).toBe('completed')
    expect(snapshotOf({ ...ran, ended_at: NOW_S - 1 })?.status).toBe('canceled')
    expect(snapshotOf({ ...ran, metadata: {} })?.status).toBe('canceled')
  })
})

describe('what a subscription tells', () => {
  test('period, price and quantity stand in its item', () => {
    expect(snapshotOf({ items: list(itemBody({ quantity: 3 })) })).toMatchObject({
      subscriptionRef: 'sub_1',
      orderRef: 'cs_test_1',
      planRef: 'price_1',
      quantity: 3,
      refs: { item: 'si_1' },
      currentPeriodStartMs: ms(NOW_S),
      currentPeriodEndMs: ms(PERIOD_END_S),
      nextChargeAtMs: ms(PERIOD_END_S),
      customerRef: 'cus_1',
      approvalUrl: null,
      cancelAtPeriodEnd: false,
    })
  })

  test('without an item that can be read it is no answer', () => {
    expect(snapshotOf({ items: list() })).toBeUndefined()
    expect(snapshotOf({ items: list({ id: 'si_1' }) })).toBeUndefined()
  })

  test('ending with the period, it has no next charge', () => {
    const flagged = snapshotOf({ cancel_at_period_end: true })
    const dated = snapshotOf({ cancel_at: PERIOD_END_S })
    for (const snapshot of [flagged, dated]) {
      expect(snapshot).toMatchObject({ cancelAtPeriodEnd: true, nextChargeAtMs: null })
    }
    expect(snapshotOf({ cancel_at: PERIOD_END_S + 1 })).toMatchObject({
      cancelAtPeriodEnd: false,
      nextChargeAtMs: ms(PERIOD_END_S),
    })
  })

  test('the last of the agreed charges is nobody’s cancellation, and still the last', () => {
    const metadata = { onerouter_total_count: '1' }
    expect(snapshotOf({ metadata, cancel_at: PERIOD_END_S })).toMatchObject({
      cancelAtPeriodEnd: false,
      nextChargeAtMs: null,
    })
  })
})

describe('the end of a subscription with a number of charges', () => {
  const metadata = { onerouter_total_count: '3' }
  const end = (over: object) => {
    const wire = readSubscription(subscriptionBody({ metadata, ...over }))
    return wire === undefined ? undefined : endToSet(wire)
  }

  test('is counted from the first charge, which a trial puts off', () => {
    const anchor = Date.UTC(2026, 0, 31) / 1000
    expect(end({ billing_cycle_anchor: anchor })).toBe(Date.UTC(2026, 3, 30) / 1000)
  })

  test.each([
    ['is set once', { cancel_at: PERIOD_END_S }],
    ['is not set over a cancellation', { cancel_at_period_end: true }],
    ['is not set before the first payment', { status: 'incomplete' }],
    ['is not set on one that has ended', { status: 'canceled' }],
    ['is not invented for an open-ended one', { metadata: {} }],
    ['is not made of a count that is none', { metadata: { onerouter_total_count: '1e9' } }],
  ])('%s', (_what, over) => {
    expect(end(over)).toBeNull()
  })
})

describe('the session before the subscription', () => {
  test('waits for approval at its address, fragment and all', () => {
    expect(ofSession({})).toMatchObject({
      orderRef: 'cs_test_1',
      subscriptionRef: null,
      status: 'pending_approval',
      approvalUrl: 'https://checkout.stripe.com/c/pay/cs_test_1#fidkdWxOYHwnPyd1blpxYHZxWjA0',
      planRef: 'price_1',
      quantity: 1,
    })
  })

  test('that ran out is expired, and canceled where we ended it', () => {
    expect(ofSession({ status: 'expired', url: null })).toMatchObject({
      status: 'expired',
      approvalUrl: null,
    })
    expect(ofSession({ status: 'expired' }, { session_end: 'canceled' })?.status).toBe('canceled')
  })

  test('hands over to the subscription it made', () => {
    const made = ofSession({ status: 'complete', url: null, subscription: subscriptionBody() })
    expect(made).toMatchObject({ status: 'active', subscriptionRef: 'sub_1', orderRef: 'cs_test_1' })
  })

  test.each([
    ['names a subscription without telling it', { status: 'complete', subscription: 'sub_1' }],
    ['does not tell its price', { line_items: undefined }],
    ['is of another kind', { mode: 'payment' }],
  ])('that %s is no answer', (_what, over) => {
    expect(ofSession(over)).toBeUndefined()
  })

  test('with a word nobody has heard of is unrecognised', () => {
    expect(ofSession({ status: 'postponed' })?.status).toBe('unrecognised')
  })
})
