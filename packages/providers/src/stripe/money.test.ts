import { CURRENCIES, currency, exponentOf, money } from '@onerouter/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromWireAmount, isSupported, toWireAmount } from './money.ts'

describe('amounts on the wire', () => {
  test.each([
    ['USD', 50_000n, '50000'],
    ['EUR', 1n, '1'],
    ['HUF', 1_050n, '1050'],
    ['TWD', 1_050n, '1050'],
    ['JPY', 500n, '500'],
    ['KRW', 500n, '500'],
    ['UGX', 500n, '50000'],
    ['ISK', 500n, '50000'],
    ['KWD', 1_230n, '1230'],
    ['TND', 10n, '10'],
    ['MGA', 1_000n, '10'],
  ])('%s %d is sent as %s', (code, minor, wire) => {
    expect(toWireAmount(money(minor, currency(code)))).toEqual({
      ok: true,
      amount: wire,
      currency: code.toLowerCase(),
    })
  })

  test.each([
    ['KWD', 1_234n, 'inexact'],
    ['MGA', 1_050n, 'inexact'],
    ['USD', 1_000_000_000_000n, 'too_large'],
    ['UGX', 10_000_000_000n, 'too_large'],
    ['CUP', 100n, 'unsupported_currency'],
    ['IQD', 1_000n, 'unsupported_currency'],
  ])('%s %d is refused as %s', (code, minor, reason) => {
    expect(toWireAmount(money(minor, currency(code)))).toEqual({ ok: false, reason })
  })

  test('for every currency and amount the way out and back is the identity, or refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CURRENCIES),
        fc.bigInt({ min: 1n, max: 999_999_999_999n }),
        (code, minor) => {
          const wire = toWireAmount(money(minor, code))
          if (!wire.ok) return
          expect(fromWireAmount(Number.parseInt(wire.amount, 10), wire.currency)).toEqual(money(minor, code))
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('every supported currency carries one whole unit', () => {
    for (const code of CURRENCIES.filter(isSupported)) {
      expect(toWireAmount(money(10n ** BigInt(exponentOf(code)), code))).toMatchObject({ ok: true })
    }
  })

  test.each([
    [1.5, 'usd'],
    [-1, 'usd'],
    ['100', 'usd'],
    [2 ** 53, 'usd'],
    [null, 'usd'],
    [100, 'zzz'],
    [100, null],
    [150, 'ugx'],
    [150, 'isk'],
  ])('a stated amount of %j %j is not believed', (amount, code) => {
    expect(fromWireAmount(amount, code)).toBeUndefined()
  })
})
