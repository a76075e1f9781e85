import type { World } from '../kernel/types.ts'
import { authenticateCaller } from './auth.ts'
import { authenticateSetup } from './billing/setup-intents.ts'
import { createSession } from './checkout-sessions.ts'
import { StripeError } from './errors.ts'
import { cardByNumber, DECLINED_CARD, SLOW_BANK_ACCOUNT } from './magic.ts'
import { authenticationPage, hostedInvoice, notice, payPage, setupAuthenticationPage } from './page-html.ts'
import { parseForm } from './parse.ts'
import { finishAuthentication, payOnSession, tryWith } from './payer.ts'
import { intentOfSession, unusableOn } from './session-flow.ts'
import {
  type IntentRow,
  type LinkRow,
  nowSeconds,
  type SessionRow,
  type Store,
  systemContext,
} from './state.ts'
import { rollSecret } from './webhook-endpoints.ts'
import type { PaymentIntent } from './wire.ts'

const SESSION_LIFE_S = 24 * 3_600
const MAX_FORM = 10_000
interface Site {
  readonly world: World
  readonly store: Store
}

/** What a payer's browser opens, below `/stripe/`; and the one dashboard action the API lacks. */
export function createPages(world: World, store: Store) {
  const site: Site = { world, store }
  return async (request: Request): Promise<Response> => {
    try {
      return await open(site, request)
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      return notice('Something went wrong', error.message, error.status)
    }
  }
}

async function open(site: Site, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const [, , area = '', ...rest] = url.pathname.split('/')
  const id = rest.at(-1) ?? ''
  const posted = request.method === 'POST'
  const place = [area, ...rest.slice(0, -1)].join('/')
  if (place === 'c/pay') return posted ? paid(site, id, await formOf(request)) : checkout(site, id)
  if (place === 'c/done' && !posted) return notice('Payment received', 'Thank you. You can close this page.')
  if (place === 'buy' && !posted) return followLink(site, id, url.searchParams)
  if (place === 'invoice') return invoicePage(site, id, posted ? await formOf(request) : null)
  if (place === 'dashboard' && id === 'billing' && posted) return setBilling(site, request)
  if (place === '3ds') {
    const secret = url.searchParams.get('client_secret')
    return authentication(site, id, secret, posted ? await formOf(request) : null)
  }
  if (place === 'dashboard/roll_secret' && posted) return roll(site, id, request)
  return notice('Page not found', 'There is nothing at this address.', 404)
}

async function formOf(request: Request): Promise<Record<string, string>> {
  const text = await request.text()
  if (text.length > MAX_FORM) return {}
  const pairs = [...parseForm(text)].filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return Object.fromEntries(pairs)
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
}

/** Why this session cannot be paid here, null when it can. */
function closed(row: SessionRow | undefined): Response | null {
  if (row === undefined) return notice('Page not found', 'There is no such Checkout Session.', 404)
  if (row.object.status === 'open') return null
  const expired = row.object.status === 'expired'
  return expired
    ? notice('This page has expired', 'Ask the merchant for a new link to pay.', 410)
    : notice('You are all done here', 'Your payment was received before.')
}

function checkout(site: Site, id: string): Response {
  const row = site.store.sessions.get(id)
  const obstacle = closed(row)
  if (obstacle !== null || row === undefined) return obstacle ?? notice('Page not found', '', 404)
  const problem = intentOf(site, row)?.object.last_payment_error?.message ?? null
  return payPage(row, problem)
}

function intentOf(site: Site, row: SessionRow): IntentRow | undefined {
  return intentOfSession(systemContext(site.world, site.store, row), row)
}

