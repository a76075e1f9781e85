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
  const free = inJson(text, secrets)
  if (free === null && namesNothing(text))
    return text.includes('\n') ? text.replaceAll(LINE_BREAKS, '') : text
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(redactValue(value, NOWHERE, free, 0))
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

/**
 * Every pattern above in a few looks: most texts are none of them, and a provider's answer has a hundred. Three plain
 * expressions take half the time of one that is all of them.
 */
const SUSPICIOUS = [
  // Hints of our own keys, which are in every line of the log, have no letter behind the mark.
  /(?:[rs]k|whsec|_secret|unf_(?:test|live))_[\w+/=-]|eyJ/,
  /bearer|basic/i,
  /[2-6](?:[ -]?[0-9]){12}/,
] as const
const looksSuspicious = (text: string): boolean =>
  SUSPICIOUS[0].test(text) || SUSPICIOUS[1].test(text) || SUSPICIOUS[2].test(text)

/** A secret shorter than this would blank ordinary words; no provider issues one. */
const SECRET_LENGTH_MIN = 6

/** Free text without known secrets, credential-shaped words and card numbers. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let result = text
  for (const secret of secrets) {
    if (secret.length >= SECRET_LENGTH_MIN) result = result.replaceAll(secret, REDACTED)
  }
  if (!looksSuspicious(result)) return result
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement)
  return result.replace(CARD_LIKE, (found) => (passesLuhn(found) ? REDACTED : found))
}

/** What is done with texts that no name gives away; `null` where one look at the whole has found nothing to do. */
type Free = ((text: string) => string) | null

/** Escapes hide what they spell: such a text is looked at piece by piece. */
function inJson(text: string, secrets: readonly string[]): Free {
  return text.includes('\\') || isSuspicious(text, secrets) ? (piece) => redactText(piece, secrets) : null
}

/** Between the members of a JSON text; within them a line break would be an escape. */
const LINE_BREAKS = /\r?\n[ \t]*/g
/** What `JSON.parse` would write in another way, so that its digits may be those of a card. */
const UNUSUAL_NUMBER = /[:[,]\s*-?[0-9]+[.eE]/
const APART = /"\s+:/

/**
 * Whether no name in a JSON text without escapes gives its value away, which is so of most answers: they need not be taken apart.
 * In doubt the answer is no.
 */
function namesNothing(text: string): boolean {
  if (!/^\s*\{/.test(text) || UNUSUAL_NUMBER.test(text) || APART.test(text) || isDeep(text)) return false
  for (let at = text.indexOf(NAME_END); at >= 0; at = text.indexOf(NAME_END, at + 2)) {
    let value = at + NAME_END.length
    while (text.charCodeAt(value) <= SPACE) value += 1
    if (HOLDS_NO_TEXT.has(text.charCodeAt(value))) continue
    const { name, rule } = placeIn(NOWHERE, text.slice(text.lastIndexOf('"', at - 1) + 1, at))
    // Whose name it is would be told by what is around it.
    if (rule !== 'free' || name === 'name') return false
  }
  return true
}

/** Where no value holds a quotation mark, only a name can end so. */
const NAME_END = '":'
const SPACE = 0x20
/** `null`, `true`, `false`, and an object, whose members have names of their own. */
const HOLDS_NO_TEXT: ReadonlySet<number> = new Set([...'ntf{'].map((letter) => letter.charCodeAt(0)))

/** Too many brackets may be too deep. */
function isDeep(text: string): boolean {
  let opened = 0
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      opened += 1
      if (opened > DEPTH_MAX) return true
    }
  }
  return false
}

const isSuspicious = (text: string, secrets: readonly string[]): boolean =>
  looksSuspicious(text) || secrets.some((one) => one.length >= SECRET_LENGTH_MIN && text.includes(one))

/** A value as it was parsed, changed in place. */
function redactValue(value: unknown, at: Place, free: Free, depth: number): unknown {
  if (depth > DEPTH_MAX) return REDACTED
  if (typeof value === 'string') return redactNamed(at, value, free)
  if (typeof value === 'number') return redactNumber(at, value, free)
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) value[i] = redactValue(item, at, free, depth + 1)
    return value
  }
  if (typeof value !== 'object' || value === null) return value
  const object = value as Record<string, unknown> // JSON has no other objects
  const names = Object.keys(object)
  for (const name of names) {
    const member = object[name]
    const shown = redactValue(member, placeIn(at, name), free, depth + 1)
    if (shown !== member) object[name] = shown
  }
  if (free === null || names.every((name) => free(name) === name)) return object
  return Object.fromEntries(names.map((name) => [free(name), object[name]]))
}

