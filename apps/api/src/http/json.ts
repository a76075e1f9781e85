import { ApiError } from '@onerouter/core'

/** Bounds of a request body; larger structures are refused before anything reads them. */
export const JSON_LIMITS = { bytes: 256 * 1024, depth: 32, keys: 4_000, stringBytes: 8 * 1024 } as const

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a request body strictly. What two parsers could read differently is refused instead of guessed:
 * duplicate keys, bytes that are no UTF-8, lone surrogates. Keys that reach prototypes, NUL (PostgreSQL text
 * cannot hold it) and oversized structures are refused as well.
 *
 * A number under the key `amount` arrives as its source text, so that `500.00` stays exact and `1e30` is seen
 * for what it is.
 * @throws ApiError `malformed_json` or `invalid_request`, with a pointer where there is one.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  const { mustKeep } = scan(text)
  try {
    // The reviver costs several times the parse: only bodies pay in which a number would lose by it.
    return mustKeep ? JSON.parse(text, keepAmountText) : JSON.parse(text)
  } catch {
    throw new ApiError('malformed_json', 'The body is not valid JSON.')
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new ApiError('malformed_json', 'The body is not valid UTF-8.')
  }
}

/** ES2025 gives revivers the source text; the library types do not know it yet. */
function keepAmountText(this: unknown, key: string, value: unknown, ...rest: unknown[]): unknown {
  if (typeof value !== 'number' || (key !== 'amount' && key !== 'amount_minor')) return value
  const context = rest[0] as { readonly source?: string } | undefined // the third argument of a reviver
  const source = context?.source ?? ''
  if (key === 'amount') return source
  // A fraction too small for a float would vanish and look like a whole number.
  return WHOLE.test(source) ? value : Number.NaN
}

interface Frame {
  readonly kind: 'object' | 'array'
  readonly keys: Set<string>
  /** Objects: is the next string a key? */
  expectsKey: boolean
  key: string
  index: number
}

/**
 * One pass over the text that finds what `JSON.parse` would silently accept. It tolerates broken grammar:
 * `JSON.parse` names that afterwards.
 */
function scan(text: string): { readonly mustKeep: boolean } {
  const stack: Frame[] = []
  let keys = 0
  let mustKeep = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const top = stack.at(-1)
    if (code === QUOTE) {
      const end = endOfString(text, i)
      const value = readString(text, i, end, stack)
      if (top?.kind === 'object' && top.expectsKey) {
        keys += 1
        if (keys > JSON_LIMITS.keys) refuse(stack, `The body has more than ${JSON_LIMITS.keys} keys.`)
        enterKey(stack, top, value)
        mustKeep ||= losesText(value, text, end + 1)
      }
      i = end
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      stack.push({
        kind: code === OPEN_OBJECT ? 'object' : 'array',
        keys: new Set(),
        expectsKey: code === OPEN_OBJECT,
        key: '',
        index: 0,
      })
      if (stack.length > JSON_LIMITS.depth) refuse([], `The body is nested deeper than ${JSON_LIMITS.depth}.`)
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      stack.pop()
    } else if (code === COMMA && top !== undefined) {
      top.expectsKey = top.kind === 'object'
      top.index += 1
    }
  }
  return { mustKeep }
}

/** A number behind its key, up to what ends it. */
const NUMBER = /\s*:\s*(-?[0-9][^\s,}\]]*)/y
const WHOLE = /^-?[0-9]+$/

/** Whether what is behind a key is a number of which the source text says more than its value. */
function losesText(key: string, text: string, at: number): boolean {
  if (key !== 'amount' && key !== 'amount_minor') return false
  NUMBER.lastIndex = at
  const source = NUMBER.exec(text)?.[1]
  return source !== undefined && (key === 'amount' || !WHOLE.test(source))
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COMMA = 0x2c

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) return i
    if (code === BACKSLASH) i += 1
  }
  throw new ApiError('malformed_json', 'The body is not valid JSON.')
}

function readString(text: string, start: number, end: number, stack: readonly Frame[]): string {
  const raw = text.slice(start + 1, end)
  if (raw.length > 6 * JSON_LIMITS.stringBytes) refuse(stack, TOO_LONG)
  const value = raw.includes('\\') ? readLiteral(text.slice(start, end + 1)) : raw
  if (value.length * 3 > JSON_LIMITS.stringBytes && Buffer.byteLength(value) > JSON_LIMITS.stringBytes) {
    refuse(stack, TOO_LONG)
  }
  if (value.includes('\u0000')) refuse(stack, 'Text must not contain NUL.')
  if (!value.isWellFormed()) refuse(stack, 'Text must not contain half of a surrogate pair.')
  return value
}

const TOO_LONG = `Text must not be longer than ${JSON_LIMITS.stringBytes} bytes.`

function readLiteral(literal: string): string {
  try {
    // A string literal that starts and ends with quotes can only parse to a string.
    return JSON.parse(literal) as string
  } catch {
    throw new ApiError('malformed_json', 'The body is not valid JSON.')
  }
}

function enterKey(stack: readonly Frame[], top: Frame, key: string): void {
  top.key = key
  top.expectsKey = false
  if (top.keys.has(key)) refuse(stack, 'The key is given twice.')
  top.keys.add(key)
  const parent = stack.at(-2)
  const reachesPrototype = key === '__proto__' || (key === 'prototype' && parent?.key === 'constructor')
  if (reachesPrototype) refuse(stack, 'The key is not allowed.')
}

function refuse(stack: readonly Frame[], detail: string): never {
  const path = stack.map((frame) => (frame.kind === 'array' ? String(frame.index) : frame.key))
  throw new ApiError('malformed_json', detail, { errors: [{ pointer: toPointer(path), detail }] })
}

/** RFC 6901. */
export function toPointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
