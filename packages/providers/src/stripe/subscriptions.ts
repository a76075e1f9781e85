import { type Outcome, ok, unknown } from '@onerouter/core'
import type {
  ChangePlan,
  CreatePlan,
  CreateSubscription,
  PlanSnapshot,
  SubscriptionHandle,
  SubscriptionSnapshot,
  Subscriptions,
} from '../subscriptions.ts'
import { beforeActing, call, type Form, path, type StripeContext } from './call.ts'
import { listCharges } from './charges.ts'
import type { StripeCredentials } from './credentials.ts'
import { CANCELED_BY_US } from './from-wire.ts'
import { REPLAY_WINDOW_MS } from './payments.ts'
import { findSession } from './sessions.ts'
import {
  endToSet,
  planSnapshot,
  subscriptionSessionSnapshot,
  subscriptionSnapshot,
} from './subscription-from-wire.ts'
import { refusePlan, refuseSubscription } from './subscription-limits.ts'
import {
  CANCEL_AT_PERIOD_END_FORM,
  CANCEL_NOW_QUERY,
  changePlanForm,
  EXPAND_SUBSCRIPTION_SESSION,
  endForm,
  PAUSE_FORM,
  priceForm,
  RESUME_COLLECTION_FORM,
  RESUME_FORM,
  subscriptionSessionForm,
} from './subscription-to-wire.ts'
import {
  readPrice,
  readSubscription,
  readSubscriptionSession,
  type WireSubscription,
} from './subscription-wire.ts'
import { readList } from './wire.ts'

type Settled = Outcome<SubscriptionSnapshot>
/** One whose subscription exists at Stripe. */
type Live = SubscriptionSnapshot & { readonly subscriptionRef: string }

export const subscriptions: Subscriptions<StripeCredentials> = {
  replayWindowMs: {
    createPlan: REPLAY_WINDOW_MS,
    create: REPLAY_WINDOW_MS,
    // A second cancellation finds a canceled subscription and says so.
    cancel: REPLAY_WINDOW_MS,
    pause: REPLAY_WINDOW_MS,
    resume: REPLAY_WINDOW_MS,
    changePlan: REPLAY_WINDOW_MS,
  },
  // Lists are read from the primary store, unlike search.
  lookupLagMs: 0,
  cancelAtPeriodEnd: 'native',
  proration: true,
  acceptsPlan: refusePlan,
  accepts: refuseSubscription,
  createPlan,
  findPlan,
  create,
  fetch: fetchSubscription,
  find,
  cancel,
  pause,
  resume,
  changePlan,
  listCharges: chargesOf,
}

function createPlan(ctx: StripeContext, plan: CreatePlan, key: string): Promise<Outcome<PlanSnapshot>> {
  const form = priceForm(plan)
  return call(ctx, { method: 'POST', path: path(['prices']), form, key }, readPlan)
}

function findPlan(ctx: StripeContext, plan: CreatePlan): Promise<Outcome<PlanSnapshot | null>> {
  const query: Form = [
    ['lookup_keys[0]', plan.reference],
    ['limit', '1'],
  ]
  return call(ctx, { method: 'GET', path: path(['prices'], query) }, (body) => {
    const list = readList(body, readPlan)
    return list === undefined ? undefined : (list.data[0] ?? null)
  })
}

function create(ctx: StripeContext, request: CreateSubscription, key: string): Promise<Settled> {
  const form = subscriptionSessionForm(request)
  return call(ctx, { method: 'POST', path: path(['checkout', 'sessions']), form, key }, (body) => {
    const snapshot = readSession(body, {})
    // A session nobody can be sent to is not the answer the documentation promises.
    return snapshot?.status === 'pending_approval' && snapshot.approvalUrl === null ? undefined : snapshot
  })
}

async function find(
  ctx: StripeContext,
  subscription: SubscriptionHandle,
): Promise<Outcome<SubscriptionSnapshot | null>> {
  const listed = await findSession(ctx, subscription.reference)
  if (listed.kind !== 'ok') return listed
  if (listed.value === null) return ok(null)
  return fetchSubscription(ctx, { ...subscription, orderRef: listed.value })
}

