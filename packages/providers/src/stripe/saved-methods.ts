import { type Outcome, ok, unknown } from '@onerouter/core'
import type { MethodKind } from '../payment-methods.ts'
import type { SavedMethodSnapshot, SavedMethods, SavedToken } from '../saved-methods.ts'
import type { CreatePayment, PaymentHandle, PaymentSnapshot } from '../spec.ts'
import { call, type Form, path, type StripeContext } from './call.ts'
import type { StripeCredentials } from './credentials.ts'
import { intentSnapshot } from './from-wire.ts'
import { METHODS } from './methods.ts'
import { intentOf } from './payments.ts'
import { savedForm } from './to-wire.ts'
import { type Fields, fields, idOf, readPaymentIntent, text } from './wire.ts'

/** Stripe, "Payment method support", those that `setup_future_usage` keeps for use without the payer. */
const REUSABLE: ReadonlySet<string> = new Set(
  'acss_debit amazon_pay au_becs_debit bacs_debit card cashapp link paypal revolut_pay sepa_debit us_bank_account'.split(
    ' ',
  ),
)

export const savedMethods: SavedMethods<StripeCredentials> = {
  accepts({ method }) {
    if (method === undefined || REUSABLE.has(method)) return null
    return { code: 'unsupported_method', message: `Stripe does not keep ${method.slice(0, 40)} for later.` }
  },
  find,
  remove,
}

/** The PaymentIntent's method, once it belongs to a customer: only then can it be charged again. */
async function find(
  ctx: StripeContext,
  payment: PaymentHandle,
): Promise<Outcome<SavedMethodSnapshot | null>> {
  const intent = await intentOf(ctx, payment)
  if (intent.kind !== 'ok') return intent
  const target = path(['payment_intents', intent.value], [['expand[0]', 'payment_method']])
  return call(ctx, { method: 'GET', path: target }, (body) => readKept(body, intent.value))
}

function readKept(body: unknown, intentId: string): SavedMethodSnapshot | null | undefined {
  const intent = fields(body)
  if (intent?.id !== intentId) return undefined
  const method = fields(intent.payment_method)
  const methodRef = text(method?.id)
  if (method === undefined || methodRef === null) return null
  const customerRef = idOf(method.customer)
  return customerRef === null ? null : { methodRef, customerRef, ...described(method) }
}

function described(method: Fields): Omit<SavedMethodSnapshot, keyof SavedToken> {
  const type = text(method.type)
  const own = fields(type === null ? undefined : method[type])
  return {
    kind: kindOf(type),
    brand: text(own?.brand) ?? text(own?.bank_name),
    last4: text(own?.last4),
    expMonth: numberOf(own?.exp_month),
    expYear: numberOf(own?.exp_year),
  }
}

/** A word Stripe has added since is shown as what it is: a method paid with on its page. */
const kindOf = (type: string | null): MethodKind => METHODS.find(({ name }) => name === type)?.kind ?? 'page'

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : null

/** "Detach a PaymentMethod from a Customer": for ever. One that is detached already answers with a refusal. */
async function remove(ctx: StripeContext, { methodRef }: SavedToken, key: string): Promise<Outcome<object>> {
  const target = path(['payment_methods', methodRef, 'detach'])
  const detached = await call(ctx, { method: 'POST', path: target, form: [], key }, fields)
  if (detached.kind !== 'rejected') return detached
  if (detached.reason === 'not_found') return ok({})
  const seen = await call(ctx, { method: 'GET', path: path(['payment_methods', methodRef]) }, fields)
  if (seen.kind !== 'ok') return unknown('refused, and the method could not be read')
  return idOf(seen.value.customer) === null ? ok({}) : detached
}

const WITH_PAYER =
  "The payer's bank wants them to confirm it. Create a payment without payment_method and send the payer to its checkout_url."

/** Charges a kept method while its payer is away: one PaymentIntent, confirmed as it is made. */
export async function chargeSaved(
  ctx: StripeContext,
  request: CreatePayment,
  token: SavedToken,
  key: string,
): Promise<Outcome<PaymentSnapshot>> {
  const form: Form = savedForm(request, token)
  const made = await call(ctx, { method: 'POST', path: path(['payment_intents']), form, key }, (body) => {
    const intent = readPaymentIntent(body)
    return intent && intentSnapshot(intent, { orderRef: null, refs: {} })
  })
  return made.kind === 'declined' && made.reason === 'authentication_required'
    ? { ...made, message: WITH_PAYER }
    : made
}
