import { currency, formatMajor } from '@onerouter/core'
import type { PaymentRow } from '../store/rows.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)

/** JSON inside a script element: no sequence in it may end the element. */
export const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')

export interface Page {
  readonly html: string
  readonly contentSecurityPolicy: string
}

interface Parts {
  readonly title: string
  readonly body: string
  /** Further elements of the head, already escaped. */
  readonly head?: string
  readonly nonce: string
  /** Origins of the provider whose checkout the page opens. */
  readonly origins?: readonly string[]
  readonly script?: string
  readonly scriptUrl?: string
}

/** A page of ours that a payer sees: self-contained, dark and light, nothing loaded but the named provider. */
export function renderPage(parts: Parts): Page {
  const { nonce, origins = [] } = parts
  const external =
    parts.scriptUrl === undefined
      ? ''
      : `<script nonce="${nonce}" src="${escapeHtml(parts.scriptUrl)}"></script>`
  const inline = parts.script === undefined ? '' : `<script nonce="${nonce}">${parts.script}</script>`
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(parts.title)}</title>
${parts.head ?? ''}<style nonce="${nonce}">${STYLE}</style>
</head>
<body><main>${parts.body}</main>${external}${inline}</body>
</html>`
  const from = origins.length === 0 ? "'none'" : origins.join(' ')
  return {
    html,
    contentSecurityPolicy: [
      "default-src 'none'",
      `script-src 'nonce-${nonce}' ${origins.join(' ')}`.trim(),
      // Providers' checkouts style their own overlay in the page that opens them.
      origins.length === 0 ? `style-src 'nonce-${nonce}'` : "style-src 'unsafe-inline'",
      `img-src data: ${origins.join(' ')}`.trim(),
      `connect-src ${from}`,
      `frame-src ${from}`,
      `form-action 'self' ${origins.join(' ')}`.trim(),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  }
}

export function amountLine(payment: PaymentRow): string {
  const amount = formatMajor(payment.amount, currency(payment.currency))
  return `<p class="amount">${escapeHtml(`${amount} ${payment.currency}`)}</p>${
    payment.description === null ? '' : `<p>${escapeHtml(payment.description)}</p>`
  }`
}

const WORDS: Readonly<Record<PaymentRow['status'], readonly [string, string]>> = {
  created: ['Getting ready', 'This payment is being prepared. Reload the page in a moment.'],
  requires_action: ['Waiting for payment', 'This payment has not been made yet.'],
  processing: [
    'Payment in progress',
    'We are waiting for the confirmation. You do not need to pay again; this page updates by itself.',
  ],
  authorized: ['Payment authorized', 'The amount is reserved. You may close this page.'],
  succeeded: ['Payment received', 'Thank you. You may close this page.'],
  failed: ['Payment failed', 'No money was taken.'],
  canceled: ['Payment canceled', 'This payment was canceled and can no longer be made.'],
  expired: ['Payment expired', 'This payment was not made in time.'],
}

/** Says how a payment stands; an unfinished one asks again by itself. */
export function statusPage(payment: PaymentRow, nonce: string): Page {
  const [title, text] = WORDS[payment.status]
  const open = payment.status === 'processing' || payment.status === 'created'
  const again = payment.status === 'requires_action' && payment.checkout_url !== null
  const link = again
    ? `<p><a class="button" href="${escapeHtml(payment.checkout_url ?? '')}">Pay now</a></p>`
    : ''
  return renderPage({
    title,
    nonce,
    body: `<h1 data-status="${payment.status}">${title}</h1>${amountLine(payment)}<p>${text}</p>${link}`,
    ...(open && { script: 'setTimeout(function () { location.reload() }, 3000)' }),
  })
}

/**
 * Sends the payer on after a form was posted to us. A redirect would be judged by the posting page's
 * form-action rule at every further hop of the merchant's.
 */
export function onwardPage(target: string, nonce: string): Page {
  const address = escapeHtml(target)
  return renderPage({
    title: 'Returning',
    nonce,
    head: `<meta http-equiv="refresh" content="0;url=${address}">`,
    body: `<h1>Returning to the shop</h1><p><a class="button" href="${address}">Continue</a></p>`,
  })
}

export function missingPage(nonce: string): Page {
  return renderPage({
    title: 'Not found',
    nonce,
    body: '<h1>Not found</h1><p>This payment link does not exist. Check that it was copied completely.</p>',
  })
}

const STYLE = `
:root{color-scheme:light dark;--fg:#1a1a2b;--bg:#f5f6fa;--card:#fff;--accent:#4a3aff;--on:#fff;--muted:#5b5b73}
@media (prefers-color-scheme:dark){:root{--fg:#eef;--bg:#0d0e14;--card:#171925;--accent:#8f86ff;--on:#0d0e14;--muted:#a5a7bd}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
main{background:var(--card);border-radius:16px;padding:2rem;margin:1rem;max-width:26rem;width:calc(100% - 2rem);box-shadow:0 8px 32px #0002}
h1{margin:0 0 .5rem;font-size:1.35rem}p{margin:.5rem 0;color:var(--muted)}
.amount{font-size:2rem;font-weight:650;color:var(--fg)}
.button,button{display:inline-block;width:100%;text-align:center;background:var(--accent);color:var(--on);border:0;border-radius:10px;padding:.8rem 1rem;font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
a.plain{display:block;text-align:center;margin-top:1rem;color:var(--muted)}
`
