import { type RawCalls, reads, withQuery } from '../raw.ts'
import type { PaypalCredentials } from './credentials.ts'
import { accessToken, dropToken } from './oauth.ts'

/**
 * PayPal REST APIs. Writes: catalogue products, messages in disputes, and Apple Pay's domains, PayPal's only product
 * that registers domains (known from PayPal's partner plug-ins: `/v1/customer/wallet-domains`).
 */
export const raw: RawCalls<PaypalCredentials> = {
  allowed: [
    ...reads(
      '/v2',
      'checkout/orders payments/captures payments/authorizations payments/refunds invoicing/invoices',
    ),
    ...reads(
      '/v1',
      'billing/plans billing/subscriptions catalogs/products customer/disputes customer/wallet-domains ' +
        'notifications/webhooks notifications/webhooks-events reporting/transactions reporting/balances',
    ),
    { method: 'POST', path: /^\/v1\/catalogs\/products$/ },
    { method: 'POST', path: /^\/v1\/customer\/disputes\/[A-Z0-9-]+\/send-message$/ },
    { method: 'POST', path: /^\/v1\/customer\/(?:wallet-domains|unregister-wallet-domain)$/ },
  ],
  async call(ctx, request) {
    const token = await accessToken(ctx)
    if (!token.ok) return { ok: false, sent: false, reason: 'aborted' }
    const write = request.method !== 'GET'
    const result = await ctx.http({
      method: request.method,
      path: withQuery(request),
      headers: {
        authorization: `Bearer ${token.token}`,
        ...(write ? { 'paypal-request-id': request.key } : {}),
      },
      ...(write ? { body: { json: request.body ?? {} } } : {}),
    })
    if (result.ok && result.response.status === 401) dropToken(ctx, token.token)
    return result
  },
}
