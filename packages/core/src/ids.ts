/**
 * Ids are a prefix and a UUIDv7 written in 26 letters of Crockford's base 32: they sort by time as text, as
 * uuid in the database, and survive case-folding and copying by hand.
 */
const PREFIX = {
  payment: 'pay',
  refund: 're',
  operation: 'op',
  subscription: 'sub',
  plan: 'plan',
  customer: 'cus',
  payment_link: 'plink',
  sms: 'sms',
  event: 'evt',
  endpoint: 'whe',
  delivery: 'whd',
  recovery: 'whr',
  inbound: 'whi',
  key: 'key',
  request: 'req',
  account: 'acct',
  person: 'usr',
  provider_call: 'call',
  domain: 'dom',
  reconciliation_run: 'rrun',
  reconciliation_item: 'ritem',
} as const
export type IdKind = keyof typeof PREFIX
export type Id<K extends IdKind = IdKind> = `${(typeof PREFIX)[K]}_${string}`

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 26

/** A UUID in its 36-character text form, as PostgreSQL gives it. */
export type Uuid = string

/** Makes a UUIDv7 from a time in milliseconds and 10 random bytes (RFC 9562, section 5.7). */
export function uuidV7(nowMs: number, random: Uint8Array): Uuid {
  if (random.length < 10) throw new RangeError('uuidV7 needs 10 random bytes')
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(nowMs / 2 ** 32))
  view.setUint32(2, nowMs % 2 ** 32)
  bytes.set(random.subarray(0, 10), 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export function formatId<K extends IdKind>(kind: K, uuid: Uuid): Id<K> {
  let value = BigInt(`0x${uuid.replaceAll('-', '')}`)
  let text = ''
  for (let i = 0; i < LENGTH; i++) {
    text = ALPHABET.charAt(Number(value & 31n)) + text
    value >>= 5n
  }
  return `${PREFIX[kind]}_${text}`
}

/** The UUID inside an id of the given kind; `undefined` when the text is no such id. */
export function parseId(kind: IdKind, text: string): Uuid | undefined {
  const prefix = `${PREFIX[kind]}_`
  if (!text.startsWith(prefix) || text.length !== prefix.length + LENGTH) return undefined
  let value = 0n
  for (const letter of text.slice(prefix.length)) {
    const digit = ALPHABET.indexOf(letter)
    if (digit < 0) return undefined
    value = (value << 5n) | BigInt(digit)
  }
  if (value >> 128n !== 0n) return undefined
  const hex = value.toString(16).padStart(32, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
