import type { JsonObject } from '../errors.ts'
import type { Order, Paypal } from '../state.ts'
import { utc } from '../state.ts'
import { link } from '../views.ts'
import type { PaymentToken, SetupToken } from './rows.ts'

const api = (paypal: Paypal, path: string): string => `${paypal.world.urls.api.paypal}${path}`

const typed = (href: string, rel: string, method = 'GET'): JsonObject => ({
  ...link(href, rel, method),
  encType: 'application/json',
})

const WALLET = {
  email_address: 'buyer@example.com',
  name: { given_name: 'Test', surname: 'Buyer', full_name: 'Test Buyer' },
  address: { country_code: 'US' },
}

export function paymentTokenView(paypal: Paypal, token: PaymentToken): JsonObject {
  const self = api(paypal, `/v3/vault/payment-tokens/${token.id}`)
  const { payerId } = token
  return {
    id: token.id,
    customer: token.customer,
    payment_source: {
      paypal: { ...token.terms, ...WALLET, payer_id: payerId, account_id: payerId },
    },
    links: [typed(self, 'self'), typed(self, 'delete', 'DELETE')],
  }
}

/** Events carry times too, and lead back to the order that saved the wallet. */
export function paymentTokenEventView(paypal: Paypal, token: PaymentToken): JsonObject {
  const { links, ...shown } = paymentTokenView(paypal, token)
  const own = Array.isArray(links) ? links : []
  const up = token.orderId === null ? [] : [link(api(paypal, `/v2/checkout/orders/${token.orderId}`), 'up')]
  return {
    time_created: utc(token.createdAt),
    ...shown,
    ...(token.orderId === null ? {} : { metadata: { order_id: token.orderId } }),
    links: [...own, ...up],
  }
}

export const approvalPage = (paypal: Paypal, setupToken: string): string =>
  `${paypal.world.urls.pages}/paypal/agreements/approve?approval_session_id=${setupToken}`

export function setupTokenView(paypal: Paypal, token: SetupToken): JsonObject {
  const self = api(paypal, `/v3/vault/setup-tokens/${token.id}`)
  const approve = [typed(approvalPage(paypal, token.id), 'approve')]
  const convert = [typed(api(paypal, '/v3/vault/payment-tokens'), 'confirm', 'POST')]
  const next = { PAYER_ACTION_REQUIRED: approve, APPROVED: convert, VAULTED: [] }
  const payer = token.payerId === null ? {} : { ...WALLET, payer_id: token.payerId }
  return {
    id: token.id,
    customer: token.customer,
    status: token.status,
    payment_source: { paypal: { ...token.terms, ...payer } },
    links: [typed(self, 'self'), ...next[token.status]],
  }
}

/**
 * `payment_source.paypal.attributes` of a paid order. APPROVED: the wallet is being saved, and only the event
 * brings the token (PayPal docs, Save PayPal with the Orders API, "Save approved payment source").
 */
export function orderVaultView(paypal: Paypal, order: Order): JsonObject {
  const token = paypal.paymentTokens.get(order.savedTokenId ?? '')
  if (order.vault == null || order.status !== 'COMPLETED') return {}
  const up = link(api(paypal, `/v2/checkout/orders/${order.id}`), 'up')
  if (token === undefined) return { attributes: { vault: { status: 'APPROVED', links: [up] } } }
  const self = api(paypal, `/v3/vault/payment-tokens/${token.id}`)
  const vault = {
    id: token.id,
    status: 'VAULTED',
    customer: { id: token.customer.id },
    links: [link(self, 'self'), link(self, 'delete', 'DELETE'), up],
  }
  return { attributes: { vault } }
}
