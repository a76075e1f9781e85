import { type Every, nextBoundary } from '../../kernel/calendar.ts'
import { payerId, resourceId } from '../ids.ts'
import { fromMinor, type Money, toMinor } from '../money.ts'
import type { Paypal } from '../state.ts'
import { tellSale, tellSubscription } from './events.ts'
import { type Cycle, type Sale, type Subscription, UNITS } from './rows.ts'

export const SUBSCRIPTION_DUE = 'paypal.subscription_due'
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A failed payment is tried again every 5 days, twice per cycle (PayPal docs, Payment failure retry). */
const RETRY_AFTER = 5 * DAY
const RETRIES = 2
/** Every payment but the first is taken at 10:00 UTC, as `next_billing_time` shows. */
const BILLING_HOUR = 10 * HOUR

export type Verdict = 'succeeds' | 'fails'

export function schedule(paypal: Paypal, row: Subscription): void {
  const times = [row.nextBilling, row.retryAt].filter((at) => at !== null)
  row.dueAt = row.status === 'ACTIVE' && times.length > 0 ? Math.min(...times) : null
  if (row.dueAt === null) return
  paypal.world.schedule(row.dueAt, { kind: SUBSCRIPTION_DUE, data: { id: row.id, at: row.dueAt } })
}

export function setStatus(
  paypal: Paypal,
  row: Subscription,
  status: Subscription['status'],
  note: string | null,
): void {
  const now = paypal.world.clock.now()
  row.status = status
  row.statusNote = note
  row.statusAt = now
  row.updatedAt = now
}

export const everyOf = (cycle: Cycle): Every => ({ interval: UNITS[cycle.unit], count: cycle.count })

const gridStart = (at: number): number => Math.floor(at / DAY) * DAY + BILLING_HOUR

/** What one cycle costs: price times quantity, and the tax when the price does not include it, half up. */
export function cycleAmount(row: Subscription, cycle: Cycle): bigint {
  if (cycle.price === null) return 0n
  const net = toMinor(cycle.price) * BigInt(row.terms.quantity)
  const { taxes } = row.terms
  if (taxes === null || taxes.inclusive) return net
  const [whole = '0', part = ''] = taxes.percentage.split('.')
  const scale = 10n ** BigInt(part.length)
  const rate = BigInt(`${whole}${part}`)
  return net + (2n * net * rate + 100n * scale) / (200n * scale)
}

/** The payer agreed. `CONTINUE` leaves the activation to the merchant. */
export function approve(paypal: Paypal, row: Subscription, funding: Subscription['funding']): void {
  row.funding = funding
  row.payerId ??= payerId(paypal.world.random)
  row.subscriber = {
    email_address: 'buyer@example.com',
    name: { given_name: 'Test', surname: 'Buyer' },
    ...row.subscriber,
  }
  if (row.activates) activate(paypal, row, null)
  else setStatus(paypal, row, 'APPROVED', null)
}

/** The subscription begins: the setup fee now, the first cycle at its start. */
export function activate(paypal: Paypal, row: Subscription, note: string | null): void {
  const now = paypal.world.clock.now()
  setStatus(paypal, row, 'ACTIVE', note)
  row.startTime = Math.max(row.startTime, now)
  row.anchor = gridStart(row.startTime)
  row.nextBilling = row.startTime
  tellSubscription(paypal, row, 'ACTIVATED')
  const { setupFee, setupFeeFailure } = row.terms.preferences
  if (setupFee !== null && toMinor(setupFee) > 0n) {
    const paid = collect(paypal, row, toMinor(setupFee), {})
    if (!paid && setupFeeFailure === 'CANCEL') {
      end(paypal, row, 'CANCELLED', null)
      return
    }
  }
  schedule(paypal, row)
  if (row.startTime <= now) bill(paypal, row, now)
}

export function end(
  paypal: Paypal,
  row: Subscription,
  status: 'CANCELLED' | 'EXPIRED',
  note: string | null,
): void {
  setStatus(paypal, row, status, note)
  row.retryAt = null
  row.nextBilling = null
  schedule(paypal, row)
  tellSubscription(paypal, row, status)
}

export function suspend(paypal: Paypal, row: Subscription, note: string | null): void {
  setStatus(paypal, row, 'SUSPENDED', note)
  row.retryAt = null
  schedule(paypal, row)
  tellSubscription(paypal, row, 'SUSPENDED')
}

/** Cycles that passed while it was suspended are not made up for. */
export function reactivate(paypal: Paypal, row: Subscription, note: string | null): void {
  const now = paypal.world.clock.now()
  setStatus(paypal, row, 'ACTIVE', note)
  const cycle = row.terms.cycles[row.phase]
  if (cycle !== undefined && row.nextBilling !== null && row.nextBilling < now) {
    row.nextBilling = nextBoundary(row.anchor, everyOf(cycle), now)
  }
  schedule(paypal, row)
  tellSubscription(paypal, row, 'RE-ACTIVATED')
}