/** The subscription once it is known, until then the session that makes it. */
async function fetchSubscription(ctx: StripeContext, subscription: SubscriptionHandle): Promise<Settled> {
  const { subscriptionRef, orderRef, refs } = subscription
  if (subscriptionRef !== null) {
    const target = path(['subscriptions', subscriptionRef])
    const read = await call(ctx, { method: 'GET', path: target }, readSubscription)
    return read.kind === 'ok' ? withEnd(ctx, read.value, subscription) : read
  }
  if (orderRef === null) {
    const found = await find(ctx, subscription)
    if (found.kind !== 'ok') return found
    return found.value === null ? unknown('Stripe shows no session for the reference yet') : ok(found.value)
  }
  const target = path(['checkout', 'sessions', orderRef], EXPAND_SUBSCRIPTION_SESSION)
  const read = await call(ctx, { method: 'GET', path: target }, readSubscriptionSession)
  if (read.kind !== 'ok') return read
  const known = { ...subscription, orderRef: read.value.id }
  return read.value.subscription === null
    ? settled(subscriptionSessionSnapshot(read.value, refs))
    : withEnd(ctx, read.value.subscription, known)
}

/**
 * Checkout cannot be told the number of charges, so the end is set once the subscription exists. Where that fails,
 * the next read tries again, and there is one after every renewal.
 */
async function withEnd(
  ctx: StripeContext,
  subscription: WireSubscription,
  known: SubscriptionHandle,
): Promise<Settled> {
  const cancelAt = endToSet(subscription)
  if (cancelAt === null) return settled(subscriptionSnapshot(subscription, known))
  const target = path(['subscriptions', subscription.id])
  const key = `${subscription.id}_end_${cancelAt}`
  const form = endForm(cancelAt)
  const ended = await call(ctx, { method: 'POST', path: target, form, key }, readSubscription)
  return settled(subscriptionSnapshot(ended.kind === 'ok' ? ended.value : subscription, known))
}

/** Before it is approved there is nothing to end but the session, whenever it is asked to end. */
async function cancel(
  ctx: StripeContext,
  subscription: SubscriptionHandle,
  when: 'now' | 'period_end',
  key: string,
): Promise<Settled> {
  const current = beforeActing(ctx, await fetchSubscription(ctx, subscription))
  if (current.kind !== 'ok') return current
  const now = current.value
  if (isCanceled(now) || (when === 'period_end' && now.cancelAtPeriodEnd)) return current
  if (now.status === 'expired') return whoseExpiry(ctx, now, key)
  if (!isLive(now)) {
    return now.status === 'pending_approval' ? expireSession(ctx, now, key) : notNow(now, 'canceled')
  }
  const target = ['subscriptions', now.subscriptionRef]
  const asked =
    when === 'now'
      ? await call(ctx, { method: 'DELETE', path: path(target, CANCEL_NOW_QUERY) }, (body) =>
          readLive(body, now),
        )
      : await post(ctx, now, { path: path(target), form: CANCEL_AT_PERIOD_END_FORM, key })
  return settledByReading(
    ctx,
    asked,
    now,
    (then) => isCanceled(then) || (when === 'period_end' && then.cancelAtPeriodEnd),
  )
}

/** A session that ran out stays `expired`; after a lost answer the key tells whether we ended it. */
async function whoseExpiry(ctx: StripeContext, now: SubscriptionSnapshot, key: string): Promise<Settled> {
  if (ctx.send === 'first' || now.orderRef === null || now.subscriptionRef !== null) return ok(now)
  const replayed = await expireSession(ctx, now, key)
  return replayed.kind === 'rejected' ? ok(now) : replayed
}

async function expireSession(ctx: StripeContext, now: SubscriptionSnapshot, key: string): Promise<Settled> {
  if (now.orderRef === null) return notNow(now, 'canceled')
  const target = path(['checkout', 'sessions', now.orderRef, 'expire'])
  const refs = { ...now.refs, ...CANCELED_BY_US }
  const form = EXPAND_SUBSCRIPTION_SESSION
  const expired = await call(ctx, { method: 'POST', path: target, form, key }, (body) =>
    readSession(body, refs),
  )
  return settledByReading(ctx, expired, now, (then) => then.status === 'canceled')
}

function pause(ctx: StripeContext, subscription: SubscriptionHandle, key: string): Promise<Settled> {
  return act(ctx, subscription, {
    verb: 'paused',
    isDone: ({ status }) => status === 'paused',
    send: (now) =>
      post(ctx, now, { path: path(['subscriptions', now.subscriptionRef, 'pause']), form: PAUSE_FORM, key }),
  })
}

/** Payments that were held back in the Dashboard are let go by clearing the field. */
function resume(ctx: StripeContext, subscription: SubscriptionHandle, key: string): Promise<Settled> {
  return act(ctx, subscription, {
    verb: 'resumed',
    isDone: ({ status }) => status === 'active' || status === 'trialing' || status === 'past_due',
    send: (now) => {
      const target = ['subscriptions', now.subscriptionRef]
      return now.providerStatus === 'paused'
        ? post(ctx, now, { path: path([...target, 'resume']), form: RESUME_FORM, key })
        : post(ctx, now, { path: path(target), form: RESUME_COLLECTION_FORM, key })
    },
  })
}

