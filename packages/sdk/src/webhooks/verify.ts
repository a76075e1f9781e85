import { fromWire, toWire } from '../case.ts'
import { SYSTEM } from '../system.ts'
import type { OneRouterEvent } from '../types/event.ts'
import { type Bytes, bytesOf, signedContent, type WebhookBody } from './bytes.ts'
import { fail } from './fail.ts'
import { signedHeaders, type WebhookHeaders } from './headers.ts'
import { sign, signatureBytes, verifyingSecret } from './secret.ts'

export interface VerifyOptions {
  /** How far the timestamp may be from now, in either direction; 300 by default. */
  readonly toleranceSeconds?: number
  /** Now, in milliseconds; for tests with a clock of their own. */
  readonly now?: () => number
}

export interface SignTestParams {
  /** An event as `verify` answers it, or exactly the text or bytes to be sent. */
  readonly event: OneRouterEvent | object | WebhookBody
  /** `whsec_…`, or `whsk_…` for a `v1a` signature; several sign side by side, as during a rotation. */
  readonly secret: string | readonly string[]
  readonly id?: string
  /** Unix seconds. */
  readonly timestamp?: number
}

const TOLERANCE_S = 300
const SECRETS_MAX = 8

/**
 * Proves that a webhook came from your OneRouter, and answers its event (Standard Webhooks 1.0, `v1` and `v1a`).
 * Give it the body as received: parsing and printing JSON changes its bytes.
 * @throws WebhookVerificationError
 * @example
 * ```ts
 * export async function POST(request: Request) {
 *   const secret = process.env.ONEROUTER_WEBHOOK_SECRET ?? ''
 *   const event = await OneRouter.webhooks.verify(await request.text(), request.headers, secret)
 *   if (event.type === 'payment.succeeded') await ship(event.data.object.receipt)
 *   return new Response()
 * }
 * ```
 */
export async function verify(
  body: WebhookBody,
  headers: WebhookHeaders,
  /** `whsec_…` or `whpk_…`; several while you rotate. */
  secret: string | readonly string[],
  options: VerifyOptions = {},
): Promise<OneRouterEvent> {
  const { id, timestamp, signatures } = signedHeaders(headers)
  const nowS = Math.floor((options.now ?? SYSTEM.now)() / 1000)
  // Written so that a tolerance that is no number refuses everything, instead of nothing.
  if (!(Math.abs(nowS - Number(timestamp)) <= (options.toleranceSeconds ?? TOLERANCE_S))) {
    throw fail('webhook_timestamp_out_of_range', 'The webhook is too old, or the clocks differ.')
  }
  const bytes = bytesOf(body)
  if (bytes === undefined) {
    throw fail('webhook_body_malformed', 'Give the raw body, as text or bytes, not what was parsed from it.')
  }
  if (!(await anyMatches(secretsOf(secret), signatures, signedContent(id, timestamp, bytes)))) {
    throw fail('webhook_signature_mismatch', 'No signature matches: another secret, or the body was changed.')
  }
  return parseEvent(bytes)
}

/**
 * A webhook as your OneRouter would send it, for your own tests.
 * @example
 * ```ts
 * const { body, headers } = await OneRouter.webhooks.signTest({ event: succeeded, secret: 'whsec_…' })
 * await fetch('http://localhost:3001/webhooks', { method: 'POST', body, headers })
 * ```
 */
export async function signTest(
  params: SignTestParams,
): Promise<{ body: string; headers: WebhookTestHeaders }> {
  const { event, secret } = params
  const raw = bytesOf(event)
  const body = raw === undefined ? JSON.stringify(toWire(event)) : new TextDecoder().decode(raw)
  const eventId = typeof event === 'object' && 'id' in event ? event.id : undefined
  const id = params.id ?? (typeof eventId === 'string' ? eventId : 'msg_test')
  const timestamp = String(params.timestamp ?? Math.floor(SYSTEM.now() / 1000))
  const content = signedContent(id, timestamp, bytesOf(body) ?? new Uint8Array())
  const signatures = await Promise.all(secretsOf(secret).map((one) => sign(one, content)))
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
  return { body, headers }
}

export type WebhookTestHeaders = Readonly<
  Record<'content-type' | 'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>
>

function secretsOf(secret: string | readonly string[]): readonly string[] {
  const secrets = typeof secret === 'string' ? [secret] : secret
  if (Array.isArray(secrets) && secrets.length > 0 && secrets.length <= SECRETS_MAX) return secrets
  throw fail('webhook_secret_malformed', `Give one webhook secret, or up to ${SECRETS_MAX} of them.`)
}

async function anyMatches(
  secrets: readonly string[],
  signatures: readonly string[],
  content: Bytes,
): Promise<boolean> {
  for (const text of secrets) {
    const secret = await verifyingSecret(text)
    for (const entry of signatures) {
      const [version, signature] = entry.split(',', 2)
      if (version !== secret.version || signature === undefined) continue
      if (await secret.verify(signatureBytes(signature), content)) return true
    }
  }
  return false
}

function parseEvent(bytes: Bytes): OneRouterEvent {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw fail('webhook_body_malformed', 'The signature is right, but the body is not JSON.', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail('webhook_body_malformed', 'The signature is right, but the body is not an event.')
  }
  return fromWire(value) as OneRouterEvent // signed by the server whose schema this is
}
