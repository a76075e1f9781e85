import { refused } from './errors.ts'
import { emit } from './events.ts'
import { cardByNumber, DECLINES, type MagicCard, magicNumber, PLAIN_CARD } from './magic.ts'
import { type Context, find, type MethodRow, newId, nowSeconds, randomText } from './state.ts'
import type { BillingDetails, Card, PaymentMethod } from './wire.ts'

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }
export const NO_BILLING: BillingDetails = {
  address: NO_ADDRESS,
  email: null,
  name: null,
  phone: null,
  tax_id: null,
}

/** The card behind a payment method parameter: a test id such as `pm_card_visa`, or one made before. */
export function cardOfMethod(context: Context, id: string): string {
  const magic = magicNumber(id)
  if (magic !== undefined) return magic
  const stored = find(context, context.store.paymentMethods, 'PaymentMethod', id, 'payment_method')
  return stored.number
}

const BELONGS_NOWHERE =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with ' +
  'a connected account without Customer attachment, or was detached from a Customer. It may not be used again. ' +
  'To use a PaymentMethod multiple times, you must attach it to a Customer first.'

/**
 * The payment method a parameter names, for this customer. A test id stands for a new one; any other must be
 * the customer's own, or new and nobody's.
 */
export function methodToUse(context: Context, id: string, customer: string | null): string {
  const magic = magicNumber(id)
  if (magic !== undefined) return createPaymentMethod(context, magic, null).id
  const row = find(context, context.store.paymentMethods, 'PaymentMethod', id, 'payment_method')
  const owner = row.object.customer
  if (owner === null && row.spent === true) throw refused(BELONGS_NOWHERE)
  if (owner === null || owner === customer) return id
  if (customer === null) {
    throw refused(
      `The \`payment_method\` parameter supplied ${id} belongs to the Customer ${owner}. Please include the ` +
        'Customer in the `customer` parameter on the PaymentIntent.',
      { code: 'parameter_missing', param: 'source' },
    )
  }
  throw refused(
    `The PaymentMethod ${id} does not belong to the Customer you supplied ${customer}. Please use this ` +
      'PaymentMethod with the Customer that it belongs to instead.',
    { param: 'payment_method' },
  )
}

/** The card a method is, as simulations have left it. */
export function cardFor(context: Context, method: string | null, number: string): MagicCard {
  const card = magicOf(number)
  const behaviour = context.store.paymentMethods.get(method ?? '')?.behaviour ?? 'works'
  if (behaviour === 'declines') return { ...card, decline: DECLINES.generic }
  if (behaviour === 'expired') return { ...card, decline: DECLINES.expired }
  return behaviour === 'needs_authentication' ? { ...card, authentication: 'required' } : card
}

/** Keeps a method for a customer (Stripe API reference, PaymentMethod `allow_redisplay`). */
export function saveMethod(
  context: Context,
  row: MethodRow,
  by: { customer: string; setUp: boolean; redisplay: PaymentMethod['allow_redisplay'] },
): void {
  if (by.setUp) row.setUp = true
  if (row.object.customer !== null) return
  row.object.customer = by.customer
  row.object.allow_redisplay = by.redisplay
  emit(context, 'payment_method.attached', row.object)
}

/** The magic behind a stored number; every number stored was accepted before. */
export function magicOf(number: string): MagicCard {
  return cardByNumber(number) ?? { number: PLAIN_CARD, brand: 'visa', country: 'US' }
}

/** A new payment method for this number, as the payer's browser would make one. */
export function createPaymentMethod(
  context: Context,
  number: string,
  customer: string | null,
): PaymentMethod {
  const magic = magicOf(number)
  const base = {
    id: newId(context.world, 'pm'),
    object: 'payment_method' as const,
    allow_redisplay: 'unspecified' as const,
    billing_details: NO_BILLING,
    created: nowSeconds(context.world),
    customer,
    customer_account: null,
    livemode: context.livemode,
    metadata: {},
  }
  const method: PaymentMethod =
    magic.bank === undefined
      ? { ...base, type: 'card', card: storedCard(context, magic) }
      : { ...base, type: 'us_bank_account', us_bank_account: storedBankAccount(context, number) }
  const { accountId, livemode } = context
  context.store.paymentMethods.set(method.id, { accountId, livemode, object: method, number })
  return method
}

function plainCard(context: Context, magic: MagicCard): Card {
  return {
    brand: magic.brand,
    country: magic.country,
    exp_month: 12,
    exp_year: new Date(context.world.clock.now()).getUTCFullYear() + 3,
    fingerprint: randomText(context.world, 16),
    funding: 'credit',
    last4: magic.number.slice(-4),
  }
}

function storedCard(context: Context, magic: MagicCard): Card & Record<string, unknown> {
  return {
    ...plainCard(context, magic),
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    display_brand: magic.brand,
    generated_from: null,
    networks: { available: [magic.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  }
}

function plainBankAccount(context: Context, number: string) {
  return {
    account_holder_type: 'individual',
    account_type: 'checking',
    bank_name: 'STRIPE TEST BANK',
    fingerprint: randomText(context.world, 16),
    last4: number.slice(-4),
    routing_number: '110000000',
  }
}

function storedBankAccount(context: Context, number: string) {
  return {
    ...plainBankAccount(context, number),
    financial_connections_account: null,
    networks: null,
    status_details: null,
  }
}

/** What a charge says of the means it was paid with. */
export function methodDetails(context: Context, magic: MagicCard, authenticated: boolean): object {
  if (magic.bank !== undefined) {
    const us_bank_account = { ...plainBankAccount(context, magic.number), payment_reference: null }
    return { type: 'us_bank_account', us_bank_account }
  }
  const card = {
    ...plainCard(context, magic),
    amount_authorized: null,
    authorization_code: null,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    electronic_commerce_indicator: null,
    installments: null,
    mandate: null,
    network: magic.brand,
    network_token: null,
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: authenticated ? AUTHENTICATED : null,
    transaction_link_id: null,
    wallet: null,
  }
  return { card, type: 'card' }
}

const AUTHENTICATED = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
}
