import { refused } from '../errors.ts'
import type { Values } from '../params.ts'
import { type Context, nowSeconds, type SubscriptionRow } from '../state.ts'
import { render } from '../templates.ts'
import { collectByItself, resumed } from './collection.ts'
import { pauseSubscription } from './cycle.ts'
import { draftInvoice, finalizeInvoice } from './invoice-machine.ts'
import { fullLine, itemsOf, periodEnd, prorationLine } from './lines.ts'
import type { PAUSE, RESUME } from './params.ts'
import { periodOf, setPeriod } from './subscription-state.ts'

/** `POST /v1/subscriptions/{id}/pause`, new with endive: unlike `pause_collection` it stops the service. */
export function pauseRoute(context: Context, row: SubscriptionRow, values: Values<typeof PAUSE>) {
  const { status } = row.object
  if (status !== 'active' && status !== 'trialing' && status !== 'past_due') {
    throw refused(`You cannot pause a subscription with a status of \`${status}\`.`)
  }
  const from = values.bill_for?.unused_time_from?.type ?? 'now'
  const now = nowSeconds(context.world)
  const whole = periodOf(row)
  if (status !== 'trialing' && from !== 'none') {
    const since = from === 'now' ? now : whole.start
    for (const item of itemsOf(row)) {
      row.pending.push(prorationLine(context, { item, whole, from: since, kind: 'unused' }))
    }
  }
  pauseSubscription(context, row, 'pause_requested')
  if (values.invoicing_behavior === 'invoice' && row.pending.length > 0) {
    const by = { reason: 'subscription_update', lines: [], period: { start: now, end: now } } as const
    finalizeInvoice(context, draftInvoice(context, row, by))
  }
  return render(row.object)
}

/**
 * `POST /v1/subscriptions/{id}/resume`. With an anchor of `now` a whole period is billed at once; unchanged, the
 * rest of the running one is.
 */
export function resumeRoute(context: Context, row: SubscriptionRow, values: Values<typeof RESUME>) {
  if (row.object.status !== 'paused') {
    throw refused(`You cannot resume a subscription with a status of \`${row.object.status}\`.`)
  }
  const now = nowSeconds(context.world)
  const price = row.object.items.data[0]?.price
  if (price === undefined) throw refused('A subscription must have at least one active plan.')
  const unchanged = values.billing_cycle_anchor?.type === 'unchanged'
  if (!unchanged) row.object.billing_cycle_anchor = now
  const end = periodEnd(row.object.billing_cycle_anchor, price, now)
  const whole = { start: unchanged ? periodOf(row).start : now, end }
  setPeriod(row, { start: unchanged ? whole.start : now, end })
  const prorates = values.proration_behavior !== 'none'
  const lines = itemsOf(row).flatMap((item) => {
    if (!unchanged) return [fullLine(context, item, whole)]
    return prorates ? [prorationLine(context, { item, whole, from: now, kind: 'remaining' as const })] : []
  })
  const onSuccess = values.payment_behavior === 'resume_on_payment_success'
  if (lines.length + row.pending.length === 0) {
    resumed(context, row)
    return render(row.object)
  }
  const by = { reason: 'subscription_update', lines, period: { start: now, end: now } } as const
  const invoice = draftInvoice(context, row, by)
  finalizeInvoice(context, invoice)
  if (invoice.object.status === 'paid' || !onSuccess) resumed(context, row)
  else row.resumeInvoice = invoice.object.id
  if (invoice.object.status === 'open') collectByItself(context, invoice)
  return render(row.object)
}
