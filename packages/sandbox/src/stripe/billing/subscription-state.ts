import { emit } from '../events.ts'
import { type Context, type InvoiceRow, nowSeconds, type SubscriptionRow } from '../state.ts'
import { stopCollecting, voidInvoice } from './invoice-machine.ts'
import type { Cancellation, Subscription } from './wire.ts'

export const SUBSCRIPTION_TASK = 'stripe.subscription_due'
/** "Within 23 hours" (Stripe docs, Subscription statuses: incomplete). */
const INCOMPLETE_S = 23 * 3_600

const ENDED: readonly Subscription['status'][] = ['canceled', 'incomplete_expired']

export function hasEnded(row: SubscriptionRow): boolean {
  return ENDED.includes(row.object.status)
}

/** The one period all items share: this emulator keeps them on one interval. */
export function periodOf(row: SubscriptionRow): { start: number; end: number } {
  const item = row.object.items.data[0]
  return { start: item?.current_period_start ?? 0, end: item?.current_period_end ?? 0 }
}

export function setPeriod(row: SubscriptionRow, period: { start: number; end: number }): void {
  for (const item of row.object.items.data) {
    item.current_period_start = period.start
    item.current_period_end = period.end
  }
}

/** Changes the subscription and announces the fields that differ; silent when none does. */
export function change(context: Context, row: SubscriptionRow, apply: () => void): void {
  const before: Readonly<Record<string, unknown>> = structuredClone({ ...row.object })
  apply()
  const now: Readonly<Record<string, unknown>> = { ...row.object }
  const previous = Object.entries(before).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(now[name]),
  )
  if (previous.length === 0) return
  emit(context, 'customer.subscription.updated', row.object, Object.fromEntries(previous))
}

/** Plans the next thing that happens by itself. */
export function scheduleSubscription(context: Context, row: SubscriptionRow): void {
  const at = nextAt(row)
  row.dueAt = at
  if (at === null) return
  const task = { kind: SUBSCRIPTION_TASK, data: { subscription: row.object.id, at } }
  context.world.schedule(at * 1_000, task)
}

function nextAt(row: SubscriptionRow): number | null {
  const { status, cancel_at, created } = row.object
  if (hasEnded(row)) return null
  if (status === 'incomplete') return created + INCOMPLETE_S
  if (status === 'paused') return cancel_at
  const { end } = periodOf(row)
  return cancel_at === null ? end : Math.min(end, cancel_at)
}

export function invoicesOf(context: Context, row: SubscriptionRow): InvoiceRow[] {
  const { id } = row.object
  return [...context.store.invoices.values()].filter(
    ({ object }) => object.parent.subscription_details.subscription === id,
  )
}

export function latestInvoice(context: Context, row: SubscriptionRow): InvoiceRow | undefined {
  return context.store.invoices.get(row.object.latest_invoice ?? '')
}

/** Ends a subscription at once; open invoices stay payable but are no longer collected. */
export function cancelSubscription(
  context: Context,
  row: SubscriptionRow,
  details: Partial<Cancellation> = {},
): void {
  const now = nowSeconds(context.world)
  const subscription = row.object
  for (const invoice of invoicesOf(context, row)) {
    if (invoice.object.status === 'open' || invoice.object.status === 'draft')
      stopCollecting(context, invoice)
  }
  dropSetup(context, row)
  subscription.status = 'canceled'
  subscription.canceled_at ??= now
  subscription.ended_at = now
  subscription.cancellation_details = { ...subscription.cancellation_details, ...details }
  scheduleSubscription(context, row)
  emit(context, 'customer.subscription.deleted', subscription)
}

/** The first payment never came: the invoice is void and the subscription over for good. */
export function expireIncomplete(context: Context, row: SubscriptionRow): void {
  const invoice = latestInvoice(context, row)
  if (invoice?.object.status === 'open') voidInvoice(context, invoice)
  dropSetup(context, row)
  change(context, row, () => {
    row.object.status = 'incomplete_expired'
    row.object.ended_at = nowSeconds(context.world)
  })
  scheduleSubscription(context, row)
}

function dropSetup(context: Context, row: SubscriptionRow): void {
  const setup = context.store.setupIntents.get(row.object.pending_setup_intent ?? '')
  if (setup?.object.status === 'requires_payment_method') setup.object.status = 'canceled'
  row.object.pending_setup_intent = null
}
