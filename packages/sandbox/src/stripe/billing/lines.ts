import { type Every, nextBoundary } from '../../kernel/calendar.ts'
import { display } from '../money.ts'
import type { Context, PendingLine, SubscriptionRow } from '../state.ts'
import type { Price } from '../wire.ts'

export interface Period {
  readonly start: number
  readonly end: number
}

/** A price with how many of it, whether it is subscribed to already or about to be. */
export interface Priced {
  readonly id: string | null
  readonly price: Price
  readonly quantity: number
}

export function everyOf(price: Price): Every {
  return { interval: price.recurring?.interval ?? 'month', count: price.recurring?.interval_count ?? 1 }
}

/** Where the period that starts at `start` ends, on the grid of the billing cycle anchor. */
export function periodEnd(anchor: number, price: Price, start: number): number {
  return nextBoundary(anchor * 1_000, everyOf(price), start * 1_000) / 1_000
}

export function itemsOf(row: SubscriptionRow): Priced[] {
  return row.object.items.data.map(({ id, price, quantity }) => ({ id, price, quantity }))
}

function nameOf(context: Context, price: Price): string {
  return context.store.products.get(price.product)?.object.name ?? price.product
}

function rate(price: Price): string {
  const { interval, count } = everyOf(price)
  const every = count === 1 ? interval : `${count} ${interval}s`
  return `${display(price.unit_amount, price.currency)} / ${every}`
}

/** One line for a whole period. */
export function fullLine(context: Context, item: Priced, period: Period): PendingLine {
  const { price, quantity } = item
  const description =
    price.type === 'recurring'
      ? `${quantity} × ${nameOf(context, price)} (at ${rate(price)})`
      : `${quantity} × ${nameOf(context, price)}`
  const amount = price.unit_amount * quantity
  return { amount, description, period, price, quantity, item: item.id, proration: false }
}

/** The free line of a trial. */
export function trialLine(context: Context, item: Priced, period: Period): PendingLine {
  const line = fullLine(context, item, period)
  return { ...line, amount: 0, description: `Trial period for ${nameOf(context, item.price)}` }
}

/** `amount` for the part of a whole period that `part` takes, rounded half away from zero. */
function share(amount: number, part: number, whole: number): number {
  if (whole <= 0) return 0
  const doubled = 2n * BigInt(Math.abs(amount)) * BigInt(part) + BigInt(whole)
  return Math.sign(amount) * Number(doubled / (2n * BigInt(whole))) // below the whole amount: exact
}

export interface Proration {
  readonly item: Priced
  /** The whole period the price buys. */
  readonly whole: Period
  /** From here to its end. */
  readonly from: number
  readonly kind: 'unused' | 'remaining'
}

/** A credit for time not used, or a charge for the time that remains (Stripe docs, Prorations). */
export function prorationLine(context: Context, by: Proration): PendingLine {
  const { price, quantity, id } = by.item
  const from = Math.min(Math.max(by.from, by.whole.start), by.whole.end)
  const full = price.unit_amount * quantity
  const amount = share(full, by.whole.end - from, by.whole.end - by.whole.start)
  const name = quantity === 1 ? nameOf(context, price) : `${quantity} × ${nameOf(context, price)}`
  const day = new Date(from * 1_000)
  const after = `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`
  return {
    amount: by.kind === 'unused' ? -amount : amount,
    description: `${by.kind === 'unused' ? 'Unused' : 'Remaining'} time on ${name} after ${after}`,
    period: { start: from, end: by.whole.end },
    price,
    quantity,
    item: id,
    proration: true,
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
