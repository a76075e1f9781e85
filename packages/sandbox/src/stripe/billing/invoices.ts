import { refused, StripeError } from '../errors.ts'
import { DATED_LIST, LIST, page } from '../list.ts'
import {
  boolean,
  clearable,
  ignored,
  metadata,
  object,
  oneOf,
  text,
  type Values,
  withMetadata,
} from '../params.ts'
import { route } from '../router.ts'
import { type Context, find, type InvoiceRow, ownRows } from '../state.ts'
import { render } from '../templates.ts'
import { collect, paid } from './collection.ts'
import { finalizeInvoice, giveUpInvoice, markPaid, voidInvoice } from './invoice-machine.ts'
import { ownMethod } from './items.ts'
import { expireIncomplete } from './subscription-state.ts'

function findInvoice(context: Context, id: string): InvoiceRow {
  return find(context, context.store.invoices, 'invoice', id, 'invoice')
}

const FILTERS = {
  ...DATED_LIST,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  customer: text(),
  customer_account: text(),
  due_date: ignored,
  status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void'),
  subscription: text(),
}

function listInvoices(context: Context, values: Values<typeof FILTERS>) {
  const all = context.store.invoices
  const rows = ownRows(context, all).filter(
    ({ object }) =>
      (values.customer === undefined || object.customer === values.customer) &&
      (values.status === undefined || object.status === values.status) &&
      (values.collection_method === undefined || object.collection_method === values.collection_method) &&
      (values.subscription === undefined ||
        object.parent.subscription_details.subscription === values.subscription),
  )
  return { ...page(context, { url: '/v1/invoices', noun: 'invoice', rows, all }, values) }
}

const PAY = {
  forgive: boolean,
  mandate: ignored,
  off_session: boolean,
  paid_out_of_band: boolean,
  payment_method: text(),
  source: ignored,
}

/** `POST /v1/invoices/{id}/pay`: a decline is a 402 and leaves the invoice open. */
function payInvoice(context: Context, values: Values<typeof PAY>, id: string) {
  const row = findInvoice(context, id)
  const invoice = row.object
  if (invoice.status === 'paid') throw refused('Invoice is already paid')
  if (invoice.status === 'void') throw refused('You cannot pay an invoice that is void.')
  const method =
    values.payment_method === undefined
      ? undefined
      : ownMethod(context, values.payment_method, invoice.customer)
  if (invoice.status === 'draft') finalizeInvoice(context, row)
  if (invoice.status === 'uncollectible') invoice.status = 'open'
  if (values.paid_out_of_band === true) {
    settleOutOfBand(context, row)
    return render(invoice)
  }
  const error = collect(context, row, { attended: values.off_session === false, method })
  if (error === null) return render(invoice)
  const { type, code, message, decline_code, charge } = error
  throw new StripeError(code === 'resource_missing' ? 400 : 402, {
    type,
    code,
    message,
    ...(decline_code === undefined ? {} : { decline_code }),
    ...(charge === undefined ? {} : { charge }),
  })
}

function settleOutOfBand(context: Context, row: InvoiceRow): void {
  if (row.object.status !== 'open') return
  markPaid(context, row, true)
  const id = row.object.parent.subscription_details.subscription
  const subscription = context.store.subscriptions.get(id)
  if (subscription !== undefined) paid(context, subscription, row, undefined)
}

function voidRoute(context: Context, id: string) {
  const row = findInvoice(context, id)
  if (row.object.status !== 'open' && row.object.status !== 'uncollectible') {
    throw refused('You can only pass in open or uncollectible invoices. This invoice isn\u2019t open.')
  }
  const subscription = context.store.subscriptions.get(row.object.parent.subscription_details.subscription)
  voidInvoice(context, row)
  if (subscription?.object.status === 'incomplete') expireIncomplete(context, subscription)
  return render(row.object)
}

const PAYMENT_FILTERS = {
  ...DATED_LIST,
  invoice: text(),
  payment: object({
    payment_intent: text(),
    payment_record: text(),
    type: oneOf('payment_intent', 'payment_record'),
  }),
  status: oneOf('canceled', 'open', 'paid'),
}

function listPayments(context: Context, values: Values<typeof PAYMENT_FILTERS>) {
  const all = context.store.invoicePayments
  const intent = values.payment?.payment_intent
  const rows = ownRows(context, all).filter(
    ({ object: payment }) =>
      (values.invoice === undefined || payment.invoice === values.invoice) &&
      (values.status === undefined || payment.status === values.status) &&
      (intent === undefined || payment.payment.payment_intent === intent),
  )
  return { ...page(context, { url: '/v1/invoice_payments', noun: 'invoice_payment', rows, all }, values) }
}

const UPDATE = {
  auto_advance: boolean,
  default_payment_method: clearable(text()),
  description: clearable(text()),
  metadata,
}

export const invoiceRoutes = [
  route('GET', '/v1/invoices', FILTERS, listInvoices),
  route('GET', '/v1/invoices/:id', {}, (context, _values, id) => render(findInvoice(context, id).object)),
  route('POST', '/v1/invoices/:id', UPDATE, (context, values, id) => {
    const { object: invoice } = findInvoice(context, id)
    invoice.metadata = withMetadata(invoice.metadata, values.metadata)
    invoice.auto_advance = values.auto_advance ?? invoice.auto_advance
    const method = values.default_payment_method
    if (method !== undefined) {
      invoice.default_payment_method = method === null ? null : ownMethod(context, method, invoice.customer)
    }
    return render(invoice)
  }),
  route('POST', '/v1/invoices/:id/pay', PAY, payInvoice),
  route('POST', '/v1/invoices/:id/finalize', { auto_advance: boolean }, (context, _values, id) => {
    const row = findInvoice(context, id)
    if (row.object.status !== 'draft')
      throw refused('This invoice is already finalized, you can\u2019t finalize it again.')
    finalizeInvoice(context, row)
    return render(row.object)
  }),
  route('POST', '/v1/invoices/:id/void', {}, (context, _values, id) => voidRoute(context, id)),
  route('POST', '/v1/invoices/:id/mark_uncollectible', {}, (context, _values, id) => {
    const row = findInvoice(context, id)
    if (row.object.status !== 'open')
      throw refused('You can only pass in open invoices. This invoice isn\u2019t open.')
    giveUpInvoice(context, row)
    return render(row.object)
  }),
  route('GET', '/v1/invoices/:id/lines', LIST, (context, values, id) => {
    const { data, url } = findInvoice(context, id).object.lines
    const limit = values.limit ?? 10
    return { object: 'list', url, has_more: data.length > limit, data: structuredClone(data.slice(0, limit)) }
  }),
  route('GET', '/v1/invoice_payments', PAYMENT_FILTERS, listPayments),
  route('GET', '/v1/invoice_payments/:id', {}, (context, _values, id) =>
    render(find(context, context.store.invoicePayments, 'invoice_payment', id, 'id').object),
  ),
]
