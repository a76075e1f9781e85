import { currency, formatMajor } from '@onerouter/core'
import { escapeHtml, type Page, renderPage } from '../checkout/page.ts'
import type { LinkRow } from './row.ts'

interface Shown {
  readonly link: LinkRow
  readonly payee: string
  readonly nonce: string
}

/** What a payer sees of a link that can be paid. The form is the only way to start a payment: reading is free. */
export function payPage({ link, payee, nonce }: Shown, said: string | null = null): Page {
  return renderPage({
    title: `Pay ${payee}`,
    nonce,
    body: `${testBanner(link)}<h1 data-link="active">Pay ${escapeHtml(payee)}</h1>${amountOf(link)}
${said === null ? '' : `<p role="alert">${escapeHtml(said)}</p>`}
<form method="post" action=""><button type="submit">Continue to payment</button></form>
${link.expires_at === null ? '' : `<p>Can be paid until ${escapeHtml(timeText(link.expires_at))}.</p>`}`,
  })
}

const ENDED: Readonly<Record<Exclude<LinkRow['status'], 'active'>, readonly [string, string]>> = {
  paid: ['Already paid', 'This has been paid. There is nothing left to do.'],
  expired: ['Link expired', 'This can no longer be paid. Ask the sender for a new link.'],
  deactivated: ['Link withdrawn', 'The sender has withdrawn this link.'],
}

export function endedPage({ link, payee, nonce }: Shown): Page {
  const [title, text] = ENDED[link.status === 'active' ? 'expired' : link.status]
  return renderPage({
    title,
    nonce,
    body: `${testBanner(link)}<h1 data-link="${link.status}">${title}</h1>${amountOf(link)}
<p>To ${escapeHtml(payee)}</p><p>${text}</p>`,
  })
}

/** Somebody else has the link's payment page open. */
export function takenPage({ link, payee, nonce }: Shown): Page {
  return renderPage({
    title: 'Being paid',
    nonce,
    body: `${testBanner(link)}<h1 data-link="taken">Somebody is paying this</h1>${amountOf(link)}
<p>To ${escapeHtml(payee)}</p>
<p role="status">The payment page was opened in another window or by somebody else, and this can be paid only once.
If nothing comes of it, you can pay here in about ten minutes.</p>
<form method="post" action=""><button type="submit">Try again</button></form>`,
  })
}

/** Their payment is on its way, to its payment page or to its end; looking again is the payer's to ask. */
export function waitPage({ link, payee, nonce }: Shown, prepared: boolean): Page {
  const text = prepared
    ? 'Your payment is in progress. You do not need to pay again.'
    : 'The payment page is being prepared. Nothing has been charged.'
  return renderPage({
    title: 'One moment',
    nonce,
    body: `${testBanner(link)}<h1 data-link="waiting">One moment</h1>${amountOf(link)}
<p>To ${escapeHtml(payee)}</p><p role="status">${text}</p>
<form method="post" action=""><button type="submit">Look again</button></form>`,
  })
}

/** Sends the payer to where they pay: a redirect after a form would fall under the form's own policy. */
export function toCheckoutPage({ link, payee, nonce }: Shown, target: string): Page {
  const address = escapeHtml(target)
  return renderPage({
    title: `Pay ${payee}`,
    nonce,
    head: `<meta http-equiv="refresh" content="0;url=${address}">`,
    body: `<h1 data-link="checkout">Opening the payment page</h1>${amountOf(link)}
<p><a class="button" href="${address}">Continue</a></p>`,
  })
}

export function tooManyPage(nonce: string): Page {
  return renderPage({
    title: 'Too many requests',
    nonce,
    body: '<h1>Too many requests</h1><p>Wait a minute, then reload this page.</p>',
  })
}

const testBanner = (link: LinkRow): string =>
  link.environment === 'test' ? '<p><strong>Test mode.</strong> No real money moves.</p>' : ''

function amountOf(link: LinkRow): string {
  const amount = formatMajor(link.amount, currency(link.currency))
  const what = link.description === null ? '' : `<p>${escapeHtml(link.description)}</p>`
  return `<p class="amount">${escapeHtml(`${amount} ${link.currency}`)}</p>${what}`
}

const timeText = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
