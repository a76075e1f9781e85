import { describe, expect, test } from 'vitest'
import { capabilitiesOf } from '../capability.ts'
import { publishProofs } from './proofs.ts'
import { billingEvents } from './subscription-events.ts'
import { billingFaults } from './subscription-faults.ts'
import { chargeRefunds } from './subscription-refunds.ts'
import {
  ask,
  change,
  charges,
  DAY_MS,
  happens,
  makePlan,
  PRICE,
  pass,
  planRequest,
  refresh,
  running,
  subscribe,
  taken,
} from './subscription-steps.ts'
import { type MakeWorld, openWorld, value, type World } from './world.ts'

/** Facts that differ between providers by documentation, not by choice of the suite. */
export interface BillingFacts {
  readonly currency: 'USD' | 'INR'
  /** Whether a subscription nobody has approved can be ended. */
  readonly endsUnapproved: boolean
  /** Whether the payer must agree to another plan. */
  readonly changeNeedsConsent: boolean
}

/**
 * What every adapter that bills subscriptions promises, as one suite that runs unchanged over all of them against an
 * emulated provider. What a provider cannot do is asserted to be refused; nothing is skipped.
 */
export function subscriptionConformance(name: string, facts: BillingFacts, makeWorld: MakeWorld): void {
  const { currency } = facts
  const open = () => openWorld(makeWorld, { currency, wire: [], staleAfterMs: null, replaysCreate: false })
  describe(`${name} keeps the billing contract`, () => {
    publishProofs(name, 'subscriptions')
    describe('plans', () => plans(open))
    describe('life of a subscription', () => life(open))
    describe('pause, resume, change', () => changes(open, facts))
    describe('ends', () => ends(open, facts))
    describe('refunds of charges', () => chargeRefunds(open))
    describe('failures on the way', () => billingFaults(open))
    describe('events', () => billingEvents(open))
  })
}

function plans(open: () => World): void {
  test.each(['week', 'month', 'year'] as const)(
    'a plan by the %s states its price and period exactly',
    async (interval) => {
      const world = open()
      const request = planRequest(world, { interval, amount: world.money(123_457n) })
      expect(world.subscriptions.acceptsPlan(request)).toBeNull()
      const made = value(await world.subscriptions.createPlan(world.ctx(), request, world.id()))
      expect(made).toMatchObject({ amount: request.amount, interval, intervalCount: 1 })
    },
  )

  test('a plan is found again by our reference, or made twice without harm', async () => {
    const world = open()
    const { findPlan } = world.subscriptions
    const plan = await makePlan(world)
    if (findPlan === undefined) {
      const again = value(await world.subscriptions.createPlan(world.ctx('later'), plan, world.id()))
      expect(again.amount).toEqual(plan.amount)
      return
    }
    expect(value(await findPlan(world.ctx(), plan))?.planRef).toBe(plan.planRef)
    expect(value(await findPlan(world.ctx(), planRequest(world)))).toBeNull()
  })

  test('a plan asked for again under its key is one plan where keys replay', async () => {
    const world = open()
    const request = planRequest(world)
    const key = world.id()
    const first = value(await world.subscriptions.createPlan(world.ctx(), request, key))
    const again = value(await world.subscriptions.createPlan(world.ctx('later'), request, key))
    const replays = world.subscriptions.replayWindowMs.createPlan > 0
    expect(again.planRef === first.planRef).toBe(replays)
  })

  test('what an adapter can do is what it has', () => {
    const { provider } = open()
    expect(capabilitiesOf(provider)).toMatchObject({
      subscriptions: true,
      subscription_pause: provider.subscriptions?.pause !== undefined,
      subscription_change_plan: provider.subscriptions?.changePlan !== undefined,
      subscription_proration: provider.subscriptions?.proration,
      subscription_cancel_at_period_end: provider.subscriptions?.cancelAtPeriodEnd === 'native',
    })
  })
}

