/**
 * The books of one merchant account at one provider: lean models of the documented behaviour, quirks included.
 * Written for speed; the emulators of `packages/sandbox` say the same at full length and are simulated as well.
 */
import type { Mark } from '../marks.ts'
import type { Shape } from '../shapes.ts'
import { type Dice, happens } from '../swarm.ts'
import type { Profile } from './profiles.ts'
import { aboutTwin, type Taken, takenBy } from './twice.ts'

export type OrderStatus =
  | 'open'
  | 'approved'
  | 'pending'
  | 'authorized'
  | 'paid'
  | 'failed'
  | 'canceled'
  | 'expired'

export interface Order {
  readonly id: string
  readonly reference: string
  readonly amount: bigint
  readonly currency: string
  readonly capture: 'automatic' | 'manual'
  readonly createdMs: number
  /** A look-up by reference does not show it before. */
  readonly visibleMs: number
  status: OrderStatus
  paymentRef: string | null
  /** When the payment that is named was begun. */
  triedMs: number
  captured: bigint
  declined: boolean
  feeFromMs: number
  readonly refunds: Refund[]
  /** What else took money for this order. */
  twins: readonly Taken[]
}

export interface Refund {
  readonly id: string
  readonly reference: string | null
  readonly amount: bigint
  readonly visibleMs: number
  status: 'pending' | 'succeeded' | 'failed'
}

export interface BookEvent {
  readonly id: string
  readonly order: Order
  readonly refund: Refund | null
}

/** What a request found at the provider: a value, a refusal or an error of the provider's own. */
export type Reply<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly reason: 'invalid_state' | 'not_found' | 'amount' }
  | { readonly kind: 'declined' }
  | { readonly kind: 'error' }

const HOUR = 3_600_000

export interface BookWorld extends Dice {
  readonly shape: Shape
  readonly now: () => number
  readonly at: (delayMs: number, run: () => void) => unknown
  readonly mark: (name: Mark) => void
  readonly onEvent: (event: BookEvent) => void
}

interface Remembered {
  readonly atMs: number
  readonly reply: Reply<unknown>
}

/** `givenUp`: the provider cannot withdraw it and still holds it open. */
export interface Canceled {
  readonly order: Order
  readonly givenUp: boolean
}

export interface Book {
  readonly profile: Profile
  readonly orders: Map<string, Order>
  create(
    reference: string,
    amount: bigint,
    currency: string,
    capture: Order['capture'],
    key: string,
  ): Reply<Order>
  find(reference: string): Order | null
  get(id: string): Reply<Order>
  confirm(id: string, key: string): Reply<Order>
  capture(id: string, amount: bigint, key: string): Reply<Order>
  cancel(id: string, key: string): Reply<Canceled>
  /** Of the payment named, where the order was paid twice. */
  refund(id: string, paymentRef: string | null, amount: bigint, reference: string, key: string): Reply<Refund>
  /** In the provider's dashboard, where nobody asks us. */
  refundOutside(id: string, amount: bigint): void
  /** The answer under this key was a 500: some providers keep saying so. */
  stick(key: string): void
  /** The payer opens the page and pays, or is declined. */
  pay(id: string, declined: boolean): void
}

export function createBook(name: string, profile: Profile, world: BookWorld): Book {
  const orders = new Map<string, Order>()
  const keys = new Map<string, Remembered>()
  let serial = 0
  const id = (kind: string) => `${kind}_${name}_${++serial}`
  const emit = (order: Order, refund: Refund | null = null) => {
    world.onEvent({ id: id('ev'), order, refund })
  }
  const once = <T>(key: string, keptMs: number, act: () => Reply<T>): Reply<T> => {
    const known = keys.get(key)
    if (keptMs > 0 && known !== undefined && world.now() - known.atMs < keptMs) {
      world.mark('key_replayed_by_provider')
      return known.reply as Reply<T> // one key belongs to one verb
    }
    const reply = act()
    if (keptMs > 0) keys.set(key, { atMs: world.now(), reply })
    return reply
  }
  const context: Context = { profile, world, orders, id, emit, once }
  return {
    profile,
    orders,
    find(reference) {
      for (const order of orders.values()) {
        if (order.reference === reference && order.visibleMs <= world.now()) return refreshed(context, order)
      }
      return null
    },
    get: (orderId) => existing(context, orderId),
    stick(key) {
      const known = keys.get(key)
      if (!profile.stickyErrors || !world.shape.stickyErrors || known === undefined) return
      world.mark('sticky_error')
      keys.set(key, { atMs: known.atMs, reply: { kind: 'error' } })
    },
    ...creating(context),
    ...completing(context),
    ...refunding(context),
    pay: (orderId, declined) => pay(context, orderId, declined),
  }
}

interface Context {
  readonly profile: Profile
  readonly world: BookWorld
  readonly orders: Map<string, Order>
  readonly id: (kind: string) => string
  readonly emit: (order: Order, refund?: Refund | null) => void
  readonly once: <T>(key: string, keptMs: number, act: () => Reply<T>) => Reply<T>
}

