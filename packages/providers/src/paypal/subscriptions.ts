import { type Outcome, ok, unknown } from '@onerouter/core'
import type { ListedPage, ListWindow } from '../listing.ts'
import type {
  ChangePlan,
  CreatePlan,
  CreateSubscription,
  PlanSnapshot,
  SubscriptionCharge,
  SubscriptionHandle,
  SubscriptionSnapshot,
  Subscriptions,
} from '../subscriptions.ts'
import { ask, type PaypalContext, type Reply } from './api.ts'
import type { PaypalCredentials } from './credentials.ts'
import { isMissing } from './payments.ts'
import { chargeOf, planOf, revisionRefs, subscriptionOf } from './subscription-from-wire.ts'
import { refusePlan, refuseSubscription } from './subscription-limits.ts'
import { PRODUCT_ID, REASON, toPlan, toProduct, toRevision, toSubscription } from './subscription-to-wire.ts'
import {
  readPlan,
  readRevision,
  readSubscription,
  readTransactions,
  type Subscription,
} from './subscription-wire.ts'
import { isRecord, linkOf, queryOf, textOf } from './wire.ts'

type Settled = Outcome<SubscriptionSnapshot>
type Failed = Exclude<Outcome<never>, { kind: 'ok' }>
type Known = SubscriptionHandle & { readonly subscriptionRef: string }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const subscriptions: Subscriptions<PaypalCredentials> = {
  /**
   * PayPal remembers a Request-Id for 72 hours on plans and subscriptions (Subscriptions API v1, PayPal-Request-Id),
   * with a margin. The other verbs ignore it; they read first and find what an earlier send did.
   */
  replayWindowMs: {
    createPlan: 60 * HOUR_MS,
    create: 60 * HOUR_MS,
    cancel: 30 * DAY_MS,
    pause: 30 * DAY_MS,
    resume: 30 * DAY_MS,
    changePlan: 30 * DAY_MS,
  },
  lookupLagMs: 15_000,
  cancelAtPeriodEnd: 'scheduled',
  proration: false,
  acceptsPlan: refusePlan,
  accepts: refuseSubscription,
  createPlan,
  create,
  fetch,
  cancel,
  pause,
  resume,
  changePlan,
  listCharges,
}

/** A plan made twice does no harm: nobody is billed by the other one. Hence no look-up. */
async function createPlan(ctx: PaypalContext, plan: CreatePlan, key: string): Promise<Outcome<PlanSnapshot>> {
  const product = await ensureProduct(ctx, key)
  if (product.kind !== 'ok') return beforeActing(ctx, product)
  const call = { method: 'POST', path: '/v1/billing/plans', body: { json: toPlan(plan) }, key } as const
  const { outcome } = await ask(ctx, call, (body) => {
    const made = readPlan(body)
    return made && planOf(made)
  })
  return outcome
}

/** Plans need a product. Its id is ours: "identifier must be unique" means that it is there. */
async function ensureProduct(ctx: PaypalContext, key: string): Promise<Outcome<true>> {
  const read = (body: unknown) =>
    isRecord(body) && textOf(body.id) === PRODUCT_ID ? (true as const) : undefined
  const found = await ask(ctx, { method: 'GET', path: `/v1/catalogs/products/${PRODUCT_ID}` }, read)
  if (!isMissing(found)) return found.outcome
  const body = { json: toProduct(ctx.credentials.brand_name) }
  const call = { method: 'POST', path: '/v1/catalogs/products', body, key: `${key}_product` } as const
  const { outcome, issue } = await ask(ctx, call, read)
  return issue?.code === 'DUPLICATE_RESOURCE_IDENTIFIER' ? ok(true) : outcome
}

/**
 * There is no `find`: the API's list is newer than its published description, and a subscription whose id never reached
 * us cannot be approved, for nobody was sent to it.
 */
