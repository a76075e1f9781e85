import { isRecord } from '../kernel/http.ts'
import { checkCurrency, minimumOf } from './amounts.ts'
import { linkEntity, paymentEntity, rawOrder } from './entities.ts'
import { refuse } from './errors.ts'
import { type Fields, notes, optionalFlag, optionalText, webUrl } from './fields.ts'
import { addOrder } from './orders.ts'
import type { LinkRow, Notes, OrderRow, PaymentRow, Razorpay } from './state.ts'
import { emit, keyIdOf } from './webhooks.ts'

const EXPIRE = 'razorpay.expire_link'
const QUARTER_HOUR = 900
const SIX_MONTHS = 183 * 86_400

const KNOWN = [
  'amount',
  'currency',
  'accept_partial',
  'first_min_partial_amount',
  'expire_by',
  'reference_id',
  'description',
  'customer',
  'notify',
  'reminder_enable',
  'notes',
  'callback_url',
  'callback_method',
  'upi_link',
  'options',
]
const MUTABLE = ['reference_id', 'expire_by', 'notes', 'reminder_enable', 'accept_partial']

/** The links service has its own, terser wording (API reference, Payment Links: Errors). */
function known(fields: Fields, names: readonly string[], text: string): void {
  if (Object.keys(fields).some((name) => !names.includes(name))) refuse(text)
}

function amountOf(value: unknown, currency: string, name: string, limit: number): number {
  if (value === undefined || value === null) return refuse(`${name}: cannot be blank.`, { field: name })
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    return refuse(`${name}, should be a whole number for e.g. 2234 to create a payment link for INR 22.34.`, {
      field: name,
    })
  }
  const least = minimumOf(currency)
  if (value < least) {
    refuse(`${name}: amount should be minimum ${least} for ${currency}.`, { field: name })
  }
  if (value > limit) refuse('Amount exceeds maximum amount allowed.', { field: name })
  return value
}

function expiry(rzp: Razorpay, value: unknown): number {
  if (value === undefined || value === 0) return 0
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    return refuse('incorrect JSON object received - faulty key: expire_by.', { field: 'expire_by' })
  }
  const ahead = value - rzp.seconds()
  if (ahead < QUARTER_HOUR) refuse('timestamp must be atleast 15 minutes in future', { field: 'expire_by' })
  if (ahead > SIX_MONTHS) refuse('timestamp must be within 6 months', { field: 'expire_by' })
  return value
}

function customerOf(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) return refuse('wrong input fields sent.', { field: 'customer' })
  known(value, ['name', 'email', 'contact'], 'extra fields sent.')
  const email = optionalText(value, 'email', 255)
  const contact = optionalText(value, 'contact', 20)
  const name = optionalText(value, 'name', 255)
  if (email !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    refuse('email: must be in a valid format for e.g. abcxyz@domain.com.', { field: 'email' })
  }
  if (contact !== null && (contact.length < 8 || contact.length > 14)) {
    refuse('contact: the length must be between 8 and 14.', { field: 'contact' })
  }
  return Object.fromEntries(
    Object.entries({ contact, email, name }).flatMap(([key, text]) => (text === null ? [] : [[key, text]])),
  )
}

function notifyOf(value: unknown): LinkRow['notify'] {
  const fields = isRecord(value) ? value : {}
  return {
    email: optionalFlag(fields, 'email', false),
    sms: optionalFlag(fields, 'sms', false),
    whatsapp: optionalFlag(fields, 'whatsapp', false),
  }
}

const emptyAsNull = (filled: Notes): Notes | null => (Object.keys(filled).length === 0 ? null : filled)

function referenceOf(rzp: Razorpay, account: string, fields: Fields, self?: string): string {
  const reference = optionalText(fields, 'reference_id', 40) ?? ''
  const twin = [...rzp.state.links.values()].some(
    (link) => link.account === account && link.reference === reference && link.id !== self,
  )
  if (reference !== '' && twin) {
    refuse('payment link creation with reference ID already attempted', { field: 'reference_id' })
  }
  return reference
}

function callbackOf(fields: Fields): { callbackUrl: string; callbackMethod: string } {
  const callbackUrl = optionalText(fields, 'callback_url', 2_048) ?? ''
  const callbackMethod = optionalText(fields, 'callback_method', 10) ?? ''
  if (callbackUrl !== '' && webUrl(callbackUrl) === undefined) {
    refuse('callback_url: URL should be sent in callback_url field.', { field: 'callback_url' })
  }
  if (callbackMethod !== '' && callbackMethod !== 'get') {
    refuse('callback_method: must be a valid value.', { field: 'callback_method' })
  }
  return { callbackUrl, callbackMethod: callbackUrl === '' ? '' : 'get' }
}

