import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromMinor, overage, parseValue, paypalFee, toMinor } from './money.ts'
import { rawMember } from './raw-member.ts'

describe('amounts', () => {
  test('text and minor units say the same, in both kinds of currency', () => {
    const currencies = fc.constantFrom('USD', 'EUR', 'JPY', 'HUF', 'TWD')
    fc.assert(
      fc.property(currencies, fc.bigInt({ min: 0n, max: 99_999_999_999_999_999n }), (currency, minor) => {
        const limit = currency === 'USD' || currency === 'EUR' ? minor : minor / 100n
        expect(toMinor(fromMinor(currency, limit))).toBe(limit)
      }),
    )
  })

  test.each([
    ['USD', '10', 1000n],
    ['USD', '10.5', 1050n],
    ['USD', '.5', 50n],
    ['USD', '-1.00', -100n],
    ['JPY', '10', 10n],
    ['USD', '999999999999999.99', 99_999_999_999_999_999n],
  ])('%s %s is %s', (currency, value, minor) => {
    expect(parseValue(currency, value)).toEqual({ ok: true, minor })
  })

  test.each([
    ['USD', '', 'INVALID_PARAMETER_SYNTAX'],
    ['USD', '1e3', 'INVALID_PARAMETER_SYNTAX'],
    ['USD', '1.', 'INVALID_PARAMETER_SYNTAX'],
    ['USD', '1.005', 'DECIMAL_PRECISION'],
    ['HUF', '10.00', 'DECIMALS_NOT_SUPPORTED'],
    ['KRW', '10', 'INVALID_CURRENCY_CODE'],
  ])('%s %j is refused with %s', (currency, value, problem) => {
    expect(parseValue(currency, value)).toEqual({ ok: false, problem })
  })

  test('the fee is 3.49 % + 0.49, half up, and never above the amount', () => {
    expect([paypalFee('USD', 10_000n), paypalFee('USD', 1000n), paypalFee('USD', 10n)]).toEqual([
      398n,
      84n,
      10n,
    ])
    expect(overage(101n)).toBe(116n)
  })
})

describe('the raw text of a member', () => {
  test('is what was sent, wherever and however it was written', () => {
    const text =
      '{ "a" : [1,{"webhook_event":2}], "webhook_event":\n {"n":1.0,"s":"\\"}\\\\","u":"\\u00e9"} , "z":null}'
    expect(rawMember(text, 'webhook_event')).toBe('{"n":1.0,"s":"\\"}\\\\","u":"\\u00e9"}')
    expect(rawMember('{}', 'webhook_event')).toBeUndefined()
    expect(rawMember('{"a":1}', 'webhook_event')).toBeUndefined()
  })

  test('holds for any JSON object', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue())
    fc.assert(
      fc.property(objects, fc.jsonValue(), fc.constantFrom(0, 2), (others, value, indent) => {
        const raw = rawMember(
          JSON.stringify({ ...others, webhook_event: value }, null, indent),
          'webhook_event',
        )
        expect(JSON.parse(raw ?? '')).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
