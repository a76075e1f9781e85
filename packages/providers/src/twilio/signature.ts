import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { hmacKey } from '../hmac-key.ts'

export type FormPair = readonly [name: string, value: string]

/** Strict UTF-8, because what is signed is text; `null` for bytes that are none. */
export function readForm(body: Uint8Array): readonly FormPair[] | null {
  try {
    return [...new URLSearchParams(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))]
  } catch {
    return null
  }
}

/** The address, then every parameter's name and value, names and values sorted, repeats left out. */
export function signedText(url: string, pairs: readonly FormPair[]): string {
  const byName = new Map<string, Set<string>>()
  for (const [name, value] of pairs) byName.set(name, (byName.get(name) ?? new Set()).add(value))
  const parts = [...byName.keys()]
    .sort()
    .flatMap((name) => [...(byName.get(name) ?? [])].sort().map((value) => name + value))
  return url + parts.join('')
}

export function sign(authToken: string, text: string): string {
  return createHmac('sha1', hmacKey(authToken)).update(text).digest('base64')
}

/**
 * Whether Twilio signed this delivery (Twilio docs, Webhooks security). The scheme of the address tells
 * nothing about the port, and Twilio may sign with or without it.
 */
export function isSigned(
  authToken: string,
  delivery: { readonly url: string; readonly body: Uint8Array; readonly signature: string },
): boolean {
  const { url, body, signature } = delivery
  const expectedHash = bodyHash(url)
  // With the hash in the address the body is JSON and signed through it.
  if (expectedHash !== null && !sameText(expectedHash, createHash('sha256').update(body).digest('hex'))) {
    return false
  }
  const pairs = expectedHash === null ? readForm(body) : []
  if (pairs === null) return false
  return spellings(url).some((spelling) => sameText(sign(authToken, signedText(spelling, pairs)), signature))
}

function bodyHash(url: string): string | null {
  return new URL(url).searchParams.get('bodySHA256')
}

const AUTHORITY = /^(https?):\/\/((?:[^/?#@]*@)?)([^/?#:]+|\[[^\]]*\])(?::([0-9]+))?(?=[/?#]|$)/i
const DEFAULT_PORT: Readonly<Record<string, string>> = { http: '80', https: '443' }

/** The address as configured, without its port and with the standard one; host names have no case. */
function spellings(url: string): readonly string[] {
  const match = AUTHORITY.exec(url)
  if (match === null) return []
  const [whole, scheme = '', user = '', host = '', port] = match
  const rest = url.slice(whole.length)
  const ports = [port === undefined ? '' : `:${port}`, '', `:${DEFAULT_PORT[scheme.toLowerCase()] ?? ''}`]
  return [...new Set(ports)].map(
    (suffix) => `${scheme.toLowerCase()}://${user}${host.toLowerCase()}${suffix}${rest}`,
  )
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
