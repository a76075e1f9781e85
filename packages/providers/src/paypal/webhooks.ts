import type { RawWebhook, Verdict, Webhooks } from '../spec.ts'
import { ask, type PaypalContext } from './api.ts'
import { loadCertificate, vetCertificateUrl } from './certificate.ts'
import { type PaypalCredentials, SIMULATOR_WEBHOOK_ID } from './credentials.ts'
import { eventKey, parseEvent, parseJson } from './events.ts'
import { register, unregister } from './register.ts'
import { readSignedHeaders, type SignedHeaders, signatureHolds } from './signature.ts'
import { isRecord } from './wire.ts'

export const webhooks: Webhooks<PaypalCredentials> = {
  verify,
  parse: parseEvent,
  register,
  unregister,
  // PayPal docs, Webhooks, "Message delivery": up to 25 times over three days.
  patience: { ms: 3 * 86_400_000, ending: 'drops the event' },
  instructions:
    'In the PayPal Developer Dashboard open Apps & Credentials, your app, Webhooks, Add Webhook. Paste the address, ' +
    'choose all events, save, and copy the webhook’s ID into the service’s field webhook_id.',
}

/**
 * Checks the signature here, with PayPal's certificate; PayPal is asked only when the certificate cannot be had.
 * There is no time limit: PayPal repeats deliveries for three days. What stops a repeat is that every key in
 * `dedupeKeys` is new: the transmission's, which is signed, and the event's, with its type because PayPal's
 * simulator gives different events one id.
 */
async function verify(ctx: PaypalContext, webhook: RawWebhook): Promise<Verdict> {
  const webhookId = ctx.credentials.webhook_id
  if (webhookId === undefined || webhookId === '' || webhookId === SIMULATOR_WEBHOOK_ID) {
    return { ok: false, reason: 'no_secret' }
  }
  const headers = readSignedHeaders(webhook.headers)
  if (headers === 'missing') return { ok: false, reason: 'missing_header' }
  if (headers === 'malformed') return { ok: false, reason: 'bad_signature' }
  const source = vetCertificateUrl(ctx, headers.certificateUrl)
  if (source === null) return { ok: false, reason: 'untrusted_certificate' }
  const loaded = await loadCertificate(ctx, source)
  if (loaded.kind === 'untrusted') return { ok: false, reason: 'untrusted_certificate' }
  if (loaded.kind === 'unavailable') return verifyByApi(ctx, headers, webhookId, webhook.body)
  return signatureHolds(headers, webhookId, webhook.body, loaded.certificate.publicKey)
    ? accepted(headers, webhook.body)
    : { ok: false, reason: 'bad_signature' }
}

function accepted(headers: SignedHeaders, body: Uint8Array): Verdict {
  const event = parseEvent(body)
  const transmission = `paypal:transmission:${headers.transmissionId}`
  return {
    ok: true,
    dedupeKeys: event === null ? [transmission] : [transmission, eventKey(event)],
  }
}

/** Webhooks API v1, Verify webhook signature. */
async function verifyByApi(
  ctx: PaypalContext,
  headers: SignedHeaders,
  webhookId: string,
  body: Uint8Array,
): Promise<Verdict> {
  // Only a complete JSON object may be spliced in: anything else could close ours and add members of its own.
  if (!isRecord(parseJson(body))) return { ok: false, reason: 'bad_signature' }
  const request = {
    auth_algo: headers.algorithm,
    cert_url: headers.certificateUrl,
    transmission_id: headers.transmissionId,
    transmission_sig: headers.signature,
    transmission_time: headers.transmissionTime,
    webhook_id: webhookId,
  }
  // The event goes back byte for byte: parsed and written again it would have another checksum.
  const event = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body)
  const raw = `${JSON.stringify(request).slice(0, -1)},"webhook_event":${event}}`
  const { outcome } = await ask(
    ctx,
    {
      method: 'POST',
      path: '/v1/notifications/verify-webhook-signature',
      body: { raw, contentType: 'application/json' },
    },
    (answer) => (isRecord(answer) ? { status: answer.verification_status } : undefined),
  )
  if (outcome.kind === 'ok' && outcome.value.status === 'SUCCESS') return accepted(headers, body)
  const refused =
    (outcome.kind === 'ok' && outcome.value.status === 'FAILURE') ||
    (outcome.kind === 'rejected' && outcome.reason === 'bad_request')
  return { ok: false, reason: refused ? 'bad_signature' : 'unavailable' }
}
