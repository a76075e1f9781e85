import { TRIAL_SETTINGS, timestamp } from './billing/params.ts'
import { checkAnchor, futureAnchor } from './billing/subscriptions.ts'
import { badParameter, missingParameter, refused } from './errors.ts'
import { createLineItems, itemsAnswer, LINE_ITEMS } from './line-items.ts'
import { DATED_LIST, LIST, page } from './list.ts'
import {
  boolean,
  email,
  ignored,
  integer,
  list,
  metadata,
  object,
  oneOf,
  text,
  url,
  type Values,
  withMetadata,
} from './params.ts'
import { route } from './router.ts'
import { expireSession, expireTaskOf } from './session-flow.ts'
import {
  type Context,
  find,
  type IntentData,
  nowSeconds,
  ownRows,
  randomText,
  type SessionRow,
  type SubscriptionData,
} from './state.ts'
import { render } from './templates.ts'
import type { CheckoutSession, LineItem } from './wire.ts'

const HALF_HOUR_S = 1_800
const DAY_S = 24 * 3_600
/** The clocks of client and server may differ a little. */
const EXPIRY_SLACK_S = 60

const INTENT_DATA = object({
  application_fee_amount: ignored,
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  description: text(1_000),
  metadata,
  on_behalf_of: text(),
  receipt_email: email,
  setup_future_usage: oneOf('off_session', 'on_session'),
  shipping: ignored,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: ignored,
  transfer_group: text(),
})
const SUBSCRIPTION_DATA = object({
  application_fee_percent: ignored,
  billing_cycle_anchor: timestamp,
  billing_mode: ignored,
  default_tax_rates: ignored,
  description: text(500),
  invoice_settings: ignored,
  metadata,
  on_behalf_of: ignored,
  pending_invoice_item_interval: ignored,
  proration_behavior: oneOf('create_prorations', 'none'),
  transfer_data: ignored,
  trial_end: timestamp,
  trial_period_days: integer(1),
  trial_settings: TRIAL_SETTINGS,
})
const CREATE = {
  adaptive_pricing: ignored,
  after_expiration: ignored,
  allow_promotion_codes: boolean,
  allowed_payment_method_types: list(text()),
  automatic_tax: ignored,
  billing_address_collection: oneOf('auto', 'required'),
  branding_settings: ignored,
  cancel_url: url,
  client_reference_id: text(200),
  consent_collection: ignored,
  currency: text(),
  custom_fields: ignored,
  custom_text: ignored,
  customer: text(),
  customer_creation: oneOf('always', 'if_required'),
  customer_email: email,
  customer_update: ignored,
  excluded_payment_method_types: list(text()),
  expires_at: integer(1),
  integration_identifier: text(),
  invoice_creation: ignored,
  line_items: LINE_ITEMS,
  locale: text(10),
  metadata,
  mode: oneOf('payment', 'setup', 'subscription'),
  name_collection: ignored,
  origin_context: oneOf('mobile_app', 'web'),
  payment_intent_data: INTENT_DATA,
  payment_method_collection: oneOf('always', 'if_required'),
  payment_method_configuration: text(),
  payment_method_data: ignored,
  payment_method_options: ignored,
  phone_number_collection: ignored,
  saved_payment_method_options: object({
    allow_redisplay_filters: list(oneOf('always', 'limited', 'unspecified')),
    payment_method_remove: oneOf('disabled', 'enabled'),
    payment_method_save: oneOf('disabled', 'enabled'),
  }),
  setup_intent_data: object({ description: text(), metadata, on_behalf_of: text() }),
  shipping_address_collection: ignored,
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
  subscription_data: SUBSCRIPTION_DATA,
  success_url: url,
  tax_id_collection: ignored,
  ui_mode: oneOf('elements', 'embedded_page', 'form', 'hosted_page'),
  wallet_options: ignored,
}

export interface NewSession {
  readonly lineItems: LineItem[]
  readonly intentData: IntentData
  readonly expiresAt: number
  readonly subscriptionData?: SubscriptionData
  readonly fields: Partial<CheckoutSession>
}

