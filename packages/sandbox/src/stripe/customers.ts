import { ownMethod } from './billing/items.ts'
import { cancelSubscription, hasEnded } from './billing/subscription-state.ts'
import { resourceMissing } from './errors.ts'
import { emit } from './events.ts'
import { DATED_LIST, page } from './list.ts'
import {
  boolean,
  clearable,
  email,
  ignored,
  integer,
  list,
  metadata,
  object,
  required,
  text,
  type Values,
  withMetadata,
} from './params.ts'
import { type Answer, route } from './router.ts'
import { searchObjects } from './search.ts'
import { type Context, find, newId, nowSeconds, ownRows, type Row } from './state.ts'
import { render } from './templates.ts'
import type { Address, Customer } from './wire.ts'

const ADDRESS = object({
  city: text(),
  country: text(),
  line1: text(),
  line2: text(),
  postal_code: text(),
  state: text(),
})
const FIELDS = {
  address: clearable(ADDRESS),
  balance: integer(),
  business_name: clearable(text()),
  cash_balance: ignored,
  description: clearable(text()),
  email: clearable(email),
  individual_name: clearable(text()),
  invoice_prefix: text(),
  invoice_settings: object({
    custom_fields: ignored,
    default_payment_method: clearable(text()),
    footer: ignored,
    rendering_options: ignored,
  }),
  metadata,
  name: clearable(text(256)),
  next_invoice_sequence: integer(1),
  phone: clearable(text(20)),
  preferred_locales: list(text()),
  shipping: ignored,
  source: text(),
  tax: ignored,
  tax_exempt: clearable(text()),
  validate: boolean,
}
const CREATE = { ...FIELDS, payment_method: text(), tax_id_data: ignored, test_clock: text() }
const UPDATE = { ...FIELDS, default_source: text() }

function sentFields(values: Partial<Values<typeof FIELDS>>): Partial<Customer> {
  const { description, email: mail, name, phone } = values
  const address = values.address && addressOf(values.address)
  const sent = { address, balance: values.balance, description, email: mail, name, phone }
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined))
}

/** `invoice_settings[default_payment_method]`, once the customer is known to own it. */
function setDefaultMethod(
  context: Context,
  customer: Customer,
  settings: Values<typeof FIELDS>['invoice_settings'],
): void {
  const method = settings?.default_payment_method
  if (method === undefined) return
  customer.invoice_settings.default_payment_method =
    method === null ? null : ownMethod(context, method, customer.id)
}

function addressOf(sent: NonNullable<Values<{ a: typeof ADDRESS }>['a']>): Address {
  const { city, country, line1, line2, postal_code, state } = sent
  return {
    city: city ?? null,
    country: country ?? null,
    line1: line1 ?? null,
    line2: line2 ?? null,
    postal_code: postal_code ?? null,
    state: state ?? null,
  }
}

/** Used by the API and, when a session is told to always make a customer, by Checkout. */
export function createCustomer(context: Context, fields: Partial<Customer>): Customer {
  const { world, accountId, livemode } = context
  const object: Customer = {
    id: newId(world, 'cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: nowSeconds(world),
    description: null,
    email: null,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode,
    metadata: {},
    name: null,
    phone: null,
    ...fields,
  }
  context.store.customers.set(object.id, { accountId, livemode, object })
  emit(context, 'customer.created', object)
  return object
}

function findCustomer(context: Context, id: string): Row<Customer> {
  return find(context, context.store.customers, 'customer', id, 'id')
}

/** A deleted customer is still found, as a stub, with status 200. */
function shown(customer: Customer): Answer {
  return customer.deleted === true ? { id: customer.id, object: 'customer', deleted: true } : render(customer)
}

export const customerRoutes = [
  route('POST', '/v1/customers', CREATE, (context, values) => {
    const fields = { metadata: withMetadata({}, values.metadata), ...sentFields(values) }
    const customer = createCustomer(context, fields)
    if (values.payment_method !== undefined) ownMethod(context, values.payment_method, customer.id)
    setDefaultMethod(context, customer, values.invoice_settings)
    return render(customer)
  }),
  route('GET', '/v1/customers', { ...DATED_LIST, email: text(), test_clock: text() }, (context, values) => {
    const all = context.store.customers
    const rows = ownRows(context, all).filter(
      ({ object }) =>
        object.deleted !== true && (values.email === undefined || object.email === values.email),
    )
    return { ...page(context, { url: '/v1/customers', noun: 'customer', rows, all }, values) }
  }),
  route(
    'GET',
    '/v1/customers/search',
    { query: required(text()), limit: integer(1), page: text() },
    (context, values) =>
      searchObjects(context, { rows: context.store.customers, url: '/v1/customers/search' }, values),
  ),
  route('GET', '/v1/customers/:id', {}, (context, _values, id) => shown(findCustomer(context, id).object)),
  route('POST', '/v1/customers/:id', UPDATE, (context, values, id) => {
    const { object } = findCustomer(context, id)
    if (object.deleted === true) throw resourceMissing('customer', id, 'id')
    const metadataNow = withMetadata(object.metadata, values.metadata)
    setDefaultMethod(context, object, values.invoice_settings)
    Object.assign(object, sentFields(values), { metadata: metadataNow })
    emit(context, 'customer.updated', object)
    return render(object)
  }),
  route('DELETE', '/v1/customers/:id', {}, (context, _values, id) => {
    const { object } = findCustomer(context, id)
    if (object.deleted !== true) {
      for (const row of ownRows(context, context.store.subscriptions)) {
        if (row.object.customer === id && !hasEnded(row)) cancelSubscription(context, row)
      }
      emit(context, 'customer.deleted', object)
    }
    object.deleted = true
    return shown(object)
  }),
]
