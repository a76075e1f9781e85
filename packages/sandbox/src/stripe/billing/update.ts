import { badParameter, refused } from '../errors.ts'
import type { Values } from '../params.ts'
import { withMetadata } from '../params.ts'
import { type Context, nowSeconds, type SubscriptionRow } from '../state.ts'
import { collectByItself } from './collection.ts'
import { RESUME_COLLECTION_TASK, scheduleTrialNotice } from './cycle.ts'
import { draftInvoice, finalizeInvoice } from './invoice-machine.ts'
import { newPrice, ownMethod } from './items.ts'
import { everyOf, fullLine, itemsOf, type Period, type Priced, periodEnd, prorationLine } from './lines.ts'
import type { UPDATE } from './params.ts'
import { itemOf } from './start.ts'
import { change, hasEnded, periodOf, scheduleSubscription, setPeriod } from './subscription-state.ts'
import { planOf } from './templates.ts'
import type { SubscriptionItem } from './wire.ts'

type Update = Values<typeof UPDATE>

/** `POST /v1/subscriptions/{id}`. Everything is checked before anything changes. */
export function updateSubscription(context: Context, row: SubscriptionRow, values: Update): void {
  refuseUnsupported(row, values)
  const method = values.default_payment_method
  const defaultMethod = typeof method === 'string' ? ownMethod(context, method, row.object.customer) : method
  const items = values.items === undefined ? undefined : changedItems(context, row, values.items)
  const before = itemsOf(row)
  const old = periodOf(row)
  const wasTrialing = row.object.status === 'trialing'
  let invoiceNow = false
  change(context, row, () => {
    describe(row, values, defaultMethod)
    planCancellation(context, row, values)
    if (values.pause_collection !== undefined) pauseCollection(context, row, values.pause_collection)
    if (items !== undefined) row.object.items.data = items
    const resets = resetsCycle(before, row, values)
    if (values.trial_end !== undefined && values.trial_end !== null) {
      invoiceNow = moveTrial(context, row, values.trial_end)
    } else if (resets && !wasTrialing) {
      restartCycle(context, row)
      invoiceNow = true
    }
    if (!wasTrialing && (items !== undefined || resets)) {
      invoiceNow = prorate(context, row, { before, old, resets, values }) || invoiceNow
    }
  })
  scheduleSubscription(context, row)
  if (values.trial_end !== undefined) scheduleTrialNotice(context, row)
  if (invoiceNow) billNow(context, row)
}

function refuseUnsupported(row: SubscriptionRow, values: Update): void {
  const allowed = new Set(['metadata', 'cancellation_details'])
  const asked = Object.entries(values).filter(([name, value]) => value !== undefined && !allowed.has(name))
  if (hasEnded(row) && asked.length > 0) {
    throw refused('A canceled subscription can only update its cancellation_details and metadata.')
  }
  if (values.collection_method === 'send_invoice') {
    throw refused('The sandbox collects automatically only.', { param: 'collection_method' })
  }
  if (
    values.payment_behavior === 'pending_if_incomplete' ||
    values.payment_behavior === 'error_if_incomplete'
  ) {
    throw refused('The sandbox does not hold updates back until they are paid.', {
      param: 'payment_behavior',
    })
  }
  if (values.cancel_at_period_end === true && typeof values.cancel_at === 'number') {
    throw badParameter(
      'You may only specify one of these parameters: cancel_at, cancel_at_period_end.',
      'cancel_at',
    )
  }
}

function describe(row: SubscriptionRow, values: Update, method: string | null | undefined): void {
  const { object } = row
  object.metadata = withMetadata(object.metadata, values.metadata)
  if (values.description !== undefined) object.description = values.description
  if (method !== undefined) object.default_payment_method = method
  const save = values.payment_settings?.save_default_payment_method
  if (save !== undefined) object.payment_settings.save_default_payment_method = save
  const missing = values.trial_settings?.end_behavior.missing_payment_method
  if (missing !== undefined) object.trial_settings.end_behavior.missing_payment_method = missing
  const { comment, feedback } = values.cancellation_details ?? {}
  if (comment !== undefined) object.cancellation_details.comment = comment
  if (feedback !== undefined) object.cancellation_details.feedback = feedback
}

function planCancellation(context: Context, row: SubscriptionRow, values: Update): void {
  const { object } = row
  const { cancel_at_period_end, cancel_at } = values
  if (cancel_at_period_end === undefined && cancel_at === undefined) return
  const at = cancel_at_period_end === true ? periodOf(row).end : (cancel_at ?? null)
  object.cancel_at_period_end = cancel_at_period_end === true
  object.cancel_at = at
  object.canceled_at = at === null ? null : nowSeconds(context.world)
  object.cancellation_details.reason = at === null ? null : 'cancellation_requested'
}

function pauseCollection(context: Context, row: SubscriptionRow, asked: Update['pause_collection']): void {
  if (asked === null || asked === undefined) {
    row.object.pause_collection = null
    return
  }
  const resumes = asked.resumes_at ?? null
  row.object.pause_collection = { behavior: asked.behavior, resumes_at: resumes }
  if (resumes === null) return
  const data = { subscription: row.object.id, at: resumes }
  context.world.schedule(resumes * 1_000, { kind: RESUME_COLLECTION_TASK, data })
}

