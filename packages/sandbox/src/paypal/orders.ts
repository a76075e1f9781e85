import { isRecord } from '../kernel/http.ts'
import { type JsonObject, malformed, notFound, PaypalRefusal, unprocessable } from './errors.ts'
import { captureOrder, claimInvoice, createAuthorization } from './funds.ts'
import { resourceId } from './ids.ts'
import { asChoice, asObject, asText, asUrl, type Findings, missing, newFindings, settle } from './parse.ts'
import { isExpired, startWindow } from './payer.ts'
import type { Answer, Call, Experience, Order, Paypal } from './state.ts'
import { readUnits } from './units.ts'
import { fundingOf, savedWallet } from './vault/orders.ts'
import { readAttributes } from './vault/read.ts'
import type { PaymentToken, VaultRequest } from './vault/rows.ts'
import { saveOnSuccess } from './vault/tokens.ts'
import { minimalOrderView, minimalPaidOrderView, orderView } from './views.ts'

/** Orders v2 operations. */

const MAX_ATTEMPTS = 10
const COMPLETE_ON_APPROVAL = 'ORDER_COMPLETE_ON_PAYMENT_APPROVAL'

/** The caller's live order; another merchant's, an unknown and an expired one look alike. */
export function orderOf(call: Call): Order {
  const order = call.paypal.orders.get(call.params[0] ?? '')
  if (order?.accountId !== call.account.id || isExpired(call.paypal, order)) throw notFound()
  return order
}

export function bodyObject(call: Call): JsonObject {
  if (call.body === undefined) return {}
  if (!isRecord(call.body)) throw malformed('MALFORMED_REQUEST_JSON', { location: 'body' })
  return call.body
}

export function readExperience(value: unknown, field: string, findings: Findings): Experience {
  const given = asObject(value, field, findings) ?? {}
  const returnTo = asUrl(given.return_url, `${field}/return_url`, findings)
  const cancelTo = asUrl(given.cancel_url, `${field}/cancel_url`, findings)
  const brand = asText(given.brand_name, `${field}/brand_name`, findings, { max: 127 })
  asText(given.locale, `${field}/locale`, findings, { min: 2, max: 10 })
  asChoice(given.landing_page, `${field}/landing_page`, findings, [
    'LOGIN',
    'GUEST_CHECKOUT',
    'BILLING',
    'NO_PREFERENCE',
  ])
  asChoice(given.user_action, `${field}/user_action`, findings, ['CONTINUE', 'PAY_NOW'])
  asChoice(given.shipping_preference, `${field}/shipping_preference`, findings, [
    'GET_FROM_FILE',
    'NO_SHIPPING',
    'SET_PROVIDED_ADDRESS',
  ])
  asChoice(given.payment_method_preference, `${field}/payment_method_preference`, findings, [
    'UNRESTRICTED',
    'IMMEDIATE_PAYMENT_REQUIRED',
  ])
  return {
    ...(returnTo === undefined ? {} : { return_url: returnTo }),
    ...(cancelTo === undefined ? {} : { cancel_url: cancelTo }),
    ...(brand === undefined ? {} : { brand_name: brand }),
  }
}

interface Source {
  readonly wallet: JsonObject
  readonly experience: Experience
  readonly vault: VaultRequest | null
  /** A wallet saved before: the payer is not asked again. */
  readonly vaultId: string | null
}

/** Only the PayPal wallet is emulated; the merchant account is one that may not process cards itself. */
function readSource(paypal: Paypal, source: JsonObject, findings: Findings): Source {
  if (source.card !== undefined || source.token !== undefined) {
    findings.rules.push({
      issue: 'NOT_ENABLED_FOR_CARD_PROCESSING',
      field: '/payment_source/card',
      location: 'body',
    })
  } else if (source.paypal === undefined) {
    const [kind = ''] = Object.keys(source)
    findings.rules.push({
      issue: 'PAYMENT_SOURCE_CANNOT_BE_USED',
      field: `/payment_source/${kind}`,
      location: 'body',
    })
  }
  const field = '/payment_source/paypal'
  const given = asObject(source.paypal, field, findings) ?? {}
  const { experience_context: context, attributes, vault_id: id, stored_credential: _, ...wallet } = given
  return {
    wallet,
    experience: readExperience(context, `${field}/experience_context`, findings),
    vault: readAttributes(paypal, attributes, `${field}/attributes`, findings),
    vaultId: asText(id, `${field}/vault_id`, findings, { max: 255 }) ?? null,
  }
}

