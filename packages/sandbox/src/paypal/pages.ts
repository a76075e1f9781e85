import { html, type Markup, page } from '../kernel/html.ts'
import { htmlResponse, readBody, seeOther } from '../kernel/http.ts'
import { SUBSCRIBE_PATH, subscribePage } from './billing/page.ts'
import {
  answerAuthentication,
  approve,
  askForAuthentication,
  isExpired,
  mayApprove,
  redirectPayer,
  returnUrl,
} from './payer.ts'
import type { Order, Paypal } from './state.ts'
import { AGREE_PATH, agreementPage } from './vault/page.ts'

/** The approval page a payer opens: `/paypal/checkoutnow?token=<order id>`. */

const ACCENT = '#0070ba'
const PATH = '/paypal/checkoutnow'

export async function handlePages(paypal: Paypal, request: Request): Promise<Response> {
  const url = new URL(request.url)
  if (url.pathname === SUBSCRIBE_PATH) return subscribePage(paypal, request)
  if (url.pathname === AGREE_PATH) return agreementPage(paypal, request)
  if (url.pathname !== PATH) return message(404, 'Page not found', 'There is no such page in this sandbox.')
  const order = paypal.orders.get(url.searchParams.get('token') ?? '')
  if (order === undefined || isExpired(paypal, order)) {
    const sorry = 'Things don’t appear to be working at the moment: this order is unknown or has expired.'
    return message(404, 'We’re sorry', sorry)
  }
  if (order.status === 'COMPLETED') return finished(order, 'approved', 'This order has been paid already.')
  if (request.method === 'GET') {
    redirectPayer(paypal, order)
    return show(order)
  }
  if (request.method !== 'POST') return message(405, 'Method not allowed', 'Open or submit this page.')
  const bytes = await readBody(request, 10_000)
  if (bytes === undefined) return message(413, 'Too large', 'The form is too large.')
  return act(paypal, order, new URLSearchParams(new TextDecoder().decode(bytes)).get('action'))
}

function act(paypal: Paypal, order: Order, action: string | null): Response {
  if (!mayApprove(paypal, order)) return show(order)
  const waiting = order.funding === 'card_awaiting_authentication'
  switch (action) {
    case 'pay':
      approve(paypal, order, 'balance')
      return finished(order, 'approved')
    case 'decline':
      approve(paypal, order, 'declined')
      return finished(order, 'approved')
    case 'slow_bank':
      approve(paypal, order, 'slow_bank')
      return finished(order, 'approved')
    case 'card':
      askForAuthentication(paypal, order)
      return seeOther(`${PATH}?token=${order.id}`)
    case 'authenticate':
      if (!waiting) return show(order)
      answerAuthentication(paypal, order, true)
      return finished(order, 'approved')
    case 'fail_authentication':
      if (!waiting) return show(order)
      answerAuthentication(paypal, order, false)
      return seeOther(`${PATH}?token=${order.id}`)
    case 'cancel':
      return finished(order, 'cancelled')
    default:
      return show(order)
  }
}

const button = (action: string, label: string, primary = false): Markup =>
  html`<button name="action" value="${action}"${primary ? html` class="primary"` : null}>${label}</button>`

function show(order: Order): Response {
  const form =
    order.funding === 'card_awaiting_authentication'
      ? html`<p>Your bank asks you to confirm this card payment.</p>
<form method="post">${button('authenticate', 'Complete authentication', true)}
<div class="row">${button('fail_authentication', 'Fail authentication')}
${button('cancel', 'Cancel and return')}</div></form>`
      : html`<form method="post">${button('pay', 'Pay', true)}
<div class="row">${button('decline', 'Decline')}${button('slow_bank', 'Slow bank')}</div>
${button('card', 'Card with authentication')}${button('cancel', 'Cancel and return')}</form>
<h2>What the buttons do</h2>
<p>“Decline” approves with an instrument that fails at the capture.
“Slow bank” makes the capture pending first.</p>`
  const amounts = order.units.map(
    ({ amount, description }) =>
      html`<p class="amount">${amount.value} ${amount.currency_code}</p><p>${description}</p>`,
  )
  const consent =
    order.vault == null
      ? null
      : html`<p>By paying you also save PayPal for your future purchases from this merchant.</p>`
  const body = html`<h1>Pay with PayPal</h1><p>${order.experience.brand_name ?? 'Test merchant'}</p>${amounts}
${consent}${form}<p>Order <code>${order.id}</code></p>`
  return htmlResponse(200, page({ title: 'PayPal sandbox checkout', body, accent: ACCENT }))
}

/** Sends the browser back to the merchant, or says so when the order has nowhere to go. */
function finished(order: Order, outcome: 'approved' | 'cancelled', note?: string): Response {
  const target = returnUrl(order, outcome)
  if (target !== undefined) return seeOther(target)
  return message(200, outcome === 'approved' ? 'Done' : 'Cancelled', note ?? 'You can close this window.')
}

function message(status: number, title: string, text: string): Response {
  const body = html`<h1>${title}</h1><p>${text}</p>`
  return htmlResponse(status, page({ title, body, accent: ACCENT }))
}
