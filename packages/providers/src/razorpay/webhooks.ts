import type { RawWebhook, Verdict, Webhooks } from '../spec.ts'
import type { RazorpayContext } from './call.ts'
import type { RazorpayCredentials } from './credentials.ts'
import { eventKey, parseEvent, readEnvelope } from './events.ts'
import { register, unregister } from './register.ts'
import { isSigned, sha256Hex } from './signature.ts'

const DAY_MS = 24 * 3_600_000
/** Razorpay repeats an event for a day, and its support can replay one for 15 (Razorpay docs, Webhooks). */
const AGE_MAX_MS = 16 * DAY_MS

export const webhooks: Webhooks<RazorpayCredentials> = {
  verify: async (ctx, webhook) => verify(ctx, webhook),
  parse: parseEvent,
  register,
  unregister,
  // Razorpay docs, Webhooks, "Webhook deactivation": after 24 hours of failures, and an e-mail tells.
  patience: { ms: DAY_MS, ending: 'stops' },
  instructions:
    'In the Razorpay Dashboard, in the mode of your key, open Account & Settings, Webhooks, Add new ' +
    'webhook. Paste the address, type a long random secret, tick all payment, dispute, order, refund, ' +
    'payment_link, subscription and invoice events, save, and put the same secret into the service’s field webhook_secret. ' +
    'Razorpay repeats old events under the old secret for 24 hours after a change.',
}

/**
 * Razorpay signs the body alone, without a time or an id, so what stops a repeat must come from the body: its
 * hash, and what its event says it is. The header `x-razorpay-event-id` is not signed; anybody who replays a
 * delivery could write a new one there, or somebody else's, so it is no key.
 */
function verify(ctx: Pick<RazorpayContext, 'credentials'>, webhook: RawWebhook): Verdict {
  const secret = ctx.credentials.webhook_secret
  if (secret === undefined || secret === '') return { ok: false, reason: 'no_secret' }
  const signature = webhook.headers['x-razorpay-signature']
  if (signature === undefined || signature === '') return { ok: false, reason: 'missing_header' }
  if (!isSigned(secret, webhook.body, signature)) return { ok: false, reason: 'bad_signature' }
  const envelope = readEnvelope(webhook.body)
  const age = webhook.receivedAtMs - (envelope?.createdAt ?? 0) * 1000
  if (envelope !== undefined && envelope.createdAt > 0 && age > AGE_MAX_MS)
    return { ok: false, reason: 'stale' }
  const key = envelope === undefined ? null : eventKey(envelope)
  const bodyKey = `razorpay:body:${sha256Hex(webhook.body)}`
  return { ok: true, dedupeKeys: key === null ? [bodyKey] : [bodyKey, `razorpay:event:${key}`] }
}