export function createOrder(call: Call): Answer {
  const given = bodyObject(call)
  const findings = newFindings()
  if (given.intent === undefined) missing('/intent', findings)
  const intent = asChoice(given.intent, '/intent', findings, ['CAPTURE', 'AUTHORIZE'])
  const units = readUnits(given.purchase_units, findings)
  const source = asObject(given.payment_source, '/payment_source', findings)
  const instruction = asChoice(given.processing_instruction, '/processing_instruction', findings, [
    'NO_INSTRUCTION',
    COMPLETE_ON_APPROVAL,
  ])
  const { paypal } = call
  const { wallet, experience, vault, vaultId } =
    source === undefined
      ? {
          wallet: {},
          experience: readExperience(given.application_context, '/application_context', findings),
          vault: null,
          vaultId: null,
        }
      : readSource(paypal, source, findings)
  if (intent === 'AUTHORIZE' && units.length > 1) {
    findings.rules.push({ issue: 'UNSUPPORTED_INTENT', field: '/intent', value: intent, location: 'body' })
  }
  if (source !== undefined && !call.headers.has('paypal-request-id')) {
    findings.schema.push({
      issue: 'PAYPAL_REQUEST_ID_REQUIRED',
      field: 'PayPal-Request-Id',
    })
  }
  settle(findings)
  const saved = vaultId === null ? undefined : savedWallet(paypal, call.account.id, vaultId)

  const now = paypal.world.clock.now()
  const id = resourceId(paypal.world.random)
  const order: Order = {
    id,
    accountId: call.account.id,
    intent: intent ?? 'CAPTURE',
    status: source === undefined ? 'CREATED' : 'PAYER_ACTION_REQUIRED',
    dialect: source === undefined ? 'application_context' : 'payment_source',
    completeOnApproval: instruction === COMPLETE_ON_APPROVAL,
    units,
    wallet,
    experience,
    funding: null,
    payerId: null,
    failedAttempts: 0,
    authorizationIds: [],
    captureIds: [],
    refundIds: [],
    createdAt: now,
    updatedAt: now,
    expiresAt: startWindow(paypal, id),
    redirected: false,
    vault,
  }
  const atOnce = saved !== undefined && fundingOf(saved) !== null
  if (atOnce) {
    for (const { invoice_id } of units) claimInvoice(paypal, order, invoice_id, { captured: false })
  }
  paypal.orders.set(id, order)
  if (atOnce) return payWithSaved(call, order, saved)
  return { ...createdAnswer(call, id), status: source === undefined ? 201 : 200, resourceId: id }
}

/**
 * An order on a saved wallet is paid by its creation: the answer is a 201 with the captures or authorizations
 * (PayPal docs, Save PayPal with the Orders API, "Use saved payment token").
 */
function payWithSaved(call: Call, order: Order, saved: PaymentToken): Answer {
  order.funding = fundingOf(saved)
  order.payerId = saved.payerId
  order.paidWithToken = saved.id
  order.status = 'APPROVED'
  if (order.intent === 'CAPTURE') captureOrder(call.paypal, order)
  else authorizeOrder(call.paypal, order)
  return { ...paidAnswer(call, order.id), status: 201, resourceId: order.id }
}

/** What create answers, at first and on every replay: the order as it is now. */
export function createdAnswer(call: Call, id: string): Answer {
  const order = call.paypal.orders.get(id)
  if (order === undefined) throw notFound()
  if (order.paidWithToken !== undefined) return paidAnswer(call, id)
  return {
    status: 200,
    body: call.representation ? orderView(call.paypal, order) : minimalOrderView(call.paypal, order),
  }
}

export const getOrder = (call: Call): Answer => ({ status: 200, body: orderView(call.paypal, orderOf(call)) })