function changePlan(
  ctx: StripeContext,
  subscription: SubscriptionHandle,
  change: ChangePlan,
  key: string,
): Promise<Settled> {
  return act(ctx, subscription, {
    verb: 'changed',
    isDone: ({ planRef, quantity }) => planRef === change.plan.planRef && quantity === change.quantity,
    send: (now) =>
      post(ctx, now, {
        path: path(['subscriptions', now.subscriptionRef]),
        form: changePlanForm(now.refs.item ?? '', change),
        key,
      }),
  })
}

interface Act {
  readonly verb: string
  readonly isDone: (now: SubscriptionSnapshot) => boolean
  readonly send: (now: Live) => Promise<Settled>
}

/** Reads first, so that what is done already is not asked for again and what has ended is refused in words. */
async function act(ctx: StripeContext, subscription: SubscriptionHandle, verb: Act): Promise<Settled> {
  const current = beforeActing(ctx, await fetchSubscription(ctx, subscription))
  if (current.kind !== 'ok') return current
  const now = current.value
  if (!isLive(now) || isOver(now) || now.status === 'pending_approval') return notNow(now, verb.verb)
  if (verb.isDone(now)) return current
  return settledByReading(ctx, await verb.send(now), now, verb.isDone)
}

function post(
  ctx: StripeContext,
  now: Live,
  request: { readonly path: string; readonly form: Form; readonly key: string },
): Promise<Settled> {
  return call(ctx, { method: 'POST', ...request }, (body) => readLive(body, now))
}

/** "Already done", "wrong state" and "canceled meanwhile" look alike on the wire: one GET tells them apart. */
async function settledByReading(
  ctx: StripeContext,
  outcome: Settled,
  subscription: SubscriptionSnapshot,
  shows: (now: SubscriptionSnapshot) => boolean,
): Promise<Settled> {
  if (outcome.kind !== 'rejected' || outcome.reason === 'bad_credentials') return outcome
  const handle = { ...subscription, reference: subscription.reference ?? '' }
  const now = await fetchSubscription({ ...ctx, send: 'later' }, handle)
  if (now.kind !== 'ok') return unknown('refused, and the subscription could not be read')
  if (shows(now.value)) return now
  return isOver(now.value) ? { ...outcome, reason: 'invalid_state' } : outcome
}

async function chargesOf(
  ctx: StripeContext,
  subscription: SubscriptionHandle,
  window: Parameters<typeof listCharges>[2],
): ReturnType<typeof listCharges> {
  if (subscription.subscriptionRef !== null) return listCharges(ctx, subscription.subscriptionRef, window)
  const current = await fetchSubscription(ctx, subscription)
  if (current.kind !== 'ok') return current
  const { subscriptionRef } = current.value
  return subscriptionRef === null
    ? ok({ items: [], nextCursor: null })
    : listCharges(ctx, subscriptionRef, window)
}

function readPlan(body: unknown): PlanSnapshot | undefined {
  const price = readPrice(body)
  return price === undefined ? undefined : planSnapshot(price)
}

function readSession(body: unknown, refs: SubscriptionHandle['refs']): SubscriptionSnapshot | undefined {
  const session = readSubscriptionSession(body)
  return session === undefined ? undefined : subscriptionSessionSnapshot(session, refs)
}

function readLive(body: unknown, known: Live): SubscriptionSnapshot | undefined {
  const subscription = readSubscription(body)
  // An answer about another subscription is no answer.
  return subscription?.id === known.subscriptionRef ? subscriptionSnapshot(subscription, known) : undefined
}

function settled(snapshot: SubscriptionSnapshot | undefined): Settled {
  return snapshot === undefined ? unknown('Stripe names no price of the subscription') : ok(snapshot)
}

const isLive = (now: SubscriptionSnapshot): now is Live => now.subscriptionRef !== null

const isCanceled = ({ status }: SubscriptionSnapshot): boolean =>
  status === 'canceled' || status === 'completed'

const isOver = (now: SubscriptionSnapshot): boolean => isCanceled(now) || now.status === 'expired'

const notNow = (now: SubscriptionSnapshot, verb: string): Settled => ({
  kind: 'rejected',
  reason: 'invalid_state',
  providerCode: null,
  message: `The subscription cannot be ${verb} now: Stripe says ${now.providerStatus || 'nothing'}.`,
})
