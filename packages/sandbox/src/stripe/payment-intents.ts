import { badParameter, refused, StripeError, unexpectedState } from './errors.ts'
import { attempt, cancel, capture, unusable } from './intent-machine.ts'
import { DATED_LIST, page } from './list.ts'
import { checkAmount, checkCurrency } from './money.ts'
import { createIntent } from './new-intent.ts'
import { integer, oneOf, required, text, type Values, withMetadata } from './params.ts'
import { CAPTURE, CONFIRM, CREATE, type shipping, UPDATE } from './payment-intent-params.ts'
import { cardOfMethod, methodToUse } from './payment-methods.ts'
import { route } from './router.ts'
import { searchObjects } from './search.ts'
import { followIntent, sessionAfterCapture } from './session-flow.ts'
import { type Context, find, type IntentRow, ownRows } from './state.ts'
import { render } from './templates.ts'
import type { IntentStatus, PaymentError, PaymentIntent } from './wire.ts'

function findIntent(context: Context, id: string, param = 'intent'): IntentRow {
  return find(context, context.store.intents, 'payment_intent', id, param)
}

function create(context: Context, values: Values<typeof CREATE>) {
  const currency = checkCurrency(values.currency, 'currency')
  checkAmount(values.amount, currency, 'amount')
  checkCustomer(context, values.customer)
  const methods = values.automatic_payment_methods
  const automatic = {
    allow_redirects: methods?.allow_redirects ?? 'always',
    enabled: methods?.enabled ?? true,
  }
  const customer = values.customer ?? null
  const method =
    values.payment_method === undefined ? null : methodToUse(context, values.payment_method, customer)
  const card = method === null ? null : cardOfMethod(context, method)
  if (values.confirm === true) checkReturnUrl(automatic, values.return_url ?? null)
  if (values.confirm === true && card === null) throw missingMethod()
  if (card !== null) checkUsable(values.capture_method ?? 'automatic_async', card)
  const row = createIntent(context, {
    amount: values.amount,
    currency,
    sessionId: null,
    invoiceId: null,
    returnUrl: values.return_url ?? null,
    fields: {
      ...described(values, {}),
      automatic_payment_methods: automatic,
      capture_method: values.capture_method ?? 'automatic_async',
      confirmation_method: values.confirmation_method ?? 'automatic',
      payment_method: method,
      status: card === null ? 'requires_payment_method' : 'requires_confirmation',
    },
  })
  row.attempt = card
  if (values.confirm === true) confirmWith(context, row, card, values)
  return render(row.object)
}

/** The descriptive fields that were sent; the others keep what they had. */
function described(
  values: Partial<Values<typeof UPDATE>>,
  current: Record<string, string>,
): Partial<PaymentIntent> {
  const { customer, description, receipt_email, setup_future_usage, shipping: ship, transfer_group } = values
  const { statement_descriptor, statement_descriptor_suffix } = values
  const sent = {
    customer,
    description,
    receipt_email,
    setup_future_usage,
    transfer_group,
    statement_descriptor,
    statement_descriptor_suffix,
    shipping: ship && shippingOf(ship),
    metadata: withMetadata(current, values.metadata),
  }
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined))
}

function shippingOf(ship: Values<{ s: typeof shipping }>['s']): object {
  const blank = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }
  return {
    carrier: null,
    phone: null,
    tracking_number: null,
    ...ship,
    address: { ...blank, ...ship?.address },
  }
}

function checkCustomer(context: Context, id: string | undefined): void {
  if (id !== undefined) find(context, context.store.customers, 'customer', id, 'customer')
}

function checkReturnUrl(methods: PaymentIntent['automatic_payment_methods'], returnUrl: string | null): void {
  if (methods?.enabled !== true || methods.allow_redirects === 'never' || returnUrl !== null) return
  const message =
    'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some ' +
    'of these ' +
    'payment methods might redirect your customer off of your page, you must provide a `return_url`. If ' +
    'you ' +
    "don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to " +
    '`true` and ' +
    '`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.'
  throw badParameter(message, 'return_url')
}

