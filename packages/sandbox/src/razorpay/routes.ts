import { basicAuth, isRecord, json, readBody } from '../kernel/http.ts'
import type { SandboxAccount } from '../kernel/types.ts'
import { BILLING_ROUTES } from './billing/routes.ts'
import { type Call, own } from './call.ts'
import { createCustomer, updateCustomer } from './customers.ts'
import { disputeEntity } from './disputes.ts'
import {
  cardEntity,
  customerEntity,
  linkEntity,
  orderEntity,
  paymentEntity,
  paymentsOf,
  refundEntity,
} from './entities.ts'
import { Refusal, refusalResponse, refuse, UNAUTHENTICATED } from './errors.ts'
import { type Fields, integer, notesOnly, only, parseForm } from './fields.ts'
import { cancelLink, createLink, updateLink } from './links.ts'
import { collectionOf, expansions, listQuery, pageOf } from './lists.ts'
import { createOrder } from './orders.ts'
import { capturePayment } from './payments.ts'
import { createRefund } from './refunds.ts'
import type { OrderRow, PaymentRow, Razorpay, RefundRow } from './state.ts'
import { createWebhook, listWebhooks, updateWebhook } from './webhooks.ts'

const HALF_YEAR = 180 * 86_400
const ORDER_EXPAND = ['payments', 'payments.card', 'transfers', 'virtual_account']
const PAYMENT_EXPAND = [
  'card',
  'emi',
  'transaction',
  'refunds',
  'offers',
  'token',
  'transaction.settlement',
  'upi',
]

const orderAt = (call: Call): OrderRow => {
  const order = own(call, call.rzp.state.orders, 'order')
  const old = call.rzp.seconds() - order.createdAt > HALF_YEAR
  return old ? refuse('Order older than 180 days, please use reports.') : order
}
const paymentAt = (call: Call): PaymentRow => own(call, call.rzp.state.payments, 'pay')
const linkAt = (call: Call) => own(call, call.rzp.state.links, 'plink')

function listOrders({ rzp, account, query }: Call): object {
  const list = listQuery(query, { filters: ['receipt', 'authorized'], expand: ORDER_EXPAND })
  const { receipt, authorized } = list.filters
  const wantsAuthorized = authorized === '1' || authorized === 'true'
  const rows = pageOf(rzp.state.orders.values(), list, (order) => {
    if (order.account !== account || (receipt !== undefined && order.receipt !== receipt)) return false
    if (authorized === undefined) return true
    return paymentsOf(rzp, order).some(({ status }) => status === 'authorized') === wantsAuthorized
  })
  return collectionOf(rows.map((order) => orderEntity(rzp, order, list.expand)))
}

function patchOrder(call: Call): object {
  const order = orderAt(call)
  order.notes = notesOnly(call.fields)
  return orderEntity(call.rzp, order)
}

function listPayments({ rzp, account, query }: Call): object {
  const list = listQuery(query, { expand: PAYMENT_EXPAND })
  const rows = pageOf(rzp.state.payments.values(), list, (payment) => payment.account === account)
  return collectionOf(rows.map((payment) => paymentEntity(rzp, payment)))
}

function getPayment(call: Call): object {
  const expand = expansions(call.query, PAYMENT_EXPAND)
  const payment = paymentAt(call)
  const refunds = expand.includes('refunds') ? { refunds: refundsOf(call.rzp, payment) } : {}
  return { ...paymentEntity(call.rzp, payment), ...refunds }
}

function patchPayment(call: Call): object {
  const payment = paymentAt(call)
  payment.notes = notesOnly(call.fields)
  return paymentEntity(call.rzp, payment)
}

function getCard(call: Call): object {
  const { card } = paymentAt(call).instrument
  return card === null ? refuse('Payment was not done using card.') : cardEntity(card)
}

/** Capture must name the authorised amount: Razorpay has no partial capture. */
function capture(call: Call): object {
  const { rzp, fields } = call
  const payment = paymentAt(call)
  only(fields, ['amount', 'currency'])
  if (fields['amount'] === undefined) {
    refuse('Could not validate payment capture request due to: amount: required key is missing.')
  }
  const amount = integer(fields['amount'], 'amount')
  if (payment.captured || payment.status === 'refunded') {
    refuse('The payment has already been either captured or voided.')
  }
  if (payment.status !== 'authorized') {
    refuse('Only payments which have been authorized and not yet captured can be captured.')
  }
  if ((fields['currency'] ?? 'INR') !== payment.currency) {
    refuse('Capture request currency must be same as payment currency.', { field: 'currency' })
  }
  if (amount !== payment.amount) {
    refuse('Capture amount must be equal to the amount authorized.', { field: 'amount' })
  }
  if (rzp.state.orders.get(payment.orderId)?.status === 'paid') refuse('Payment already done for this order.')
  capturePayment(rzp, payment)
  return paymentEntity(rzp, payment)
}