/** Opens a hosted page for these items; used by the API and by payment links alike. */
export function createSession(context: Context, by: NewSession): SessionRow {
  const { world, accountId, livemode } = context
  const id = `cs_${livemode ? 'live' : 'test'}_${randomText(world, 58)}`
  const total = by.lineItems.reduce((sum, item) => sum + item.amount_total, 0)
  const object: CheckoutSession = {
    id,
    object: 'checkout.session',
    amount_subtotal: total,
    amount_total: total,
    cancel_url: null,
    client_reference_id: null,
    created: nowSeconds(world),
    currency: by.lineItems[0]?.currency ?? 'usd',
    customer: null,
    customer_creation: 'if_required',
    customer_details: null,
    customer_email: null,
    expires_at: by.expiresAt,
    livemode,
    locale: null,
    metadata: {},
    mode: 'payment',
    payment_intent: null,
    payment_link: null,
    payment_status: 'unpaid',
    status: 'open',
    submit_type: null,
    success_url: null,
    ui_mode: 'hosted_page',
    // As long as the real one: clients that drop or shorten the fragment lose the page.
    url: `${world.urls.pages}/stripe/c/pay/${id}#fid${randomText(world, 240)}`,
    ...by.fields,
  }
  const row: SessionRow = {
    accountId,
    livemode,
    object,
    lineItems: by.lineItems,
    intentData: by.intentData,
    subscriptionData: by.subscriptionData ?? null,
    subscriptionId: null,
  }
  context.store.sessions.set(id, row)
  world.schedule(by.expiresAt * 1_000, expireTaskOf(id))
  return row
}

function create(context: Context, values: Values<typeof CREATE>) {
  if (values.mode === undefined) throw missingParameter('mode')
  if (values.ui_mode !== undefined && values.ui_mode !== 'hosted_page') {
    throw refused('The sandbox offers `ui_mode=hosted_page` only.', { param: 'ui_mode' })
  }
  if (values.success_url === undefined) throw missingParameter('success_url')
  const { mode } = values
  if (mode !== 'setup' && !values.line_items?.length) throw missingParameter('line_items')
  if (mode !== 'payment' && values.payment_intent_data !== undefined) {
    throw refused(`You can not pass \`payment_intent_data\` in \`${mode}\` mode.`)
  }
  if (mode !== 'subscription' && values.subscription_data !== undefined) {
    throw refused(`You can not pass \`subscription_data\` in \`${mode}\` mode.`)
  }
  if (values.customer !== undefined && values.customer_email !== undefined) {
    const message = 'You may only specify one of these parameters: customer, customer_email.'
    throw badParameter(message, 'customer_email')
  }
  if (values.customer !== undefined) {
    find(context, context.store.customers, 'customer', values.customer, 'customer')
  }
  const expiresAt = expiryOf(nowSeconds(context.world), values.expires_at)
  const subscriptionData = subscriptionDataOf(values.subscription_data, nowSeconds(context.world))
  const lineItems = mode === 'setup' ? [] : createLineItems(context, values.line_items ?? [], mode)
  const recurring = lineItems.find(({ price }) => price.type === 'recurring')
  if (recurring !== undefined)
    checkAnchor(subscriptionData.anchor, recurring.price, nowSeconds(context.world))
  const row = createSession(context, {
    lineItems,
    intentData: intentDataOf(values),
    expiresAt,
    subscriptionData,
    fields: {
      mode,
      ...amountsOf(mode, lineItems, subscriptionData),
      ...(mode === 'setup' ? { currency: values.currency ?? null } : {}),
      cancel_url: values.cancel_url ?? null,
      client_reference_id: values.client_reference_id ?? null,
      customer: values.customer ?? null,
      customer_creation: customerCreation(values),
      customer_email: values.customer_email ?? null,
      locale: values.locale ?? null,
      metadata: withMetadata({}, values.metadata),
      saved_payment_method_options: savedOptions(values),
      submit_type: values.submit_type ?? null,
      success_url: values.success_url,
    },
  })
  return render(row.object)
}

function expiryOf(now: number, asked: number | undefined): number {
  if (asked === undefined) return now + DAY_S
  if (asked < now + HALF_HOUR_S - EXPIRY_SLACK_S) {
    throw badParameter(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    )
  }
  if (asked > now + DAY_S + EXPIRY_SLACK_S) {
    throw badParameter(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      'expires_at',
    )
  }
  return asked
}

function customerCreation(values: Values<typeof CREATE>): CheckoutSession['customer_creation'] {
  if (values.customer !== undefined) return null
  return values.mode === 'payment' ? (values.customer_creation ?? 'if_required') : 'always'
}

/** Checkout then offers a customer the box to keep their method (Stripe docs, Save during payment). */
function savedOptions({
  saved_payment_method_options: sent,
}: Values<typeof CREATE>): NonNullable<CheckoutSession['saved_payment_method_options']> | null {
  if (sent === undefined) return null
  return {
    allow_redisplay_filters: sent.allow_redisplay_filters ?? ['always'],
    payment_method_remove: sent.payment_method_remove ?? 'disabled',
    payment_method_save: sent.payment_method_save ?? 'disabled',
  }
}

