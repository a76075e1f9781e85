/** What merchants and payers do with one payment. */
import { askRepeatedly, before, type Errand, HOUR, MINUTE } from './asking.ts'
import { ask, type ClientWorld, look, newAsked, type ScriptedPayment, type Wish } from './client.ts'
import { SIM_SERVICES } from './credentials.ts'
import { WORKER_SLOTS } from './slots.ts'
import { happens } from './swarm.ts'
import { shownOrder, type World } from './world.ts'

export function playPayment(world: World): void {
  const { choices, loop, shape } = world
  const caller = choices.pick(world.accounts)
  const provider = choices.chance(0.75) ? (SIM_SERVICES[choices.int(3)] ?? null) : null
  const amount = BigInt(choices.pick([1_000, 50_000, 99_999]))
  const payment: ScriptedPayment = {
    ...{ caller, amount, currency: choices.chance(0.3) ? 'INR' : 'USD', provider },
    capture: choices.chance(shape.manualCapture) ? 'manual' : 'automatic',
    wishes: [],
    id: null,
  }
  // Accounts use the same keys for different things, as strangers do.
  const index = world.payments.filter((one) => one.caller === caller).length
  const create = addWish(payment, 'create', amount, `p${index}-create`)
  world.payments.push(payment)
  const startMs = choices.range(0, 5_000)
  askRepeatedly(world, errandOf(world, create), startMs, choices.pick(shape.creates))
  for (let i = choices.pick(shape.looks); i > 0; i--) {
    const sync = choices.pick([null, 'poll', 'payer'] as const)
    loop.at(startMs + before(world, 2 * HOUR), () => look(playing(world), payment, sync))
  }
  if (payment.capture === 'manual') playCaptures(world, payment, index)
  if (choices.chance(shape.cancel)) playCancel(world, payment, index)
  playRefunds(world, payment, index)
}

function addWish(payment: ScriptedPayment, kind: Wish['kind'], amount: bigint, key: string): Wish {
  const wish: Wish = { ...newAsked(payment.caller, key), kind, amount, payment }
  payment.wishes.push(wish)
  return wish
}

/**
 * Most merchants ask when there is something to ask about; some ask at the wrong moment. Asking at the wrong
 * moment only gives refusals, so histories are spent on the other kind.
 */
function isRipe(world: World, wish: Wish): boolean {
  if (wish.kind === 'create') return true
  if (wish.payment.id === null) return false
  if (wish.kind === 'cancel' || world.choices.chance(0.2)) return true
  const status = shownOrder(world, wish.payment)?.status
  return wish.kind === 'refund' ? status === 'paid' : status === 'authorized' || status === 'paid'
}

function playCaptures(world: World, payment: ScriptedPayment, index: number): void {
  const { choices } = world
  const startMs = before(world, 10 * MINUTE)
  const partly = choices.chance(0.3)
  for (let i = choices.chance(0.3) ? 2 : 1; i > 0; i--) {
    const amount = partly ? payment.amount / BigInt(1 + i) : payment.amount
    const wish = addWish(payment, 'capture', amount, `p${index}-capture${i}`)
    const gap = choices.chance(0.5) ? choices.range(0, 5) : before(world, 10 * MINUTE)
    askRepeatedly(world, errandOf(world, wish), startMs + gap, choices.pick(world.shape.asks))
  }
}

function playCancel(world: World, payment: ScriptedPayment, index: number): void {
  const { choices, loop } = world
  const wish = addWish(payment, 'cancel', payment.amount, `p${index}-cancel`)
  const startMs = before(world, 20 * MINUTE)
  askRepeatedly(world, errandOf(world, wish), startMs, choices.pick(world.shape.asks))
  // A payer who kept the page open pays what was canceled meanwhile: looked for, not waited for.
  if (!choices.chance(0.5)) return
  // What has to be given back then, comes back often: the provider's side of it fails as well.
  if (choices.chance(0.5)) Object.assign(world.swarm, { pendingRefund: 0.7, refundBounces: 0.6 })
  loop.at(startMs + before(world, 10 * MINUTE), () => payAfterAll(world, payment))
}

export function payAfterAll(world: World, payment: ScriptedPayment): void {
  const order = shownOrder(world, payment)
  if (order === undefined) return
  world.trace?.('payer', order.id, 'pays after all')
  world.bookOfOrder(order.id)?.pay(order.id, false)
}

/** What a merchant may do with a payment that was begun for them: give some of it back, or end it. */
export function playMerchant(world: World, payment: ScriptedPayment): void {
  const { choices } = world
  const index = world.payments.indexOf(payment)
  const refunds = choices.chance(0.6)
  const amount = refunds ? payment.amount / choices.pick([2n, 1n]) : payment.amount
  const wish = addWish(payment, refunds ? 'refund' : 'cancel', amount, `p${index}-after`)
  askRepeatedly(world, errandOf(world, wish), before(world, HOUR), choices.pick(world.shape.asks))
}

