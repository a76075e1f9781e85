import type { BookEntry, Simulation, SimulationResult } from '../kernel/types.ts'
import { decideDispute, openDispute } from './disputes.ts'
import { paymentsOf } from './entities.ts'
import { expireLink, orderOfLink } from './links.ts'
import { card, INSTRUMENT, MAGIC } from './magic.ts'
import { authorize, capturePayment, failPayment, lapse, type Payer, startPayment } from './payments.ts'
import type { Instrument, LinkRow, OrderRow, PaymentRow, Razorpay } from './state.ts'

/** The payer nobody sees: what a person would do on the pay page, done at once. */
const PAYER = { email: 'asha@example.com', contact: '+919000090000', description: null, notes: {} }

interface Scene {
  readonly rzp: Razorpay
  readonly order: OrderRow
  readonly link: LinkRow | undefined
  /** The newest payment in the wanted state. */
  last(...statuses: PaymentRow['status'][]): PaymentRow | undefined
  start(instrument: Instrument): PaymentRow
}

const no = (reason: string): SimulationResult => ({ ok: false, reason })

/** The result names the order's newest payment, or the order while it has none. */
function seen({ rzp, order, link }: Scene): SimulationResult {
  const status = paymentsOf(rzp, order).at(-1)?.status ?? link?.status ?? order.status
  return { ok: true, status }
}

function succeed(scene: Scene): SimulationResult {
  if (scene.order.status === 'paid') return no('the order is already paid')
  authorize(scene.rzp, scene.last('created') ?? scene.start(INSTRUMENT.upi(MAGIC.successVpa)))
  return seen(scene)
}

function fail(scene: Scene): SimulationResult {
  if (scene.order.status === 'paid') return no('the order is already paid')
  const payment = scene.last('created') ?? scene.start(INSTRUMENT.upi(MAGIC.failureVpa))
  failPayment(scene.rzp, payment, 'payment_failed')
  return seen(scene)
}

function authenticate(scene: Scene): SimulationResult {
  if (scene.order.status === 'paid') return no('the order is already paid')
  const { rzp } = scene
  authorize(rzp, scene.last('created') ?? scene.start(INSTRUMENT.card(card(rzp, MAGIC.card, 'Asha Rao'))))
  return seen(scene)
}

/** The payer closes the page: an open attempt is cancelled, the order stays payable for ever. */
function abandon(scene: Scene): SimulationResult {
  const open = scene.last('created')
  if (open !== undefined) failPayment(scene.rzp, open, 'payment_cancelled')
  return seen(scene)
}

function expire(scene: Scene): SimulationResult {
  const held = scene.last('authorized')
  if (held !== undefined) lapse(scene.rzp, held)
  else if (scene.link === undefined)
    return no('orders at Razorpay never expire; only authorisations and links do')
  else if (!expireLink(scene.rzp, scene.link)) return no(`the link is ${scene.link.status}`)
  return seen(scene)
}

/** The bank confirms a failed try after all; at worst beside the try that has paid the order meanwhile. */
function lateSucceed(scene: Scene): SimulationResult {
  const { rzp } = scene
  if (scene.order.status === 'paid') {
    const failed = scene.last('failed')
    if (failed === undefined) return no('the order is already paid, and no failed try is left')
    authorize(rzp, failed)
    if (scene.order.rule.capture === 'automatic') capturePayment(rzp, failed)
    return seen(scene)
  }
  const payment = scene.last('failed', 'created') ?? scene.start(INSTRUMENT.upi(MAGIC.successVpa))
  failPayment(rzp, payment, 'payment_timed_out')
  authorize(rzp, payment)
  return seen(scene)
}

function dispute(scene: Scene): SimulationResult {
  const payment = scene.last('captured')
  if (payment === undefined) return no('only a captured payment can be disputed')
  if (payment.disputeId !== null) return no('the payment is already disputed')
  openDispute(scene.rzp, payment)
  return seen(scene)
}

const decide =
  (outcome: 'won' | 'lost') =>
  (scene: Scene): SimulationResult => {
    const payment = paymentsOf(scene.rzp, scene.order).findLast(({ disputeId }) => disputeId !== null)
    if (payment !== undefined && decideDispute(scene.rzp, payment, outcome)) return seen(scene)
    return no('there is no open dispute to decide')
  }

const ACTIONS = {
  succeed,
  fail,
  authenticate,
  abandon,
  expire,
  late_succeed: lateSucceed,
  dispute,
  dispute_won: decide('won'),
  dispute_lost: decide('lost'),
} satisfies Record<Simulation, (scene: Scene) => SimulationResult>

/** Drives the payer of an order (`order_…`) or a link (`plink_…`). */
export function simulate(rzp: Razorpay, account: string, ref: string, action: Simulation): SimulationResult {
  const link = rzp.state.links.get(ref)
  if (link?.account === account && link.status !== 'created' && link.status !== 'paid') {
    return no(`the link is ${link.status}`)
  }
  const order = link?.account === account ? orderOfLink(rzp, link) : rzp.state.orders.get(ref)
  if (order?.account !== account) return no('no such order or link')
  const payer = (instrument: Instrument): Payer => ({ ...PAYER, instrument })
  return ACTIONS[action]({
    rzp,
    order,
    link,
    last: (...statuses) => paymentsOf(rzp, order).findLast(({ status }) => statuses.includes(status)),
    start: (instrument) => startPayment(rzp, order, payer(instrument)),
  })
}

function entry(rzp: Razorpay, order: OrderRow, ref: string, status: string): BookEntry {
  const payments = paymentsOf(rzp, order)
  const sum = (of: (payment: PaymentRow) => number) =>
    payments.reduce((total, payment) => total + BigInt(of(payment)), 0n)
  return {
    accountId: order.account,
    orderRef: ref,
    paymentRefs: order.payments,
    reference: order.receipt,
    currency: order.currency,
    amount: BigInt(order.amount),
    authorized: sum(({ status: now, amount }) => (now === 'authorized' ? amount : 0)),
    captured: sum(({ captured, amount }) => (captured ? amount : 0)),
    // A lapsed authorisation is `refunded` too, but no captured money went back.
    refunded: sum(({ captured, amountRefunded }) => (captured ? amountRefunded : 0)),
    status,
  }
}

function linkEntry(rzp: Razorpay, link: LinkRow): BookEntry {
  const order = rzp.state.orders.get(link.orderId ?? '')
  if (order !== undefined) return entry(rzp, order, link.id, link.status)
  return {
    accountId: link.account,
    orderRef: link.id,
    paymentRefs: [],
    reference: link.reference === '' ? null : link.reference,
    currency: link.currency,
    amount: BigInt(link.amount),
    authorized: 0n,
    captured: 0n,
    refunded: 0n,
    status: link.status,
  }
}

/** Orders and links; a link stands for the order it made. */
export function book(rzp: Razorpay, account: string): BookEntry[] {
  const mine = (row: { readonly account: string }) => row.account === account
  const orders = [...rzp.state.orders.values()].filter(
    (order) => mine(order) && order.linkId === null && (order.subscriptionId ?? null) === null,
  )
  const links = [...rzp.state.links.values()].filter(mine)
  return [
    ...orders.map((order) => entry(rzp, order, order.id, order.status)),
    ...links.map((link) => linkEntry(rzp, link)),
  ]
}
