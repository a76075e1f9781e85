import { html, type Markup, page } from '../kernel/html.ts'
import type { Invoice } from './billing/wire.ts'
import { SLOW_BANK_ACCOUNT } from './magic.ts'
import { display } from './money.ts'
import { offersToSave } from './payer.ts'
import { unusableOn } from './session-flow.ts'
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

const LABEL = { payment: 'Pay', setup: 'Save card', subscription: 'Subscribe' }

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
    unusableOn(row, SLOW_BANK_ACCOUNT) !== null
      ? null
      : html`<button name="action" value="slow_bank" formnovalidate>Slow bank</button>`
  const consent = offersToSave(row)
    ? html`<label><input type="checkbox" name="save" value="on"> Save my payment information for future purchases</label>`
    : row.intentData.setup_future_usage === null
      ? null
      : html`<p>By paying you allow the merchant to charge this card for future purchases.</p>`
  const body = html`<h1>Pay the sandbox merchant</h1>
<p class="amount">${priced(session.amount_total ?? 0, session.currency ?? 'usd')}</p><table>${rows}</table>${alert}
<form method="post"><label>Card number
<input name="card" inputmode="numeric" autocomplete="off" required value="4242 4242 4242 4242"></label>
${consent}<button class="primary" name="action" value="pay">${LABEL[session.mode]}</button>
<div class="row"><button name="action" value="decline" formnovalidate>Decline</button>
${bank}</div>${back}</form>`
  return respond('Checkout', body, status)
}

/** An invoice's own page, where a failed renewal is paid by hand. */
export function hostedInvoice(invoice: Invoice, problem: string | null, status = 200): Response {
  const alert = problem === null ? null : html`<p class="error" role="alert">${problem}</p>`
  const rows = invoice.lines.data.map(
    (line) => html`<tr><td>${line.description}</td><td>${priced(line.amount, line.currency)}</td></tr>`,
  )
  const body = html`<h1>Invoice ${invoice.number}</h1>
<p class="amount">${priced(invoice.amount_remaining, invoice.currency)}</p><table>${rows}</table>${alert}
<form method="post"><label>Card number
<input name="card" inputmode="numeric" autocomplete="off" required value="4242 4242 4242 4242"></label>
<button class="primary" name="action" value="pay">Pay invoice</button>
<div class="row"><button name="action" value="decline" formnovalidate>Decline</button></div></form>`
  return respond('Invoice', body, status)
}

export function setupAuthenticationPage(): Response {
  const body = html`<h1>Your bank asks you to confirm that this card may be saved</h1>
<form method="post"><button class="primary" name="action" value="complete">Complete authentication</button>
<button name="action" value="fail">Fail authentication</button></form>`
  return respond('Authentication', body)
}

/** The bank's 3-D Secure step. */
export function authenticationPage(intent: PaymentIntent): Response {
  const body = html`<h1>Your bank asks you to confirm this payment</h1>
<p class="amount">${priced(intent.amount, intent.currency)}</p>
<form method="post"><button class="primary" name="action" value="complete">Complete authentication</button>
<button name="action" value="fail">Fail authentication</button></form>`
  return respond('3-D Secure', body)
}
