import { type Outcome, ok, unknown } from '@onerouter/core'
import { madeAtMs } from '../reference-time.ts'
import type {
  ChangePlan,
  CreatePlan,
  CreateSubscription,
  PlanSnapshot,
  SubscriptionHandle,
  SubscriptionSnapshot,
  Subscriptions,
} from '../subscriptions.ts'
import { ask, type Call, later, type RazorpayContext } from './call.ts'
import { listCharges } from './charges.ts'
import type { RazorpayCredentials } from './credentials.ts'
import { ENDS_WITH_CYCLE, planOf, subscriptionOf } from './subscription-from-wire.ts'
import { refusePlan, refuseSubscription } from './subscription-limits.ts'
import { PAUSE, RESUME, toCancel, toPlan, toSubscription, toUpdate } from './subscription-to-wire.ts'
import { readPlan, readSubscription, type Subscription } from './subscription-wire.ts'
import { readAll } from './wire.ts'

type Settled = Outcome<SubscriptionSnapshot>
type Known = SubscriptionHandle & { readonly subscriptionRef: string }

const DAY_MS = 86_400_000
/** A subscription may be made by the last allowed re-send, and clocks differ a little. */
const FIND_BEFORE_MS = 10 * 60_000
const FIND_AFTER_MS = 2 * DAY_MS
const FIND_PAGES_MAX = 10
/** Razorpay API, Fetch all subscriptions: at most one hundred a page. */
const PAGE = 100

export const subscriptions: Subscriptions<RazorpayCredentials> = {
  /**
   * Razorpay knows no idempotency keys here. A lost creation is looked up; the other verbs read first and find what
   * an earlier send did. A plan made twice does no harm, because nobody is billed by the other one.
   */
  replayWindowMs: {
    createPlan: 0,
    create: 0,
    cancel: 30 * DAY_MS,
    pause: 30 * DAY_MS,
    resume: 30 * DAY_MS,
    changePlan: 30 * DAY_MS,
  },
  /** Not published; the list reads Razorpay's own database, so this is generous. */
  lookupLagMs: 60_000,
  cancelAtPeriodEnd: 'native',
  proration: true,
  acceptsPlan: refusePlan,
  accepts: refuseSubscription,
  createPlan,
  create,
  fetch,
  find,
  cancel,
  pause,
  resume,
  changePlan,
  listCharges: chargesOf,
}

async function createPlan(ctx: RazorpayContext, plan: CreatePlan): Promise<Outcome<PlanSnapshot>> {
  const reply = await ask(ctx, { method: 'POST', path: '/v1/plans', json: toPlan(plan) }, (body) => {
    const made = readPlan(body)
    return made && planOf(made)
  })
  return withoutFeature(reply.outcome)
}

async function create(ctx: RazorpayContext, request: CreateSubscription): Promise<Settled> {
  const json = toSubscription(request, ctx.now())
  const { outcome } = await ask(ctx, { method: 'POST', path: '/v1/subscriptions', json }, (body) => {
    const made = readSubscription(body)
    const snapshot = made && subscriptionOf(made, {})
    // One nobody can be sent to is not the answer the documentation promises.
    return snapshot?.status === 'pending_approval' && snapshot.approvalUrl === null ? undefined : snapshot
  })
  return withoutFeature(outcome)
}

/** Accounts without the feature are told that the address does not exist (Razorpay API, Create a subscription). */
function withoutFeature<T>(outcome: Outcome<T>): Outcome<T> {
  const isUnknownAddress =
    outcome.kind === 'rejected' && /^the requested url was not found/i.test(outcome.message)
  if (!isUnknownAddress) return outcome
  return {
    ...outcome,
    reason: 'account_problem',
    message: 'Subscriptions are not enabled for this Razorpay account.',
  }
}

async function fetch(ctx: RazorpayContext, subscription: SubscriptionHandle): Promise<Settled> {
  if (isKnown(subscription)) return look(ctx, subscription)
  const found = await find(ctx, subscription)
  if (found.kind !== 'ok') return found
  return found.value === null ? unknown('Razorpay shows no such subscription yet') : ok(found.value)
}