function refund(call: Call): object {
  const key = call.headers.get('x-refund-idempotency')
  return createRefund(call.rzp, paymentAt(call), { fields: call.fields, key })
}

const rowsOfRefunds = (rzp: Razorpay, payment: PaymentRow): RefundRow[] =>
  payment.refunds.flatMap((id) => rzp.state.refunds.get(id) ?? [])
const refundsOf = (rzp: Razorpay, payment: PaymentRow) =>
  collectionOf(rowsOfRefunds(rzp, payment).map(refundEntity))

function listRefundsOfPayment(call: Call): object {
  const rows = pageOf(rowsOfRefunds(call.rzp, paymentAt(call)), listQuery(call.query), () => true)
  return collectionOf(rows.map(refundEntity))
}

function getRefundOfPayment(call: Call): object {
  const payment = paymentAt(call)
  const row = own(call, call.rzp.state.refunds, 'rfnd', 1)
  return row.paymentId === payment.id ? refundEntity(row) : refuse('The id provided does not exist')
}

function listRefunds({ rzp, account, query }: Call): object {
  const rows = pageOf(rzp.state.refunds.values(), listQuery(query), (row) => row.account === account)
  return collectionOf(rows.map(refundEntity))
}

function patchRefund(call: Call): object {
  const row = own(call, call.rzp.state.refunds, 'rfnd')
  row.notes = notesOnly(call.fields)
  return refundEntity(row)
}

function listDisputes({ rzp, account, query }: Call): object {
  const rows = pageOf(rzp.state.disputes.values(), listQuery(query), (row) => row.account === account)
  return collectionOf(rows.map(disputeEntity))
}

function listCustomers({ rzp, account, query }: Call): object {
  const rows = pageOf(rzp.state.customers.values(), listQuery(query), (row) => row.account === account)
  return collectionOf(rows.map(customerEntity))
}

/** Not the usual envelope: links answer `{payment_links: […]}`. */
function listLinks({ rzp, account, query }: Call): object {
  const list = listQuery(query, { filters: ['payment_id', 'reference_id'] })
  const { payment_id: paymentId, reference_id: reference } = list.filters
  const orderId = rzp.state.payments.get(paymentId ?? '')?.orderId
  const rows = pageOf(rzp.state.links.values(), list, (link) => {
    if (link.account !== account || (reference !== undefined && link.reference !== reference)) return false
    return paymentId === undefined || (orderId !== undefined && link.orderId === orderId)
  })
  return { payment_links: rows.map((link) => linkEntity(rzp, link)) }
}

function notifyLink(call: Call): object {
  linkAt(call)
  const medium = call.ids[1]
  if (medium !== 'sms' && medium !== 'email') refuse('not a valid notification medium')
  return { success: true }
}

/** What the account may charge; also the cheapest call that tells whether a key works. */
const methods = (): object => ({
  entity: 'methods',
  card: true,
  debit_card: true,
  credit_card: true,
  prepaid_card: true,
  card_networks: { AMEX: 1, DICL: 1, MC: 1, RUPAY: 1, VISA: 1 },
  amex: true,
  netbanking: { HDFC: 'HDFC Bank', ICIC: 'ICICI Bank', SBIN: 'State Bank of India', UTIB: 'Axis Bank' },
  wallet: { freecharge: true, mobikwik: true, olamoney: true },
  emi: false,
  upi: true,
  cardless_emi: [],
  paylater: [],
})