/** The items after the change, not yet stored. */
function changedItems(
  context: Context,
  row: SubscriptionRow,
  asked: NonNullable<Update['items']>,
): SubscriptionItem[] {
  const items = row.object.items.data.map((item) => ({ ...item }))
  const removed = new Set<string>()
  asked.forEach((wanted, place) => {
    const price = newPrice(context, wanted, `items[${place}]`)
    const known = items.find((item) => item.id === wanted.id)
    if (wanted.id !== undefined && known === undefined) {
      throw badParameter(
        `No such subscription item: '${wanted.id}'`,
        `items[${place}][id]`,
        'resource_missing',
      )
    }
    if (known === undefined) {
      if (price === undefined)
        throw badParameter('Missing required param: items[price].', `items[${place}][price]`)
      const by = { price, quantity: wanted.quantity ?? 1, metadata: withMetadata({}, wanted.metadata) }
      items.push(itemOf(context, by, { subscription: row.object.id, period: periodOf(row) }))
      return
    }
    if (wanted.deleted === true) removed.add(known.id)
    if (price !== undefined) Object.assign(known, { price, plan: planOf(price) })
    known.quantity = wanted.quantity ?? known.quantity
    known.metadata = withMetadata(known.metadata, wanted.metadata)
  })
  const left = items.filter(({ id }) => !removed.has(id))
  checkItems(left)
  return left
}

function checkItems(items: readonly SubscriptionItem[]): void {
  const [first] = items
  if (first === undefined) throw refused('A subscription must have at least one active plan.')
  const odd = items.find(
    ({ price }) => JSON.stringify(everyOf(price)) !== JSON.stringify(everyOf(first.price)),
  )
  if (odd !== undefined) {
    throw refused(
      'All prices on a subscription must have the same `recurring.interval` and `interval_count`.',
    )
  }
  if (items.some(({ price }) => price.currency !== first.price.currency)) {
    throw refused('All prices on a subscription must have the same currency.')
  }
}

/** Another interval starts a new cycle now (Stripe docs, Change subscriptions: billing periods). */
function resetsCycle(before: readonly Priced[], row: SubscriptionRow, values: Update): boolean {
  if (values.billing_cycle_anchor === 'now') return true
  const [was] = before
  const [is] = itemsOf(row)
  if (was === undefined || is === undefined) return false
  return JSON.stringify(everyOf(was.price)) !== JSON.stringify(everyOf(is.price))
}

function restartCycle(context: Context, row: SubscriptionRow): void {
  const now = nowSeconds(context.world)
  const price = row.object.items.data[0]?.price
  if (price === undefined) return
  row.object.billing_cycle_anchor = now
  setPeriod(row, { start: now, end: periodEnd(now, price, now) })
  if (row.object.cancel_at_period_end) row.object.cancel_at = periodOf(row).end
}

/** A new end of the trial; `now` starts the paid time. True when an invoice is to be made at once. */
function moveTrial(context: Context, row: SubscriptionRow, asked: number | 'now'): boolean {
  const now = nowSeconds(context.world)
  if (asked === 'now' || asked <= now) {
    if (row.object.status !== 'trialing') return false
    row.object.trial_end = now
    row.object.status = 'active'
    restartCycle(context, row)
    return true
  }
  row.object.status = 'trialing'
  row.object.trial_start ??= now
  row.object.trial_end = asked
  row.object.billing_cycle_anchor = asked
  setPeriod(row, { start: now, end: asked })
  return false
}

interface Change {
  readonly before: readonly Priced[]
  readonly old: Period
  readonly resets: boolean
  readonly values: Update
}

/** Credits the old items and charges the new ones for the rest of the period. True: invoice at once. */
function prorate(context: Context, row: SubscriptionRow, by: Change): boolean {
  const behavior = by.values.proration_behavior ?? 'create_prorations'
  if (behavior === 'none' || row.object.status === 'incomplete') return false
  const from = by.values.proration_date ?? nowSeconds(context.world)
  const after = itemsOf(row)
  const same = (a: Priced, b: Priced) =>
    a.id === b.id && a.price.id === b.price.id && a.quantity === b.quantity
  const gone = by.before.filter((item) => by.resets || !after.some((other) => same(item, other)))
  const come = by.resets ? [] : after.filter((item) => !by.before.some((other) => same(item, other)))
  for (const item of gone)
    row.pending.push(prorationLine(context, { item, whole: by.old, from, kind: 'unused' }))
  for (const item of come)
    row.pending.push(prorationLine(context, { item, whole: by.old, from, kind: 'remaining' }))
  return behavior === 'always_invoice' && gone.length + come.length > 0
}

/** An invoice between renewals: pending prorations, and a whole period when the cycle began anew. */
export function billNow(context: Context, row: SubscriptionRow): void {
  const period = periodOf(row)
  const now = nowSeconds(context.world)
  const lines = period.start === now ? itemsOf(row).map((item) => fullLine(context, item, period)) : []
  if (lines.length + row.pending.length === 0) return
  const invoice = draftInvoice(context, row, {
    reason: 'subscription_update',
    lines,
    period: { start: now, end: now },
  })
  finalizeInvoice(context, invoice)
  if (invoice.object.status === 'open') collectByItself(context, invoice)
}