function life(open: () => World): void {
  test('a new subscription waits for its payer at an address, and charges nobody', async () => {
    const world = open()
    const made = await subscribe(world)
    expect(made.snapshot).toMatchObject({
      status: 'pending_approval',
      approvalUrl: expect.stringMatching(/^https?:\/\//),
      reference: made.request.reference,
      planRef: made.request.plan.planRef,
      quantity: 1,
      cancelAtPeriodEnd: false,
    })
    const seen = await refresh(world, made)
    expect(seen.snapshot).toMatchObject({
      status: 'pending_approval',
      approvalUrl: made.snapshot.approvalUrl,
    })
    expect(await charges(world, seen)).toEqual([])
  })

  test('approved, it is active and has charged its first period, once and exactly', async () => {
    const world = open()
    const made = await running(world, {
      quantity: 3,
      plan: await makePlan(world, { amount: world.money(12_347n) }),
    })
    expect(made.snapshot).toMatchObject({
      status: 'active',
      approvalUrl: null,
      quantity: 3,
      reference: made.request.reference,
    })
    expect(made.snapshot.currentPeriodEndMs).toBeGreaterThan(world.sandbox.now() + 27 * DAY_MS)
    expect(made.snapshot.nextChargeAtMs).toBe(made.snapshot.currentPeriodEndMs)
    const [charge, ...others] = await charges(world, made)
    expect(others).toEqual([])
    expect(charge).toMatchObject({
      status: 'succeeded',
      amount: world.money(37_041n),
      refunded: 0n,
      failure: null,
    })
    expect(charge?.paymentRef).not.toBeNull()
    expect(await taken(world, made)).toEqual([37_041n])
  })

  test('renewed by the calendar, it charges each period once, and its period moves on', async () => {
    const world = open()
    const first = await running(world)
    const later = await pass(world, first, 63)
    expect(later.snapshot.status).toBe('active')
    expect(later.snapshot.currentPeriodEndMs ?? 0).toBeGreaterThan(first.snapshot.currentPeriodEndMs ?? 0)
    expect(await taken(world, later)).toEqual([PRICE, PRICE, PRICE])
    const all = await charges(world, later)
    expect(new Set(all.map(({ chargeRef }) => chargeRef)).size).toBe(all.length)
    const starts = all.map(({ periodStartMs, chargedAtMs }) => periodStartMs ?? chargedAtMs)
    expect(new Set(starts).size).toBe(all.length)
    if (later.snapshot.paidCount !== null) expect(later.snapshot.paidCount).toBe(3)
  })

  test('a renewal that fails makes it past due and takes nothing; recovered, it is active and paid once', async () => {
    const world = open()
    const failed = await happens(world, await running(world), 'fail_renewal')
    expect(failed.snapshot.status).toBe('past_due')
    expect(await taken(world, failed)).toEqual([PRICE])
    const tries = (await charges(world, failed)).filter(({ status }) => status === 'failed')
    expect(tries).toHaveLength(1)
    expect(tries[0]).toMatchObject({ paymentRef: null, amount: world.money(PRICE) })
    expect(tries[0]?.failure).not.toBeNull()
    await happens(world, failed, 'update_card')
    const recovered = await happens(world, failed, 'renew')
    expect(recovered.snapshot.status).toBe('active')
    expect(await taken(world, recovered)).toEqual([PRICE, PRICE])
  })

  test('a trial charges nothing before it ends, then the price', async () => {
    const world = open()
    const trial = await running(world, { trialDays: 10 })
    expect(trial.snapshot.status).toBe('trialing')
    expect(trial.snapshot.trialEndMs ?? 0).toBeGreaterThan(world.sandbox.now() + 9 * DAY_MS)
    expect(await taken(world, trial)).toEqual([])
    const started = await pass(world, trial, 12)
    expect(started.snapshot.status).toBe('active')
    expect(await taken(world, started)).toEqual([PRICE])
  })

  test('a start date puts the first charge off', async () => {
    const world = open()
    const made = await running(world, { startAtMs: world.sandbox.now() + 20 * DAY_MS })
    expect(await taken(world, await pass(world, made, 18))).toEqual([])
    expect(await taken(world, await pass(world, made, 4))).toEqual([PRICE])
  })

  test('charges come in pages that miss nothing and repeat nothing', async () => {
    const world = open()
    let made = await running(world)
    for (let period = 0; period < 11; period++) {
      await world.settleTime(DAY_MS)
      made = await happens(world, made, 'renew')
    }
    const all = await charges(world, made)
    expect(new Set(all.map(({ chargeRef }) => chargeRef)).size).toBe(12)
    expect(all).toHaveLength(12)
    const times = all.map(({ chargedAtMs }) => chargedAtMs)
    expect(times).toEqual([...times].sort((a, b) => b - a))
  })

  test('a charge outside the window is not listed', async () => {
    const world = open()
    const { handle } = await running(world)
    const toMs = world.sandbox.now() - DAY_MS
    const window = { fromMs: toMs - DAY_MS, toMs, cursor: null }
    const listed = value(await world.subscriptions.listCharges(world.ctx(), handle, window))
    expect(listed).toEqual({ items: [], nextCursor: null })
  })

  test('two subscriptions of one merchant never see each other', async () => {
    const world = open()
    const first = await running(world)
    const second = await running(world, { quantity: 2 })
    await happens(world, second, 'renew')
    expect(await taken(world, first)).toEqual([PRICE])
    expect(await taken(world, second)).toEqual([PRICE * 2n, PRICE * 2n])
  })
}

function changes(open: () => World, facts: BillingFacts): void {
  test('paused, it charges nothing for two periods; resumed, it charges again', async () => {
    const world = open()
    const paused = await running(world)
    expect(value(await ask(world, paused, 'pause'))).toMatchObject({ status: 'paused', nextChargeAtMs: null })
    const still = await pass(world, paused, 63)
    expect(still.snapshot.status).toBe('paused')
    expect(await taken(world, still)).toEqual([PRICE])
    expect(value(await ask(world, still, 'resume')).status).toBe('active')
    expect((await taken(world, await pass(world, still, 35))).length).toBeGreaterThan(1)
  })

  test('another plan holds from the next period, or once the payer agrees', async () => {
    const world = open()
    const made = await running(world)
    const plan = await makePlan(world, { amount: world.money(99_901n), name: 'Platinum' })
    const changed = value(await change(world, made, plan))
    if (facts.changeNeedsConsent) {
      expect(changed).toMatchObject({ planRef: made.request.plan.planRef, pendingPlanRef: plan.planRef })
      expect(changed.approvalUrl).toMatch(/^https?:/)
      return
    }
    expect([changed.planRef, changed.pendingPlanRef]).toContain(plan.planRef)
    expect(changed).toMatchObject({ status: 'active', approvalUrl: null })
    const later = await pass(world, made, 35)
    expect(later.snapshot.planRef).toBe(plan.planRef)
    expect(await taken(world, later)).toContain(99_901n)
    expect(await taken(world, later)).toHaveLength(2)
  })

  test('the same change asked twice is one change', async () => {
    const world = open()
    const made = await running(world)
    const plan = await makePlan(world, { amount: world.money(99_901n) })
    const once = value(await change(world, made, plan))
    const twice = value(await change(world, made, plan, { send: 'later' }))
    expect([twice.planRef, twice.pendingPlanRef]).toEqual([once.planRef, once.pendingPlanRef])
  })

  test.each(['pause', 'resume'] as const)('what has ended cannot %s', async (verb) => {
    const world = open()
    const ended = await happens(world, await running(world), 'cancel')
    expect(await ask(world, ended, verb)).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
  })

  test('what has ended gets no other plan, and what nobody approved is not paused', async () => {
    const world = open()
    const made = await subscribe(world)
    expect(await ask(world, made, 'pause')).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
    const ended = await happens(world, await running(world), 'cancel')
    expect(await change(world, ended, await makePlan(world))).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
    })
  })
}

