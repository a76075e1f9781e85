import { bodyObject } from './orders.ts'
import { rawMember } from './raw-member.ts'
import { isGenuine } from './signature.ts'
import type { Answer, Call } from './state.ts'
import { validationError } from './webhooks.ts'

const FIELDS = [
  'auth_algo',
  'cert_url',
  'transmission_id',
  'transmission_sig',
  'transmission_time',
  'webhook_id',
] as const

/**
 * `POST /v1/notifications/verify-webhook-signature`: over the bytes of `webhook_event` as they came. Only
 * the account's own webhooks count, so the simulator's events (signed for `WEBHOOK_ID`) fail, as at PayPal.
 */
export function verifySignature(call: Call): Answer {
  const given = bodyObject(call)
  const field = (name: (typeof FIELDS)[number]): string => {
    const value = given[name]
    if (typeof value !== 'string' || value === '') throw validationError(name, 'Required field is missing')
    return value
  }
  const rawBody = rawMember(call.rawBody, 'webhook_event')
  if (rawBody === undefined) throw validationError('webhook_event', 'Required field is missing')
  const sent = {
    authAlgo: field('auth_algo'),
    certUrl: field('cert_url'),
    id: field('transmission_id'),
    signature: field('transmission_sig'),
    time: field('transmission_time'),
    webhookId: field('webhook_id'),
    rawBody,
  }
  const owned = call.paypal.webhooks.get(sent.webhookId)?.accountId === call.account.id
  const verified = owned && isGenuine(call.paypal, sent)
  return { status: 200, body: { verification_status: verified ? 'SUCCESS' : 'FAILURE' } }
}
