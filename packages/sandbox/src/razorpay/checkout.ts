import { html, page } from '../kernel/html.ts'
import { htmlResponse, isRecord, readBody, seeOther } from '../kernel/http.ts'
import { orderForPayer } from './billing/mandate.ts'
import { CHECKOUT_SCRIPT } from './checkout-script.ts'
import { Refusal, refuse } from './errors.ts'
import { type Fields, notes, parseForm, webUrl } from './fields.ts'
import { ACCENT, payPages } from './pages.ts'
import { openSession } from './sessions.ts'
import type { Razorpay, SessionRow } from './state.ts'

/** The parts of the API's origin that payers' browsers use. */
export const CHECKOUT_PATHS = /^\/v1\/checkout(\.js$|\/)/
const BASE = '/v1/checkout'

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null

/** The merchant's page names the key and the order; both must exist and the amount, if given, must agree. */
function sessionFrom(rzp: Razorpay, fields: Fields, mode: SessionRow['mode']): SessionRow {
  const keyId = text(fields['key_id']) ?? text(fields['key']) ?? ''
  const account = rzp.world.accountByCredential('razorpay', 'key_id', keyId)
  if (account === undefined) return refuse('The api key provided is invalid')
  const subscription = rzp.state.subscriptions.get(text(fields['subscription_id']) ?? '')
  const order =
    subscription === undefined
      ? rzp.state.orders.get(text(fields['order_id']) ?? '')
      : orderForPayer(rzp, subscription)
  if (order?.account !== account.id) return refuse('The id provided does not exist')
  const amount = text(fields['amount'])
  if (amount !== null && amount !== String(order.amount)) {
    refuse(
      'Your payment amount is different from your order amount. ' +
        'To pay successfully, please try using right amount.',
    )
  }
  const callbackUrl = text(fields['callback_url'])
  if (mode === 'redirect' && webUrl(callbackUrl) === undefined) refuse('The callback_url format is invalid.')
  const prefill = isRecord(fields['prefill']) ? fields['prefill'] : {}
  const origin = webUrl(text(fields['origin']))?.origin ?? null
  return openSession(rzp, {
    account: account.id,
    orderId: order.id,
    linkId: null,
    subscriptionId: subscription?.id ?? null,
    mode,
    name: text(fields['name']) ?? 'Merchant',
    description: text(fields['description']),
    callbackUrl,
    cancelUrl: webUrl(text(fields['cancel_url']))?.href ?? null,
    origin,
    prefill: {
      name: text(prefill['name']) ?? '',
      email: text(prefill['email']) ?? '',
      contact: text(prefill['contact']) ?? '',
    },
    notes: notes(fields['notes']),
  })
}

async function start(rzp: Razorpay, request: Request): Promise<Response> {
  const url = new URL(request.url)
  try {
    if (request.method === 'POST') {
      const bytes = await readBody(request, 65_536)
      const fields = parseForm(new TextDecoder().decode(bytes))
      return seeOther(`${BASE}/pay/${sessionFrom(rzp, fields, 'redirect').id}`)
    }
    return seeOther(`${BASE}/pay/${sessionFrom(rzp, parseForm(url.search.slice(1)), 'modal').id}`)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const body = html`<h1>Payment cannot start</h1><p role="alert" class="error">${error.message}</p>`
    return htmlResponse(400, page({ title: 'Razorpay', body, accent: ACCENT }))
  }
}

/** `/v1/checkout.js`, the form post of the hosted checkout, and the pay pages both lead to. */
export async function checkout(rzp: Razorpay, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === `${BASE}.js`) {
    return new Response(CHECKOUT_SCRIPT, {
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
      },
    })
  }
  const starts = pathname === `${BASE}/embedded` ? 'POST' : pathname === `${BASE}/public` ? 'GET' : undefined
  return starts === request.method ? start(rzp, request) : payPages(rzp, request, BASE)
}
