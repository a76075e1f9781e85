import { fail } from './fail.ts'

/** Fetch's Headers, Node's `request.headers`, or name and value pairs. */
export type WebhookHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>

export interface SignedHeaders {
  readonly id: string
  readonly timestamp: string
  /** Entries such as `v1,base64`. */
  readonly signatures: readonly string[]
}

/** During a rotation there are two; a header with hundreds is an attempt to keep us busy. */
const SIGNATURES_MAX = 16

/**
 * The three headers of Standard Webhooks 1.0, in any case; `svix-*` where the `webhook-*` ones are absent.
 * @throws WebhookVerificationError webhook_headers_missing
 */
export function signedHeaders(headers: WebhookHeaders): SignedHeaders {
  const all = lowerCased(headers)
  const prefix = all.has('webhook-id') ? 'webhook' : 'svix'
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map(
    (name) => all.get(`${prefix}-${name}`) ?? [],
  )
  if (id?.length !== 1 || timestamp?.length !== 1 || signature === undefined || signature.length === 0) {
    const message = 'webhook-id, webhook-timestamp and webhook-signature are needed, the first two once each.'
    throw fail('webhook_headers_missing', message)
  }
  const [theId = '', theTime = ''] = [id[0], timestamp[0]]
  // A dot in the id could move the border between id, timestamp and body without changing the signed bytes.
  if (theId === '' || theId.includes('.') || !/^\d{1,12}$/.test(theTime)) {
    throw fail('webhook_headers_missing', 'webhook-id or webhook-timestamp is malformed.')
  }
  const signatures = signature.flatMap((line) => line.split(' ')).filter((entry) => entry !== '')
  return { id: theId, timestamp: theTime, signatures: signatures.slice(0, SIGNATURES_MAX) }
}

function lowerCased(headers: WebhookHeaders): Map<string, readonly string[]> {
  const pairs: Iterable<readonly [string, string | readonly string[] | undefined]> =
    typeof headers === 'object' && headers !== null && Symbol.iterator in headers
      ? headers
      : Object.entries(headers ?? {})
  const all = new Map<string, readonly string[]>()
  for (const [name, value] of pairs) {
    if (value === undefined) continue
    const key = name.toLowerCase()
    all.set(key, [...(all.get(key) ?? []), ...(typeof value === 'string' ? [value] : value)])
  }
  return all
}
