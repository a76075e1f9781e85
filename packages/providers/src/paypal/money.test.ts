import { CURRENCIES, currency, exponentOf } from '@onerouter/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromWireAmount, refuseAmount, toWireAmount } from './money.ts'

const PAYPAL =
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(' ')

describe('PayPal money', () => {
  test.each([
    ['USD', 50_000n, '500.00'],
    ['USD', 1n, '0.01'],
    ['JPY', 500n, '500'],
    ['HUF', 1_000n, '10'],
    ['TWD', 123_400n, '1234'],
    ['EUR', 99_999_999_999_999n, '999999999999.99'],
  ])('writes %s %s as %s', (code, minor, value) => {
    expect(toWireAmount({ minor, currency: currency(code) })).toEqual({ currency_code: code, value })
  })

  test.each([
    ['HUF', 1_050n],
    ['TWD', 1n],
  ])('refuses %s %s, which PayPal cannot express', (code, minor) => {
    expect(toWireAmount({ minor, currency: currency(code) })).toBeUndefined()
    expect(refuseAmount({ minor, currency: currency(code) })?.code).toBe('invalid_amount')
  })

  test('takes exactly the currencies PayPal documents', () => {
    const taken = CURRENCIES.filter((code) => refuseAmount({ minor: 100_000n, currency: code }) === null)
    expect(taken).toEqual(PAYPAL)
    expect(refuseAmount({ minor: 1_000n, currency: currency('KWD') })?.code).toBe('unsupported_currency')
  })

  test('refuses zero', () => {
    expect(refuseAmount({ minor: 0n, currency: currency('USD') })?.code).toBe('invalid_amount')
  })

  test('is the identity from API to wire to API, for every currency and amount, or refuses', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CURRENCIES),
        fc.bigInt({ min: 1n, max: 999_999_999_999_999n }),
        (code, minor) => {
          const wire = toWireAmount({ minor, currency: code })
          if (wire === undefined) {
            const coarse = ['HUF', 'TWD'].includes(code) && minor % 100n !== 0n
            return coarse || !PAYPAL.includes(code)
          }
          const back = fromWireAmount(wire)
          return back?.minor === minor && back.currency === code
        },
      ),
    )
  })

  test('reads what PayPal may write instead of the canonical form', () => {
    expect(fromWireAmount({ currency_code: 'USD', value: '10' })?.minor).toBe(1_000n)
    expect(fromWireAmount({ currency_code: 'USD', value: '10.5' })?.minor).toBe(1_050n)
    expect(fromWireAmount({ currency_code: 'HUF', value: '10' })?.minor).toBe(1_000n)
    expect(exponentOf(currency('HUF'))).toBe(2)
  })

  test.each(['242.79999999999998', '-1.00', '1e3', '', ' 1', '1,000.00'])('does not read %j', (value) => {
    expect(fromWireAmount({ currency_code: 'USD', value })).toBeUndefined()
  })
})