function missingMethod(): StripeError {
  return refused(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update " +
      'the ' +
      'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with ' +
      'a payment ' +
      'method or ConfirmationToken.',
    { code: 'payment_intent_unexpected_state' },
  )
}

/** Runs the attempt; a decline is a 402 that carries the intent as it now stands. */
function confirmWith(
  context: Context,
  row: IntentRow,
  card: string | null,
  values: Partial<Values<typeof CONFIRM>>,
): void {
  if (card === null) throw missingMethod()
  checkUsable(row.object.capture_method, card)
  const offSession = values.off_session !== undefined && values.off_session !== 'false'
  const unattended = offSession || values.error_on_requires_action === true
  const before = row.object.status
  let error: PaymentError | null
  try {
    error = attempt(context, row, card, { unattended })
  } finally {
    followIntent(context, row, before) // an attempt that ends in a 500 may have taken the money
  }
  if (error === null) return
  const { type, code, message, decline_code, advice_code, charge, payment_method } = error
  throw new StripeError(402, {
    type,
    code,
    message,
    ...(decline_code === undefined ? {} : { decline_code }),
    ...(advice_code === undefined ? {} : { advice_code }),
    ...(charge === undefined ? {} : { charge }),
    ...(payment_method === undefined ? {} : { payment_method }),
    payment_intent: render(row.object),
  })
}

function checkUsable(captureMethod: PaymentIntent['capture_method'], card: string): void {
  const problem = unusable(captureMethod, card)
  if (problem !== null) throw badParameter(problem, 'payment_method')
}

const CONFIRMABLE: readonly IntentStatus[] = [
  'requires_confirmation',
  'requires_payment_method',
  'requires_action',
]

function confirm(context: Context, values: Values<typeof CONFIRM>, id: string) {
  const row = findIntent(context, id)
  const intent = row.object
  if (!CONFIRMABLE.includes(intent.status)) throw unconfirmable(intent)
  const named = values.payment_method
  const method = named === undefined ? null : methodToUse(context, named, intent.customer)
  const card = method === null ? row.attempt : cardOfMethod(context, method)
  if (method !== null) intent.payment_method = method
  row.returnUrl = values.return_url ?? row.returnUrl
  checkReturnUrl(intent.automatic_payment_methods, row.returnUrl)
  Object.assign(intent, described(values, intent.metadata))
  if (values.capture_method !== undefined) intent.capture_method = values.capture_method
  confirmWith(context, row, card, values)
  return render(intent)
}

function unconfirmable(intent: PaymentIntent): StripeError {
  const message =
    intent.status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously ' +
        'confirmed.'
      : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a ` +
        'PaymentIntent ' +
        `with one of the following statuses may be confirmed: ${CONFIRMABLE.join(', ')}.`
  return unexpectedState(message, render(intent))
}

const UPDATABLE: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]

function update(context: Context, values: Values<typeof UPDATE>, id: string) {
  const row = findIntent(context, id)
  const intent = row.object
  const { amount, currency, capture_method, payment_method } = values
  for (const [name, value] of Object.entries({ amount, currency, capture_method, payment_method })) {
    if (value === undefined || UPDATABLE.includes(intent.status)) continue
    const message =
      `This PaymentIntent's ${name} could not be updated because it has a status of ${intent.status}. ` +
      'You may only ' +
      `update the ${name} of a PaymentIntent with one of the following statuses: ${UPDATABLE.join(', ')}.`
    throw unexpectedState(message, render(intent))
  }
  const inCurrency = currency === undefined ? intent.currency : checkCurrency(currency, 'currency')
  checkAmount(amount ?? intent.amount, inCurrency, 'amount')
  checkCustomer(context, values.customer)
  const customer = values.customer ?? intent.customer
  const method = payment_method === undefined ? undefined : methodToUse(context, payment_method, customer)
  Object.assign(intent, described(values, intent.metadata))
  intent.amount = amount ?? intent.amount
  intent.currency = inCurrency
  intent.capture_method = capture_method ?? intent.capture_method
  if (method !== undefined) {
    row.attempt = cardOfMethod(context, method)
    intent.payment_method = method
    intent.status = 'requires_confirmation'
  }
  return render(intent)
}

