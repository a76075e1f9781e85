import { badParameter } from '../errors.ts'
import {
  boolean,
  clearable,
  ignored,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Param,
  required,
  text,
} from '../params.ts'

const ITEM = {
  current_trial: ignored,
  discounts: ignored,
  metadata,
  plan: text(),
  price: text(),
  price_data: object({
    currency: required(text()),
    product: required(text()),
    recurring: required(
      object({ interval: required(oneOf('day', 'week', 'month', 'year')), interval_count: integer(1) }),
    ),
    tax_behavior: text(),
    unit_amount: integer(0),
    unit_amount_decimal: text(),
  }),
  quantity: integer(0),
  tax_rates: ignored,
}
export const NEW_ITEM = object(ITEM)
export const CHANGED_ITEM = object({ ...ITEM, id: text(), deleted: boolean, clear_usage: ignored })

/** The end of the year 2999: later ones are no dates of a subscription but slips of a unit. */
const LAST_SECOND = 32_503_679_999

/** Unix seconds. */
export const timestamp: Param<number> & { readonly required: false } = {
  required: false,
  read: (node, path) => {
    const at = integer(1).read(node, path)
    if (at <= LAST_SECOND) return at
    throw badParameter('Invalid timestamp: must be an integer Unix timestamp.', path)
  },
}

/** A moment in Unix seconds, or the word `now`. */
const moment: Param<number | 'now'> & { readonly required: false } = {
  required: false,
  read: (node, path) => (node === 'now' ? 'now' : timestamp.read(node, path)),
}
export const TRIAL_SETTINGS = object({
  end_behavior: required(
    object({
      billing_cycle_anchor: oneOf('now'),
      missing_payment_method: oneOf('cancel', 'create_invoice', 'pause'),
    }),
  ),
})
const PAYMENT_SETTINGS = object({
  payment_method_options: ignored,
  payment_method_types: ignored,
  save_default_payment_method: oneOf('off', 'on_subscription'),
})
const PRORATION = oneOf('always_invoice', 'create_prorations', 'none')
export const CANCELLATION = object({
  comment: clearable(text()),
  feedback: clearable(
    oneOf(
      'customer_service',
      'low_quality',
      'missing_features',
      'other',
      'switched_service',
      'too_complex',
      'too_expensive',
      'unused',
    ),
  ),
  feedback_option: ignored,
})

const SHARED = {
  add_invoice_items: ignored,
  application_fee_percent: ignored,
  automatic_tax: ignored,
  billing_schedules: ignored,
  billing_thresholds: ignored,
  cancel_at: clearable(timestamp),
  cancel_at_period_end: boolean,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: integer(0),
  default_payment_method: clearable(text()),
  default_source: ignored,
  default_tax_rates: ignored,
  description: clearable(text(500)),
  discounts: ignored,
  invoice_settings: ignored,
  metadata,
  off_session: boolean,
  on_behalf_of: ignored,
  payment_behavior: oneOf(
    'allow_incomplete',
    'default_incomplete',
    'error_if_incomplete',
    'pending_if_incomplete',
  ),
  payment_settings: PAYMENT_SETTINGS,
  pending_invoice_item_interval: ignored,
  proration_behavior: PRORATION,
  transfer_data: ignored,
  trial_end: clearable(moment),
  trial_from_plan: boolean,
  trial_settings: TRIAL_SETTINGS,
}
export const CREATE = {
  ...SHARED,
  backdate_start_date: integer(1),
  billing_cycle_anchor: timestamp,
  billing_cycle_anchor_config: ignored,
  billing_mode: ignored,
  currency: text(),
  customer: required(text()),
  customer_account: text(),
  items: list(NEW_ITEM, 20),
  trial_period_days: integer(0),
}
export const UPDATE = {
  ...SHARED,
  billing_cycle_anchor: oneOf('now', 'unchanged'),
  cancellation_details: CANCELLATION,
  items: list(CHANGED_ITEM, 20),
  pause_collection: clearable(
    object({
      behavior: required(oneOf('keep_as_draft', 'mark_uncollectible', 'void')),
      resumes_at: timestamp,
    }),
  ),
  proration_date: integer(1),
}
export const CANCEL = { cancellation_details: CANCELLATION, invoice_now: boolean, prorate: boolean }
const kind = <const T extends string>(...words: readonly T[]) => object({ type: required(oneOf(...words)) })
export const PAUSE = {
  bill_for: object({
    outstanding_usage_through: kind('none', 'now'),
    unused_time_from: kind('item_current_period_start', 'none', 'now'),
  }),
  invoicing_behavior: oneOf('invoice', 'pending_invoice_item'),
  type: oneOf('subscription'),
}
export const RESUME = {
  billing_cycle_anchor: kind('now', 'unchanged'),
  payment_behavior: oneOf('resume_on_payment_attempt', 'resume_on_payment_success'),
  proration_behavior: PRORATION,
  proration_date: integer(1),
}
