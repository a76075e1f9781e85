import { minimumOf } from './amounts.ts'
import { blocksRefunds } from './disputes.ts'
import { paymentEntity, refundEntity } from './entities.ts'
import { Refusal, refuse } from './errors.ts'
import { type Fields, integer, notes, only, optionalText } from './fields.ts'
import { MAGIC_REFUND } from './magic.ts'
import type { Notes, PaymentRow, Razorpay, RefundRow } from './state.ts'
import { emit } from './webhooks.ts'

const SETTLE = 'razorpay.settle_refund'
const REFERENCE = 'razorpay.refund_reference'
/** A refund with a magic amount settles after an hour. */
const SLOW_REFUND_MS = 3_600_000
/** A processed refund gets the bank's reference number only days later. */
const REFERENCE_MS = 2 * 86_400_000

const tell = (rzp: Razorpay, refund: RefundRow, payment: PaymentRow, event: string) =>
  emit(rzp, refund.account, event, { refund: refundEntity(refund), payment: paymentEntity(rzp, payment) })

interface NewRefund {
  readonly amount: number
  readonly speed: 'normal' | 'optimum'
  readonly receipt: string | null
  readonly notes: Notes
}

function addRefund(rzp: Razorpay, payment: PaymentRow, wanted: NewRefund): RefundRow {
  const refund: RefundRow = {
    id: rzp.id('rfnd'),
    account: payment.account,
    paymentId: payment.id,
    amount: wanted.amount,
    currency: payment.currency,
    notes: wanted.notes,
    receipt: wanted.receipt,
    status: 'pending',
    speedRequested: wanted.speed,
    speedProcessed: null,
    arn: null,
    createdAt: rzp.seconds(),
  }
  rzp.state.refunds.set(refund.id, refund)
  payment.refunds.push(refund.id)
  payment.amountRefunded += refund.amount
  if (payment.amountRefunded === payment.amount) payment.status = 'refunded'
  tell(rzp, refund, payment, 'refund.created')
  return refund
}

function process(rzp: Razorpay, refund: RefundRow, payment: PaymentRow): void {
  refund.status = 'processed'
  refund.speedProcessed = refund.speedRequested === 'optimum' ? 'instant' : 'normal'
  rzp.world.schedule(rzp.world.clock.now() + REFERENCE_MS, { kind: REFERENCE, data: { refund: refund.id } })
  tell(rzp, refund, payment, 'refund.processed')
}

/** The bank refused: the money is the merchant's again. */
function failRefund(rzp: Razorpay, refund: RefundRow, payment: PaymentRow): void {
  refund.status = 'failed'
  payment.amountRefunded -= refund.amount
  if (payment.captured) payment.status = 'captured'
  tell(rzp, refund, payment, 'refund.failed')
}

/** The automatic refund of an uncaptured payment: `refunded`, though it was never `captured`. */
export function refundLapsed(rzp: Razorpay, payment: PaymentRow, speed: 'normal' | 'optimum'): void {
  const { amount } = payment
  process(rzp, addRefund(rzp, payment, { amount, speed, receipt: null, notes: {} }), payment)
}

export function registerRefundTasks(rzp: Razorpay): void {
  const on = (kind: string, act: (refund: RefundRow, payment: PaymentRow) => void) =>
    rzp.world.onTask(kind, (data) => {
      const refund = rzp.state.refunds.get(String(data['refund']))
      const payment = rzp.state.payments.get(refund?.paymentId ?? '')
      if (refund !== undefined && payment !== undefined) act(refund, payment)
    })
  on(SETTLE, (refund, payment) => {
    if (refund.status !== 'pending') return
    if (refund.amount % 10_000 === MAGIC_REFUND.pendingThenFailed) failRefund(rzp, refund, payment)
    else process(rzp, refund, payment)
  })
  on(REFERENCE, (refund) => {
    refund.arn ??= rzp.world.random.text('0123456789', 23)
  })
}

