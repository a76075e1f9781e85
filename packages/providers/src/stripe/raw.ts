import { type RawCalls, type RawRequest, reads, withQuery } from '../raw.ts'
import { API_VERSION, type Form } from './call.ts'
import type { StripeCredentials } from './credentials.ts'

const id = '[A-Za-z0-9_]+'

/** Stripe API reference. Writes: catalogue, customers' details, Apple Pay domains and evidence of disputes. */
export const raw: RawCalls<StripeCredentials> = {
  allowed: [
    ...reads(
      '/v1',
      'balance balance_transactions charges checkout coupons customers disputes events invoices payment_intents ' +
        'payment_links payment_method_configurations payment_method_domains payment_methods payouts prices products ' +
        'promotion_codes refunds setup_intents subscriptions tax_rates',
    ),
    { method: 'POST', path: new RegExp(`^/v1/(?:products|prices|customers|tax_rates)(?:/${id})?$`) },
    { method: 'POST', path: new RegExp(`^/v1/payment_method_domains(?:/${id}(?:/validate)?)?$`) },
    { method: 'POST', path: new RegExp(`^/v1/disputes/${id}$`) },
  ],
  call(ctx, request) {
    return ctx.http({
      method: request.method,
      path: withQuery(request),
      headers: {
        authorization: `Bearer ${ctx.credentials.secret_key}`,
        'stripe-version': API_VERSION,
        ...(request.method === 'GET' ? {} : { 'idempotency-key': request.key }),
      },
      ...(request.method === 'GET' ? {} : { body: { form: formOf(request.body) } }),
    })
  },
}

/** Stripe takes forms: `{ metadata: { a: 1 }, list: ['b'] }` is `metadata[a]=1` and `list[0]=b`. */
function formOf(body: RawRequest['body']): Form {
  return Object.entries(body ?? {}).flatMap(([name, value]) => pairs(name, value))
}

function pairs(name: string, value: unknown): Form {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null) return [[name, value === null ? '' : String(value)]]
  return Object.entries(value).flatMap(([key, member]) => pairs(`${name}[${key}]`, member))
}
