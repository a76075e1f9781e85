import { html, page } from '../../kernel/html.ts'
import { htmlResponse, readBody, seeOther } from '../../kernel/http.ts'
import { payerId } from '../ids.ts'
import type { Paypal } from '../state.ts'
import type { SetupToken } from './rows.ts'

/** Where a payer lets a merchant keep their wallet: `/paypal/agreements/approve?approval_session_id=…`. */
export const AGREE_PATH = '/paypal/agreements/approve'
const ACCENT = '#0070ba'

export async function agreementPage(paypal: Paypal, request: Request): Promise<Response> {
  const token = paypal.setupTokens.get(new URL(request.url).searchParams.get('approval_session_id') ?? '')
  if (token === undefined || token.expiresAt <= paypal.world.clock.now() || token.status === 'VAULTED') {
    return message(404, 'We’re sorry', 'This agreement is unknown or has been used.')
  }
  if (request.method !== 'POST') return show(token)
  const bytes = await readBody(request, 10_000)
  const action = new URLSearchParams(new TextDecoder().decode(bytes ?? new Uint8Array())).get('action')
  if (action === 'cancel') return back(token, token.experience.cancel_url)
  if (action !== 'agree') return show(token)
  approveSetup(paypal, token)
  return back(token, token.experience.return_url)
}

export function approveSetup(paypal: Paypal, token: SetupToken): void {
  token.payerId ??= payerId(paypal.world.random)
  token.status = 'APPROVED'
}

function show(token: SetupToken): Response {
  const brand = token.experience.brand_name ?? 'the merchant'
  const body = html`<h1>Save PayPal for later</h1>
<p>You allow ${brand} to charge your PayPal account for future purchases.</p>
<form method="post"><button class="primary" name="action" value="agree">Agree and save</button>
<div class="row"><button name="action" value="cancel">Cancel and return</button></div></form>
<p>Setup token <code>${token.id}</code></p>`
  return htmlResponse(200, page({ title: 'PayPal sandbox agreement', body, accent: ACCENT }))
}

function back(token: SetupToken, base: string | undefined): Response {
  if (base === undefined) return message(200, 'Done', 'You can close this window.')
  const url = new URL(base)
  url.searchParams.append('approval_token_id', token.id)
  url.searchParams.append('approval_session_id', token.id)
  return seeOther(url.href)
}

function message(status: number, title: string, text: string): Response {
  const body = html`<h1>${title}</h1><p>${text}</p>`
  return htmlResponse(status, page({ title, body, accent: ACCENT }))
}