function checkRefund(rzp: Razorpay, payment: PaymentRow, fields: Fields): NewRefund {
  only(fields, ['amount', 'speed', 'notes', 'receipt', 'reverse_all'])
  const { amount: asked, speed = 'normal' } = fields
  if (asked === 0 || asked === '' || asked === null) refuse('Amount cannot be blank.', { field: 'amount' })
  const rest = payment.amount - payment.amountRefunded
  const amount = asked === undefined ? rest : integer(asked, 'amount')
  if (speed !== 'normal' && speed !== 'optimum') refuse('The selected speed is invalid.', { field: 'speed' })
  if (payment.status === 'authorized' && amount !== payment.amount) {
    refuse('Void is not supported for partial refunds.')
  }
  if (payment.status === 'refunded') refuse('The payment has been fully refunded already.')
  if (payment.status !== 'captured') refuse('The payment status should be captured for action to be taken.')
  if (blocksRefunds(rzp, payment)) {
    refuse('The refund on this payment is blocked due to ongoing dispute investigation.')
  }
  if (amount > rest)
    refuse('The refund amount provided is greater than amount captured.', { field: 'amount' })
  if (amount < minimumOf(payment.currency)) {
    refuse(
      payment.currency === 'INR' ? 'The amount must be at least INR 1.00.' : 'The amount must be at least 1.',
      { field: 'amount' },
    )
  }
  const receipt = optionalText(fields, 'receipt', 40)
  if (receipt !== null) {
    const twin = [...rzp.state.refunds.values()].some(
      (refund) => refund.account === payment.account && refund.receipt === receipt,
    )
    if (twin) refuse('Duplicate receipt found for this refund request.', { field: 'receipt' })
  }
  return { amount, speed, receipt, notes: notes(fields['notes']) }
}

function checkKey(key: string): void {
  if (key.length < 10) refuse('The idempotency key must be at least 10 characters long.')
  if (!/^[A-Za-z0-9_-]+$/.test(key)) {
    refuse('The idempotency key must only contain alphanumeric characters, underscores and hyphens.')
  }
}

export interface RefundCall {
  readonly fields: Fields
  /** `X-Refund-Idempotency`: the one header of its kind Razorpay has for payments. */
  readonly key: string | null
}

/** Same key and body: the same refund as it stands now. Another body: 409. Refusals are not kept. */
export function createRefund(rzp: Razorpay, payment: PaymentRow, { fields, key }: RefundCall): object {
  if (key === null) return refundEntity(openRefund(rzp, payment, fields))
  checkKey(key)
  const slot = `${payment.account} ${key}`
  const fingerprint = JSON.stringify([payment.id, canonical(fields)])
  const earlier = rzp.state.refundKeys.get(slot)
  if (earlier !== undefined && earlier.fingerprint !== fingerprint) {
    throw new Refusal('Different request with the same idempotency key has already been processed.', {
      status: 409,
    })
  }
  const refund = rzp.state.refunds.get(earlier?.refundId ?? '') ?? openRefund(rzp, payment, fields)
  rzp.state.refundKeys.set(slot, { fingerprint, refundId: refund.id })
  return refundEntity(refund)
}

function openRefund(rzp: Razorpay, payment: PaymentRow, fields: Fields): RefundRow {
  const refund = addRefund(rzp, payment, checkRefund(rzp, payment, fields))
  const suffix = refund.amount % 10_000
  const slow = Object.values(MAGIC_REFUND).some((magic) => magic === suffix)
  if (!slow) process(rzp, refund, payment)
  else
    rzp.world.schedule(rzp.world.clock.now() + SLOW_REFUND_MS, { kind: SETTLE, data: { refund: refund.id } })
  return refund
}

/** Order of the fields does not make another request. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(canonical)
  return Object.entries(value)
    .map(([name, inner]) => [name, canonical(inner)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}
