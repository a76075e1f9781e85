import { bookEntry } from './balance.ts'
import { badParameter, refused } from './errors.ts'
import { emit } from './events.ts'
import { DATED_LIST, page } from './list.ts'
import { display } from './money.ts'
import { boolean, email, integer, metadata, oneOf, text, type Values, withMetadata } from './params.ts'
import { magicOf } from './payment-methods.ts'
import { route } from './router.ts'
import { type ChargeRow, type Context, find, newId, nowSeconds, ownRows, type RefundRow } from './state.ts'
import { render } from './templates.ts'
import type { Refund } from './wire.ts'

/** When the test cards' refunds change their mind. */
const REFUND_SETTLES_MS = 10_000
export const REFUND_TASK = 'stripe.refund_settlement'

const CREATE = {
  amount: integer(1),
  charge: text(),
  currency: text(),
  customer: text(),
  instructions_email: email,
  metadata,
  origin: oneOf('customer_balance'),
  payment_intent: text(),
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
  refund_application_fee: boolean,
  reverse_transfer: boolean,
}

function chargeToRefund(context: Context, values: Values<typeof CREATE>): ChargeRow {
  const { charges, intents } = context.store
  if (values.payment_intent !== undefined) {
    const intent = find(context, intents, 'payment_intent', values.payment_intent, 'payment_intent').object
    const charge = charges.get(intent.latest_charge ?? '')
    if (charge?.object.captured) return charge
    throw refused(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`)
  }
  if (values.charge === undefined) {
    const message =
      'One of the following params should be provided for this request: payment_intent or charge.'
    throw badParameter(message, 'payment_intent', 'parameter_missing')
  }
  const charge = find(context, charges, 'charge', values.charge, 'charge')
  if (charge.object.captured) return charge
  throw refused(`Charge ${charge.object.id} has not been captured, so it has nothing to refund.`)
}

function create(context: Context, values: Values<typeof CREATE>) {
  const charge = chargeToRefund(context, values)
  const of = charge.object
  const left = of.amount - of.amount_refunded
  if (left === 0) {
    throw refused(`Charge ${of.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  if (of.disputed) {
    const message = `Charge ${of.id} has been charged back; cannot issue a refund.`
    throw refused(message, { code: 'charge_disputed' })
  }
  const amount = values.amount ?? left
  if (amount > left) {
    const asked = display(amount, of.currency)
    const message =
      `Refund amount (${asked}) is greater than unrefunded amount on charge ` +
      `(${display(left, of.currency)})`
    throw refused(message, { param: 'amount' })
  }
  return render(issue(context, charge, amount, values).object)
}

function issue(
  context: Context,
  charge: ChargeRow,
  amount: number,
  values: Values<typeof CREATE>,
): RefundRow {
  const { world, accountId, livemode } = context
  const of = charge.object
  const behaviour = magicOf(charge.card).refund
  const object: Refund = {
    id: newId(world, of.id.startsWith('py_') ? 'pyr' : 're'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: of.id,
    created: nowSeconds(world),
    currency: of.currency,
    metadata: withMetadata({}, values.metadata),
    payment_intent: of.payment_intent,
    reason: values.reason ?? null,
    status: behaviour === 'pending' ? 'pending' : 'succeeded',
  }
  object.balance_transaction = bookRefund(context, object, 'refund')
  const row: RefundRow = { accountId, livemode, object }
  context.store.refunds.set(object.id, row)
  const previous = { amount_refunded: of.amount_refunded, refunded: of.refunded }
  of.amount_refunded += amount
  of.refunded = of.amount_refunded === of.amount
  emit(context, 'refund.created', object)
  emit(context, 'charge.refunded', of, previous.refunded === of.refunded ? amountOnly(previous) : previous)
  if (behaviour !== undefined) {
    const atMs = world.clock.now() + REFUND_SETTLES_MS
    world.schedule(atMs, { kind: REFUND_TASK, data: { refund: object.id } })
  }
  return row
}

function amountOnly(previous: { amount_refunded: number }): object {
  return { amount_refunded: previous.amount_refunded }
}

/** The processing fee is not given back, so a refund's own movement carries none. */
function bookRefund(context: Context, refund: Refund, type: 'refund' | 'refund_failure'): string {
  const amount = type === 'refund' ? -refund.amount : refund.amount
  const { currency, id: source } = refund
  const description =
    type === 'refund' ? `REFUND FOR CHARGE (${refund.charge})` : `REFUND FAILURE (${refund.charge})`
  return bookEntry(context, { type, amount, fee: 0, currency, source, description }).id
}

/** The bank's answer to a test card's refund: pending becomes succeeded, or succeeded becomes failed. */
export function settleRefund(context: Context, row: RefundRow): void {
  const refund = row.object
  const charge = context.store.charges.get(refund.charge)
  if (charge === undefined) return
  if (refund.status === 'pending') {
    refund.status = 'succeeded'
    emit(context, 'refund.updated', refund, { status: 'pending' })
    emit(context, 'charge.refund.updated', refund, { status: 'pending' })
    return
  }
  if (refund.status !== 'succeeded') return
  refund.status = 'failed'
  refund.failure_reason = 'expired_or_canceled_card'
  refund.failure_balance_transaction = bookRefund(context, refund, 'refund_failure')
  charge.object.amount_refunded -= refund.amount
  charge.object.refunded = false
  emit(context, 'refund.failed', refund, { status: 'succeeded' })
  emit(context, 'charge.refund.updated', refund, { status: 'succeeded' })
}

function findRefund(context: Context, id: string): RefundRow {
  return find(context, context.store.refunds, 'refund', id, 'refund')
}

export const refundRoutes = [
  route('POST', '/v1/refunds', CREATE, create),
  route(
    'GET',
    '/v1/refunds',
    { ...DATED_LIST, charge: text(), payment_intent: text() },
    (context, values) => {
      const rows = ownRows(context, context.store.refunds).filter(
        ({ object }) =>
          (values.charge === undefined || object.charge === values.charge) &&
          (values.payment_intent === undefined || object.payment_intent === values.payment_intent),
      )
      return {
        ...page(context, { url: '/v1/refunds', noun: 'refund', rows, all: context.store.refunds }, values),
      }
    },
  ),
  route('GET', '/v1/refunds/:id', {}, (context, _values, id) => render(findRefund(context, id).object)),
  route('POST', '/v1/refunds/:id', { metadata }, (context, values, id) => {
    const { object } = findRefund(context, id)
    const previous = { metadata: object.metadata }
    object.metadata = withMetadata(object.metadata, values.metadata)
    if (values.metadata !== undefined) emit(context, 'refund.updated', object, previous)
    return render(object)
  }),
  route('POST', '/v1/refunds/:id/cancel', {}, (context, _values, id) => {
    const { status } = findRefund(context, id).object
    // Only refunds that wait for the payer's bank details can be canceled, and no card refund ever does.
    throw refused(
      `You cannot cancel this refund because it has a status of ${status}; only requires_action refunds ` +
        'can be canceled.',
    )
  }),
]
