import { INVOICE, SETUP_INTENT, SUBSCRIPTION } from './billing/templates.ts'
import type { Invoice, SetupIntent, Subscription } from './billing/wire.ts'
import type {
  BalanceTransaction,
  Charge,
  CheckoutSession,
  Customer,
  PaymentIntent,
  PaymentLink,
  Price,
  Product,
  Refund,
} from './wire.ts'

/**
 * The fields a real answer always carries and this emulator never fills. They are added when an object is
 * rendered, so that stored state holds only what can change.
 */
const INTENT = {
  allowed_payment_method_types: null,
  amount_details: { tip: {} },
  application: null,
  application_fee_amount: null,
  customer_account: null,
  excluded_payment_method_types: null,
  managed_payments: null,
  on_behalf_of: null,
  payment_method_configuration_details: null,
  payment_method_options: {
    card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
  },
  payment_record: null,
  review: null,
  source: null,
  transfer_data: null,
}

const CHARGE = {
  application: null,
  application_fee: null,
  application_fee_amount: null,
  calculated_statement_descriptor: null,
  failure_balance_transaction: null,
  fraud_details: {},
  on_behalf_of: null,
  receipt_number: null,
  receipt_url: null,
  review: null,
  shipping: null,
  source: null,
  source_transfer: null,
  statement_descriptor: null,
  transfer_data: null,
}

const REFUND = {
  customer: null,
  customer_account: null,
  payment_method: null,
  receipt_number: null,
  source_transfer_reversal: null,
  transfer_reversal: null,
}

const SESSION = {
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: null,
  allowed_payment_method_types: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_account: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  managed_payments: null,
  origin_context: null,
  payment_method_collection: 'if_required',
  payment_method_configuration_details: null,
  payment_method_options: {},
  payment_method_types: ['card', 'us_bank_account'],
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  wallet_options: null,
}

const CUSTOMER = {
  balance: 0,
  currency: null,
  default_source: null,
  delinquent: false,
  discount: null,
  invoice_settings: {
    custom_fields: null,
    default_payment_method: null,
    footer: null,
    rendering_options: null,
  },
  preferred_locales: [],
  shipping: null,
  tax_exempt: 'none',
  test_clock: null,
}

const PRODUCT = {
  default_price: null,
  marketing_features: [],
  package_dimensions: null,
  shippable: null,
  statement_descriptor: null,
  tax_code: null,
  tax_details: null,
  type: 'service',
}

const PRICE = {
  billing_scheme: 'per_unit',
  custom_unit_amount: null,
  tiers_mode: null,
  transform_quantity: null,
}

const LINK = {
  allow_promotion_codes: false,
  application: null,
  application_fee_amount: null,
  application_fee_percent: null,
  automatic_tax: { enabled: false, liability: null },
  billing_address_collection: 'auto',
  consent_collection: null,
  custom_fields: [],
  custom_text: SESSION.custom_text,
  invoice_creation: null,
  managed_payments: null,
  on_behalf_of: null,
  payment_method_collection: 'if_required',
  payment_method_options: null,
  payment_method_types: null,
  phone_number_collection: { enabled: false },
  shipping_address_collection: null,
  shipping_options: [],
  subscription_data: null,
  tax_id_collection: { enabled: false, required: 'never' },
  transfer_data: null,
}

type Rendered =
  | BalanceTransaction
  | Charge
  | CheckoutSession
  | Customer
  | PaymentIntent
  | PaymentLink
  | Price
  | Product
  | Refund
  | Invoice
  | SetupIntent
  | Subscription
/** Anything stored: its `object` field names its kind. */
export interface Stored {
  readonly object: string
}

const CONSTANT = {
  payment_intent: INTENT,
  charge: CHARGE,
  refund: REFUND,
  'checkout.session': SESSION,
  customer: CUSTOMER,
  product: PRODUCT,
  price: PRICE,
  payment_link: LINK,
  balance_transaction: {},
  subscription: SUBSCRIPTION,
  invoice: INVOICE,
  setup_intent: SETUP_INTENT,
} satisfies Record<Rendered['object'], object>

/** A detached copy of a stored object with every field the API documents for its kind. */
export function render(stored: Stored): Record<string, unknown> {
  const constant = Object.hasOwn(CONSTANT, stored.object)
    ? CONSTANT[stored.object as keyof typeof CONSTANT] // just looked up
    : {}
  const copy: Record<string, unknown> = structuredClone({ ...constant, ...stored })
  if (stored.object === 'checkout.session') return copy
  if (stored.object === 'refund') copy.destination_details = destination(copy)
  return copy
}

function destination(refund: Record<string, unknown>): object {
  const available = refund.status === 'succeeded'
  const known = available ? { reference: '0000000000000000' } : {}
  const reference_status = available ? 'available' : 'pending'
  const card = { ...known, reference_status, reference_type: 'acquirer_reference_number', type: 'refund' }
  return { card, type: 'card' }
}
