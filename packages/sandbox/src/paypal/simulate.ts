import type { Simulation, SimulationResult } from '../kernel/types.ts'
import type { Sale } from './billing/rows.ts'
import { leftOf, reverseSale } from './billing/sale-refunds.ts'
import { loseDispute, openDispute, settleCapture, settleRefund, winDispute } from './funds.ts'
import { approve, isExpired, mayApprove, onOrderExpiry } from './payer.ts'
import type { Capture, Order, Paypal, Refund } from './state.ts'
import { simulateSetup } from './vault/simulate.ts'

/** The payer and the bank without a browser. */

type Act = (paypal: Paypal, order: Order) => SimulationResult

const done = (status: string): SimulationResult => ({ ok: true, status })
const refused = (reason: string): SimulationResult => ({ ok: false, reason })

const pendingCapture = (paypal: Paypal, order: Order): Capture | undefined =>
  order.captureIds.map((id) => paypal.captures.get(id)).find((row) => row?.status === 'PENDING')

const pendingRefund = (paypal: Paypal, order: Order): Refund | undefined =>
  order.refundIds.map((id) => paypal.refunds.get(id)).find((row) => row?.status === 'PENDING')

const approveWith =
  (funding: 'balance' | 'declined' | 'slow_bank' | 'card'): Act =>
  (paypal, order) => {
    if (!mayApprove(paypal, order)) return refused(`the order is ${order.status} and cannot be approved`)
    approve(paypal, order, funding)
    return done(order.status)
  }

/** Lets the bank decide about what is pending; `undefined` when nothing is. */
function decidePending(paypal: Paypal, order: Order, succeeded: boolean): SimulationResult | undefined {
  const refund = pendingRefund(paypal, order)
  if (refund !== undefined) {
    settleRefund(paypal, refund.id, succeeded)
    return done(refund.status)
  }
  const capture = pendingCapture(paypal, order)
  if (capture === undefined) return undefined
  settleCapture(paypal, capture.id, succeeded)
  return done(capture.status)
}

const capturesOf = (paypal: Paypal, order: Order): Capture[] =>
  order.captureIds.map((id) => paypal.captures.get(id)).filter((row) => row !== undefined)

const openDisputeOf = (paypal: Paypal, order: Order): Capture | undefined =>
  capturesOf(paypal, order).find((row) => row.dispute?.status === 'OPEN')

function decide(act: (paypal: Paypal, capture: Capture) => void): Act {
  return (paypal, order) => {
    const open = openDisputeOf(paypal, order)
    if (open === undefined) return refused('there is no open dispute to decide')
    act(paypal, open)
    return done('RESOLVED')
  }
}

const ACTIONS = {
  succeed: (paypal, order) => decidePending(paypal, order, true) ?? approveWith('balance')(paypal, order),
  fail: (paypal, order) => decidePending(paypal, order, false) ?? approveWith('declined')(paypal, order),
  authenticate: approveWith('card'),
  late_succeed: (paypal, order) =>
    decidePending(paypal, order, true) ?? approveWith('slow_bank')(paypal, order),
  // Closing the page tells PayPal nothing: the order waits until it expires.
  abandon: (_, order) => (order.status === 'COMPLETED' ? refused('the order is paid') : done(order.status)),
  expire: (paypal, order) => {
    if (order.status === 'COMPLETED') return refused('a completed order does not expire')
    order.expiresAt = paypal.world.clock.now()
    onOrderExpiry(paypal, order.id)
    return done('EXPIRED')
  },
  // A second one lets the buyer win.
  dispute: (paypal, order) => {
    if (openDisputeOf(paypal, order) !== undefined) return decide(loseDispute)(paypal, order)
    const target = capturesOf(paypal, order).find(
      (row) => row.dispute === null && (row.status === 'COMPLETED' || row.status === 'PARTIALLY_REFUNDED'),
    )
    if (target === undefined) return refused('there is no captured payment to dispute')
    openDispute(paypal, target)
    return done('OPEN')
  },
  dispute_won: decide(winDispute),
  dispute_lost: decide(loseDispute),
} as const satisfies Record<Simulation, Act>

/** What a subscription paid is not disputed here, but the bank may win it back all the same. */
function simulateSale(paypal: Paypal, sale: Sale, action: Simulation): SimulationResult {
  if (action !== 'dispute_lost') return refused('of a sale only dispute_lost can be simulated')
  if (sale.status !== 'COMPLETED' || leftOf(sale) === 0n) return refused('there is nothing left to reverse')
  reverseSale(paypal, sale)
  return done('REVERSED')
}

export function simulate(
  paypal: Paypal,
  accountId: string,
  orderRef: string,
  action: Simulation,
): SimulationResult {
  const setup = simulateSetup(paypal, accountId, orderRef, action)
  if (setup !== undefined) return setup
  const sale = paypal.sales.get(orderRef)
  if (sale?.accountId === accountId) return simulateSale(paypal, sale, action)
  const order = paypal.orders.get(orderRef)
  if (order?.accountId !== accountId) return refused('no such order')
  if (isExpired(paypal, order)) return refused('the order has expired')
  return ACTIONS[action](paypal, order)
}
