import { emit } from '../events.ts'
import { type Context, type InvoiceRow, nowSeconds, type SubscriptionRow } from '../state.ts'
import { collectByItself, methodFor } from './collection.ts'
import {
  draftInvoice,
  finalizeInvoice,
  giveUpInvoice,
  scheduleInvoice,
  voidInvoice,
} from './invoice-machine.ts'
import { fullLine, itemsOf, periodEnd } from './lines.ts'
import {
  cancelSubscription,
  change,
  expireIncomplete,
  hasEnded,
  scheduleSubscription,
  setPeriod,
} from './subscription-state.ts'

/** A renewal's invoice stays a draft for about an hour (Stripe docs, Subscription invoices). */
const DRAFT_S = 3_600
/** `trial_will_end` comes three days ahead (Stripe docs, Subscription webhooks). */
export const TRIAL_NOTICE_S = 3 * 86_400
export const TRIAL_NOTICE_TASK = 'stripe.trial_notice'
export const RESUME_COLLECTION_TASK = 'stripe.resume_collection'

/** What the calendar does to a subscription at `at`; a plan that has changed since is ignored. */
export function subscriptionDue(context: Context, row: SubscriptionRow, at: number): void {
  if (row.dueAt !== at) return
  const { status, cancel_at, trial_end } = row.object
  if (status === 'incomplete') expireIncomplete(context, row)
  else if (cancel_at !== null && at >= cancel_at) cancelSubscription(context, row)
  else if (status === 'trialing' && trial_end !== null && at >= trial_end) endTrial(context, row, at)
  else if (!hasEnded(row)) renew(context, row, at)
}

/** The trial is over: what happens without a payment method was chosen at the start. */
function endTrial(context: Context, row: SubscriptionRow, at: number): void {
  const choice = row.object.trial_settings.end_behavior.missing_payment_method
  if (methodFor(context, row) === null && choice !== 'create_invoice') {
    if (choice === 'cancel') cancelSubscription(context, row)
    else pauseSubscription(context, row, 'trial_end_without_payment_method')
    return
  }
  renew(context, row, at)
}

export function pauseSubscription(
  context: Context,
  row: SubscriptionRow,
  reason: 'pause_requested' | 'trial_end_without_payment_method',
): void {
  row.object.status = 'paused'
  row.object.status_details = {
    paused: {
      subscription: { type: reason },
      transitioned_at: nowSeconds(context.world),
      type: 'subscription',
    },
  }
  scheduleSubscription(context, row)
  emit(context, 'customer.subscription.paused', row.object)
}

/** Rolls the period and writes its invoice, which is finalized an hour later. */
function renew(context: Context, row: SubscriptionRow, at: number): void {
  const price = row.object.items.data[0]?.price
  if (price === undefined) return
  const { status } = row.object
  let invoice: InvoiceRow | undefined
  change(context, row, () => {
    const end = periodEnd(row.object.billing_cycle_anchor, price, at)
    setPeriod(row, { start: at, end })
    if (status === 'trialing') row.object.status = 'active'
    const period = { start: at, end }
    const lines = itemsOf(row).map((item) => fullLine(context, item, period))
    invoice = draftInvoice(context, row, { reason: 'subscription_cycle', lines, period })
  })
  scheduleSubscription(context, row)
  if (invoice !== undefined) handle(context, row, invoice)
}

/** A renewal's draft, as the subscription's state wants it handled. */
function handle(context: Context, row: SubscriptionRow, invoice: InvoiceRow): void {
  const paused = row.object.pause_collection?.behavior
  if (row.object.status === 'unpaid' || paused === 'keep_as_draft') {
    invoice.object.auto_advance = false
  } else if (paused === 'void') {
    voidInvoice(context, invoice)
  } else if (paused === 'mark_uncollectible') {
    finalizeInvoice(context, invoice)
    if (invoice.object.status === 'open') giveUpInvoice(context, invoice)
  } else {
    scheduleInvoice(context, invoice, nowSeconds(context.world) + DRAFT_S)
  }
}

/** What the calendar does to an invoice: a draft is finalized and collected, an open one collected again. */
export function invoiceDue(context: Context, row: InvoiceRow, at: number): void {
  if (row.dueAt !== at) return
  row.dueAt = null
  advanceInvoice(context, row)
}

export function advanceInvoice(context: Context, row: InvoiceRow, verdict?: 'succeeds' | 'fails'): void {
  if (row.object.status === 'draft') finalizeInvoice(context, row)
  if (row.object.status === 'open') collectByItself(context, row, { verdict })
}

export function trialNotice(context: Context, row: SubscriptionRow, at: number): void {
  const { status, trial_end } = row.object
  if (status === 'trialing' && trial_end === at) {
    emit(context, 'customer.subscription.trial_will_end', row.object)
  }
}

/** Plans the notice of a trial's end; a short trial has it at once. */
export function scheduleTrialNotice(context: Context, row: SubscriptionRow): void {
  const { id, trial_end } = row.object
  if (trial_end === null) return
  const atMs = Math.max(context.world.clock.now(), (trial_end - TRIAL_NOTICE_S) * 1_000)
  context.world.schedule(atMs, { kind: TRIAL_NOTICE_TASK, data: { subscription: id, at: trial_end } })
}

/** `pause_collection[resumes_at]` has come. */
export function resumeCollection(context: Context, row: SubscriptionRow, at: number): void {
  if (row.object.pause_collection?.resumes_at !== at) return
  change(context, row, () => {
    row.object.pause_collection = null
  })
}