async function create(ctx: PaypalContext, request: CreateSubscription, key: string): Promise<Settled> {
  const body = { json: toSubscription(request, ctx.credentials.brand_name, ctx.now()) }
  const call = { method: 'POST', path: '/v1/billing/subscriptions', body, key } as const
  const { outcome } = await ask(ctx, call, (answer) => {
    const made = readSubscription(answer)
    const snapshot = made && subscriptionOf(made, { refs: {} }, ctx.now())
    // One nobody can be sent to is not the answer the documentation promises.
    return snapshot?.providerStatus === 'APPROVAL_PENDING' && snapshot.approvalUrl === null
      ? undefined
      : snapshot
  })
  return outcome
}

async function fetch(ctx: PaypalContext, subscription: SubscriptionHandle): Promise<Settled> {
  if (!isKnown(subscription)) return unknown('no subscription is known')
  const { outcome } = await look(ctx, subscription)
  return outcome.kind === 'ok' ? ok(subscriptionOf(outcome.value, subscription, ctx.now())) : outcome
}

function look(ctx: PaypalContext, known: Known): Promise<Reply<Subscription>> {
  const path = `/v1/billing/subscriptions/${known.subscriptionRef}?fields=last_failed_payment`
  return ask(ctx, { method: 'GET', path }, (body) => {
    const subscription = readSubscription(body)
    // An answer about another subscription is no answer.
    return subscription?.id === known.subscriptionRef ? subscription : undefined
  })
}

/**
 * At once and for good. Before the approval PayPal cancels nothing, and calling it canceled here would be wrong: a
 * payer with the address could still approve it and be billed.
 */
async function cancel(
  ctx: PaypalContext,
  subscription: SubscriptionHandle,
  when: 'now' | 'period_end',
): Promise<Settled> {
  if (when === 'period_end') {
    return refused('bad_request', 'PayPal ends a subscription at once only.')
  }
  return act(ctx, subscription, {
    verb: 'canceled',
    isDone: ({ status }) => status === 'canceled' || status === 'completed',
    isAllowed: ({ status }) => status !== 'pending_approval' && status !== 'expired',
    send: (known) => command(ctx, known, 'cancel'),
  })
}

async function pause(ctx: PaypalContext, subscription: SubscriptionHandle): Promise<Settled> {
  return act(ctx, subscription, {
    verb: 'paused',
    isDone: ({ status }) => status === 'paused',
    isAllowed: ({ providerStatus }) => providerStatus === 'ACTIVE',
    send: (known) => command(ctx, known, 'suspend'),
  })
}

async function resume(ctx: PaypalContext, subscription: SubscriptionHandle): Promise<Settled> {
  return act(ctx, subscription, {
    verb: 'resumed',
    isDone: ({ providerStatus }) => providerStatus === 'ACTIVE',
    isAllowed: ({ status }) => status === 'paused',
    send: (known) => command(ctx, known, 'activate'),
  })
}

/** Answers 204 with nothing. */
async function command(
  ctx: PaypalContext,
  known: Known,
  verb: 'cancel' | 'suspend' | 'activate',
): Promise<Reply<Change>> {
  const path = `/v1/billing/subscriptions/${known.subscriptionRef}/${verb}`
  return ask(ctx, { method: 'POST', path, body: { json: REASON } }, (_body, { status }) =>
    status === 204 ? NOTHING_TO_AGREE : undefined,
  )
}

/** PayPal mostly asks the payer first; until then the old plan holds. */
async function changePlan(
  ctx: PaypalContext,
  subscription: SubscriptionHandle,
  change: ChangePlan,
): Promise<Settled> {
  if (change.prorate) return refused('bad_request', 'PayPal does not settle a part of a period.')
  const wanted = change.plan.planRef
  return act(ctx, subscription, {
    verb: 'changed',
    isDone: ({ planRef, quantity }) => planRef === wanted && quantity === change.quantity,
    isAllowed: ({ providerStatus }) => providerStatus === 'ACTIVE' || providerStatus === 'SUSPENDED',
    send: async (known, now) => {
      const ends = now.cyclesTotal !== null && now.cyclesTotal > 0
      const body = { json: toRevision(change, ends ? now.cyclesRemaining : null) }
      const path = `/v1/billing/subscriptions/${known.subscriptionRef}/revise`
      return ask(ctx, { method: 'POST', path, body }, (answer) => {
        const revision = readRevision(answer)
        return revision && { planRef: wanted, approveUrl: revision.approveUrl }
      })
    },
  })
}