function ends(open: () => World, facts: BillingFacts): void {
  test('canceled now, it is over at once, stays over and charges no more', async () => {
    const world = open()
    const made = await running(world)
    const over = value(await ask(world, made, 'cancel'))
    expect(over).toMatchObject({ status: 'canceled', nextChargeAtMs: null, cancelAtPeriodEnd: false })
    expect(over.endedAtMs).not.toBeNull()
    expect(value(await ask(world, made, 'cancel', 'later')).status).toBe('canceled')
    const later = await pass(world, made, 35)
    expect(later.snapshot.status).toBe('canceled')
    expect(await taken(world, later)).toEqual([PRICE])
  })

  test('canceled with the period, it runs to its end and charges no more; or the engine is told to wait itself', async () => {
    const world = open()
    const made = await running(world)
    const asked = await world.subscriptions.cancel(world.ctx(), made.handle, 'period_end', world.id())
    if (world.subscriptions.cancelAtPeriodEnd === 'scheduled') {
      expect(asked.kind).toBe('rejected')
      expect((await refresh(world, made)).snapshot.status).toBe('active')
      return
    }
    const ending = value(asked)
    expect(ending).toMatchObject({ status: 'active', cancelAtPeriodEnd: true, nextChargeAtMs: null })
    const { request } = made
    const kept = { request, snapshot: ending, handle: { ...made.handle, refs: ending.refs } }
    expect((await refresh(world, kept)).snapshot).toMatchObject({ status: 'active', cancelAtPeriodEnd: true })
    const later = await pass(world, kept, 35)
    expect(later.snapshot).toMatchObject({ status: 'canceled', cancelAtPeriodEnd: false })
    expect(await taken(world, later)).toEqual([PRICE])
  })

  test('after the number of charges agreed on it is complete', async () => {
    const world = open()
    const made = await running(world, { totalCount: 2 })
    const later = await pass(world, made, 95)
    expect(later.snapshot.status).toBe('completed')
    expect(await taken(world, later)).toEqual([PRICE, PRICE])
  })

  test('before it is approved it can be ended, or this is refused and it keeps waiting', async () => {
    const world = open()
    const made = await subscribe(world)
    const asked = await ask(world, made, 'cancel')
    if (!facts.endsUnapproved) {
      expect(asked).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
      expect((await refresh(world, made)).snapshot.status).toBe('pending_approval')
      return
    }
    expect(value(asked).status).toBe('canceled')
    const ref = made.handle.subscriptionRef ?? made.handle.orderRef ?? ''
    expect(world.subscriber(ref, 'approve').ok).toBe(false)
  })

  test('canceled at the provider, it is canceled here', async () => {
    const world = open()
    const made = await happens(world, await running(world), 'cancel')
    expect(made.snapshot).toMatchObject({ status: 'canceled', nextChargeAtMs: null })
  })
}
