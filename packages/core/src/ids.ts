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
  subscription_charge: 'schg',
  saved_payment_method: 'pm',
  payment_link: 'plink',
  dispute: 'dp',
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
  session: 'sess',
  invitation: 'inv',
  provider_call: 'call',
  domain: 'dom',
  reconciliation_run: 'rrun',
  reconciliation_item: 'ritem',
  audit: 'aud',
} as const
export type IdKind = keyof typeof PREFIX
export type Id<K extends IdKind = IdKind> = `${(typeof PREFIX)[K]}_${string}`

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 26
/** Two letters for every ten bits, two digits for every byte: ids are made for each row and each answer. */
const LETTERS = Array.from({ length: 1024 }, (_, i) => ALPHABET.charAt(i >> 5) + ALPHABET.charAt(i & 31))
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** A UUID in its 36-character text form, as PostgreSQL gives it. */
export type Uuid = string

/** Makes a UUIDv7 from a time in milliseconds and 10 random bytes (RFC 9562, section 5.7). */
export function uuidV7(nowMs: number, random: Uint8Array): Uuid {
  if (random.length < 10) throw new RangeError('uuidV7 needs 10 random bytes')
  const high = Math.floor(nowMs / 2 ** 32)
  const low = nowMs % 2 ** 32
  const hex = (byte: number) => HEX[byte & 0xff]
  const at = (i: number) => random[i] ?? 0
  return (
    `${hex(high >> 8)}${hex(high)}${hex(low >>> 24)}${hex(low >>> 16)}-${hex(low >>> 8)}${hex(low)}-` +
    `${hex((at(0) & 0x0f) | 0x70)}${hex(at(1))}-${hex((at(2) & 0x3f) | 0x80)}${hex(at(3))}-` +
    `${hex(at(4))}${hex(at(5))}${hex(at(6))}${hex(at(7))}${hex(at(8))}${hex(at(9))}`
  )
}

export function formatId<K extends IdKind>(kind: K, uuid: Uuid): Id<K> {
  let text = ''
  let held = 0
  // 128 bits in 26 letters of 5: the first letter has two bits to spare.
  let bits = 2
  for (let i = 0; i < uuid.length; i++) {
    const code = uuid.charCodeAt(i)
    if (code === DASH) continue
    held = (held << 4) | (code <= NINE ? code - ZERO : (code | 0x20) - TEN)
    bits += 4
    if (bits < 10) continue
    bits -= 10
    text += LETTERS[held >> bits]
    held &= (1 << bits) - 1
  }
  if (text.length !== LENGTH || bits !== 0) throw new RangeError(`not a UUID: ${uuid}`)
  return `${PREFIX[kind]}_${text}`
}

const DASH = 0x2d
const ZERO = 0x30
const NINE = 0x39
/** What is left of a lower-case hexadecimal letter is its value. */
const TEN = 0x61 - 10

/** The UUID inside an id of the given kind; `undefined` when the text is no such id. */
export function parseId(kind: IdKind, text: string): Uuid | undefined {
  const prefix = `${PREFIX[kind]}_`
  if (!text.startsWith(prefix) || text.length !== prefix.length + LENGTH) return undefined
  let hex = ''
  let held = 0
  let bits = -2
  for (let i = prefix.length; i < text.length; i++) {
    const digit = ALPHABET.indexOf(text.charAt(i))
    if (digit < 0 || (i === prefix.length && digit > 7)) return undefined
    held = (held << 5) | digit
    bits += 5
    if (bits < 8) continue
    bits -= 8
    hex += HEX[held >> bits]
    held &= (1 << bits) - 1
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