const ok = <T>(value: T): Reply<T> => ({ kind: 'ok', value })
/** As it was at this moment: an answer that is replayed later does not learn what happened since. */
const shot = (order: Order): Reply<Order> =>
  ok({ ...order, refunds: order.refunds.map((one) => ({ ...one })) })
const invalid: Reply<never> = { kind: 'refused', reason: 'invalid_state' }

function refreshed({ profile, world }: Context, order: Order): Order {
  if (order.status === 'open' && world.now() > order.createdMs + profile.orderLifeMs) order.status = 'expired'
  return order
}

function existing(context: Context, id: string): Reply<Order> {
  const order = context.orders.get(id)
  return order === undefined ? { kind: 'refused', reason: 'not_found' } : ok(refreshed(context, order))
}

function creating(context: Context): Pick<Book, 'create'> {
  const { profile, world, orders, id, once } = context
  return {
    create: (reference, amount, currency, capture, key) =>
      once(key, profile.createKeyMs, () => {
        const order: Order = {
          ...{ id: id('order'), reference, amount, currency, capture, createdMs: world.now() },
          visibleMs: world.now() + world.choices.int(profile.orderLagMs),
          ...{ status: 'open', paymentRef: null, triedMs: 0, captured: 0n, declined: false, feeFromMs: 0 },
          ...{ refunds: [], twins: [] },
        }
        orders.set(order.id, order)
        return shot(order)
      }),
  }
}

function paid(context: Context, order: Order, amount: bigint): void {
  order.status = 'paid'
  order.captured = amount
  order.declined = false
  order.feeFromMs = context.world.now() + context.world.choices.int(context.world.shape.feeBelowMs)
  context.emit(order)
}

function pay(context: Context, orderId: string, declined: boolean): void {
  const { world, profile, id } = context
  const order = context.orders.get(orderId)
  if (order === undefined) return
  refreshed(context, order)
  if (order.status !== 'open') return world.mark('payer_found_it_closed')
  const tried: Tried = { paymentRef: id('pay'), triedMs: world.now() }
  Object.assign(order, tried)
  if (declined) {
    order.declined = true
    context.emit(order)
    if (profile.service === 'razorpay' && happens(world, 'lateAuthorised')) {
      world.at(world.choices.range(600_000, 5 * HOUR), () => lateAuthorise(context, order, tried))
    }
    return
  }
  if (profile.confirms) order.status = 'approved'
  else if (order.capture === 'automatic') return paid(context, order, order.amount)
  else order.status = 'authorized'
  context.emit(order)
}

type Tried = Pick<Taken, 'paymentRef' | 'triedMs'>

/** Razorpay: a try that failed may turn out to have been authorised, hours later, and beside another one. */
function lateAuthorise(context: Context, order: Order, tried: Tried): void {
  if (order.status === 'paid' && order.capture === 'automatic') {
    context.world.mark('paid_twice')
    order.twins = [...order.twins, { ...tried, captured: order.amount, refunds: [] }]
    return context.emit(order)
  }
  if (order.status !== 'open' && order.status !== 'failed') return
  Object.assign(order, tried)
  if (order.capture === 'automatic') return paid(context, order, order.amount)
  order.status = 'authorized'
  context.emit(order)
}

/** What was said to have failed is made all the same: whoever has paid another way meanwhile has paid twice. */
function correct(context: Context, order: Order, amount: bigint): void {
  const { world } = context
  // Looked for, not waited for: who pays meanwhile pays at once.
  world.swarm.pendingCapture = 0
  world.at(world.choices.range(10_000, 4 * 60_000), () => {
    world.mark('failure_taken_back')
    paid(context, order, amount)
  })
}