/** In many histories all refunds arrive at the same moment: races are looked for, not waited for. */
function playRefunds(world: World, payment: ScriptedPayment, index: number): void {
  const { choices } = world
  const collide = choices.chance(0.4)
  const startMs = before(world, 20 * MINUTE)
  for (let i = choices.pick(world.shape.refunds); i > 0; i--) {
    const share = choices.pick([3n, 2n, 1n])
    const wish = addWish(payment, 'refund', payment.amount / share, `p${index}-refund${i}`)
    const atMs = collide ? startMs + choices.range(0, 5) : startMs + before(world, HOUR)
    askRepeatedly(world, errandOf(world, wish), atMs, choices.pick(world.shape.asks))
  }
}

/** How a wish about a payment is sent, and what else happens just then. */
function errandOf(world: World, wish: Wish): Errand {
  return {
    wish,
    isRipe: () => isRipe(world, wish),
    ask() {
      ask(playing(world), wish)
      if (wish.kind === 'refund' && wish.asked === 1 && world.choices.chance(world.shape.darkness)) {
        playDarkness(world, wish.payment)
      }
    },
  }
}

export function clientOf(world: World): ClientWorld {
  return {
    ...{ loop: world.loop, mark: world.mark, trace: world.trace, router: world.slots.router },
    onViolation: world.report,
    onExposed: (payment, orderRef) => world.exposed.set(orderRef, payment),
  }
}

/**
 * A provider goes dark just when a refund is asked of it, about as long as its keys are believed: then a look-up
 * decides what a repetition no longer may, while the last repetition may still be on its way.
 */
function playDarkness(world: World, payment: ScriptedPayment): void {
  const { choices, loop, shape, slots } = world
  const service = shownOrder(world, payment) === undefined ? payment.provider : providerOf(world, payment)
  if (service === null || world.state.healed) return
  const forMs = choices.pick([KEYS_BELIEVED_MS, KEYS_BELIEVED_MS, 3 * HOUR])
  if (shape.sleepsThrough) {
    const wakesMs = forMs - choices.range(0, 3 * MINUTE)
    for (const slot of WORKER_SLOTS) {
      loop.at(choices.range(1, 40_000), () => slots.kill(slot))
      loop.at(wakesMs, () => slots.start(slot))
    }
  }
  loop.at(choices.range(1, 200), () => world.setDown(service, true))
  loop.at(forMs + choices.range(0, 3 * MINUTE) - 90_000, () => world.setDown(service, false))
}

const providerOf = (world: World, payment: ScriptedPayment): string | null =>
  world.bookOfOrder(shownOrder(world, payment)?.id ?? '')?.profile.service ?? null

/** Razorpay's refunds: an hour, of which the engine uses four fifths. */
const KEYS_BELIEVED_MS = 48 * MINUTE

/** The client's world, with payers who open every page they are shown. */
export function playing(world: World): ClientWorld {
  const client = clientOf(world)
  return {
    ...client,
    onExposed(payment, orderRef) {
      const fresh = !world.exposed.has(orderRef)
      client.onExposed(payment, orderRef)
      if (fresh && !world.state.healed) playPayer(world, payment, orderRef)
    },
  }
}

function playPayer(world: World, payment: ScriptedPayment, orderRef: string): void {
  const { choices, loop, shape } = world
  if (choices.chance(shape.neverPaid)) return world.mark('never_paid')
  const visits = choices.chance(0.25) ? choices.range(2, 3) : 1
  // Money that comes twice is looked for, not waited for: a decline, another try, and the first was authorised.
  if (visits > 1 && choices.chance(0.15)) Object.assign(world.swarm, { decline: 0.5, lateAuthorised: 0.8 })
  for (let i = 0; i < visits; i++) {
    const late = choices.chance(shape.paidLate)
    const delay = late ? before(world, 60 * HOUR) : before(world, 3 * MINUTE)
    loop.at(delay, () => {
      const book = world.bookOfOrder(orderRef)
      const declined = happens(world, 'decline')
      world.trace?.('payer', book?.profile.service ?? '', declined ? 'is declined' : 'pays')
      book?.pay(orderRef, declined)
      if (late) world.mark('paid_late')
      if (declined && book?.profile.service === 'razorpay') compareLater(world, orderRef)
      if (choices.chance(0.7))
        loop.at(choices.range(100, 5_000), () => look(playing(world), payment, 'payer'))
      if (choices.chance(0.04)) refundOutside(world, orderRef)
    })
  }
}

/** Somebody refunds in the provider's dashboard. */
function refundOutside(world: World, orderRef: string): void {
  world.loop.at(before(world, HOUR), () => {
    const book = world.bookOfOrder(orderRef)
    const order = book?.orders.get(orderRef)
    if (book === undefined || order === undefined || order.status !== 'paid') return
    world.mark('refunded_outside')
    world.trace?.('merchant', book.profile.service, 'refunds in the dashboard')
    book.refundOutside(orderRef, order.amount / 4n)
    compareLater(world, orderRef)
  })
}

/** Should its webhook get lost, the comparison with the provider's lists finds it. */
function compareLater(world: World, orderRef: string): void {
  const payment = world.exposed.get(orderRef)
  const afterMs = world.healMs - world.loop.now() + 24 * HOUR
  if (payment !== undefined) world.loop.at(afterMs, () => look(playing(world), payment, 'poll'))
}
