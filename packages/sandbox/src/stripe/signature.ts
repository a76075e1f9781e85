import { createHmac } from 'node:crypto'
import type { WebhookDelivery } from '../kernel/types.ts'
import type { Store } from './state.ts'

/**
 * Headers of one delivery attempt. The stamp is this attempt's own, and while a secret is being rolled the
 * old one signs as well (Stripe docs, Webhook signatures).
 */
export function signDelivery(store: Store, delivery: WebhookDelivery, nowMs: number): Record<string, string> {
  const endpoint = store.endpoints.get(delivery.signing.endpoint ?? '')
  const stamp = Math.floor(nowMs / 1_000)
  const secrets: string[] = []
  if (endpoint !== undefined) secrets.push(endpoint.secret)
  const previous = endpoint?.previousSecret
  if (previous && previous.untilMs > nowMs) secrets.push(previous.value)
  const signatures = secrets.map((secret) => `v1=${hmac(secret, `${stamp}.${delivery.body}`)}`)
  return {
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': [`t=${stamp}`, ...signatures].join(','),
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  }
}

/** The key is the whole secret as shown, `whsec_` included. */
function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex')
}
