import { html, type Markup, page } from '../kernel/html.ts'
import { unusable } from './intent-machine.ts'
import { SLOW_BANK_ACCOUNT } from './magic.ts'
import { display } from './money.ts'
import type { SessionRow } from './state.ts'
import type { PaymentIntent } from './wire.ts'

const ACCENT = '#635bff'

/** A whole page; its forms may lead anywhere because payers are sent back to the merchant's own site. */
function respond(title: string, body: Markup, status = 200): Response {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
  return new Response(page({ title, body, accent: ACCENT }), { status, headers })
}

export function notice(title: string, text: string, status = 200): Response {
  return respond(title, html`<h1>${title}</h1><p>${text}</p>`, status)
}

function priced(amount: number, currency: string): string {
  return `${display(amount, currency)} ${currency.toUpperCase()}`
}

/** The hosted Checkout page. */
export function payPage(row: SessionRow, problem: string | null, status = 200): Response {
  const { object: session, lineItems } = row
  const rows = lineItems.map(
    (item) => html`<tr><td>${item.description} × ${item.quantity}</td>
<td>${priced(item.amount_total, item.currency)}</td></tr>`,
  )
  const alert = problem === null ? null : html`<p class="error" role="alert">${problem}</p>`
  const back =
    session.cancel_url === null
      ? null
      : html`<button name="action" value="cancel" formnovalidate>Cancel and return</button>`
  const bank =
    unusable(row.intentData.capture_method, SLOW_BANK_ACCOUNT) !== null
      ? null
      : html`<button name="action" value="slow_bank" formnovalidate>Slow bank</button>`
  const body = html`<h1>Pay the sandbox merchant</h1>
<p class="amount">${priced(session.amount_total, session.currency)}</p><table>${rows}</table>${alert}
<form method="post"><label>Card number
<input name="card" inputmode="numeric" autocomplete="off" required value="4242 4242 4242 4242"></label>
<button class="primary" name="action" value="pay">Pay</button>
<div class="row"><button name="action" value="decline" formnovalidate>Decline</button>
${bank}</div>${back}</form>`
  return respond('Checkout', body, status)
}

/** The bank's 3-D Secure step. */
export function authenticationPage(intent: PaymentIntent): Response {
  const body = html`<h1>Your bank asks you to confirm this payment</h1>
<p class="amount">${priced(intent.amount, intent.currency)}</p>
<form method="post"><button class="primary" name="action" value="complete">Complete authentication</button>
<button name="action" value="fail">Fail authentication</button></form>`
  return respond('3-D Secure', body)
}