function paid(site: Site, id: string, form: Readonly<Record<string, string>>): Response {
  const row = site.store.sessions.get(id)
  const obstacle = closed(row)
  if (obstacle !== null || row === undefined) return obstacle ?? notice('Page not found', '', 404)
  const { cancel_url } = row.object
  if (form.action === 'cancel' && cancel_url !== null) return redirect(cancel_url)
  const number = numberOf(form)
  if (cardByNumber(number) === undefined) {
    return payPage(row, 'Your card number is incomplete.', 422)
  }
  const problem = unusableOn(row, number)
  if (problem !== null) return payPage(row, problem, 422)
  const saves = form.save === 'on'
  const error = payOnSession(systemContext(site.world, site.store, row), row, number, saves)
  if (error !== null && intentOf(site, row) === undefined) return payPage(row, error.message, 402)
  return onwards(site, row)
}

function numberOf(form: Readonly<Record<string, string>>): string {
  if (form.action === 'decline') return DECLINED_CARD
  if (form.action === 'slow_bank') return SLOW_BANK_ACCOUNT
  return (form.card ?? '').replaceAll(/[\s-]/g, '')
}

/** Where the payer goes next: the bank's page, back to try again, or home. */
function onwards(site: Site, row: SessionRow): Response {
  const next = intentOf(site, row)?.object.next_action?.redirect_to_url.url
  if (next !== undefined) return redirect(next)
  const session = row.object
  if (session.status === 'open') return redirect(`${site.world.urls.pages}/stripe/c/pay/${session.id}`)
  const home = session.success_url ?? `${site.world.urls.pages}/stripe/c/done/${session.id}`
  return redirect(home.replaceAll('{CHECKOUT_SESSION_ID}', session.id))
}

function authentication(
  site: Site,
  id: string,
  secret: string | null,
  form: Readonly<Record<string, string>> | null,
): Response {
  if (site.store.setupIntents.has(id)) return setupAuthentication(site, id, secret, form)
  const row = site.store.intents.get(id)
  if (row === undefined || row.object.client_secret !== secret) {
    return notice('Page not found', 'There is no such payment.', 404)
  }
  const session = site.store.sessions.get(row.sessionId ?? '')
  if (row.object.status !== 'requires_action') {
    return notice('Nothing to confirm', 'This payment no longer waits for your bank.', 410)
  }
  if (form === null) return authenticationPage(row.object)
  finishAuthentication(systemContext(site.world, site.store, row), row, form.action === 'complete')
  if (session !== undefined) return onwards(site, session)
  return backToMerchant(row.object, row.returnUrl)
}

/** The bank's step before a method is saved. */
function setupAuthentication(
  site: Site,
  id: string,
  secret: string | null,
  form: Readonly<Record<string, string>> | null,
): Response {
  const row = site.store.setupIntents.get(id)
  if (row === undefined || row.object.client_secret !== secret || row.object.status !== 'requires_action') {
    return notice('Nothing to confirm', 'No card waits for your bank here.', 410)
  }
  if (form === null) return setupAuthenticationPage()
  const home = row.object.next_action?.redirect_to_url.return_url ?? null
  const done = authenticateSetup(systemContext(site.world, site.store, row), row, form.action === 'complete')
  if (home === null) return notice('You are all done here', 'You can close this page.')
  const url = new URL(home)
  url.searchParams.set('setup_intent', id)
  url.searchParams.set('setup_intent_client_secret', row.object.client_secret)
  url.searchParams.set('redirect_status', done ? 'succeeded' : 'failed')
  return redirect(url.href)
}

/** The hosted page of an invoice: whoever has its address may pay it. */
function invoicePage(site: Site, id: string, form: Readonly<Record<string, string>> | null): Response {
  const row = site.store.invoices.get(id)
  const intent = site.store.intents.get(row?.intentId ?? '')
  if (row === undefined || intent === undefined)
    return notice('Page not found', 'There is no such invoice.', 404)
  if (row.object.status !== 'open') return notice('Nothing to pay', `This invoice is ${row.object.status}.`)
  if (form === null) return hostedInvoice(row.object, intent.object.last_payment_error?.message ?? null)
  const number = numberOf(form)
  if (cardByNumber(number) === undefined)
    return hostedInvoice(row.object, 'Your card number is incomplete.', 422)
  intent.returnUrl = row.object.hosted_invoice_url
  const error = tryWith(systemContext(site.world, site.store, row), intent, number)
  if (error !== null) return hostedInvoice(row.object, error.message, 402)
  return redirect(intent.object.next_action?.redirect_to_url.url ?? row.object.hosted_invoice_url ?? '')
}

