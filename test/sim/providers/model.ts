/** A `Provider` of the engine over the books of a lean model, with the windows the real adapter declares. */
import type { Outcome, Service } from '@onerouter/core'
import { currency, money } from '@onerouter/core'
import type {
  PaymentHandle,
  PaymentSnapshot,
  Payments,
  Provider,
  ProviderContext,
  ProviderEvent,
  RefundSnapshot,
  Refunds,
} from '@onerouter/providers'
import { providerNamed } from '@onerouter/providers'
import type { SimCredentials } from '../credentials.ts'
import type { Request } from '../network.ts'
import type { Book, BookEvent, Order, Refund, Reply } from './book.ts'
import { refundedOf } from './book.ts'
import type { Profile } from './profiles.ts'
import { leading, takenBy } from './twice.ts'

export interface ModelWorld {
  readonly now: () => number
  readonly profile: Profile
  readonly book: (merchant: string) => Book
  readonly send: <T>(request: Request<T>) => Promise<Outcome<T>>
}

type Context = ProviderContext<object>
const merchantOf = (ctx: Context): string => (ctx.credentials as SimCredentials).merchant // made by the simulator

export function modelOf(service: 'stripe' | 'paypal' | 'razorpay', world: ModelWorld): Provider {
  const real = providerNamed(service)
  if (real?.payments === undefined || real.refunds === undefined) throw new Error(`no adapter for ${service}`)
  return {
    name: service,
    label: real.label,
    origin: real.origin,
    credentials: real.credentials,
    payments: paymentsOf(service, world, real.payments),
    refunds: refundsOf(service, world, real.refunds),
    webhooks: {
      verify: async (_ctx, { headers, body }) =>
        headers['signature'] === 'good'
          ? { ok: true, dedupeKeys: [textOf(body)] }
          : { ok: false, reason: 'bad_signature' },
      parse: parseEvent,
      instructions: '',
    },
  }
}

const textOf = (body: Uint8Array): string =>
  Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')

export function eventBody(event: BookEvent): Buffer {
  const { order, refund } = event
  // A refund's event carries the refund's own reference, as it was given.
  const reference = refund === null ? order.reference : refund.reference
  return Buffer.from(
    JSON.stringify([event.id, reference, order.id, order.paymentRef, refund?.id ?? null]),
    'latin1',
  )
}

function parseEvent(body: Uint8Array): ProviderEvent | null {
  const [id, reference, orderRef, paymentRef, refundRef] = JSON.parse(textOf(body)) as [
    ...[string, string | null, string, string | null, string | null], // made by `eventBody`
  ]
  const base = { id, type: refundRef === null ? 'payment' : 'refund', occurredAtMs: null, livemode: null }
  const about = { reference, orderRef, paymentRef }
  return refundRef === null
    ? { ...base, about: { kind: 'payment', ...about } }
    : { ...base, about: { kind: 'refund', refundRef, ...about } }
}

const STATUS = {
  open: 'requires_action',
  approved: 'approved',
  pending: 'processing',
  authorized: 'authorized',
  paid: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
  expired: 'expired',
} as const satisfies Record<Order['status'], PaymentSnapshot['status']>

function snapshotOf(order: Order, nowMs: number, status: PaymentSnapshot['status']): PaymentSnapshot {
  const paid = order.status === 'paid'
  const { lead, others } = leading(order)
  const snapshot: PaymentSnapshot = {
    orderRef: order.id,
    paymentRef: lead.paymentRef,
    refs: {},
    status,
    providerStatus: order.status,
    amount: money(order.amount, currency(order.currency)),
    captured: paid ? lead.captured : 0n,
    refunded: refundedOf(lead),
    reference: order.reference,
    method: paid ? 'card' : null,
    fee: paid && nowMs >= order.feeFromMs ? { amount: 30n, tax: 0n, currency: order.currency } : null,
    failure: order.declined
      ? { reason: 'card_declined', providerCode: 'declined', message: 'Declined.' }
      : null,
    checkoutUrl: `https://pay.example/${order.id}`,
    checkoutOptions: null,
  }
  if (others.length === 0) return snapshot
  const duplicates = others.map((one) => ({
    paymentRef: one.paymentRef ?? '',
    captured: one.captured,
    refunded: refundedOf(one),
  }))
  return { ...snapshot, duplicates }
}

/** The state is read when the request arrives, not when its answer does. */
function read<A, B>(reply: Reply<A>, of: (value: A) => B): Reply<B> {
  return reply.kind === 'ok' ? { kind: 'ok', value: of(reply.value) } : reply
}

