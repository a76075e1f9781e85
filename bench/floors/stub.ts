/**
 * Stripe's create answer over raw `node:http`, after a delay that can be set, with a book of what was asked per secret
 * key. The product's sandbox emulates far more and would be the bottleneck of everything that is measured here.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listening } from './listening.ts'
import { paidIntent } from './paid.ts'

interface Page {
  calls: number
  readonly keys: Set<string>
  /** Requests under an idempotency key that had been used: a subject that charges twice. */
  repeated: number
}

let delayMs = 0
let serial = 0
const book = new Map<string, Page>()
const SESSIONS = '/v1/checkout/sessions'
/** What each was asked for, by the number in its id. Who looks at a session is told that it was paid. */
const sold = new Map<number, string>()

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('latin1')
    const answer = (): void => send(response, answerTo(request, body))
    if (delayMs === 0) answer()
    else setTimeout(answer, delayMs)
  })
})
server.keepAliveTimeout = 120_000

function answerTo(request: IncomingMessage, body: string): object {
  if (request.method === 'GET') return paidSession(request.url ?? '') ?? ACCOUNT
  if (request.url !== SESSIONS) return { id: `we_${++serial}`, object: 'webhook_endpoint' }
  const key = String(request.headers['idempotency-key'])
  const page = pageOf(String(request.headers.authorization))
  page.calls += 1
  if (page.keys.has(key)) page.repeated += 1
  page.keys.add(key)
  sold.set(++serial, body)
  return session(sessionId(serial), new URLSearchParams(body))
}

const ACCOUNT = { id: 'acct_bench', object: 'account', country: 'US' }
const sessionId = (n: number): string => `cs_test_bench${String(n).padStart(48, '0')}`

function paidSession(url: string): object | undefined {
  const n = Number(/\/cs_test_bench(\d+)/.exec(url)?.[1])
  const body = sold.get(n)
  if (body === undefined) return undefined
  const open = session(sessionId(n), new URLSearchParams(body))
  const { amount_total: amount, currency, client_reference_id: reference } = open
  return {
    ...open,
    payment_intent: paidIntent(n, { amount, currency, reference }),
    payment_status: 'paid',
    status: 'complete',
    url: null,
  }
}

function pageOf(authorization: string): Page {
  const known = book.get(authorization)
  if (known !== undefined) return known
  const page = { calls: 0, keys: new Set<string>(), repeated: 0 }
  book.set(authorization, page)
  return page
}

/** The members of a Checkout Session and their usual size, Stripe's API reference "The Checkout Session object". */
function session(id: string, form: URLSearchParams) {
  const amount = Number(form.get('line_items[0][price_data][unit_amount]'))
  const reference = form.get('client_reference_id')
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: form.get('cancel_url'),
    client_reference_id: reference,
    client_secret: null,
    consent: null,
    consent_collection: null,
    created: 1_760_000_000,
    currency: form.get('line_items[0][price_data][currency]'),
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: null,
    customer_creation: 'if_required',
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: 4_070_908_800,
    invoice: null,
    invoice_creation: { enabled: false, invoice_data: { description: null, footer: null, metadata: {} } },
    livemode: false,
    locale: null,
    metadata: reference === null ? {} : { onerouter_ref: reference },
    mode: 'payment',
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    phone_number_collection: { enabled: false },
    recovered_from: null,
    shipping_address_collection: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: form.get('success_url'),
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted',
    url: `https://checkout.stripe.com/c/pay/${id}`,
  }
}

function send(response: ServerResponse, answer: object): void {
  const body = JSON.stringify(answer)
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'request-id': `req_bench${serial}`,
  })
  response.end(body)
}

process.on('message', (message: { delayMs?: number }) => {
  if (message.delayMs !== undefined) delayMs = message.delayMs
  const pages = [...book].map(([authorization, { calls, repeated }]) => [authorization, { calls, repeated }])
  process.send?.({ book: Object.fromEntries(pages) })
})
listening(server)