function completing(context: Context): Pick<Book, 'confirm' | 'capture' | 'cancel'> {
  const { profile, world, once, id } = context
  const settleLater = (order: Order, amount: bigint): boolean => {
    if (!profile.confirms || !happens(world, 'pendingCapture')) return false
    order.status = 'pending'
    world.at(world.choices.range(10_000, 2 * HOUR * world.shape.pace), () => {
      if (!happens(world, 'pendingFails')) return paid(context, order, amount)
      order.status = 'failed'
      context.emit(order)
      if (world.choices.chance(world.shape.correctsItself)) correct(context, order, amount)
    })
    return true
  }
  return {
    confirm: (orderId, key) =>
      once(key, profile.confirmKeyMs, () => {
        const found = existing(context, orderId)
        if (found.kind !== 'ok') return found
        const order = found.value
        if (order.status === 'paid' || order.status === 'pending' || order.status === 'authorized') {
          return shot(order)
        }
        if (order.status !== 'approved') return invalid
        if (happens(world, 'decline')) {
          world.mark('confirmation_declined')
          order.status = 'open'
          order.declined = true
          return shot(order)
        }
        order.paymentRef = id('cap')
        if (order.capture === 'manual') {
          order.status = 'authorized'
          context.emit(order)
        } else if (!settleLater(order, order.amount)) paid(context, order, order.amount)
        return shot(order)
      }),
    capture: (orderId, amount, key) =>
      once(key, profile.captureKeyMs, () => {
        const found = existing(context, orderId)
        if (found.kind !== 'ok') return found
        const order = found.value
        // "Already captured" is answered after a look: it counts when exactly this amount was taken.
        if (order.status === 'paid') return order.captured === amount ? shot(order) : invalid
        if (order.status !== 'authorized') return invalid
        if (amount > order.amount) return { kind: 'refused', reason: 'amount' }
        if (!settleLater(order, amount)) paid(context, order, amount)
        return shot(order)
      }),
    cancel: (orderId, key) =>
      once<Canceled>(key, profile.withdraws ? profile.captureKeyMs : 0, () => {
        const found = existing(context, orderId)
        if (found.kind !== 'ok') return found
        const order = found.value
        const answer = (givenUp: boolean) => ok({ order: { ...order, refunds: [...order.refunds] }, givenUp })
        if (order.status === 'canceled' || order.status === 'expired') return answer(false)
        const unpaid = order.status === 'open' || order.status === 'approved'
        if (unpaid && !profile.withdraws) return answer(true)
        if (!unpaid && order.status !== 'authorized') return invalid
        order.status = 'canceled'
        context.emit(order)
        return answer(false)
      }),
  }
}

/** What was given back or is on its way. */
export const givenBack = (taken: Pick<Taken, 'refunds'>): bigint =>
  taken.refunds.reduce((sum, refund) => sum + (refund.status === 'failed' ? 0n : refund.amount), 0n)

export const refundedOf = (taken: Pick<Taken, 'refunds'>): bigint =>
  taken.refunds.reduce((sum, refund) => sum + (refund.status === 'succeeded' ? refund.amount : 0n), 0n)

function refunding(context: Context): Pick<Book, 'refund' | 'refundOutside'> {
  const { profile, world, once, id } = context
  return {
    refundOutside(orderId, amount) {
      const order = context.orders.get(orderId)
      if (order === undefined || givenBack(order) + amount > order.captured) return
      const refund: Refund = {
        ...{ id: id('ref'), reference: null, amount, status: 'succeeded', visibleMs: world.now() },
      }
      order.refunds.push(refund)
      context.emit(order, refund)
    },
    refund: (orderId, paymentRef, amount, reference, key) =>
      once(key, profile.refundKeyMs, () => {
        const found = existing(context, orderId)
        if (found.kind !== 'ok') return found
        const order = found.value
        if (order.status !== 'paid') return invalid
        const taken = takenBy(order, paymentRef)
        // A lax provider: beyond the capture only our own books stand in the way. What was paid twice is given back
        // relying on what no provider does: refund more than one payment took.
        const strict = order.twins.length > 0 || order.refunds.some((one) => one.reference === null)
        const lax = !strict && world.choices.chance(0.5)
        if (!lax && givenBack(taken) + amount > taken.captured) {
          return { kind: 'refused', reason: 'amount' }
        }
        const pending = happens(world, 'pendingRefund') || soughtOut(world, 0.4)
        const refund: Refund = {
          ...{ id: id('ref'), reference, amount, status: pending ? 'pending' : 'succeeded' },
          visibleMs: world.now() + world.choices.int(profile.refundLagMs),
        }
        taken.refunds.push(refund)
        const about = taken === order ? order : aboutTwin(order, taken)
        context.emit(about, refund)
        if (pending) {
          world.at(world.choices.range(5_000, 2 * HOUR * world.shape.pace), () =>
            settleRefund(context, about, refund),
          )
        } else if (taken === order) reverseLater(context, order, refund)
        return ok({ ...refund })
      }),
  }
}

/** Where a link may owe: what comes twice there is rare already. */
const soughtOut = ({ shape, choices }: BookWorld, share: number): boolean =>
  shape.links && choices.chance(share)

function settleRefund(context: Context, order: Order, refund: Refund): void {
  const { world } = context
  const bounced = happens(world, 'refundBounces') || soughtOut(world, 0.3)
  refund.status = bounced ? 'failed' : 'succeeded'
  context.emit(order, refund)
}

/**
 * What a bank had taken comes back. The webhook is all that tells of it, so that it happens where none is lost for
 * good.
 */
function reverseLater(context: Context, order: Order, refund: Refund): void {
  const { world } = context
  if (world.swarm.webhookLost > 0) return
  if (!happens(world, 'refundBounces') && !soughtOut(world, 0.4)) return
  world.at(world.choices.range(5_000, 2 * HOUR * world.shape.pace), () => {
    world.mark('refund_reversed')
    refund.status = 'failed'
    context.emit(order, refund)
  })
}