type Route = (call: Call) => object
const ROUTES: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ['POST', /^\/v1\/orders$/, (call) => createOrder(call.rzp, call.account, call.fields)],
  ['GET', /^\/v1\/orders$/, listOrders],
  [
    'GET',
    /^\/v1\/orders\/([^/]+)$/,
    (call) => orderEntity(call.rzp, orderAt(call), expansions(call.query, ORDER_EXPAND)),
  ],
  ['PATCH', /^\/v1\/orders\/([^/]+)$/, patchOrder],
  [
    'GET',
    /^\/v1\/orders\/([^/]+)\/payments$/,
    (call) => collectionOf(paymentsOf(call.rzp, orderAt(call)).map((row) => paymentEntity(call.rzp, row))),
  ],
  ['GET', /^\/v1\/payments$/, listPayments],
  ['GET', /^\/v1\/payments\/([^/]+)$/, getPayment],
  ['PATCH', /^\/v1\/payments\/([^/]+)$/, patchPayment],
  ['GET', /^\/v1\/payments\/([^/]+)\/card$/, getCard],
  ['POST', /^\/v1\/payments\/([^/]+)\/capture$/, capture],
  ['POST', /^\/v1\/payments\/([^/]+)\/refund$/, refund],
  ['GET', /^\/v1\/payments\/([^/]+)\/refunds$/, listRefundsOfPayment],
  ['GET', /^\/v1\/payments\/([^/]+)\/refunds\/([^/]+)$/, getRefundOfPayment],
  ['GET', /^\/v1\/refunds$/, listRefunds],
  ['GET', /^\/v1\/refunds\/([^/]+)$/, (call) => refundEntity(own(call, call.rzp.state.refunds, 'rfnd'))],
  ['PATCH', /^\/v1\/refunds\/([^/]+)$/, patchRefund],
  ['GET', /^\/v1\/disputes$/, listDisputes],
  ['GET', /^\/v1\/disputes\/([^/]+)$/, (call) => disputeEntity(own(call, call.rzp.state.disputes, 'disp'))],
  ['POST', /^\/v1\/customers$/, (call) => createCustomer(call.rzp, call.account, call.fields)],
  ['GET', /^\/v1\/customers$/, listCustomers],
  [
    'GET',
    /^\/v1\/customers\/([^/]+)$/,
    (call) => customerEntity(own(call, call.rzp.state.customers, 'cust')),
  ],
  [
    'PUT',
    /^\/v1\/customers\/([^/]+)$/,
    (call) => updateCustomer(call.rzp, own(call, call.rzp.state.customers, 'cust'), call.fields),
  ],
  ['POST', /^\/v1\/payment_links$/, (call) => createLink(call.rzp, call.account, call.fields)],
  ['GET', /^\/v1\/payment_links$/, listLinks],
  ['GET', /^\/v1\/payment_links\/([^/]+)$/, (call) => linkEntity(call.rzp, linkAt(call))],
  ['PATCH', /^\/v1\/payment_links\/([^/]+)$/, (call) => updateLink(call.rzp, linkAt(call), call.fields)],
  ['POST', /^\/v1\/payment_links\/([^/]+)\/cancel$/, (call) => cancelLink(call.rzp, linkAt(call))],
  ['POST', /^\/v1\/payment_links\/([^/]+)\/notify_by\/([^/]+)$/, notifyLink],
  ['POST', /^\/v1\/webhooks$/, (call) => createWebhook(call.rzp, call.account, call.fields)],
  ['GET', /^\/v1\/webhooks$/, (call) => listWebhooks(call.rzp, call.account, call.query)],
  [
    'PUT',
    /^\/v1\/webhooks\/([^/]+)$/,
    (call) => updateWebhook(call.rzp, call.account, call.ids[0] ?? '', call.fields),
  ],
  ['GET', /^\/v1\/methods$/, methods],
  ...BILLING_ROUTES,
]

/** The word `Basic` is compared as it is; the secret must belong to the key's account. */
export function authenticate(rzp: Razorpay, request: Request): SandboxAccount | undefined {
  const given = basicAuth(request)
  if (given === undefined) return undefined
  const account = rzp.world.accountByCredential('razorpay', 'key_id', given.user)
  return account?.credentials['key_secret'] === given.password ? account : undefined
}

/** JSON, or a form as old plugins send it. */
async function fieldsOf(request: Request): Promise<Fields> {
  const bytes = await readBody(request)
  if (bytes === undefined) return refuse('The request body is too large.')
  if (bytes.byteLength === 0) return {}
  const text = new TextDecoder().decode(bytes)
  if ((request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
    return parseForm(text)
  }
  const value = parsed(text)
  return isRecord(value) && !deeperThan(value, MAX_DEPTH) ? value : refuse('EOF.')
}

/** No field nests further; what does would only exhaust the stack of whoever walks it. */
const MAX_DEPTH = 16

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => deeperThan(inner, levels - 1))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse('EOF.')
  }
}

/** Answers one request to `/v1/…`. */
export async function answer(rzp: Razorpay, request: Request): Promise<Response> {
  const account = authenticate(rzp, request)
  if (account === undefined) return json(401, UNAUTHENTICATED)
  try {
    const url = new URL(request.url)
    const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname
    for (const [method, pattern, route] of ROUTES) {
      const match = method === request.method ? pattern.exec(path) : null
      if (match === null) continue
      const fields = await fieldsOf(request)
      const { searchParams: query } = url
      const call = { rzp, account: account.id, ids: match.slice(1), query, fields, headers: request.headers }
      return json(200, route(call))
    }
    return refuse('The requested URL was not found on the server.')
  } catch (error) {
    if (error instanceof Refusal) return refusalResponse(error)
    throw error
  }
}