/** Below this a number has too few digits for a card. */
const CARD_MIN = 1e12

function redactNumber(at: Place, value: number, free: Free): unknown {
  const harmless = free === null && Number.isInteger(value) && Math.abs(value) < CARD_MIN
  if (harmless && at.rule === 'free') return value
  const text = redactNamed(at, String(value), harmless ? null : (free ?? redactText))
  return text === String(value) ? value : text
}

function redactForm(text: string, secrets: readonly string[]): string {
  const whole = decode(text)
  // What cannot be decoded as a whole may still be piece by piece.
  const clear = (whole !== text || !text.includes('%')) && !isSuspicious(whole, secrets)
  if (clear && fieldsAreFree(text)) return whole
  const free: Free = clear ? null : (piece) => redactText(piece, secrets)
  const shown = (piece: string): string => (free === null ? piece : free(piece))
  return text
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=')
      if (at < 0) return shown(pair)
      const key = decode(pair.slice(0, at))
      return `${shown(key)}=${redactNamed(placeOfField(key), decode(pair.slice(at + 1)), free)}`
    })
    .join('&')
}

/** Whether no field's name gives its value away, as they came: a name that is written in another way is looked at by itself. */
function fieldsAreFree(text: string): boolean {
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('&', at)
    const end = next < 0 ? text.length : next
    const equals = text.indexOf('=', at)
    const name = text.slice(at, equals < 0 || equals > end ? end : equals)
    if (name.includes('%') || name.includes('+') || placeOfField(name).rule !== 'free') return false
    at = end + 1
  }
  return true
}

function redactNamed({ rule }: Place, value: string, free: Free): string {
  switch (rule) {
    case 'secret':
      return REDACTED
    case 'email':
      return maskEmail(value)
    case 'phone':
      return value.length > 4 ? `***${value.slice(-2)}` : '***'
    case 'hidden':
      return '***'
    case 'end':
      if (PHONE_NUMBER.test(value)) return `***${value.slice(-2)}`
      return free === null ? value : free(value)
    case 'free':
      return free === null ? value : free(value)
  }
}

/** A name in a body, by the names around it: what becomes of the value there. */
interface Place {
  /** In lower case without punctuation. */
  readonly name: string
  readonly rule: 'secret' | 'email' | 'phone' | 'hidden' | 'end' | 'free'
  /** Whether `name` within it is a person's. */
  readonly person: boolean
}

const placeOf = (name: string, rule: Place['rule']): Place => ({ name, rule, person: PERSONS.has(name) })

const NOWHERE = placeOf('', 'free')

function ruleOf(name: string, parent: string): Place['rule'] {
  if (isSecretName(name)) return 'secret'
  if (EMAIL_KEYS.has(name)) return 'email'
  if (PHONE_KEYS.has(name)) return 'phone'
  if (END_KEYS.has(name)) return 'end'
  if (TEXT_KEYS.has(name) || PERSON_KEYS.has(name)) return 'hidden'
  return name === 'name' && PERSONS.has(parent) ? 'hidden' : 'free'
}

/** Providers' bodies repeat the same few hundred names. */
const PLACES_MAX = 2_000
const PLACE_LENGTH_MAX = 64
const places = new Map<string, Place>()
const personNames = new Map<string, Place>()
const fields = new Map<string, Place>()

function placeIn(parent: Place, key: string): Place {
  // Of all names `name` alone is judged by its parent.
  const known = parent.person ? personNames : places
  return (
    known.get(key) ??
    remembered(known, key, () => {
      const name = plain(key)
      return placeOf(name, ruleOf(name, parent.name))
    })
  )
}

/** `a[b][c]` is judged by `c`, and by `b` around it. */
function placeOfField(key: string): Place {
  return remembered(fields, key, () => {
    const path = key
      .split(/[[\]]+/)
      .map(plain)
      .filter((part) => part !== '')
    const name = path.at(-1) ?? ''
    return placeOf(name, ruleOf(name, path.at(-2) ?? ''))
  })
}

function remembered(known: Map<string, Place>, key: string, make: () => Place): Place {
  const place = known.get(key)
  if (place !== undefined) return place
  const made = make()
  if (known.size < PLACES_MAX && key.length <= PLACE_LENGTH_MAX) known.set(key, made)
  return made
}

const plain = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '')

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

function maskEmail(value: string): string {
  const at = value.lastIndexOf('@')
  return at < 1 ? '***' : `${value.slice(0, 1)}***${value.slice(at)}`
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
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