/** Takes the cycle that starts at `at`, and what is outstanding if the plan says so; then plans the next. */
export function bill(paypal: Paypal, row: Subscription, at: number, verdict?: Verdict): void {
  applyPrices(row, at)
  const cycle = row.terms.cycles[row.phase]
  if (cycle === undefined) return
  row.retryAt = null
  row.retries = 0
  row.begun[row.phase] = (row.begun[row.phase] ?? 0) + 1
  // The first payment may come before ten o'clock of its own day: the grid's next point is a cycle later.
  const next = nextBoundary(row.anchor, everyOf(cycle), Math.max(at, row.anchor))
  const done = cycle.total > 0 && (row.begun[row.phase] ?? 0) >= cycle.total
  if (done) {
    row.phase += 1
    row.anchor = next
  }
  const last = row.terms.cycles[row.phase] === undefined
  row.nextBilling = last ? null : next
  const fresh = cycleAmount(row, cycle)
  const paid = fresh === 0n || collect(paypal, row, fresh, { verdict, cycle: true })
  if (row.status !== 'ACTIVE') return
  if (last && (paid || row.retryAt === null)) end(paypal, row, 'EXPIRED', null)
  else schedule(paypal, row)
}

function applyPrices(row: Subscription, at: number): void {
  for (const change of row.prices.filter(({ from }) => from <= at)) {
    const cycle = row.terms.cycles.find(({ sequence }) => sequence === change.sequence)
    if (cycle !== undefined) Object.assign(cycle, { price: change.price, version: change.version })
  }
  row.prices = row.prices.filter(({ from }) => from > at)
}

interface Collection {
  readonly verdict?: Verdict | undefined
  /** A cycle's payment may be tried again and takes the outstanding balance along. */
  readonly cycle?: boolean
}

/** One attempt to take `fresh`. True when the money came. */
function collect(paypal: Paypal, row: Subscription, fresh: bigint, by: Collection): boolean {
  const { currency_code: currency } = row.outstanding
  const carried = by.cycle === true && row.terms.preferences.autoBill ? toMinor(row.outstanding) : 0n
  const amount = fromMinor(currency, fresh + carried)
  if (attempt(paypal, row, amount, by.verdict)) {
    row.outstanding = fromMinor(currency, toMinor(row.outstanding) - carried)
    return true
  }
  if (by.cycle === true) row.outstanding = fromMinor(currency, toMinor(row.outstanding) + fresh)
  failed(paypal, row, amount, by.cycle === true)
  return false
}

/** Books a sale, made or declined. */
export function attempt(paypal: Paypal, row: Subscription, amount: Money, verdict?: Verdict): boolean {
  const now = paypal.world.clock.now()
  const works = verdict === undefined ? row.funding === 'works' : verdict === 'succeeds'
  const sale: Sale = {
    id: resourceId(paypal.world.random),
    accountId: row.accountId,
    subscriptionId: row.id,
    amount,
    status: works ? 'COMPLETED' : 'DECLINED',
    createdAt: now,
    updatedAt: now,
    refunded: fromMinor(amount.currency_code, 0n),
  }
  paypal.sales.set(sale.id, sale)
  row.updatedAt = now
  if (!works) return false
  row.failures = 0
  row.lastPayment = { amount, at: now }
  tellSale(paypal, sale)
  return true
}

/** Counts the failure, plans the retry, and suspends once there were too many in a row. */
function failed(paypal: Paypal, row: Subscription, amount: Money, mayRetry: boolean): void {
  const now = paypal.world.clock.now()
  row.failures += 1
  row.retryAt = mayRetry && row.retries < RETRIES ? now + RETRY_AFTER : null
  row.lastFailure = { amount, at: now, retryAt: row.retryAt }
  tellSubscription(paypal, row, 'PAYMENT.FAILED')
  const { threshold } = row.terms.preferences
  if (threshold > 0 && row.failures >= threshold) suspend(paypal, row, null)
}

/** The outstanding balance is tried again. */
export function retry(paypal: Paypal, row: Subscription, verdict?: Verdict): void {
  row.retries += 1
  row.retryAt = null
  const amount = row.outstanding
  if (toMinor(amount) > 0n) {
    if (attempt(paypal, row, amount, verdict)) row.outstanding = fromMinor(amount.currency_code, 0n)
    else failed(paypal, row, amount, true)
  }
  if (row.status !== 'ACTIVE') return
  if (row.nextBilling === null && row.retryAt === null) end(paypal, row, 'EXPIRED', null)
  else schedule(paypal, row)
}

/** What the calendar does at `at`; a plan that has changed since is ignored. */
export function onDue(paypal: Paypal, id: string, at: number): void {
  const row = paypal.subscriptions.get(id)
  if (row === undefined || row.dueAt !== at) return
  if (row.nextBilling !== null && row.nextBilling <= at) bill(paypal, row, at)
  else retry(paypal, row)
}