/** What the payer pays now: nothing during a trial or before a later first cycle. */
function amountsOf(
  mode: CheckoutSession['mode'],
  items: readonly LineItem[],
  data: SubscriptionData,
): Partial<CheckoutSession> {
  if (mode === 'setup') return { amount_subtotal: null, amount_total: null }
  const later = data.trialEnd !== null || data.trialDays !== null || (data.anchor !== null && !data.prorate)
  if (mode === 'payment' || !later) return {}
  const now = items.filter(({ price }) => price.type === 'one_time')
  const total = now.reduce((sum, item) => sum + item.amount_total, 0)
  return { amount_subtotal: total, amount_total: total }
}

function subscriptionDataOf(
  values: Values<{ d: typeof SUBSCRIPTION_DATA }>['d'],
  now: number,
): SubscriptionData {
  if (values?.trial_end !== undefined && values.trial_end < now + 2 * DAY_S) {
    throw badParameter(
      'The `trial_end` date has to be at least 2 days in the future.',
      'subscription_data[trial_end]',
    )
  }
  return {
    anchor: futureAnchor(values?.billing_cycle_anchor, now),
    description: values?.description ?? null,
    metadata: withMetadata({}, values?.metadata),
    missingMethod: values?.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
    prorate: values?.proration_behavior !== 'none',
    trialEnd: values?.trial_end ?? null,
    trialDays: values?.trial_period_days ?? null,
  }
}

function intentDataOf(sent: Values<typeof CREATE>): IntentData {
  const values = sent.payment_intent_data
  return {
    capture_method: values?.capture_method ?? 'automatic_async',
    description: values?.description ?? null,
    metadata: withMetadata({}, values?.metadata ?? sent.setup_intent_data?.metadata),
    receipt_email: values?.receipt_email ?? null,
    setup_future_usage: values?.setup_future_usage ?? null,
    statement_descriptor: values?.statement_descriptor ?? null,
    statement_descriptor_suffix: values?.statement_descriptor_suffix ?? null,
    transfer_group: values?.transfer_group ?? null,
  }
}

function findSession(context: Context, id: string): SessionRow {
  return find(context, context.store.sessions, 'checkout.session', id, 'session')
}

const FILTERS = {
  ...DATED_LIST,
  customer: text(),
  customer_account: text(),
  customer_details: object({ email: text() }),
  payment_intent: text(),
  payment_link: text(),
  status: oneOf('complete', 'expired', 'open'),
  subscription: text(),
}

function listSessions(context: Context, values: Values<typeof FILTERS>) {
  const all = context.store.sessions
  const wanted = values.customer_details?.email
  const rows = ownRows(context, all).filter(
    ({ object: session }) =>
      (values.customer === undefined || session.customer === values.customer) &&
      (wanted === undefined || session.customer_email === wanted) &&
      (values.payment_intent === undefined || session.payment_intent === values.payment_intent) &&
      (values.payment_link === undefined || session.payment_link === values.payment_link) &&
      (values.status === undefined || session.status === values.status) &&
      (values.subscription === undefined || session.subscription === values.subscription),
  )
  return { ...page(context, { url: '/v1/checkout/sessions', noun: 'checkout.session', rows, all }, values) }
}

export const checkoutSessionRoutes = [
  route('POST', '/v1/checkout/sessions', CREATE, create),
  route('GET', '/v1/checkout/sessions', FILTERS, listSessions),
  route('GET', '/v1/checkout/sessions/:id', {}, (context, _values, id) =>
    render(findSession(context, id).object),
  ),
  route('POST', '/v1/checkout/sessions/:id', { metadata }, (context, values, id) => {
    const { object: session } = findSession(context, id)
    session.metadata = withMetadata(session.metadata, values.metadata)
    return render(session)
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', LIST, (context, values, id) => {
    const path = `/v1/checkout/sessions/${id}/line_items`
    return { ...itemsAnswer(findSession(context, id).lineItems, path, values.limit ?? 10) }
  }),
  route('POST', '/v1/checkout/sessions/:id/expire', {}, (context, _values, id) => {
    const row = findSession(context, id)
    const { status } = row.object
    if (status !== 'open') {
      throw refused(
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a ' +
          `status of \`${status}\`.`,
      )
    }
    expireSession(context, row)
    return render(row.object)
  }),
]
