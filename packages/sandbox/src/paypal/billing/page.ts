import { html, page } from '../../kernel/html.ts'
import { htmlResponse, readBody, seeOther } from '../../kernel/http.ts'
import type { Paypal } from '../state.ts'
import { approve } from './cycle.ts'
import type { Subscription } from './rows.ts'
import { applyTerms } from './subscriptions.ts'

/** Where a subscriber agrees: `/paypal/webapps/billing/subscriptions?ba_token=BA-…`. */
export const SUBSCRIBE_PATH = '/paypal/webapps/billing/subscriptions'
const ACCENT = '#0070ba'

export async function subscribePage(paypal: Paypal, request: Request): Promise<Response> {
  const token = new URL(request.url).searchParams.get('ba_token') ?? ''
  const row = [...paypal.subscriptions.values()].find(
    (known) => known.token === token || known.revision?.token === token,
  )
  if (row === undefined) return message(404, 'We’re sorry', 'This agreement is unknown or has been used.')
  const revises = row.revision?.token === token
  if (!revises && row.status !== 'APPROVAL_PENDING') return back(row, token, true)
  if (request.method !== 'POST') return show(row, revises)
  const bytes = await readBody(request, 10_000)
  const action = new URLSearchParams(new TextDecoder().decode(bytes ?? new Uint8Array())).get('action')
  if (action === 'cancel') return back(row, token, false)
  if (action === 'subscribe' || action === 'failing') {
    if (revises && row.revision !== null) applyTerms({ paypal }, row, row.revision.terms)
    else approve(paypal, row, action === 'failing' ? 'declines' : 'works')
    return back(row, token, true)
  }
  return show(row, revises)
}

function show(row: Subscription, revises: boolean): Response {
  const terms = row.revision?.terms ?? row.terms
  const lines = terms.cycles.map(
    (
      cycle,
    ) => html`<tr><td>${cycle.tenure === 'TRIAL' ? 'Trial' : 'Then'}: every ${cycle.count} ${cycle.unit.toLowerCase()}</td>
<td>${cycle.price === null ? 'free' : `${cycle.price.value} ${cycle.price.currency_code} × ${terms.quantity}`}</td></tr>`,
  )
  const body = html`<h1>${revises ? 'Agree to the change' : 'Subscribe with PayPal'}</h1><p>${row.brand}</p>
<table>${lines}</table>
<form method="post"><button class="primary" name="action" value="subscribe">Agree and subscribe</button>
<div class="row"><button name="action" value="failing">Agree with a card that will fail</button>
<button name="action" value="cancel">Cancel and return</button></div></form>
<p>Subscription <code>${row.id}</code></p>`
  return htmlResponse(200, page({ title: 'PayPal sandbox subscription', body, accent: ACCENT }))
}

function back(row: Subscription, token: string, agreed: boolean): Response {
  const base = agreed ? row.returnUrl : row.cancelUrl
  if (base === null) return message(200, agreed ? 'Done' : 'Cancelled', 'You can close this window.')
  const url = new URL(base)
  url.searchParams.append('subscription_id', row.id)
  url.searchParams.append('ba_token', token)
  url.searchParams.append('token', token)
  return seeOther(url.href)
}

function message(status: number, title: string, text: string): Response {
  const body = html`<h1>${title}</h1><p>${text}</p>`
  return htmlResponse(status, page({ title, body, accent: ACCENT }))
}