function captureRoute(context: Context, values: Values<typeof CAPTURE>, id: string) {
  const row = findIntent(context, id)
  const intent = row.object
  if (intent.status !== 'requires_capture') {
    const message =
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a ` +
      'PaymentIntent ' +
      'with one of the following statuses may be captured: requires_capture.'
    throw unexpectedState(message, render(intent))
  }
  if (values.final_capture === false) {
    throw badParameter('This PaymentIntent is not eligible for multicapture.', 'final_capture')
  }
  const amount = values.amount_to_capture ?? intent.amount_capturable
  if (amount > intent.amount_capturable) {
    const message =
      `The provided \`amount_to_capture\` (${amount}) is greater than the PaymentIntent's capturable ` +
      'amount ' +
      `(${intent.amount_capturable}).`
    throw badParameter(message, 'amount_to_capture', 'amount_too_large')
  }
  intent.metadata = withMetadata(intent.metadata, values.metadata)
  capture(context, row, amount)
  sessionAfterCapture(context, row)
  return render(intent)
}

const CANCELABLE: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
]

function cancelRoute(
  context: Context,
  values: { cancellation_reason?: PaymentIntent['cancellation_reason'] | undefined },
  id: string,
) {
  const row = findIntent(context, id)
  const { status } = row.object
  if (!CANCELABLE.includes(status)) {
    const message =
      `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a PaymentIntent ` +
      'with one of ' +
      `the following statuses may be canceled: ${CANCELABLE.join(', ')}.`
    throw unexpectedState(message, render(row.object))
  }
  if (row.sessionId !== null && status !== 'requires_capture') {
    const message =
      'You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the ' +
      'Checkout ' +
      'Session instead.'
    throw unexpectedState(message, render(row.object))
  }
  if (status === 'processing') {
    const message = 'This PaymentIntent is processing with a payment method that can no longer be canceled.'
    throw unexpectedState(message, render(row.object))
  }
  cancel(context, row, values.cancellation_reason ?? null)
  return render(row.object)
}

const cancellationReason = oneOf('abandoned', 'duplicate', 'fraudulent', 'requested_by_customer')

export const paymentIntentRoutes = [
  route('POST', '/v1/payment_intents', CREATE, create),
  route(
    'GET',
    '/v1/payment_intents',
    { ...DATED_LIST, customer: text(), customer_account: text() },
    (context, values) => {
      const own = ownRows(context, context.store.intents)
      const rows = own.filter(
        (row) => values.customer === undefined || row.object.customer === values.customer,
      )
      const all = context.store.intents
      return { ...page(context, { url: '/v1/payment_intents', noun: 'payment_intent', rows, all }, values) }
    },
  ),
  route(
    'GET',
    '/v1/payment_intents/search',
    { query: required(text()), limit: integer(1), page: text() },
    (context, values) =>
      searchObjects(context, { rows: context.store.intents, url: '/v1/payment_intents/search' }, values),
  ),
  route('GET', '/v1/payment_intents/:id', { client_secret: text() }, (context, _values, id) =>
    render(findIntent(context, id).object),
  ),
  route('POST', '/v1/payment_intents/:id', UPDATE, update),
  route('POST', '/v1/payment_intents/:id/confirm', CONFIRM, confirm),
  route('POST', '/v1/payment_intents/:id/capture', CAPTURE, captureRoute),
  route('POST', '/v1/payment_intents/:id/cancel', { cancellation_reason: cancellationReason }, cancelRoute),
]
