import { ApiError } from '@onerouter/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JSON_LIMITS, parseJson } from './json.ts'

const parse = (text: string): unknown => parseJson(Buffer.from(text))
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

function refusal(input: string | Uint8Array): ApiError {
  try {
    parseJson(typeof input === 'string' ? Buffer.from(input) : input)
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('H26: amounts keep their source text', () => {
  test.each([
    ['500.00', '500.00'],
    ['10.005', '10.005'],
    ['1e30', '1e30'],
    ['-0', '-0'],
    ['9007199254740993', '9007199254740993'],
    ['1E400', '1E400'],
  ])('%s', (source, expected) => {
    expect(parse(`{"amount":${source},"x":1.50}`)).toEqual({ amount: expected, x: 1.5 })
    expect(parse(`{"\\u0061mount":${source}}`)).toEqual({ amount: expected })
  })

  test('H26: a fraction in amount_minor never disappears', () => {
    expect(parse('{"amount_minor":999999999999999.01}')).toEqual({ amount_minor: Number.NaN })
    expect(parse('{"amount_minor":5e2}')).toEqual({ amount_minor: Number.NaN })
    expect(parse('{"amount_minor":500}')).toEqual({ amount_minor: 500 })
  })
})

describe('H27: what two parsers could read differently is refused', () => {
  test.each([
    ['duplicate keys', '{"a":1,"b":{"c":1,"c":2}}', '/b/c'],
    ['duplicate keys written differently', '{"a":1,"\\u0061":2}', '/a'],
    ['NUL in text', '{"a":["x","\\u0000"]}', '/a/1'],
    ['NUL in a key', '{"a\\u0000":1}', '/'],
    ['a lone surrogate', '{"a":"\\ud800"}', '/a'],
    ['__proto__', '{"a":{"__proto__":{}}}', '/a/__proto__'],
    ['constructor.prototype', '{"constructor":{"prototype":{}}}', '/constructor/prototype'],
    ['too deep', nested(JSON_LIMITS.depth + 1), ''],
    ['an overlong string', `{"a":"${'x'.repeat(JSON_LIMITS.stringBytes + 1)}"}`, '/a'],
  ])('%s', (_, text, pointer) => {
    const error = refusal(text)
    expect(error.code).toBe('malformed_json')
    expect(error.details.errors?.[0]?.pointer).toBe(pointer)
  })

  test('too many keys', () => {
    const keys = Array.from({ length: JSON_LIMITS.keys + 1 }, (_, i) => `"k${i}":0`)
    expect(refusal(`{${keys.join(',')}}`).code).toBe('malformed_json')
    expect(parse(`{${keys.slice(1).join(',')}}`)).toBeTypeOf('object')
  })

  test.each([
    '',
    ' ',
    '{',
    '{"a":}',
    '{"a":1,}',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":01}',
    '"abc',
    '"\\x"',
    '{"a" 1}',
    '\ufeff{}',
    '{"a":1}}',
    'undefined',
  ])('malformed: %j', (text) => {
    expect(refusal(text).code).toBe('malformed_json')
  })

  test('bytes that are no UTF-8', () => {
    expect(refusal(new Uint8Array([0x22, 0xc0, 0x80, 0x22])).code).toBe('malformed_json')
    expect(refusal(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])).code).toBe('malformed_json')
  })
})

test('depth, length and constructor at their limits are accepted', () => {
  expect(parse(nested(JSON_LIMITS.depth))).toBeDefined()
  expect(parse(`"${'x'.repeat(JSON_LIMITS.stringBytes)}"`)).toHaveLength(JSON_LIMITS.stringBytes)
  expect(parse('{"constructor":1,"prototype":2}')).toEqual({ constructor: 1, prototype: 2 })
})

test('everything JSON.parse accepts within the limits reads the same', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      let mine: unknown
      try {
        mine = parse(text)
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError)
        return
      }
      if (!text.includes('amount')) expect(mine).toEqual(JSON.parse(text))
    }),
  )
})

test('arbitrary bytes are parsed or refused in words, and never touch Object.prototype', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        parseJson(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError)
      }
      expect(Object.keys(Object.prototype)).toEqual([])
    }),
  )
})
