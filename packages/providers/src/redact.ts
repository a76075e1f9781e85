/**
 * Central redaction: whatever is kept of a provider call passes through here first. Headers are an allow-list;
 * bodies lose values by the name of their key, and every remaining text loses what looks like a secret or a
 * card number. Exact secret values known to the caller are removed wherever they occur.
 */
export const REDACTED = '[redacted]'

const HEADERS_KEPT: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'idempotency-key',
  'idempotent-replayed',
  'paypal-debug-id',
  'paypal-request-id',
  'prefer',
  'request-id',
  'retry-after',
  'stripe-should-retry',
  'stripe-version',
  'user-agent',
  'x-razorpay-request-id',
  'x-refund-idempotency',
])

/** Names compared in lower case without punctuation, so `client_secret`, `clientSecret` and `client-secret` agree. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  'apikey',
  'authorization',
  'cardnumber',
  'cvc',
  'cvv',
  'cvv2',
  'iban',
  'number',
  'pan',
  'privatekey',
  'signature',
  'securitycode',
  'accountnumber',
  'transmissionsig',
  'routingnumber',
  'vpa',
])
const SECRET_ENDINGS = ['secret', 'token', 'password', 'signature'] as const
const EMAIL_KEYS: ReadonlySet<string> = new Set(['email', 'emailaddress', 'receiptemail', 'customeremail'])
const PHONE_KEYS: ReadonlySet<string> = new Set([
  'phone',
  'contact',
  'nationalnumber',
  'mobile',
  'phonenumber',
])
/** The two ends of a message; elsewhere these names hold other things, so only what looks like a number goes. */
const END_KEYS: ReadonlySet<string> = new Set(['from', 'to'])
const PHONE_NUMBER = /^(?:whatsapp:)?\+[0-9]{7,15}$/
/** Texts to people carry codes and names. */
const TEXT_KEYS: ReadonlySet<string> = new Set(['body'])
const PERSON_KEYS: ReadonlySet<string> = new Set([
  'addressline1',
  'addressline2',
  'city',
  'fingerprint',
  'fullname',
  'givenname',
  'line1',
  'line2',
  'postalcode',
  'surname',
])
/** Objects in which `name` is a person rather than a product. */
const PERSONS: ReadonlySet<string> = new Set([
  'billingdetails',
  'card',
  'customer',
  'customerdetails',
  'individual',
  'payer',
  'shipping',
])

const DEPTH_MAX = 32

export function redactHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[] = [],
): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => HEADERS_KEPT.has(name.toLowerCase()))
  return Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), redactText(value, secrets)]))
}

/** A body as text without secrets. `contentType` only hints: bytes that do not parse are treated as text. */
export function redactBody(text: string, contentType: string, secrets: readonly string[] = []): string {
  if (contentType.includes('x-www-form-urlencoded')) return redactForm(text, secrets)
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(redactValue(value, [], secrets, 0))
  } catch {
    return redactText(redactLoosePairs(text), secrets)
  }
}

/** `path?query` with the values of the query treated like a form. */
export function redactPath(path: string, secrets: readonly string[] = []): string {
  const at = path.indexOf('?')
  if (at < 0) return redactText(path, secrets)
  return `${redactText(path.slice(0, at), secrets)}?${redactForm(path.slice(at + 1), secrets)}`
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b((?:sk|rk)_(?:test|live|org)_)[A-Za-z0-9_]+/g, `$1${REDACTED}`],
  [/\b(whsec_)[A-Za-z0-9_+/=-]+/g, `$1${REDACTED}`],
  [/\b(unf_(?:test|live)_)[A-Za-z0-9]+/g, `$1${REDACTED}`],
  [/\b((?:pi|seti|cs)_[A-Za-z0-9_]+?_secret_)[A-Za-z0-9_]+/g, `$1${REDACTED}`],
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g, REDACTED],
]
/** Card numbers begin with 2 to 6; timestamps in milliseconds begin with 1 and stay readable. */
const CARD_LIKE = /(?<![0-9A-Za-z_])[2-6](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z_])/g

