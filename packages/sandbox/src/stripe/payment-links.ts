import { emit } from './events.ts'
import { createLineItems, itemsAnswer, LINE_ITEMS } from './line-items.ts'
import { LIST, page } from './list.ts'
import {
  boolean,
  clearable,
  ignored,
  integer,
  list,
  metadata,
  object,
  oneOf,
  required,
  text,
  url,
  type Values,
  withMetadata,
} from './params.ts'
import { route } from './router.ts'
import { type Context, find, type LinkRow, newId, ownRows, randomText } from './state.ts'
import { render } from './templates.ts'
import type { AfterCompletion, LinkIntentData, PaymentLink } from './wire.ts'

const AFTER_COMPLETION = object({
  type: required(oneOf('hosted_confirmation', 'redirect')),
  hosted_confirmation: object({ custom_message: text(500) }),
  redirect: object({ url: required(url) }),
})
const INTENT_DATA = object({
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  description: text(1_000),
  metadata,
  setup_future_usage: oneOf('off_session', 'on_session'),
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_group: text(),
})
const RESTRICTIONS = object({
  completed_sessions: required(object({ limit: required(integer(1)) })),
})
const SHARED = {
  after_completion: AFTER_COMPLETION,
  allow_promotion_codes: boolean,
  application_fee_amount: ignored,
  application_fee_percent: ignored,
  automatic_tax: ignored,
  billing_address_collection: oneOf('auto', 'required'),
  custom_fields: ignored,
  custom_text: ignored,
  customer_creation: oneOf('always', 'if_required'),
  inactive_message: clearable(text(500)),
  invoice_creation: ignored,
  metadata,
  name_collection: ignored,
  on_behalf_of: ignored,
  optional_items: ignored,
  payment_intent_data: INTENT_DATA,
  payment_method_collection: oneOf('always', 'if_required'),
  payment_method_options: ignored,
  payment_method_types: clearable(list(text())),
  phone_number_collection: ignored,
  restrictions: clearable(RESTRICTIONS),
  shipping_address_collection: ignored,
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
  subscription_data: ignored,
  tax_id_collection: ignored,
  transfer_data: ignored,
}
const CREATE = {
  ...SHARED,
  line_items: required(LINE_ITEMS),
  consent_collection: ignored,
  currency: text(),
  managed_payments: ignored,
  shipping_options: ignored,
}
const UPDATE = { ...SHARED, active: boolean, line_items: ignored }

function create(context: Context, values: Values<typeof CREATE>) {
  const { world, accountId, livemode } = context
  const lineItems = createLineItems(context, values.line_items)
  const currency = lineItems[0]?.currency ?? 'usd'
  const code = `${livemode ? '' : 'test_'}${randomText(world, 18)}`
  const object: PaymentLink = {
    id: newId(world, 'plink'),
    object: 'payment_link',
    active: true,
    after_completion: completionOf(values.after_completion),
    currency,
    customer_creation: values.customer_creation ?? 'if_required',
    inactive_message: values.inactive_message ?? null,
    livemode,
    metadata: withMetadata({}, values.metadata),
    payment_intent_data: intentDataOf(values.payment_intent_data),
    restrictions: restrictionsOf(values.restrictions, 0),
    submit_type: values.submit_type ?? 'auto',
    url: `${world.urls.pages}/stripe/buy/${code}`,
  }
  const row: LinkRow = {
    accountId,
    livemode,
    object,
    lineItems,
    intentData: object.payment_intent_data,
    code,
  }
  context.store.links.set(object.id, row)
  emit(context, 'payment_link.created', object)
  return render(object)
}

function completionOf(sent: Values<{ a: typeof AFTER_COMPLETION }>['a']): AfterCompletion {
  if (sent?.type === 'redirect' && sent.redirect !== undefined) {
    return { type: 'redirect', redirect: { url: sent.redirect.url } }
  }
  const custom_message = sent?.hosted_confirmation?.custom_message ?? null
  return { type: 'hosted_confirmation', hosted_confirmation: { custom_message } }
}

function intentDataOf(sent: Values<{ d: typeof INTENT_DATA }>['d']): LinkIntentData | null {
  if (sent === undefined) return null
  return {
    capture_method: sent.capture_method ?? null,
    description: sent.description ?? null,
    metadata: withMetadata({}, sent.metadata),
    setup_future_usage: sent.setup_future_usage ?? null,
    statement_descriptor: sent.statement_descriptor ?? null,
    statement_descriptor_suffix: sent.statement_descriptor_suffix ?? null,
    transfer_group: sent.transfer_group ?? null,
  }
}

function restrictionsOf(
  sent: { completed_sessions: { limit: number } | undefined } | null | undefined,
  count: number,
): PaymentLink['restrictions'] {
  const limit = sent?.completed_sessions?.limit
  return limit === undefined ? null : { completed_sessions: { count, limit } }
}

function findLink(context: Context, id: string): LinkRow {
  return find(context, context.store.links, 'payment_link', id, 'payment_link')
}

function update(context: Context, values: Values<typeof UPDATE>, id: string) {
  const { object: link } = findLink(context, id)
  const previous = { active: link.active }
  link.metadata = withMetadata(link.metadata, values.metadata)
  link.active = values.active ?? link.active
  if (values.inactive_message !== undefined) link.inactive_message = values.inactive_message
  if (values.after_completion !== undefined) link.after_completion = completionOf(values.after_completion)
  if (values.restrictions !== undefined) {
    const count = link.restrictions?.completed_sessions.count ?? 0
    link.restrictions = restrictionsOf(values.restrictions, count)
  }
  emit(context, 'payment_link.updated', link, previous.active === link.active ? undefined : previous)
  return render(link)
}

export const paymentLinkRoutes = [
  route('POST', '/v1/payment_links', CREATE, create),
  route('GET', '/v1/payment_links', { ...LIST, active: boolean }, (context, values) => {
    const all = context.store.links
    const own = ownRows(context, all)
    const rows = own.filter(({ object }) => values.active === undefined || object.active === values.active)
    return { ...page(context, { url: '/v1/payment_links', noun: 'payment_link', rows, all }, values) }
  }),
  route('GET', '/v1/payment_links/:id', {}, (context, _values, id) => render(findLink(context, id).object)),
  route('POST', '/v1/payment_links/:id', UPDATE, update),
  route('GET', '/v1/payment_links/:id/line_items', LIST, (context, values, id) => {
    const path = `/v1/payment_links/${id}/line_items`
    return { ...itemsAnswer(findLink(context, id).lineItems, path, values.limit ?? 10) }
  }),
]
