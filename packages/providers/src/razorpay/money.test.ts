import { CURRENCIES, currency, exponentOf } from '@onerouter/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DECIMALS, fromWireAmount, minorOf, refuseAmount, toWireAmount } from './money.ts'

const of = (minor: bigint, code: string) => ({ minor, currency: currency(code) })

describe('amounts on the wire', () => {
  test.each([
    ['INR', 50_000n, 50_000],
    ['INR', 100n, 100],
    ['USD', 2_000n, 2_000],
    ['JPY', 500n, 500],
    ['UGX', 500n, 500],
    ['ISK', 500n, 500],
    ['CLP', 990n, 990],
    ['MGA', 1_050n, 1_050],
    ['HUF', 1_050n, 1_050],
    ['TWD', 12_345n, 12_345],
    ['KWD', 1_230n, 1_230],
    ['BHD', 10n, 10],
    ['TND', 5_000n, 5_000],
    ['INR', 999_999_999_999_999n, 999_999_999_999_999],
  ])('%s %s goes out as %s', (code, minor, wire) => {
    expect(refuseAmount(of(minor, code))).toBeNull()
    expect(toWireAmount(of(minor, code))).toBe(wire)
    expect(fromWireAmount(wire, code)).toEqual(of(minor, code))
  })

  test.each([
    ['KWD', 1_234n, 'invalid_amount'],
    ['OMR', 1n, 'invalid_amount'],
    ['INR', 99n, 'invalid_amount'],
    ['INR', 0n, 'invalid_amount'],
    ['LYD', 1_230n, 'unsupported_currency'],
    ['ZWG', 100n, 'unsupported_currency'],
    ['VES', 100n, 'unsupported_currency'],
  ])('%s %s is refused as %s before anything is sent', (code, minor, problem) => {
    expect(refuseAmount(of(minor, code))?.code).toBe(problem)
  })

  test.each(CURRENCIES)('%s is either counted in ISO decimals or refused', (code) => {
    const decimals = DECIMALS.get(code)
    if (decimals === undefined) expect(refuseAmount(of(1_000n, code))?.code).toBe('unsupported_currency')
    else expect(decimals).toBe(exponentOf(code))
  })

  test('what goes out comes back the same', () => {
    const codes = fc.constantFrom(...DECIMALS.keys())
    fc.assert(
      fc.property(codes, fc.bigInt({ min: 1n, max: 999_999_999_999_999n }), (code, minor) => {
        const wire = toWireAmount(of(minor, code))
        if (wire === undefined) return minor % 10n !== 0n && DECIMALS.get(code) === 3
        return fromWireAmount(wire, code)?.minor === minor
      }),
    )
  })

  test.each([
    [1.5],
    [-1],
    [2 ** 53],
    [Number.NaN],
    ['1.0'],
    ['-1'],
    ['1e3'],
    [''],
    [null],
    [undefined],
    [true],
    [{}],
  ])('%j is no amount', (amount) => {
    expect(minorOf(amount)).toBeUndefined()
    expect(fromWireAmount(amount, 'INR')).toBeUndefined()
  })

  test('amounts written as text are read, unknown currencies are not', () => {
    expect(fromWireAmount('50000', 'INR')).toEqual(of(50_000n, 'INR'))
    expect(fromWireAmount(1, 'XXX')).toBeUndefined()
    expect(fromWireAmount(1, 1)).toBeUndefined()
  })
})
