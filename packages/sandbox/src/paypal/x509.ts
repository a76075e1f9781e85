import { generateKeyPairSync, sign } from 'node:crypto'

/**
 * A self-signed certificate for the delivery signatures. Node reads X.509 but cannot write it, so this holds
 * the few DER forms (X.690) that an RFC 5280 certificate with one name and one extension needs.
 */

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const NULL = 0x05
const OID = 0x06
const UTF8 = 0x0c
const UTC_TIME = 0x17
/** Context tags: [0] version, [2] dNSName, [3] extensions. */
const VERSION_TAG = 0xa0
const DNS_NAME = 0x82
const EXTENSIONS_TAG = 0xa3

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const hex = content.length.toString(16)
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}

/** First two arcs share a byte, the others are base 128 with a continuation bit. */
function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return der(OID, Buffer.from(bytes))
}

const SHA256_WITH_RSA = der(SEQUENCE, oid('1.2.840.113549.1.1.11'), der(NULL))
const name = (commonName: string): Buffer =>
  der(SEQUENCE, der(SET, der(SEQUENCE, oid('2.5.4.3'), der(UTF8, Buffer.from(commonName)))))

export interface SelfSigned {
  readonly privateKeyPem: string
  readonly certPem: string
}

/**
 * A new RSA-2048 key and its certificate for `commonName`, valid 2000 to 2049: the world's clock moves, and a
 * certificate that expires because a test advanced it by a year would prove nothing.
 */
export function selfSigned(commonName: string): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' })
  const validity = ['000101000000Z', '491231235959Z'].map((time) => der(UTC_TIME, Buffer.from(time)))
  const altName = der(SEQUENCE, der(DNS_NAME, Buffer.from(commonName)))
  const extension = der(SEQUENCE, oid('2.5.29.17'), der(OCTET_STRING, altName))
  const body = der(
    SEQUENCE,
    der(VERSION_TAG, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    SHA256_WITH_RSA,
    name(commonName),
    der(SEQUENCE, ...validity),
    name(commonName),
    subjectKey,
    der(EXTENSIONS_TAG, der(SEQUENCE, extension)),
  )
  // A bit string starts with the number of unused bits, here none.
  const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', body, privateKey))
  const certificate = der(SEQUENCE, body, SHA256_WITH_RSA, signature).toString('base64')
  const lines = certificate.match(/.{1,64}/g) ?? []
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certPem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}
