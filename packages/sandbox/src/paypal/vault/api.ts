import { type JsonObject, malformed, notFound, unprocessable } from '../errors.ts'
import { resourceId } from '../ids.ts'
import { bodyObject, readExperience } from '../orders.ts'
import { asObject, asText, missing, newFindings, settle } from '../parse.ts'
import type { Answer, Call } from '../state.ts'
import { link } from '../views.ts'
import { readCustomer, readTerms } from './read.ts'
import type { PaymentToken, SetupToken } from './rows.ts'
import { createToken, deleteToken } from './tokens.ts'
import { paymentTokenView, setupTokenView } from './views.ts'

/** Payment Method Tokens v3 (PayPal reference; names as in @paypal/paypal-server-sdk `VaultController`). */

/** "A setup token is valid for three days" (PayPal docs, Save payment methods without a purchase). */
const SETUP_TOKEN_LIFETIME_MS = 3 * 24 * 3_600_000
const MAX_PAGE_SIZE = 5

function sourceOf(call: Call): JsonObject {
  const given = bodyObject(call)
  const findings = newFindings()
  const source = asObject(given.payment_source, '/payment_source', findings)
  if (source === undefined) missing('/payment_source', findings)
  settle(findings)
  return source ?? {}
}

export function createSetupToken(call: Call): Answer {
  const { paypal } = call
  const source = sourceOf(call)
  const findings = newFindings()
  const at = '/payment_source/paypal'
  const wallet = asObject(source.paypal, at, findings)
  if (wallet === undefined) missing(at, findings)
  const terms = readTerms(wallet ?? {}, at, findings)
  const experience = readExperience(wallet?.experience_context, `${at}/experience_context`, findings)
  const customer = readCustomer(paypal, bodyObject(call).customer, '/customer', findings)
  settle(findings)
  const now = paypal.world.clock.now()
  const token: SetupToken = {
    id: resourceId(paypal.world.random),
    accountId: call.account.id,
    customer,
    terms,
    experience,
    status: 'PAYER_ACTION_REQUIRED',
    payerId: null,
    createdAt: now,
    expiresAt: now + SETUP_TOKEN_LIFETIME_MS,
  }
  paypal.setupTokens.set(token.id, token)
  return { status: 201, body: setupTokenView(paypal, token), resourceId: token.id }
}

function setupTokenAt(call: Call, id: string): SetupToken {
  const token = call.paypal.setupTokens.get(id)
  const gone = token === undefined || token.expiresAt <= call.paypal.world.clock.now()
  if (gone || token.accountId !== call.account.id) throw notFound()
  return token
}

export const replaySetupToken = (call: Call, id: string): Answer => ({
  status: 200,
  body: setupTokenView(call.paypal, setupTokenAt(call, id)),
})

export const getSetupToken = (call: Call): Answer => replaySetupToken(call, call.params[0] ?? '')

/** Only an approved setup token becomes a payment token, and only once. */
export function createPaymentToken(call: Call): Answer {
  const { paypal } = call
  const findings = newFindings()
  const at = '/payment_source/token'
  const given = asObject(sourceOf(call).token, at, findings)
  if (given === undefined) missing(at, findings)
  const id = asText(given?.id, `${at}/id`, findings, { max: 255, required: given !== undefined })
  if (given !== undefined && given.type !== 'SETUP_TOKEN') {
    findings.schema.push({ issue: 'INVALID_PARAMETER_VALUE', field: `${at}/type`, location: 'body' })
  }
  settle(findings)
  const setup = paypal.setupTokens.get(id ?? '')
  const now = paypal.world.clock.now()
  const known = setup?.accountId === call.account.id && setup.expiresAt > now && setup.status !== 'VAULTED'
  if (!known) throw unprocessable('SETUP_TOKEN_ID_NOT_FOUND', { field: `${at}/id`, location: 'body' })
  if (setup.payerId === null || setup.status !== 'APPROVED') {
    throw unprocessable('PAYER_ACTION_REQUIRED', { field: `${at}/id`, location: 'body' })
  }
  setup.status = 'VAULTED'
  const { accountId, customer, terms, payerId } = setup
  const token = createToken(paypal, { accountId, customer, terms, payerId, orderId: null })
  return { status: 201, body: paymentTokenView(paypal, token), resourceId: token.id }
}

function tokenAt(call: Call, id: string): PaymentToken {
  const token = call.paypal.paymentTokens.get(id)
  if (token?.accountId !== call.account.id || token.deleted) throw notFound()
  return token
}

export const replayPaymentToken = (call: Call, id: string): Answer => ({
  status: 200,
  body: paymentTokenView(call.paypal, tokenAt(call, id)),
})

export const getPaymentToken = (call: Call): Answer => replayPaymentToken(call, call.params[0] ?? '')

/** Deleting what is gone succeeds, too: the reference knows no 404 here. */
export function removePaymentToken(call: Call): Answer {
  const token = call.paypal.paymentTokens.get(call.params[0] ?? '')
  if (token?.accountId === call.account.id && !token.deleted) deleteToken(call.paypal, token)
  return { status: 204 }
}

/** Pages of at most five; an unknown customer has an empty list. */
export function listPaymentTokens(call: Call): Answer {
  const { paypal, query } = call
  const customerId = query.get('customer_id')
  if (customerId === null)
    throw malformed('MISSING_REQUIRED_PARAMETER', { field: 'customer_id', location: 'query' })
  const size = Math.min(positive(query, 'page_size', MAX_PAGE_SIZE), MAX_PAGE_SIZE)
  const page = positive(query, 'page', 1)
  const all = [...paypal.paymentTokens.values()].filter(
    (token) => token.accountId === call.account.id && token.customer.id === customerId && !token.deleted,
  )
  const shown = all.slice((page - 1) * size, page * size)
  const pages = Math.ceil(all.length / size)
  const total = query.get('total_required') === 'true' ? { total_items: all.length, total_pages: pages } : {}
  const self = `${paypal.world.urls.api.paypal}/v3/vault/payment-tokens?customer_id=${customerId}&page_size=${size}`
  const at = (number: number, rel: string) => link(`${self}&page=${number}`, rel)
  const body = {
    ...total,
    customer: all[0]?.customer ?? { id: customerId },
    payment_tokens: shown.map((token) => paymentTokenView(paypal, token)),
    links: [
      at(page, 'self'),
      at(1, 'first'),
      ...(page < pages ? [at(page + 1, 'next')] : []),
      at(Math.max(pages, 1), 'last'),
    ],
  }
  return { status: 200, body }
}

function positive(query: URLSearchParams, name: string, fallback: number): number {
  const value = query.get(name)
  if (value === null) return fallback
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw malformed('INVALID_PARAMETER_SYNTAX', { field: name, value: value.slice(0, 20), location: 'query' })
}
