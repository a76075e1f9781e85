import { balanceOf, refreshed } from './balance.ts'
import { badParameter } from './errors.ts'
import { isEventType } from './event-types.ts'
import { DATED_LIST, page } from './list.ts'
import { boolean, list, metadata, text, type Values, withMetadata } from './params.ts'
import { route } from './router.ts'
import { type Context, find, ownRows, publicAccountId, type Row } from './state.ts'
import { render } from './templates.ts'
import type { Charge, StripeEvent } from './wire.ts'

/** `GET /v1/account`: whose key this is. */
function account(context: Context) {
  return {
    id: publicAccountId(context.world, context.store, { id: context.accountId }),
    object: 'account',
    business_profile: { mcc: null, name: 'Sandbox merchant', support_email: null, url: null },
    business_type: 'company',
    capabilities: { card_payments: 'active', transfers: 'active', us_bank_account_ach_payments: 'active' },
    charges_enabled: true,
    country: 'US',
    default_currency: 'usd',
    details_submitted: true,
    email: 'merchant@example.com',
    metadata: {},
    payouts_enabled: true,
    settings: { dashboard: { display_name: 'Sandbox merchant', timezone: 'Etc/UTC' } },
    type: 'standard',
  }
}

function findCharge(context: Context, id: string): Row<Charge> {
  return find(context, context.store.charges, 'charge', id, 'charge')
}

const CHARGE_FILTERS = { ...DATED_LIST, customer: text(), payment_intent: text(), transfer_group: text() }

function listCharges(context: Context, values: Values<typeof CHARGE_FILTERS>) {
  const all = context.store.charges
  const rows = ownRows(context, all).filter(
    ({ object }) =>
      (values.customer === undefined || object.customer === values.customer) &&
      (values.payment_intent === undefined || object.payment_intent === values.payment_intent) &&
      (values.transfer_group === undefined || object.transfer_group === values.transfer_group),
  )
  return { ...page(context, { url: '/v1/charges', noun: 'charge', rows, all }, values) }
}

const MOVEMENT_FILTERS = { ...DATED_LIST, currency: text(), payout: text(), source: text(), type: text() }

function listMovements(context: Context, values: Values<typeof MOVEMENT_FILTERS>) {
  const all = context.store.balanceTransactions
  const rows = ownRows(context, all).filter(
    ({ object }) =>
      values.payout === undefined && // the sandbox pays nothing out
      (values.currency === undefined || object.currency === values.currency) &&
      (values.source === undefined || object.source === values.source) &&
      (values.type === undefined || object.type === values.type),
  )
  for (const row of rows) refreshed(context, row.object)
  const source = { url: '/v1/balance_transactions', noun: 'balance transaction', rows, all }
  return { ...page(context, source, values) }
}

const EVENT_FILTERS = { ...DATED_LIST, delivery_success: boolean, type: text(), types: list(text(), 20) }

function listEvents(context: Context, values: Values<typeof EVENT_FILTERS>) {
  const { type, types } = values
  if (type !== undefined && types !== undefined) {
    throw badParameter('You may only specify one of these parameters: type, types.', 'types')
  }
  const unknown = types?.findIndex((name) => !isEventType(name)) ?? -1
  if (unknown >= 0) throw badParameter(`Invalid event type: ${types?.[unknown]}`, `types[${unknown}]`)
  const all = context.store.events
  const rows = ownRows(context, all).filter(({ object }) => {
    const named = types === undefined || types.includes(object.type)
    return named && (type === undefined || matches(object, type))
  })
  return { ...page(context, { url: '/v1/events', noun: 'event', rows, all }, values) }
}

/** `charge.*` names a group. */
function matches(event: StripeEvent, type: string): boolean {
  return type.endsWith('*') ? event.type.startsWith(type.slice(0, -1)) : event.type === type
}

export const recordRoutes = [
  route('GET', '/v1/account', {}, account),
  route('GET', '/v1/balance', {}, balanceOf),
  route('GET', '/v1/charges', CHARGE_FILTERS, listCharges),
  route('GET', '/v1/charges/:id', {}, (context, _values, id) => render(findCharge(context, id).object)),
  route('POST', '/v1/charges/:id', { metadata, description: text() }, (context, values, id) => {
    const { object } = findCharge(context, id)
    object.metadata = withMetadata(object.metadata, values.metadata)
    object.description = values.description ?? object.description
    return render(object)
  }),
  route('GET', '/v1/balance_transactions', MOVEMENT_FILTERS, listMovements),
  route('GET', '/v1/balance_transactions/:id', {}, (context, _values, id) => {
    const row = find(context, context.store.balanceTransactions, 'balance transaction', id, 'id')
    return render(refreshed(context, row.object))
  }),
  route('GET', '/v1/events', EVENT_FILTERS, listEvents),
  route('GET', '/v1/events/:id', {}, (context, _values, id) =>
    render(find(context, context.store.events, 'event', id, 'id').object),
  ),
  route('GET', '/v1/payment_methods/:id', {}, (context, _values, id) =>
    render(find(context, context.store.paymentMethods, 'PaymentMethod', id, 'payment_method').object),
  ),
  route(
    'GET',
    '/v1/disputes',
    { ...DATED_LIST, charge: text(), payment_intent: text() },
    (context, values) => {
      const all = context.store.disputes
      const rows = ownRows(context, all).filter(
        ({ object }) =>
          (values.charge === undefined || object.charge === values.charge) &&
          (values.payment_intent === undefined || object.payment_intent === values.payment_intent),
      )
      return { ...page(context, { url: '/v1/disputes', noun: 'dispute', rows, all }, values) }
    },
  ),
  route('GET', '/v1/disputes/:id', {}, (context, _values, id) =>
    render(find(context, context.store.disputes, 'dispute', id, 'dispute').object),
  ),
]
