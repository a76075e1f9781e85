import {
  boolean,
  clearable,
  email,
  ignored,
  integer,
  list,
  metadata,
  object,
  oneOf,
  required,
  text,
  url,
} from './params.ts'

const captureMethod = oneOf('automatic', 'automatic_async', 'manual')
const futureUsage = oneOf('off_session', 'on_session')
const address = object({
  city: text(),
  country: text(),
  line1: text(),
  line2: text(),
  postal_code: text(),
  state: text(),
})
export const shipping = object({
  address: required(address),
  name: required(text()),
  carrier: text(),
  phone: text(),
  tracking_number: text(),
})

/** What a merchant may say of any intent, whether creating, updating or confirming it. */
const SHARED = {
  allowed_payment_method_types: list(text()),
  amount_details: ignored,
  excluded_payment_method_types: list(text()),
  hooks: ignored,
  payment_details: ignored,
  payment_method: text(),
  payment_method_data: ignored,
  payment_method_options: ignored,
  receipt_email: clearable(email),
  setup_future_usage: clearable(futureUsage),
  shipping: clearable(shipping),
}
const DESCRIBING = {
  application_fee_amount: ignored,
  customer: text(),
  customer_account: ignored,
  description: clearable(text(1_000)),
  metadata,
  payment_method_configuration: text(),
  statement_descriptor: clearable(text(22)),
  statement_descriptor_suffix: clearable(text(22)),
  transfer_data: ignored,
  transfer_group: text(),
}
const CONFIRMING = {
  confirmation_token: text(),
  error_on_requires_action: boolean,
  mandate: text(),
  mandate_data: ignored,
  off_session: oneOf('true', 'false', 'one_off', 'recurring'),
  radar_options: ignored,
  return_url: url,
  use_stripe_sdk: boolean,
}
export const CREATE = {
  ...SHARED,
  ...DESCRIBING,
  ...CONFIRMING,
  amount: required(integer(1)),
  currency: required(text()),
  automatic_payment_methods: object({
    enabled: required(boolean),
    allow_redirects: oneOf('always', 'never'),
  }),
  capture_method: captureMethod,
  confirm: boolean,
  confirmation_method: oneOf('automatic', 'manual'),
  on_behalf_of: text(),
}
export const UPDATE = {
  ...SHARED,
  ...DESCRIBING,
  amount: integer(1),
  currency: text(),
  capture_method: captureMethod,
}
export const CONFIRM = {
  ...SHARED,
  ...CONFIRMING,
  amount_to_confirm: integer(1),
  capture_method: captureMethod,
}
export const CAPTURE = {
  amount_details: ignored,
  amount_to_capture: integer(1),
  application_fee_amount: ignored,
  final_capture: boolean,
  hooks: ignored,
  metadata,
  payment_details: ignored,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: ignored,
}