async function look(ctx: RazorpayContext, known: Known): Promise<Settled> {
  const path = `/v1/subscriptions/${known.subscriptionRef}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => readOwn(body, known))
  return outcome.kind === 'ok' ? withPending(ctx, outcome.value, known) : outcome
}

/** A change that waits for the end of the period is told by an address of its own. */
async function withPending(ctx: RazorpayContext, now: Subscription, known: Known): Promise<Settled> {
  if (!now.hasScheduledChanges) return ok(subscriptionOf(now, known.refs))
  const path = `/v1/subscriptions/${now.id}/retrieve_scheduled_changes`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => readOwn(body, known))
  return outcome.kind === 'ok' ? ok(subscriptionOf(now, known.refs, outcome.value)) : outcome
}

/**
 * The list cannot be filtered by notes, so it is read within the time in which the subscription can have been made.
 * Of several with our reference the one somebody approved is meant, else the first: nobody was told of the others.
 */
async function find(
  ctx: RazorpayContext,
  subscription: SubscriptionHandle,
): Promise<Outcome<SubscriptionSnapshot | null>> {
  const matches: Subscription[] = []
  for (let page = 0; page < FIND_PAGES_MAX; page++) {
    const path = `/v1/subscriptions?${windowOf(subscription.reference)}count=${PAGE}&skip=${page * PAGE}`
    const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => readAll(body, readSubscription))
    if (outcome.kind !== 'ok') return outcome
    matches.push(...outcome.value.filter(({ reference }) => reference === subscription.reference))
    if (outcome.value.length < PAGE) return ok(chosen(matches, subscription.refs))
  }
  return unknown('more subscriptions in the window than a look-up reads')
}

function windowOf(reference: string): string {
  const madeMs = madeAtMs(reference)
  if (madeMs === null) return ''
  const seconds = (ms: number) => Math.floor(ms / 1000)
  return `from=${seconds(madeMs - FIND_BEFORE_MS)}&to=${seconds(madeMs + FIND_AFTER_MS)}&`
}

function chosen(
  matches: readonly Subscription[],
  refs: SubscriptionHandle['refs'],
): SubscriptionSnapshot | null {
  const rank = ({ status }: Subscription) => (status === 'created' ? 1 : 0)
  const [first] = matches.toSorted((a, b) => rank(a) - rank(b) || a.createdAt - b.createdAt)
  return first === undefined ? null : subscriptionOf(first, refs)
}

/**
 * Before it is approved there is no period to wait for. A trial is none either, and Razorpay refuses to end with it.
 */
async function cancel(
  ctx: RazorpayContext,
  subscription: SubscriptionHandle,
  when: 'now' | 'period_end',
): Promise<Settled> {
  const isDone = (now: SubscriptionSnapshot) =>
    isOver(now) || (when === 'period_end' && now.cancelAtPeriodEnd)
  return act(ctx, subscription, {
    isDone,
    isAllowed: () => true,
    verb: 'canceled',
    call: (now, path) => {
      const atEnd = when === 'period_end' && now.status !== 'pending_approval'
      const json = toCancel(atEnd ? 'period_end' : 'now')
      return { method: 'POST', path: `${path}/cancel`, json, ...(atEnd ? { refs: ENDS_WITH_CYCLE } : {}) }
    },
  })
}

/** Only what is active: a subscription paused before its first charge would be cancelled (Razorpay docs, States). */
async function pause(ctx: RazorpayContext, subscription: SubscriptionHandle): Promise<Settled> {
  return act(ctx, subscription, {
    isDone: ({ status }) => status === 'paused',
    isAllowed: ({ status }) => status === 'active',
    verb: 'paused',
    call: (_now, path) => ({ method: 'POST', path: `${path}/pause`, json: PAUSE }),
  })
}

async function resume(ctx: RazorpayContext, subscription: SubscriptionHandle): Promise<Settled> {
  return act(ctx, subscription, {
    isDone: ({ status }) => status === 'active' || status === 'past_due',
    isAllowed: ({ status }) => status === 'paused',
    verb: 'resumed',
    call: (_now, path) => ({ method: 'POST', path: `${path}/resume`, json: RESUME }),
  })
}

async function changePlan(
  ctx: RazorpayContext,
  subscription: SubscriptionHandle,
  change: ChangePlan,
): Promise<Settled> {
  const wanted = change.plan.planRef
  return act(ctx, subscription, {
    isDone: ({ planRef, pendingPlanRef, quantity }) =>
      pendingPlanRef === wanted || (planRef === wanted && quantity === change.quantity),
    isAllowed: ({ status }) => status === 'active' || status === 'trialing',
    verb: 'changed',
    call: (_now, path) => ({ method: 'PATCH', path, json: toUpdate(change) }),
  })
}

interface Act {
  readonly verb: string
  readonly isDone: (now: SubscriptionSnapshot) => boolean
  readonly isAllowed: (now: SubscriptionSnapshot) => boolean
  readonly call: (
    now: SubscriptionSnapshot,
    path: string,
  ) => Call & { readonly refs?: SubscriptionHandle['refs'] }
}

/** Reads first, acts, and reads again where the answer does not settle it: there are no keys to repeat under. */
async function act(ctx: RazorpayContext, subscription: SubscriptionHandle, verb: Act): Promise<Settled> {
  const current = await fetch(ctx, subscription)
  if (current.kind === 'unknown' && ctx.send === 'first') {
    return { kind: 'not_sent', reason: `the subscription could not be read first: ${current.reason}` }
  }
  if (current.kind !== 'ok') return current
  const now = current.value
  const { subscriptionRef } = now
  if (subscriptionRef === null) return unknown('a subscription without id')
  if (verb.isDone(now)) return current
  if (isOver(now) || !verb.isAllowed(now)) return notNow(now, verb.verb)
  const known = { ...subscription, subscriptionRef }
  const { refs, ...call } = verb.call(now, `/v1/subscriptions/${subscriptionRef}`)
  const marked = { ...known, refs: { ...known.refs, ...refs } }
  const { outcome, issue } = await ask(ctx, call, (body) => readOwn(body, known))
  if (outcome.kind === 'ok') return shown(await withPending(later(ctx), outcome.value, marked), verb)
  if (issue === undefined || issue.verdict.kind === 'turned_away' || isOfKey(outcome)) return outcome
  const then = await look(later(ctx), known)
  if (then.kind !== 'ok') return unknown('refused, and the subscription could not be read')
  if (verb.isDone(then.value)) return then
  return outcome.kind === 'rejected' && isOver(then.value) ? { ...outcome, reason: 'invalid_state' } : outcome
}

/** The change is done when it shows: an upgrade, for one, waits for the payment of its difference. */
function shown(now: Settled, verb: Act): Settled {
  if (now.kind !== 'ok') return unknown('done, and the subscription could not be read')
  return verb.isDone(now.value) ? now : unknown(`Razorpay does not show it ${verb.verb} yet`)
}

function isOfKey(outcome: Outcome<unknown>): boolean {
  return (
    outcome.kind === 'rejected' &&
    (outcome.reason === 'bad_credentials' || outcome.reason === 'account_problem')
  )
}

async function chargesOf(
  ctx: RazorpayContext,
  subscription: SubscriptionHandle,
  window: Parameters<typeof listCharges>[2],
): ReturnType<typeof listCharges> {
  if (isKnown(subscription)) return listCharges(ctx, subscription.subscriptionRef, window)
  const found = await fetch(ctx, subscription)
  if (found.kind !== 'ok') return found
  const { subscriptionRef } = found.value
  return subscriptionRef === null
    ? ok({ items: [], nextCursor: null })
    : listCharges(ctx, subscriptionRef, window)
}

/** An answer about another subscription is no answer. */
function readOwn(body: unknown, known: Known): Subscription | undefined {
  const subscription = readSubscription(body)
  return subscription?.id === known.subscriptionRef ? subscription : undefined
}

const isKnown = (subscription: SubscriptionHandle): subscription is Known =>
  subscription.subscriptionRef !== null

const isOver = ({ status }: SubscriptionSnapshot): boolean =>
  status === 'canceled' || status === 'completed' || status === 'expired'

const notNow = (now: SubscriptionSnapshot, verb: string): Settled => ({
  kind: 'rejected',
  reason: 'invalid_state',
  providerCode: null,
  message: `The subscription cannot be ${verb} now: Razorpay says ${now.providerStatus}.`,
})
