import type { Outcome } from '@onerouter/core'
import type { ListedPage, ListWindow, SubscriptionCharge, SubscriptionSnapshot } from '@onerouter/providers'
import { guarded } from '../engine/call-provider.ts'
import { type Access, accessFor, contextOf } from './access.ts'
import { type Booked, bookCharges } from './charges.ts'
import { contradictionOf, decideSnapshot } from './decide.ts'
import { subscriptionEvents } from './events.ts'
import { openOperations } from './operation-store.ts'
import { getPlan } from './plan-store.ts'
import type { Billing } from './ports.ts'
import { resolveNow } from './resolve.ts'
import type { SubscriptionChargeRow, SubscriptionRow } from './rows.ts'
import { isLive } from './rows.ts'
import { nextLookMs } from './schedule.ts'
import { handleOf, planAtProvider } from './send.ts'
import { commit, isEnded, mustGet } from './settle.ts'
import { allCharges, postponeSubscription } from './subscription-store.ts'

export interface Synced {
  readonly kind: 'applied' | 'unchanged' | 'quarantine' | 'unreachable'
  readonly subscription: SubscriptionRow
  readonly why?: string
}

/** Bounds the looks beside concurrent writers; each loss means somebody else made progress. */
const ROUNDS_MAX = 12

/**
 * Brings a subscription up to what its provider says now: the one way in which webhooks, returning payers and
 * polls change anything. Only fetched evidence counts, never what a message claims.
 */
export async function syncSubscription(billing: Billing, before: SubscriptionRow): Promise<Synced> {
  for (const operation of await openOperations(billing.db, before)) {
    if (isLive(operation)) await resolveNow(billing, operation)
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const synced = await look(billing, await mustGet(billing, before))
    if (synced !== null) return synced
  }
  throw new Error(`subscription ${before.id} changed ${ROUNDS_MAX} times while it was looked at`)
}

/**
 * One look. `null`: somebody else wrote since `row` was read, so what was fetched may be older than what is known:
 * among its living states only the newest word about a subscription holds.
 */
async function look(billing: Billing, row: SubscriptionRow): Promise<Synced | null> {
  const access = await accessFor(billing, row)
  if (access === null) return unreachable(row, 'the credentials of this subscription are gone')
  if (row.provider_order_id === null && row.provider_subscription_id === null) {
    return { kind: 'unchanged', subscription: row }
  }
  const outcome = await fetched(billing, access, row)
  if (outcome.kind !== 'ok') return unreachable(row, whyOf(outcome))
  return await applyEvidence(billing, access, row, outcome.value)
}

async function fetched(
  billing: Billing,
  access: Access,
  row: SubscriptionRow,
): Promise<Outcome<SubscriptionSnapshot>> {
  const ctx = contextOf(billing, access, 'later', 'subscriptions.fetch')
  const { outcome } = await guarded(billing.engine, () => access.subscriptions.fetch(ctx, handleOf(row)))
  return outcome
}

const whyOf = (outcome: Exclude<Outcome<unknown>, { readonly kind: 'ok' }>): string =>
  'message' in outcome ? outcome.message : outcome.reason

async function applyEvidence(
  billing: Billing,
  access: Access,
  row: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
): Promise<Synced | null> {
  const contradiction = contradictionOf(row, snapshot)
  if (contradiction !== null) return quarantine(billing, row, contradiction)
  const named = { ...row, provider_subscription_id: snapshot.subscriptionRef ?? row.provider_subscription_id }
  const listed = snapshot.subscriptionRef === null ? [] : await listAll(billing, access, named, snapshot)
  // Half of the evidence would show a renewal without its charge.
  if (listed === null) return unreachable(row, 'the charges could not be listed')
  const newPlanRef =
    row.pending_plan_id === null
      ? null
      : ((await planAtProvider(billing, access, row, row.pending_plan_id))?.planRef ?? null)
  const booked = await book(billing, row, snapshot, listed)
  if (booked.changed.length === 0) return await apply(billing, row, snapshot, { booked, newPlanRef })
  // The list was read after the snapshot: what it adds may belong to a period of which the snapshot knows nothing.
  const again = await fetched(billing, access, named)
  if (again.kind !== 'ok') return unreachable(row, whyOf(again))
  const since = contradictionOf(row, again.value)
  if (since !== null) return quarantine(billing, row, since)
  const rebooked = await book(billing, row, again.value, listed)
  return await apply(billing, row, again.value, { booked: rebooked, newPlanRef })
}