interface Change {
  readonly planRef: string
  /** Where the payer has to agree; `null` = nothing to agree to. */
  readonly approveUrl: string | null
}
const NOTHING_TO_AGREE: Change = { planRef: '', approveUrl: null }

interface Act {
  readonly verb: string
  readonly isDone: (now: SubscriptionSnapshot) => boolean
  readonly isAllowed: (now: SubscriptionSnapshot) => boolean
  readonly send: (known: Known, now: Subscription) => Promise<Reply<Change>>
}

/** Reads first, acts, and reads again: the answers of these verbs are empty. */
async function act(ctx: PaypalContext, subscription: SubscriptionHandle, verb: Act): Promise<Settled> {
  if (!isKnown(subscription)) return refused('invalid_state', 'The subscription is not known to PayPal.')
  const first = (await look(ctx, subscription)).outcome
  if (first.kind !== 'ok') return beforeActing(ctx, first)
  const now = subscriptionOf(first.value, subscription, ctx.now())
  if (verb.isDone(now)) return ok(now)
  if (!verb.isAllowed(now) || now.status === 'canceled' || now.status === 'completed') {
    return refused(
      'invalid_state',
      `The subscription cannot be ${verb.verb} now: PayPal says ${now.providerStatus}.`,
    )
  }
  const { outcome, issue } = await verb.send(subscription, first.value)
  const looks = issue?.verdict.kind === 'look' || issue?.verdict.kind === 'running'
  if (outcome.kind !== 'ok' && !looks) return outcome
  const asked = outcome.kind === 'ok' ? outcome.value : NOTHING_TO_AGREE
  const then = await fetch({ ...ctx, send: 'later' }, withRevision(subscription, asked))
  if (then.kind !== 'ok') return unknown('done or refused, and the subscription could not be read')
  if (verb.isDone(then.value) || then.value.pendingPlanRef === asked.planRef) return then
  return outcome.kind === 'rejected' ? outcome : unknown(`PayPal does not show it ${verb.verb} yet`)
}

function withRevision(known: Known, { planRef, approveUrl }: Change): Known {
  return approveUrl === null ? known : { ...known, refs: revisionRefs(known.refs, planRef, approveUrl) }
}

/** All tries of the window; PayPal's list is one page, and its link to another is followed where there is one. */
async function listCharges(
  ctx: PaypalContext,
  subscription: SubscriptionHandle,
  window: ListWindow,
): Promise<Outcome<ListedPage<SubscriptionCharge>>> {
  if (!isKnown(subscription)) return unknown('no subscription is known')
  const query = window.cursor ?? firstPage(window)
  const path = `/v1/billing/subscriptions/${subscription.subscriptionRef}/transactions?${query}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => {
    const transactions = readTransactions(body)
    if (transactions === undefined || !isRecord(body)) return undefined
    const within = transactions.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs)
    const newestFirst = within.toSorted((a, b) => b.atMs - a.atMs)
    return { items: newestFirst.map(chargeOf), nextCursor: queryOf(linkOf(body.links, 'next')) }
  })
  return outcome
}

function firstPage({ fromMs, toMs }: ListWindow): string {
  const iso = (ms: number) => new Date(Math.max(0, ms)).toISOString()
  return new URLSearchParams({ start_time: iso(fromMs), end_time: iso(toMs) }).toString()
}

const isKnown = (subscription: SubscriptionHandle): subscription is Known =>
  subscription.subscriptionRef !== null

/** A failed step before the first send proves that nothing was asked of PayPal. */
function beforeActing(ctx: PaypalContext, outcome: Failed): Failed {
  return outcome.kind === 'unknown' && ctx.send === 'first'
    ? { kind: 'not_sent', reason: `what it needs could not be read first: ${outcome.reason}` }
    : outcome
}

function refused(reason: 'invalid_state' | 'bad_request', message: string): Outcome<never> {
  return { kind: 'rejected', reason, providerCode: null, message }
}