export function createLink(rzp: Razorpay, account: string, fields: Fields): object {
  known(fields, KNOWN, 'extra fields sent.')
  if (optionalFlag(fields, 'upi_link', false)) {
    refuse('UPI Payment Links is not supported in Test Mode. Please experience the product in Live Mode.')
  }
  const limit = rzp.merchant(account).maxAmount
  const currency = fields['currency'] === undefined ? 'INR' : checkCurrency(fields['currency'])
  const amount = amountOf(fields['amount'], currency, 'amount', limit)
  const first = fields['first_min_partial_amount']
  const now = rzp.seconds()
  const link: LinkRow = {
    id: rzp.id('plink'),
    account,
    amount,
    amountPaid: 0,
    currency,
    acceptPartial: optionalFlag(fields, 'accept_partial', false),
    firstMinimum: first === undefined ? 0 : amountOf(first, currency, 'first_min_partial_amount', amount),
    description: optionalText(fields, 'description', 2_048) ?? '',
    reference: referenceOf(rzp, account, fields),
    customer: customerOf(fields['customer']),
    notify: notifyOf(fields['notify']),
    reminders: optionalFlag(fields, 'reminder_enable', false),
    notes: emptyAsNull(notes(fields['notes'])),
    ...callbackOf(fields),
    expireBy: expiry(rzp, fields['expire_by']),
    expiredAt: 0,
    cancelledAt: 0,
    status: 'created',
    orderId: null,
    createdAt: now,
    updatedAt: now,
  }
  rzp.state.links.set(link.id, link)
  armExpiry(rzp, link)
  return linkEntity(rzp, link)
}

function armExpiry(rzp: Razorpay, link: LinkRow): void {
  if (link.expireBy === 0) return
  rzp.world.schedule(link.expireBy * 1000, { kind: EXPIRE, data: { link: link.id, at: link.expireBy } })
}

export function updateLink(rzp: Razorpay, link: LinkRow, fields: Fields): object {
  if (link.status !== 'created' && link.status !== 'partially_paid') {
    refuse('update can only be made in created or partially paid state')
  }
  known(fields, MUTABLE, `extra fields sent in state ${link.status}.`)
  const expireBy = fields['expire_by'] === undefined ? link.expireBy : expiry(rzp, fields['expire_by'])
  if (fields['reference_id'] !== undefined) link.reference = referenceOf(rzp, link.account, fields, link.id)
  if (fields['notes'] !== undefined) link.notes = emptyAsNull(notes(fields['notes']))
  link.reminders = optionalFlag(fields, 'reminder_enable', link.reminders)
  link.acceptPartial = optionalFlag(fields, 'accept_partial', link.acceptPartial)
  if (expireBy !== link.expireBy) {
    link.expireBy = expireBy
    armExpiry(rzp, link)
  }
  link.updatedAt = rzp.seconds()
  return linkEntity(rzp, link)
}

function endLink(rzp: Razorpay, link: LinkRow, status: 'cancelled' | 'expired'): void {
  link.status = status
  link.updatedAt = rzp.seconds()
  if (status === 'cancelled') link.cancelledAt = link.updatedAt
  else link.expiredAt = link.updatedAt
  emit(rzp, link.account, `payment_link.${status}`, { payment_link: linkEntity(rzp, link) })
}

export function cancelLink(rzp: Razorpay, link: LinkRow): object {
  if (link.status === 'expired') refuse('cannot cancel or expire an expired link')
  if (link.status === 'cancelled') refuse('cannot cancel or expire an already cancelled link')
  if (link.status !== 'created') refuse('cannot cancel or expire an already paid/partially paid link')
  endLink(rzp, link, 'cancelled')
  return linkEntity(rzp, link)
}

export function expireLink(rzp: Razorpay, link: LinkRow): boolean {
  if (link.status !== 'created') return false
  endLink(rzp, link, 'expired')
  return true
}

export function registerLinkTasks(rzp: Razorpay): void {
  rzp.world.onTask(EXPIRE, (data) => {
    const link = rzp.state.links.get(String(data['link']))
    // A later PATCH moved the date: its own task will come.
    if (link !== undefined && link.expireBy === data['at']) expireLink(rzp, link)
  })
}

/** A link makes an order of its own when the payer comes; nobody else has seen that order's id. */
export function orderOfLink(rzp: Razorpay, link: LinkRow): OrderRow {
  const existing = rzp.state.orders.get(link.orderId ?? '')
  if (existing !== undefined) return existing
  const order = addOrder(rzp, {
    account: link.account,
    amount: link.amount,
    currency: link.currency,
    receipt: link.reference === '' ? null : link.reference,
    notes: {},
    rule: { ...rzp.merchant(link.account).rule, capture: 'automatic' },
    partial: false,
    firstPaymentMinimum: null,
    customerId: null,
    linkId: link.id,
    subscriptionId: null,
    invoiceId: null,
  })
  link.orderId = order.id
  return order
}

/** Called for every capture: books it on the link the order belongs to, if any. */
export function linkPaid(rzp: Razorpay, order: OrderRow, payment: PaymentRow): void {
  const link = rzp.state.links.get(order.linkId ?? '')
  if (link === undefined) return
  link.amountPaid += payment.amount
  link.status = 'paid'
  link.updatedAt = rzp.seconds()
  emit(rzp, link.account, 'payment_link.paid', {
    payment_link: linkEntity(rzp, link),
    order: rawOrder(rzp, order, keyIdOf(rzp.world, link.account)),
    payment: paymentEntity(rzp, payment),
  })
}