/** `null`: somebody else wrote first. */
async function apply(
  billing: Billing,
  current: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
  also: { readonly booked: Booked; readonly newPlanRef: string | null },
): Promise<Synced | null> {
  const nowMs = billing.engine.now()
  const { booked } = also
  for (const why of booked.contradictions) {
    billing.engine.log.error({ subscription: current.id, why }, 'a charge contradicts the books')
  }
  const decision = decideSnapshot(current, snapshot, also, new Date(nowMs))
  const next = decision.subscription
  if (!decision.changed && booked.changed.length === 0) {
    const dueMs = nextLookMs(current, current.tries, nowMs)
    // Nothing is new in it, unless more is known by now than when the row was read.
    if (!(await postponeSubscription(billing.db, current, dueMs))) return null
    const first = booked.contradictions[0]
    return first === undefined
      ? { kind: 'unchanged', subscription: current }
      : { kind: 'quarantine', subscription: current, why: first }
  }
  const written = await commit(billing, {
    subscription: next,
    dueMs: nextLookMs(next, 0, nowMs),
    charges: booked.changed,
    operation: null,
    fence: null,
    events: subscriptionEvents(billing, next, decision.events),
    stored: null,
  })
  return written ? { kind: 'applied', subscription: next } : null
}

async function book(
  billing: Billing,
  row: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
  listed: readonly SubscriptionCharge[],
): Promise<Booked> {
  const plan = await getPlan(billing.db, { ...row, id: row.plan_id })
  if (plan === null) throw new Error('a subscription without its plan')
  const startMs = snapshot.currentPeriodStartMs ?? row.current_period_start?.getTime() ?? null
  const endMs = snapshot.currentPeriodEndMs ?? row.current_period_end?.getTime() ?? null
  const booked = await allCharges(billing.db, row)
  const world = {
    subscription: row,
    plan,
    current: startMs === null ? null : { startMs, endMs },
    at: new Date(billing.engine.now()),
    newId: billing.engine.newId,
  }
  return bookCharges(world, booked, listed)
}

const DAY_MS = 86_400_000
/** Older charges are settled: their tries are over, and refunds of them are told by webhook. */
const LOOK_BACK_MS = 120 * DAY_MS
const PAGES_MAX = 40

/** `null` = the list could not be had. */
async function listAll(
  billing: Billing,
  access: Access,
  row: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
): Promise<readonly SubscriptionCharge[] | null> {
  const charges = await allCharges(billing.db, row)
  const window = windowFor(access, row, snapshot, charges, billing.engine.now())
  const found: SubscriptionCharge[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const ctx = contextOf(billing, access, 'later', 'subscriptions.listCharges')
    const asked: ListWindow = { ...window, cursor }
    const { outcome }: { outcome: Outcome<ListedPage<SubscriptionCharge>> } = await guarded(
      billing.engine,
      () => access.subscriptions.listCharges(ctx, handleOf(row), asked),
    )
    if (outcome.kind !== 'ok') return null
    found.push(...outcome.value.items)
    cursor = outcome.value.nextCursor
    if (cursor === null) return found
  }
  billing.engine.log.warn({ subscription: row.id }, 'more charges than one look reads')
  return found
}

function windowFor(
  { credential }: Access,
  row: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
  charges: readonly SubscriptionChargeRow[],
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const createdMs = row.created_at.getTime() - DAY_MS
  // From the oldest charge whose end is still open, but never less than the look back.
  const newest = charges.at(-1)?.charged_at.getTime()
  const open = charges.filter(({ status }) => status !== 'succeeded').map((one) => one.charged_at.getTime())
  const fromMs = newest === undefined ? createdMs : Math.min(newest - LOOK_BACK_MS, ...open)
  // The sandbox's clock can be ahead of ours by as much as somebody moved it.
  const ahead = [snapshot.currentPeriodEndMs, snapshot.nextChargeAtMs, snapshot.endedAtMs].map(
    (ms) => ms ?? 0,
  )
  const toMs = credential.sandbox ? Math.max(nowMs, ...ahead) + DAY_MS : nowMs + 60_000
  return { fromMs: Math.max(createdMs, fromMs), toMs }
}

/** One look after a subscription that is due. */
export async function tendSubscription(billing: Billing, row: SubscriptionRow): Promise<void> {
  const synced = await syncSubscription(billing, row)
  if (synced.kind === 'applied' || synced.kind === 'unchanged') return
  const next = nextLookMs(synced.subscription, row.tries, billing.engine.now())
  // What could not be asked is asked again within the hour, unless it has ended.
  const dueMs = next === null || isEnded(synced.subscription) ? next : Math.min(next, RETRY_MS)
  await postponeSubscription(billing.db, synced.subscription, dueMs)
}
const RETRY_MS = 3_600_000

const unreachable = (subscription: SubscriptionRow, why: string): Synced => ({
  kind: 'unreachable',
  subscription,
  why,
})

function quarantine({ engine }: Billing, subscription: SubscriptionRow, why: string): Synced {
  engine.log.error({ subscription: subscription.id, why }, 'evidence contradicts the books')
  return { kind: 'quarantine', subscription, why }
}
