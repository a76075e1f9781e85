import { missingParameter, refused, StripeError } from '../errors.ts'
import { emit } from '../events.ts'
import { DATED_LIST, LIST, page } from '../list.ts'
import { magicNumber } from '../magic.ts'
import { ignored, list, metadata, oneOf, required, text, type Values, withMetadata } from '../params.ts'
import { cardOfMethod, createPaymentMethod, magicOf } from '../payment-methods.ts'
import { route } from '../router.ts'
import { type Context, find, type MethodRow, ownRows, type Row } from '../state.ts'
import { render } from '../templates.ts'
import { livingCustomer } from './items.ts'
import { confirmSetup, createSetup } from './start.ts'
import type { SetupIntent } from './wire.ts'

function findMethod(context: Context, id: string): MethodRow {
  return find(context, context.store.paymentMethods, 'PaymentMethod', id, 'payment_method')
}

const FILTERS = { ...LIST, allow_redisplay: text(), customer: text(), customer_account: text(), type: text() }

function listMethods(context: Context, values: Values<typeof FILTERS>) {
  const all = context.store.paymentMethods
  const rows = ownRows(context, all).filter(
    ({ object }) =>
      object.customer !== null &&
      (values.customer === undefined || object.customer === values.customer) &&
      (values.type === undefined || object.type === values.type),
  )
  return { ...page(context, { url: '/v1/payment_methods', noun: 'PaymentMethod', rows, all }, values) }
}

/** Cards that the bank refuses already when they are saved; 4000000000000341 is not one of them. */
function refuseUnsavable(number: string): void {
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

function attach(context: Context, id: string, customer: string) {
  livingCustomer(context, customer)
  const magic = magicNumber(id)
  refuseUnsavable(cardOfMethod(context, id))
  const method =
    magic === undefined ? findMethod(context, id).object : createPaymentMethod(context, magic, customer)
  method.customer = customer
  emit(context, 'payment_method.attached', method)
  return render(method)
}

function detach(context: Context, id: string) {
  const { object: method } = findMethod(context, id)
  if (method.customer === null) {
    throw refused(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    )
  }
  const was = { customer: method.customer }
  method.customer = null
  emit(context, 'payment_method.detached', method, was)
  return render(method)
}

function findSetup(context: Context, id: string): Row<SetupIntent> {
  return find(context, context.store.setupIntents, 'setupintent', id, 'intent')
}

const CONFIRM = { payment_method: text(), return_url: text(), payment_method_options: ignored }

function confirm(context: Context, values: Values<typeof CONFIRM>, id: string) {
  const row = findSetup(context, id)
  if (row.object.status !== 'requires_payment_method') {
    throw refused(`You cannot confirm this SetupIntent because it has a status of ${row.object.status}.`, {
      code: 'setup_intent_unexpected_state',
    })
  }
  if (values.payment_method === undefined) throw missingParameter('payment_method')
  const number = cardOfMethod(context, values.payment_method)
  refuseUnsavable(number)
  confirmSetup(context, row, number)
  return render(row.object)
}

export const methodRoutes = [
  route('GET', '/v1/payment_methods', FILTERS, listMethods),
  route(
    'POST',
    '/v1/payment_methods/:id/attach',
    { customer: required(text()), customer_account: text() },
    (context, values, id) => attach(context, id, values.customer),
  ),
  route('POST', '/v1/payment_methods/:id/detach', {}, (context, _values, id) => detach(context, id)),
  route(
    'POST',
    '/v1/setup_intents',
    {
      allowed_payment_method_types: list(text()),
      automatic_payment_methods: ignored,
      customer: text(),
      description: text(),
      metadata,
      payment_method_options: ignored,
      usage: oneOf('off_session', 'on_session'),
    },
    (context, values) => {
      if (values.customer !== undefined) livingCustomer(context, values.customer)
      const { customer = null, description = null } = values
      const by = { customer, description, metadata: withMetadata({}, values.metadata) }
      return render(createSetup(context, by).object)
    },
  ),
  route('GET', '/v1/setup_intents', { ...DATED_LIST, customer: text() }, (context, values) => {
    const all = context.store.setupIntents
    const rows = ownRows(context, all).filter(
      ({ object }) => values.customer === undefined || object.customer === values.customer,
    )
    return { ...page(context, { url: '/v1/setup_intents', noun: 'setupintent', rows, all }, values) }
  }),
  route('GET', '/v1/setup_intents/:id', { client_secret: text() }, (context, _values, id) =>
    render(findSetup(context, id).object),
  ),
  route('POST', '/v1/setup_intents/:id/confirm', CONFIRM, confirm),
]
