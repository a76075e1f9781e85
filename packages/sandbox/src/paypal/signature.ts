import { createHash, sign, verify, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { transmissionId } from './ids.ts'
import { type Paypal, type SignerRow, utc } from './state.ts'
import { type SelfSigned, selfSigned } from './x509.ts'

/**
 * Delivery signatures (PayPal webhooks guide, "Verify the signature"): RSA with SHA-256 over
 * `transmission id|transmission time|webhook id|CRC32 of the body`, certificate at `paypal-cert-url`.
 */

const COMMON_NAME = 'messageverificationcerts.sandbox.paypal.com'
const ALGORITHM = 'SHA256withRSA'

/** Nothing here is secret and a key takes a tenth of a second, so the worlds of one process share theirs. */
let shared: SelfSigned | undefined

function signer(paypal: Paypal): SignerRow {
  const known = paypal.signers.get('current')
  if (known !== undefined) return known
  shared ??= selfSigned(COMMON_NAME)
  const print = createHash('sha256').update(shared.certPem).digest('hex')
  const certId = `CERT-${print.slice(0, 8)}-${print.slice(8, 16)}-${print.slice(16, 24)}`
  const row: SignerRow = { ...shared, certId }
  paypal.signers.set('current', row)
  return row
}

const CERT_PATH = '/v1/notifications/certs/'

const certUrl = (paypal: Paypal): string =>
  `${paypal.world.urls.api.paypal}${CERT_PATH}${signer(paypal).certId}`

/** The certificate served at `path`; `undefined` for any other path or certificate id. */
export function certificateAt(paypal: Paypal, path: string): string | undefined {
  if (!path.startsWith(CERT_PATH)) return undefined
  const row = signer(paypal)
  return path === `${CERT_PATH}${row.certId}` ? row.certPem : undefined
}

const message = (id: string, time: string, webhookId: string, rawBody: string): Buffer =>
  Buffer.from(`${id}|${time}|${webhookId}|${crc32(rawBody)}`)

/** Headers of one transmission; id and time are new at every attempt, the event's own id is not. */
export function signatureHeaders(
  paypal: Paypal,
  webhookId: string,
  rawBody: string,
  nowMs: number,
): Record<string, string> {
  const id = transmissionId(paypal.world.random)
  const time = utc(nowMs)
  const key = signer(paypal).privateKeyPem
  const signature = sign('sha256', message(id, time, webhookId, rawBody), key).toString('base64')
  return {
    'content-type': 'application/json',
    accept: '*/*',
    'user-agent': 'PayPal/AUHD-214.0-58391792',
    'correlation-id': id.replaceAll('-', '').slice(0, 13),
    'paypal-auth-algo': ALGORITHM,
    'paypal-auth-version': 'v2',
    'paypal-cert-url': certUrl(paypal),
    'paypal-transmission-id': id,
    'paypal-transmission-time': time,
    'paypal-transmission-sig': signature,
  }
}

export interface Transmission {
  readonly authAlgo: string
  readonly certUrl: string
  readonly id: string
  readonly signature: string
  readonly time: string
  readonly webhookId: string
  readonly rawBody: string
}

/** Whether this sandbox sent exactly these bytes to that webhook. */
export function isGenuine(paypal: Paypal, sent: Transmission): boolean {
  if (sent.authAlgo !== ALGORITHM || sent.certUrl !== certUrl(paypal)) return false
  const { publicKey } = new X509Certificate(signer(paypal).certPem)
  const signed = message(sent.id, sent.time, sent.webhookId, sent.rawBody)
  return verify('sha256', signed, publicKey, Buffer.from(sent.signature, 'base64'))
}
