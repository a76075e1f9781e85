import { refused, StripeError } from '../errors.ts'
import { emit } from '../events.ts'
import { LIST, page } from '../list.ts'
import { magicNumber } from '../magic.ts'
import {
  ignored,
  integer,
  metadata,
  object,
  oneOf,
  required,
  text,
  type Values,
  withMetadata,
} from '../params.ts'
import { cardOfMethod, createPaymentMethod, magicOf } from '../payment-methods.ts'
import { route } from '../router.ts'
import { type Context, find, type MethodRow, ownRows } from '../state.ts'
import { render } from '../templates.ts'
import { livingCustomer } from './items.ts'

function findMethod(context: Context, id: string): MethodRow {
  return find(context, context.store.paymentMethods, 'PaymentMethod', id, 'payment_method')
}

const redisplay = oneOf('always', 'limited', 'unspecified')
const OF_CUSTOMER = { ...LIST, allow_redisplay: redisplay, type: text() }
const FILTERS = { ...OF_CUSTOMER, customer: text(), customer_account: text() }

const listMethods = (context: Context, values: Values<typeof FILTERS>) =>
  methodsPage(context, '/v1/payment_methods', values)

function methodsPage(context: Context, url: string, values: Values<typeof FILTERS>) {
  const all = context.store.paymentMethods
  const rows = ownRows(context, all).filter(
    ({ object }) =>
      object.customer !== null &&
      (values.customer === undefined || object.customer === values.customer) &&
      (values.allow_redisplay === undefined || object.allow_redisplay === values.allow_redisplay) &&
      (values.type === undefined || object.type === values.type),
  )
  return { ...page(context, { url, noun: 'PaymentMethod', rows, all }, values) }
}

const UPDATE = {
  allow_redisplay: redisplay,
  billing_details: ignored,
  card: object({ exp_month: integer(1), exp_year: integer(2_000), networks: ignored }),
  metadata,
  payto: ignored,
  us_bank_account: ignored,
}

/** Only a customer's own method can be changed (Stripe API reference, Update a PaymentMethod). */
function update(context: Context, values: Values<typeof UPDATE>, id: string) {
  const { object: method } = findMethod(context, id)
  if (method.customer === null) {
    throw refused('You must save this PaymentMethod to a customer before you can update it.')
  }
  const before = { allow_redisplay: method.allow_redisplay, metadata: method.metadata }
  method.allow_redisplay = values.allow_redisplay ?? method.allow_redisplay
  method.metadata = withMetadata(method.metadata, values.metadata)
  if (method.card !== undefined && values.card !== undefined) {
    method.card.exp_month = values.card.exp_month ?? method.card.exp_month
    method.card.exp_year = values.card.exp_year ?? method.card.exp_year
  }
  emit(context, 'payment_method.updated', method, before)
  return render(method)
}

/** Cards that the bank refuses already when they are saved; 4000000000000341 is not one of them. */
export function refuseUnsavable(number: string): void {
  const { decline } = magicOf(number)
  if (decline === undefined || number === ATTACHES_THEN_FAILS) return
  const { code, declineCode, message } = decline
  const detail = declineCode === undefined ? {} : { decline_code: declineCode }
  throw new StripeError(402, { type: 'card_error', code, message, ...detail })
}
const ATTACHES_THEN_FAILS = '4000000000000341'

/** Whether a bank lets this card be saved. */
export function isSavable(number: string): boolean {
  return magicOf(number).decline === undefined || number === ATTACHES_THEN_FAILS
}

function refuseTaken({ object, spent }: MethodRow): void {
  if (object.customer !== null) {
    throw refused('The payment method you provided has already been attached to a customer.')
  }
  if (spent !== true) return
  throw refused(
    'This PaymentMethod was previously used without being attached to a Customer or was detached from a ' +
      'Customer, and may not be used again.',
  )
}

function attach(context: Context, id: string, customer: string) {
  livingCustomer(context, customer)
  const magic = magicNumber(id)
  if (magic === undefined) refuseTaken(findMethod(context, id))
  refuseUnsavable(cardOfMethod(context, id))
  const method =
    magic === undefined ? findMethod(context, id).object : createPaymentMethod(context, magic, customer)
  method.customer = customer
  emit(context, 'payment_method.attached', method)
  return render(method)
}

/** Detached is for good: the method never pays again. */
export function detachMethod(context: Context, row: MethodRow): void {
  const was = { customer: row.object.customer }
  if (row.object.customer !== null) row.formerCustomer = row.object.customer
  row.object.customer = null
  row.spent = true
  emit(context, 'payment_method.detached', row.object, was)
}

function detach(context: Context, id: string) {
  const row = findMethod(context, id)
  const method = row.object
  if (method.customer === null) {
    throw refused(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    )
  }
  detachMethod(context, row)
  return render(method)
}

export const methodRoutes = [
  route('GET', '/v1/payment_methods', FILTERS, listMethods),
  route('GET', '/v1/customers/:id/payment_methods', OF_CUSTOMER, (context, values, id) => {
    find(context, context.store.customers, 'customer', id, 'customer')
    const url = `/v1/customers/${id}/payment_methods`
    return methodsPage(context, url, { ...values, customer: id, customer_account: undefined })
  }),
  route('POST', '/v1/payment_methods/:id', UPDATE, update),
  route(
    'POST',
    '/v1/payment_methods/:id/attach',
    { customer: required(text()), customer_account: text() },
    (context, values, id) => attach(context, id, values.customer),
  ),
  route('POST', '/v1/payment_methods/:id/detach', {}, (context, _values, id) => detach(context, id)),
]