/** The answer of capture and authorize. */
export function paidAnswer(call: Call, id: string): Answer {
  const order = call.paypal.orders.get(id)
  if (order === undefined) throw notFound()
  return {
    status: 200,
    body: call.representation ? orderView(call.paypal, order) : minimalPaidOrderView(call.paypal, order),
  }
}

/** Refuses unless the payer approved with an instrument that works. */
function checkApproved(call: Call, order: Order): void {
  if (order.funding === 'card_awaiting_authentication') throw unprocessable('PAYER_ACTION_REQUIRED')
  if (order.status !== 'APPROVED') throw unprocessable('ORDER_NOT_APPROVED')
  if (order.failedAttempts >= MAX_ATTEMPTS) throw unprocessable('MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED')
  if (order.funding === 'declined') {
    order.failedAttempts += 1
    order.updatedAt = call.paypal.world.clock.now()
    throw unprocessable('INSTRUMENT_DECLINED')
  }
}

export function captureApprovedOrder(call: Call): Answer {
  const order = orderOf(call)
  bodyObject(call)
  if (order.intent !== 'CAPTURE') {
    throw new PaypalRefusal(422, [
      {
        issue: 'ACTION_DOES_NOT_MATCH_INTENT',
        description:
          "Order was created with an intent to 'AUTHORIZE'. Please use " +
          "v2/checkout/orders/order_id/authorize to complete the transaction or alternately Create an order with an intent of 'CAPTURE'.",
      },
    ])
  }
  if (order.status === 'COMPLETED') throw unprocessable('ORDER_ALREADY_CAPTURED')
  checkApproved(call, order)
  captureOrder(call.paypal, order)
  return { ...paidAnswer(call, order.id), status: 201, resourceId: order.id }
}

export function authorizeApprovedOrder(call: Call): Answer {
  const order = orderOf(call)
  bodyObject(call)
  if (order.intent !== 'AUTHORIZE') throw unprocessable('ACTION_DOES_NOT_MATCH_INTENT')
  if (order.status === 'COMPLETED') throw unprocessable('ORDER_ALREADY_AUTHORIZED')
  checkApproved(call, order)
  authorizeOrder(call.paypal, order)
  return { ...paidAnswer(call, order.id), status: 201, resourceId: order.id }
}

function authorizeOrder(paypal: Paypal, order: Order): void {
  for (const unit of order.units) claimInvoice(paypal, order, unit.invoice_id, { captured: false })
  order.status = 'COMPLETED'
  for (const [unit, { amount }] of order.units.entries()) {
    const { currency_code, value } = amount
    createAuthorization(paypal, order, { unit, amount: { currency_code, value }, parent: null })
  }
  saveOnSuccess(paypal, order)
}

/** Names the wallet after creation: the order then behaves as if created with `payment_source`. */
export function confirmPaymentSource(call: Call): Answer {
  const order = orderOf(call)
  const given = bodyObject(call)
  const findings = newFindings()
  const source = asObject(given.payment_source, '/payment_source', findings)
  if (given.payment_source === undefined) missing('/payment_source', findings)
  settle(findings)
  const kinds = Object.keys(source ?? {})
  if (kinds.length === 0) throw unprocessable('NO_PAYMENT_SOURCE_PROVIDED', { field: '/payment_source' })
  if (kinds.length > 1) throw unprocessable('ONLY_ONE_PAYMENT_SOURCE_ALLOWED', { field: '/payment_source' })
  if (order.status === 'COMPLETED') {
    throw unprocessable(order.intent === 'CAPTURE' ? 'ORDER_ALREADY_CAPTURED' : 'ORDER_ALREADY_AUTHORIZED')
  }
  if (order.status === 'APPROVED') throw unprocessable('PAYMENT_ALREADY_APPROVED')
  if (source?.card !== undefined) throw new PaypalRefusal(403, [{ issue: 'NOT_ENABLED_FOR_CARD_PROCESSING' }])
  const read = readSource(call.paypal, source ?? {}, findings)
  settle(findings)

  order.dialect = 'payment_source'
  order.status = 'PAYER_ACTION_REQUIRED'
  order.wallet = read.wallet
  order.vault = read.vault
  order.experience = { ...order.experience, ...read.experience }
  order.updatedAt = call.paypal.world.clock.now()
  return createdAnswer(call, order.id)
}