/** What the dashboard sets for failed renewals: `final_action` cancel, unpaid or past_due. */
async function setBilling(site: Site, request: Request): Promise<Response> {
  const caller = authenticateCaller(site.world, request.headers)
  const { final_action: asked } = await formOf(request)
  const finalAction = FINAL_ACTIONS.find((action) => action === asked)
  if (finalAction === undefined)
    return Response.json({ error: `final_action: ${FINAL_ACTIONS.join(', ')}` }, { status: 400 })
  site.store.billingSettings.set(caller.account.id, { finalAction })
  return Response.json({ final_action: finalAction })
}
const FINAL_ACTIONS = ['cancel', 'unpaid', 'past_due'] as const

/** The merchant's page must not trust these parameters: nothing signs them. */
function backToMerchant(intent: PaymentIntent, returnUrl: string | null): Response {
  if (returnUrl === null) return notice('You are all done here', 'You can close this page.')
  const url = new URL(returnUrl)
  url.searchParams.set('payment_intent', intent.id)
  url.searchParams.set('payment_intent_client_secret', intent.client_secret)
  const failed = intent.status === 'requires_payment_method'
  url.searchParams.set('redirect_status', failed ? 'failed' : 'succeeded')
  return redirect(url.href)
}

function followLink(site: Site, code: string, query: URLSearchParams): Response {
  const row = [...site.store.links.values()].find((link) => link.code === code)
  if (row === undefined) return notice('Page not found', 'There is no such payment link.', 404)
  const { active, restrictions, inactive_message } = row.object
  const limit = restrictions?.completed_sessions
  if (!active || (limit !== undefined && limit.count >= limit.limit)) {
    return notice('This link is no longer active', inactive_message ?? 'Ask the merchant for a new one.', 410)
  }
  const session = sessionOfLink(site, row, query)
  return redirect(session.object.url ?? '')
}

function sessionOfLink(site: Site, row: LinkRow, query: URLSearchParams): SessionRow {
  const context = systemContext(site.world, site.store, row)
  const link = row.object
  const after = link.after_completion
  const data = row.intentData
  return createSession(context, {
    lineItems: structuredClone(row.lineItems),
    intentData: {
      capture_method: data?.capture_method ?? 'automatic_async',
      description: data?.description ?? null,
      metadata: { ...data?.metadata },
      receipt_email: null,
      setup_future_usage: data?.setup_future_usage ?? null,
      statement_descriptor: data?.statement_descriptor ?? null,
      statement_descriptor_suffix: data?.statement_descriptor_suffix ?? null,
      transfer_group: data?.transfer_group ?? null,
    },
    expiresAt: nowSeconds(site.world) + SESSION_LIFE_S,
    fields: {
      client_reference_id: query.get('client_reference_id')?.slice(0, 200) ?? null,
      customer_email: query.get('prefilled_email')?.slice(0, 512) ?? null,
      metadata: { ...link.metadata },
      payment_link: link.id,
      success_url: after.type === 'redirect' ? after.redirect.url : null,
    },
  })
}

/** Rolls an endpoint's signing secret as the dashboard does: `overlap_seconds` of both, at most a day. */
async function roll(site: Site, id: string, request: Request): Promise<Response> {
  const caller = authenticateCaller(site.world, request.headers)
  const form = await formOf(request)
  const overlap = Number.parseInt(form.overlap_seconds ?? '0', 10) || 0
  const owner = { accountId: caller.account.id, livemode: caller.livemode }
  const secret = rollSecret(systemContext(site.world, site.store, owner), id, overlap * 1_000)
  return Response.json({ id, secret })
}