/** Every pattern above in one look: most texts are none of them, and a provider's answer has a hundred. */
const SUSPICIOUS = /(?:sk|rk)_|whsec_|unf_|_secret_|bearer|basic|eyJ|[2-6](?:[ -]?[0-9]){12}/i

/** Free text without known secrets, credential-shaped words and card numbers. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let result = text
  for (const secret of secrets) {
    // A secret shorter than this would blank ordinary words; no provider issues one.
    if (secret.length >= 6) result = result.replaceAll(secret, REDACTED)
  }
  if (!SUSPICIOUS.test(result)) return result
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement)
  return result.replace(CARD_LIKE, (found) => (passesLuhn(found) ? REDACTED : found))
}

function redactValue(
  value: unknown,
  path: readonly string[],
  secrets: readonly string[],
  depth: number,
): unknown {
  if (depth > DEPTH_MAX) return REDACTED
  if (typeof value === 'string') return redactNamed(path, value, secrets)
  if (typeof value === 'number') {
    const text = redactNamed(path, String(value), secrets)
    return text === String(value) ? value : text
  }
  if (Array.isArray(value)) return value.map((item) => redactValue(item, path, secrets, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      redactText(key, secrets),
      redactValue(item, [...path, plain(key)], secrets, depth + 1),
    ]),
  )
}

function redactForm(text: string, secrets: readonly string[]): string {
  return text
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=')
      if (at < 0) return redactText(pair, secrets)
      const key = decode(pair.slice(0, at))
      const path = key.split(/[[\]]+/).map(plain)
      const value = redactNamed(
        path.filter((part) => part !== ''),
        decode(pair.slice(at + 1)),
        secrets,
      )
      return `${redactText(key, secrets)}=${value}`
    })
    .join('&')
}

function redactNamed(path: readonly string[], value: string, secrets: readonly string[]): string {
  const name = path.at(-1) ?? ''
  if (isSecretName(name)) return REDACTED
  if (EMAIL_KEYS.has(name)) return maskEmail(value)
  if (PHONE_KEYS.has(name)) return value.length > 4 ? `***${value.slice(-2)}` : '***'
  if (END_KEYS.has(name) && PHONE_NUMBER.test(value)) return `***${value.slice(-2)}`
  if (TEXT_KEYS.has(name)) return '***'
  if (PERSON_KEYS.has(name) || (name === 'name' && PERSONS.has(path.at(-2) ?? ''))) return '***'
  return redactText(value, secrets)
}

/** For bodies that are no JSON, such as an answer cut in half: pairs are still recognised by their quotes. */
function redactLoosePairs(text: string): string {
  return text.replace(
    /"([^"\\]{1,64})"(\s*:\s*)"((?:[^"\\]|\\.)*)"?/g,
    (whole, key: string, colon: string) =>
      isPersonalName(plain(key)) ? `"${key}"${colon}"${REDACTED}"` : whole,
  )
}

function isSecretName(name: string): boolean {
  return SECRET_KEYS.has(name) || SECRET_ENDINGS.some((ending) => name.endsWith(ending))
}

function isPersonalName(name: string): boolean {
  return isSecretName(name) || EMAIL_KEYS.has(name) || PHONE_KEYS.has(name) || PERSON_KEYS.has(name)
}

/** Providers' answers repeat the same few hundred names. */
const PLAIN_MAX = 2_000
const plainNames = new Map<string, string>()

function plain(key: string): string {
  const known = plainNames.get(key)
  if (known !== undefined) return known
  const made = key.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (plainNames.size < PLAIN_MAX && key.length <= 64) plainNames.set(key, made)
  return made
}

function maskEmail(value: string): string {
  const at = value.lastIndexOf('@')
  return at < 1 ? '***' : `${value.slice(0, 1)}***${value.slice(at)}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function passesLuhn(text: string): boolean {
  let sum = 0
  let double = false
  for (const character of [...text].reverse()) {
    if (character === ' ' || character === '-') continue
    const digit = character.charCodeAt(0) - 48
    const added = double ? digit * 2 : digit
    sum += added > 9 ? added - 9 : added
    double = !double
  }
  return sum % 10 === 0
}
