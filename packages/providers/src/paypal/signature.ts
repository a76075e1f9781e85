import { type KeyObject, verify } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** The headers a delivery is signed with (PayPal REST API, Webhooks). */
export interface SignedHeaders {
  readonly algorithm: string
  readonly certificateUrl: string
  readonly transmissionId: string
  readonly transmissionTime: string
  readonly signature: string
}

/** PayPal's only algorithm; older ones would let a weaker hash stand in for it. */
export const ALGORITHM = 'SHA256withRSA'

const BASE64 = /^[A-Za-z0-9+/]{4,2048}={0,2}$/
const TRANSMISSION_ID = /^[A-Za-z0-9-]{1,128}$/
const TRANSMISSION_TIME = /^[0-9A-Z:.+-]{1,64}$/

/** `missing` when one is absent, `malformed` when one cannot be PayPal's. */
export function readSignedHeaders(
  headers: Readonly<Record<string, string>>,
): SignedHeaders | 'missing' | 'malformed' {
  const algorithm = headers['paypal-auth-algo'] ?? ''
  const certificateUrl = headers['paypal-cert-url'] ?? ''
  const transmissionId = headers['paypal-transmission-id'] ?? ''
  const transmissionTime = headers['paypal-transmission-time'] ?? ''
  const signature = headers['paypal-transmission-sig'] ?? ''
  const all = { algorithm, certificateUrl, transmissionId, transmissionTime, signature }
  if (Object.values(all).includes('')) return 'missing'
  const wellFormed =
    algorithm === ALGORITHM &&
    TRANSMISSION_ID.test(transmissionId) &&
    TRANSMISSION_TIME.test(transmissionTime) &&
    BASE64.test(signature)
  return wellFormed ? all : 'malformed'
}

/** The signed text: it covers a CRC32 of the bytes as they came, in unsigned decimal, never a parsed body. */
export function signedMessage(
  headers: Pick<SignedHeaders, 'transmissionId' | 'transmissionTime'>,
  webhookId: string,
  body: Uint8Array,
): string {
  return `${headers.transmissionId}|${headers.transmissionTime}|${webhookId}|${crc32(body)}`
}

export function signatureHolds(
  headers: SignedHeaders,
  webhookId: string,
  body: Uint8Array,
  key: KeyObject,
): boolean {
  const message = Buffer.from(signedMessage(headers, webhookId, body))
  return verify('RSA-SHA256', message, key, Buffer.from(headers.signature, 'base64'))
}
