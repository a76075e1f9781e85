import type { Outcome } from '@onerouter/core'
import { expect } from 'vitest'
import type { ListedPage } from '../listing.ts'
import type {
  CreatePlan,
  CreateSubscription,
  SubscriptionCharge,
  SubscriptionHandle,
  SubscriptionSnapshot,
} from '../subscriptions.ts'
import { type SubscriberAction, value, type World } from './world.ts'

export const PRICE = 69_900n
export const DAY_MS = 86_400_000
const PAGES_MAX = 20

export interface Subscribed {
  readonly request: CreateSubscription
  readonly handle: SubscriptionHandle
  readonly snapshot: SubscriptionSnapshot
}

export type Priced = CreateSubscription['plan']

export function planRequest(world: World, over: Partial<CreatePlan> = {}): CreatePlan {
  const operation = world.id()
  return {
    reference: operation.replace(/^op_/, 'plan_'),
    name: 'Gold',
    amount: world.money(PRICE),
    interval: 'month',
    intervalCount: 1,
    ...over,
  }
}

export async function makePlan(world: World, over: Partial<CreatePlan> = {}): Promise<Priced> {
  const request = planRequest(world, over)
  const { planRef, refs } = value(await world.subscriptions.createPlan(world.ctx(), request, world.id()))
  return { ...request, planRef, refs }
}

export async function subscriptionRequest(
  world: World,
  over: Partial<CreateSubscription> = {},
): Promise<CreateSubscription> {
  return {
    reference: world.id(),
    plan: over.plan ?? (await makePlan(world)),
    quantity: 1,
    trialDays: 0,
    startAtMs: null,
    totalCount: null,
    customer: { email: 'asha@example.com' },
    returnUrl: 'https://router.example/return/sub_1?token=abc',
    cancelUrl: 'https://router.example/cancel/sub_1?token=abc',
    ...over,
  }
}

/** What the engine keeps of a subscription and hands back. */
export function handleOf(
  request: Pick<CreateSubscription, 'reference'>,
  snapshot: SubscriptionSnapshot | null,
): SubscriptionHandle {
  return {
    reference: request.reference,
    orderRef: snapshot?.orderRef ?? null,
    subscriptionRef: snapshot?.subscriptionRef ?? null,
    refs: snapshot?.refs ?? {},
  }
}

export async function subscribe(world: World, over: Partial<CreateSubscription> = {}): Promise<Subscribed> {
  const request = await subscriptionRequest(world, over)
  const snapshot = value(await world.subscriptions.create(world.ctx(), request, request.reference))
  return { request, snapshot, handle: handleOf(request, snapshot) }
}

/** Reads the subscription as a webhook or a return would make the engine do. */
export async function refresh(world: World, { request, handle }: Subscribed): Promise<Subscribed> {
  await world.settleTime()
  return after(request, value(await world.subscriptions.fetch(world.ctx(), handle)))
}

export function after(request: CreateSubscription, snapshot: SubscriptionSnapshot): Subscribed {
  return { request, snapshot, handle: handleOf(request, snapshot) }
}

/** What the payer, the bank or the calendar does at the provider, and the subscription as it is then. */
export async function happens(world: World, made: Subscribed, action: SubscriberAction): Promise<Subscribed> {
  const ref = made.handle.subscriptionRef ?? made.handle.orderRef ?? expect.fail('nothing to act on')
  expect(world.subscriber(ref, action)).toMatchObject({ ok: true })
  return refresh(world, made)
}

/** A subscription the payer has approved. */
export async function running(world: World, over: Partial<CreateSubscription> = {}): Promise<Subscribed> {
  return happens(world, await subscribe(world, over), 'approve')
}

/** Lets time pass at the provider, a day at a time, so that everything due happens in its order. */
export async function pass(world: World, made: Subscribed, days: number): Promise<Subscribed> {
  for (let day = 0; day < days; day++) await world.settleTime(DAY_MS)
  return refresh(world, made)
}

/** All the provider lists, page by page, which must end. */
export async function charges(world: World, { handle }: Subscribed): Promise<readonly SubscriptionCharge[]> {
  const items: SubscriptionCharge[] = []
  const toMs = world.sandbox.now() + DAY_MS
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const window = { fromMs: toMs - 3000 * DAY_MS, toMs, cursor }
    const read: ListedPage<SubscriptionCharge> = value(
      await world.subscriptions.listCharges(world.ctx(), handle, window),
    )
    items.push(...read.items)
    cursor = read.nextCursor
    if (cursor === null) return items
  }
  return expect.fail('the list never ends')
}

/** What was taken by the adapter's word, which must be what the provider's own books say. */
export async function taken(world: World, made: Subscribed): Promise<readonly bigint[]> {
  const paid = (await charges(world, made)).filter(({ status }) => status === 'succeeded')
  const booked = world
    .chargesBooked(made.handle.subscriptionRef ?? '')
    .filter(({ status }) => status === 'paid')
  const amounts = paid.map(({ amount }) => amount.minor)
  expect([...amounts].sort()).toEqual(booked.map(({ amount }) => amount).sort())
  return amounts
}

export type Verb = 'pause' | 'resume' | 'cancel'

/** One verb under the subscription's own key for it. */
export function ask(
  world: World,
  { request, handle }: Subscribed,
  verb: Verb,
  send: 'first' | 'later' = 'first',
): Promise<Outcome<SubscriptionSnapshot>> {
  const { subscriptions } = world
  const key = `${request.reference}_${verb}`
  if (verb === 'cancel') return subscriptions.cancel(world.ctx(send), handle, 'now', key)
  const run = subscriptions[verb]
  return run === undefined ? expect.fail(`the adapter cannot ${verb}`) : run(world.ctx(send), handle, key)
}

export function change(
  world: World,
  { request, handle }: Subscribed,
  plan: Priced,
  options: { readonly quantity?: number; readonly prorate?: boolean; readonly send?: 'first' | 'later' } = {},
): Promise<Outcome<SubscriptionSnapshot>> {
  const { changePlan } = world.subscriptions
  const { quantity = 1, prorate = false, send = 'first' } = options
  if (changePlan === undefined) expect.fail('the adapter cannot change plans')
  return changePlan(world.ctx(send), handle, { plan, quantity, prorate }, `${request.reference}_change`)
}

/** Settles an unknown create the way the engine does: the same key while it replays, else a look-up. */
export async function resolveCreate(
  world: World,
  request: CreateSubscription,
): Promise<SubscriptionSnapshot> {
  const { subscriptions } = world
  if (subscriptions.replayWindowMs.create > 0) {
    return value(await subscriptions.create(world.ctx('later'), request, request.reference))
  }
  const { find } = subscriptions
  if (find === undefined) expect.fail('neither a replay window nor a look-up')
  await world.settleTime(subscriptions.lookupLagMs + 1000)
  const found = value(await find(world.ctx('later'), handleOf(request, null)))
  return found ?? value(await subscriptions.create(world.ctx('later'), request, request.reference))
}
