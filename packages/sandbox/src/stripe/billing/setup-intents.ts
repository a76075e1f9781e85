import { badParameter, missingParameter, refused, StripeError } from '../errors.ts'
import { emit } from '../events.ts'
import { DATED_LIST, page } from '../list.ts'
import { boolean, ignored, list, metadata, oneOf, text, url, type Values, withMetadata } from '../params.ts'
import { cardFor, methodToUse } from '../payment-methods.ts'
import { route } from '../router.ts'
import { type Context, find, type MethodRow, ownRows, type Row } from '../state.ts'
import { render } from '../templates.ts'
import type { PaymentError } from '../wire.ts'
import { livingCustomer } from './items.ts'
import { isSavable } from './methods.ts'
import { createSetup, succeedSetup } from './start.ts'
import type { SetupIntent } from './wire.ts'

/** Saving a method without a payment (Stripe API reference, SetupIntents). */

function findSetup(context: Context, id: string): Row<SetupIntent> {
  return find(context, context.store.setupIntents, 'setupintent', id, 'intent')
}

const CONFIRMING = {
  confirmation_token: text(),
  mandate_data: ignored,
  payment_method: text(),
  payment_method_data: ignored,
  payment_method_options: ignored,
  return_url: url,
  use_stripe_sdk: boolean,
}
const CREATE = {
  ...CONFIRMING,
  allowed_payment_method_types: list(text()),
  automatic_payment_methods: ignored,
  confirm: boolean,
  customer: text(),
  customer_account: text(),
  description: text(),
  excluded_payment_method_types: list(text()),
  metadata,
  on_behalf_of: text(),
  usage: oneOf('off_session', 'on_session'),
}

function create(context: Context, values: Values<typeof CREATE>) {
  const { customer = null, description = null, payment_method: named } = values
  if (customer !== null) livingCustomer(context, customer)
  const method = named === undefined ? null : methodToUse(context, named, customer)
  if (values.confirm === true && method === null) throw missingParameter('payment_method')
  const row = createSetup(context, {
    customer,
    description,
    metadata: withMetadata({}, values.metadata),
    usage: values.usage ?? 'off_session',
  })
  if (method !== null) {
    row.object.payment_method = method
    row.object.status = 'requires_confirmation'
  }
  if (values.confirm === true) confirmWith(context, row, values.return_url ?? null)
  return render(row.object)
}

const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action']

function confirm(context: Context, values: Values<typeof CONFIRMING>, id: string) {
  const row = findSetup(context, id)
  if (!CONFIRMABLE.includes(row.object.status)) {
    throw refused(`You cannot confirm this SetupIntent because it has a status of ${row.object.status}.`, {
      code: 'setup_intent_unexpected_state',
    })
  }
  if (values.payment_method !== undefined) {
    row.object.payment_method = methodToUse(context, values.payment_method, row.object.customer)
  }
  if (row.object.payment_method === null) throw missingParameter('payment_method')
  confirmWith(context, row, values.return_url ?? null)
  return render(row.object)
}

function confirmWith(context: Context, row: Row<SetupIntent>, returnUrl: string | null): void {
  const method = methodOf(context, row)
  const card = cardFor(context, method.object.id, method.number)
  row.object.last_setup_error = null
  if (card.authentication !== undefined) {
    const { id, client_secret } = row.object
    const page = `${context.world.urls.pages}/stripe/3ds/${id}?client_secret=${client_secret}`
    row.object.status = 'requires_action'
    row.object.next_action = {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: returnUrl, url: page },
    }
    emit(context, 'setup_intent.requires_action', row.object)
    return
  }
  const error = conclude(context, row, method)
  if (error === null) return
  const { type, code, message, decline_code } = error
  const detail = decline_code === undefined ? {} : { decline_code }
  throw new StripeError(402, { type, code, message, ...detail, setup_intent: render(row.object) })
}

function methodOf(context: Context, row: Row<SetupIntent>): MethodRow {
  const method = context.store.paymentMethods.get(row.object.payment_method ?? '')
  if (method === undefined) throw badParameter('This SetupIntent has no payment method.', 'payment_method')
  return method
}

function conclude(context: Context, row: Row<SetupIntent>, method: MethodRow): PaymentError | null {
  const { decline } = cardFor(context, method.object.id, method.number)
  if (decline === undefined || isSavable(method.number)) {
    succeedSetup(context, row, method)
    return null
  }
  return fail(context, row, {
    type: 'card_error',
    code: decline.code,
    message: decline.message,
    ...(decline.declineCode === undefined ? {} : { decline_code: decline.declineCode }),
  })
}

function fail(context: Context, row: Row<SetupIntent>, by: Omit<PaymentError, 'doc_url'>): PaymentError {
  const doc_url = `https://stripe.com/docs/error-codes/${by.code.replaceAll('_', '-')}`
  const error: PaymentError = { ...by, doc_url }
  row.object.status = 'requires_payment_method'
  row.object.payment_method = null
  row.object.next_action = null
  row.object.last_setup_error = error
  emit(context, 'setup_intent.setup_failed', row.object)
  return error
}

/** The payer leaves the bank's page. True when the method is saved. */
export function authenticateSetup(context: Context, row: Row<SetupIntent>, passed: boolean): boolean {
  if (row.object.status !== 'requires_action') return false
  row.object.next_action = null
  if (passed) return conclude(context, row, methodOf(context, row)) === null
  fail(context, row, {
    type: 'invalid_request_error',
    code: 'setup_intent_authentication_failure',
    message: 'The latest attempt to set up the payment method has failed because authentication failed.',
  })
  return false
}

function cancel(context: Context, id: string) {
  const row = findSetup(context, id)
  if (!CONFIRMABLE.includes(row.object.status)) {
    throw refused(`You cannot cancel this SetupIntent because it has a status of ${row.object.status}.`, {
      code: 'setup_intent_unexpected_state',
    })
  }
  row.object.status = 'canceled'
  row.object.next_action = null
  emit(context, 'setup_intent.canceled', row.object)
  return render(row.object)
}

const FILTERS = { ...DATED_LIST, customer: text(), payment_method: text() }

export const setupIntentRoutes = [
  route('POST', '/v1/setup_intents', CREATE, create),
  route('GET', '/v1/setup_intents', FILTERS, (context, values) => {
    const all = context.store.setupIntents
    const rows = ownRows(context, all).filter(
      ({ object }) =>
        (values.customer === undefined || object.customer === values.customer) &&
        (values.payment_method === undefined || object.payment_method === values.payment_method),
    )
    return { ...page(context, { url: '/v1/setup_intents', noun: 'setupintent', rows, all }, values) }
  }),
  route('GET', '/v1/setup_intents/:id', { client_secret: text() }, (context, _values, id) =>
    render(findSetup(context, id).object),
  ),
  route('POST', '/v1/setup_intents/:id/confirm', CONFIRMING, confirm),
  route(
    'POST',
    '/v1/setup_intents/:id/cancel',
    { cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer') },
    (context, _values, id) => cancel(context, id),
  ),
]