function paymentsOf(service: Service, world: ModelWorld, real: Payments<object>): Payments<object> {
  const call = (
    ctx: Context,
    verb: string,
    effect: (book: Book) => Reply<Order>,
    key?: string,
  ): Promise<Outcome<PaymentSnapshot>> => {
    const book = world.book(merchantOf(ctx))
    return world.send({
      provider: service,
      send: ctx.send,
      verb,
      effect: () => read(effect(book), (order) => snapshotOf(order, world.now(), STATUS[order.status])),
      ...(key !== undefined && { erred: () => book.stick(key) }),
    })
  }
  const orderRef = (payment: PaymentHandle) => payment.orderRef ?? ''
  const { profile } = world
  return {
    replayWindowMs: real.replayWindowMs,
    lookupLagMs: real.lookupLagMs,
    methods: [],
    inertCreate: real.inertCreate,
    partialCapture: real.partialCapture,
    accepts: () => null,
    create: (ctx, { reference, amount, capture }, key) =>
      call(ctx, 'create', (book) => book.create(reference, amount.minor, amount.currency, capture, key), key),
    fetch: (ctx, payment) => call(ctx, 'fetch', (book) => book.get(orderRef(payment))),
    capture: (ctx, payment, amount, key) =>
      call(ctx, 'capture', (book) => book.capture(orderRef(payment), amount.minor, key), key),
    cancel: (ctx, payment, key) => cancel(world, service, ctx, orderRef(payment), key),
    ...(real.find !== undefined && {
      find: (ctx: Context, payment: PaymentHandle) => find(world, service, ctx, payment.reference),
    }),
    ...(profile.confirms && {
      confirm: (ctx: Context, payment: PaymentHandle, key: string) =>
        call(ctx, 'confirm', (book) => book.confirm(orderRef(payment), key), key),
    }),
  }
}

function cancel(
  world: ModelWorld,
  service: Service,
  ctx: Context,
  orderRef: string,
  key: string,
): Promise<Outcome<PaymentSnapshot>> {
  const book = world.book(merchantOf(ctx))
  return world.send({
    provider: service,
    send: ctx.send,
    verb: 'cancel',
    effect: () =>
      read(book.cancel(orderRef, key), ({ order, givenUp }) =>
        snapshotOf(order, world.now(), givenUp ? 'canceled' : STATUS[order.status]),
      ),
    erred: () => book.stick(key),
  })
}

function find(
  world: ModelWorld,
  service: Service,
  ctx: Context,
  reference: string,
): Promise<Outcome<PaymentSnapshot | null>> {
  const book = world.book(merchantOf(ctx))
  return world.send<PaymentSnapshot | null>({
    provider: service,
    send: ctx.send,
    verb: 'find',
    effect: () => {
      const order = book.find(reference)
      return {
        kind: 'ok',
        value: order === null ? null : snapshotOf(order, world.now(), STATUS[order.status]),
      }
    },
  })
}

const refundOf = (order: Order, refund: Refund): RefundSnapshot => ({
  refundRef: refund.id,
  status: refund.status,
  amount: money(refund.amount, currency(order.currency)),
  reference: refund.reference,
  failure:
    refund.status === 'failed' ? { reason: 'other', providerCode: 'bounced', message: 'Bounced.' } : null,
})

function refundsOf(service: Service, world: ModelWorld, real: Refunds<object>): Refunds<object> {
  const orderOf = (book: Book, payment: PaymentHandle) => book.orders.get(payment.orderRef ?? '')
  return {
    replayWindowMs: real.replayWindowMs,
    lookupLagMs: real.lookupLagMs,
    speeds: real.speeds,
    create(ctx, payment, { reference, amount }, key) {
      const book = world.book(merchantOf(ctx))
      return world.send({
        provider: service,
        send: ctx.send,
        verb: 'refund',
        effect: () => {
          const order = orderOf(book, payment)
          if (order === undefined) return { kind: 'refused', reason: 'not_found' }
          return read(book.refund(order.id, payment.paymentRef, amount.minor, reference, key), (refund) =>
            refundOf(order, refund),
          )
        },
        erred: () => book.stick(key),
      })
    },
    fetch(ctx, payment, refundRef) {
      const book = world.book(merchantOf(ctx))
      return world.send({
        provider: service,
        send: ctx.send,
        verb: 'fetch refund',
        effect: () => {
          const order = orderOf(book, payment)
          const taken = order === undefined ? undefined : takenBy(order, payment.paymentRef)
          const refund = taken?.refunds.find((one) => one.id === refundRef)
          return order === undefined || refund === undefined
            ? { kind: 'refused', reason: 'not_found' }
            : { kind: 'ok', value: refundOf(order, refund) }
        },
      })
    },
    list(ctx, payment) {
      const book = world.book(merchantOf(ctx))
      return world.send({
        provider: service,
        send: ctx.send,
        verb: 'list refunds',
        effect: () => {
          const order = orderOf(book, payment)
          if (order === undefined) return { kind: 'refused', reason: 'not_found' }
          const { refunds } = takenBy(order, payment.paymentRef)
          const shown = refunds.filter((refund) => refund.visibleMs <= world.now())
          return { kind: 'ok', value: shown.map((refund) => refundOf(order, refund)) }
        },
      })
    },
  }
}
