/** Exact money through the whole stack: API → wire → API is the identity, and the inexact is refused. */
import { CURRENCIES } from '@onerouter/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createStack, type Merchant, PAYMENT_SERVICES, type PaymentService, type Stack } from './stack.ts'

let stack: Stack
let merchant: Merchant
beforeAll(async () => {
  stack = await createStack()
  merchant = await stack.merchant()
})
beforeEach(() => {
  stack.wire.length = 0
})
afterAll(() => stack.close())

/** ISO 4217's minor units, written down a second time: everything else has two. */
const ISO_ZERO = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '))
const ISO_THREE = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))
const isoDecimals = (code: string) => (ISO_ZERO.has(code) ? 0 : ISO_THREE.has(code) ? 3 : 2)

/** Where a provider writes another number of decimals than ISO 4217. */
const WIRE_DECIMALS: Readonly<Record<PaymentService, Readonly<Record<string, number>>>> = {
  stripe: { MGA: 0, ISK: 2, UGX: 2 },
  paypal: { HUF: 0, TWD: 0 },
  razorpay: {},
}
/** The least number of currencies each takes; PayPal's list is closed. */
const TAKES: Readonly<Record<PaymentService, (count: number) => boolean>> = {
  stripe: (count) => count >= 135,
  paypal: (count) => count === 24,
  razorpay: (count) => count >= 120,
}

const create = (body: unknown) => merchant.call('POST', '/v1/payments', body)

/** The amount as it stood on the wire, digit by digit. */
function wireAmount(provider: PaymentService): string | undefined {
  const sent = stack.wire.filter((one) => one.provider === provider && one.method === 'POST')
  const body = sent.find(({ path }) => /checkout\/sessions|payment_intents|\/orders/.test(path))?.body ?? ''
  switch (provider) {
    case 'stripe':
      return [...new URLSearchParams(body)].find(([name]) => /unit_amount\]?$|^amount$/.test(name))?.[1]
    case 'paypal':
      return /"value":"([^"]+)"/.exec(body)?.[1]
    case 'razorpay':
      return /"amount":([^,}]+)/.exec(body)?.[1]
  }
}

const decimalText = (digits: string, decimals: number) =>
  decimals === 0 ? digits : `${digits}.${'0'.repeat(decimals)}`

interface Expected {
  readonly amount: string
  readonly amount_minor: number
  readonly wire: string
}

/** 1,235 major units, with a half where every party carries one. */
function sample(provider: PaymentService, code: string): Expected {
  const iso = isoDecimals(code)
  const onWire = WIRE_DECIMALS[provider][code] ?? iso
  const whole = iso === 0 || onWire === 0
  const amount = whole ? decimalText('1235', iso) : `1235.5${'0'.repeat(iso - 1)}`
  const minor = amount.replace('.', '')
  const wireMinor =
    onWire > iso ? minor + '0'.repeat(onWire - iso) : minor.slice(0, minor.length - iso + onWire)
  const wire = provider === 'paypal' ? (onWire === 0 ? '1235' : '1235.50') : wireMinor
  return { amount, amount_minor: Number.parseInt(minor, 10), wire }
}

describe.each(PAYMENT_SERVICES)('%s', (provider) => {
  test('H24: every ISO 4217 currency goes out exactly and comes back the same, or is refused before any call', async () => {
    let taken = 0
    for (const code of CURRENCIES) {
      const { wire, ...expected } = sample(provider, code)
      const forms = [{ amount: expected.amount }, { amount_minor: expected.amount_minor }]
      for (const form of forms) {
        stack.wire.length = 0
        const made = await create({ ...form, currency: code, provider })
        if (made.statusCode === 400) {
          expect([code, made.json().code, stack.wire.length]).toEqual([code, 'unsupported_currency', 0])
          continue
        }
        expect([code, made.statusCode, made.body]).toEqual([code, 201, expect.any(String)])
        expect([code, wireAmount(provider)]).toEqual([code, wire])
        expect(made.json()).toMatchObject({ ...expected, currency: code })
        taken += 1
        if (form.amount === undefined) continue
        const read = await merchant.call('GET', `/v1/payments/${made.json().id}`)
        expect(read.json()).toMatchObject({ ...expected, currency: code })
      }
    }
    expect(taken / 2).toSatisfy(TAKES[provider])
  })

  test('H24: one decimal more than the currency has is refused in every currency, before any call', async () => {
    for (const code of CURRENCIES) {
      const amount = `12.${'0'.repeat(isoDecimals(code))}1`
      const answer = await create({ amount, currency: code, provider })
      expect([code, answer.json().code]).toEqual([code, 'invalid_amount'])
      expect(answer.json().errors[0].pointer).toBe('/amount')
    }
    expect(stack.wire).toEqual([])
  })
})

describe('D4, D5: amounts on the wire', () => {
  test.each<[PaymentService, string, string, string]>([
    ['razorpay', 'INR', '500.00', '50000'],
    ['razorpay', 'INR', '10.50', '1050'],
    ['razorpay', 'JPY', '500', '500'],
    ['razorpay', 'KWD', '1.230', '1230'],
    ['razorpay', 'ISK', '500', '500'],
    ['stripe', 'INR', '500.00', '50000'],
    ['stripe', 'JPY', '500', '500'],
    ['stripe', 'KWD', '1.230', '1230'],
    ['stripe', 'ISK', '500', '50000'],
    ['stripe', 'UGX', '5000', '500000'],
    ['stripe', 'MGA', '5000.00', '5000'],
    ['stripe', 'HUF', '500.00', '50000'],
    ['paypal', 'USD', '500.00', '500.00'],
    ['paypal', 'USD', '10.50', '10.50'],
    ['paypal', 'JPY', '500', '500'],
    ['paypal', 'HUF', '500.00', '500'],
    ['paypal', 'TWD', '500', '500'],
  ])('%s: %s %s is %s', async (provider, currency, amount, wire) => {
    const made = await create({ amount, currency, provider })
    expect([made.statusCode, wireAmount(provider)], made.body).toEqual([201, wire])
  })

  test.each<[PaymentService, string, string, string]>([
    ['paypal', 'HUF', '10.50', 'HUF has no decimals at PayPal'],
    ['paypal', 'TWD', '0.01', 'nor has TWD'],
    ['paypal', 'JPY', '500.5', 'nor JPY anywhere'],
    ['stripe', 'ISK', '10.50', 'ISK is sent with two decimals that must be zero'],
    ['stripe', 'UGX', '0.01', 'and so is UGX'],
    ['stripe', 'MGA', '10.50', 'MGA is whole at Stripe'],
    ['stripe', 'KWD', '1.234', 'the last of three decimals must be zero'],
    ['razorpay', 'KWD', '1.234', 'the last of three decimals must be zero'],
    ['razorpay', 'INR', '0.99', 'below the least amount'],
  ])('%s: %s %s is refused before any call: %s', async (provider, currency, amount) => {
    const answer = await create({ amount, currency, provider })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_amount' })
    expect(stack.wire).toEqual([])
  })

  test('HUF 10.50 is fine where HUF has decimals', async () => {
    const made = await create({ amount: '1000.50', currency: 'HUF', provider: 'stripe' })
    expect([made.statusCode, wireAmount('stripe')], made.body).toEqual([201, '100050'])
  })
})

describe('D6, H26, H27: what stands in the JSON is what is meant', () => {
  const raw = (amount: string, currency = 'USD') =>
    create(`{"amount":${amount},"currency":"${currency}","provider":"paypal"}`)

  test.each([
    ['500.00', 50_000, '500.00'],
    ['500', 50_000, '500.00'],
    ['500.0', 50_000, '500.00'],
    ['500.000', 50_000, '500.00'],
    ['0.07', 7, '0.07'],
    ['1.15', 115, '1.15'],
    ['4.35', 435, '4.35'],
    ['1129.6', 112_960, '1129.60'],
    ['"500"', 50_000, '500.00'],
    ['9999999.99', 999_999_999, '9999999.99'],
  ])('%s is %i minor units', async (text, minor, wire) => {
    const made = await raw(text)
    expect([made.statusCode, made.json().amount_minor, wireAmount('paypal')], made.body).toEqual([
      201,
      minor,
      wire,
    ])
  })

  test.each([
    ['1e2', 'invalid_amount'],
    ['1E2', 'invalid_amount'],
    ['1e400', 'invalid_amount'],
    ['1e30', 'invalid_amount'],
    ['-0', 'invalid_amount'],
    ['0', 'invalid_amount'],
    ['0.00', 'invalid_amount'],
    ['-5', 'invalid_amount'],
    ['10.005', 'invalid_amount'],
    ['1.005', 'invalid_amount'],
    ['9007199254740993', 'invalid_amount'],
    ['10000000000000.00', 'invalid_amount'],
    ['"NaN"', 'invalid_amount'],
    ['"Infinity"', 'invalid_amount'],
    ['"1,000.00"', 'invalid_amount'],
    ['" 5"', 'invalid_amount'],
    ['"+5"', 'invalid_amount'],
    ['"05"', 'invalid_amount'],
    ['".5"', 'invalid_amount'],
    ['"5."', 'invalid_amount'],
    ['"0x10"', 'invalid_amount'],
    ['"١٠"', 'invalid_amount'],
    ['""', 'invalid_amount'],
    ['true', 'invalid_amount'],
    ['null', 'invalid_amount'],
    ['[5]', 'invalid_amount'],
    ['NaN', 'malformed_json'],
    ['05', 'malformed_json'],
    ['.5', 'malformed_json'],
    ['5,"amount":6', 'malformed_json'],
    ['5,"\\u0061mount":6', 'malformed_json'],
  ])('%s is refused as %s, nothing is sent', async (text, code) => {
    const answer = await raw(text)
    expect([answer.statusCode, answer.json().code], answer.body).toEqual([400, code])
    expect(stack.wire).toEqual([])
  })

  test.each([
    ['1050', 1050],
    ['1', 1],
  ])('amount_minor %s', async (text, minor) => {
    const made = await create(`{"amount_minor":${text},"currency":"USD","provider":"paypal"}`)
    expect([made.statusCode, made.json().amount_minor], made.body).toEqual([201, minor])
  })

  test.each(['0', '-1', '1.5', '1050.0', '1e3', '"1050"', '9007199254740993', '1e400', 'null', '-0'])(
    'amount_minor %s is refused',
    async (text) => {
      const answer = await create(`{"amount_minor":${text},"currency":"USD","provider":"paypal"}`)
      expect(answer.statusCode, answer.body).toBe(400)
      expect(['invalid_amount', 'invalid_request']).toContain(answer.json().code)
      expect(answer.json().errors[0].pointer).toBe('/amount_minor')
      expect(stack.wire).toEqual([])
    },
  )

  test('both, and neither, are refused', async () => {
    for (const body of [{ amount: '5', amount_minor: 500, currency: 'USD' }, { currency: 'USD' }]) {
      const answer = await create({ ...body, provider: 'paypal' })
      expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_amount' })
    }
  })

  test('a currency is read in either case and answered in upper case', async () => {
    const made = await create({ amount: '5', currency: 'usd', provider: 'stripe' })
    expect(made.json()).toMatchObject({ currency: 'USD', amount: '5.00' })
  })

  test.each(['XXX', 'XAU', 'BTC', 'USN', 'ZWL'])('%s is no currency to pay in', async (currency) => {
    const answer = await create({ amount: '5', currency, provider: 'stripe' })
    expect(answer.json()).toMatchObject({ code: 'unsupported_currency', errors: [{ pointer: '/currency' }] })
    expect(stack.wire).toEqual([])
  })
})

describe('captures and refunds are as exact as payments', () => {
  test.each<[PaymentService, string, string, string, string]>([
    ['stripe', 'KWD', '1.230', '0.410', '410'],
    ['stripe', 'UGX', '5000', '1200', '120000'],
    ['stripe', 'JPY', '500', '123', '123'],
    ['paypal', 'JPY', '500', '123', '"value":"123"'],
    ['paypal', 'HUF', '500.00', '123.00', '"value":"123"'],
    ['paypal', 'USD', '10.50', '3.35', '"value":"3.35"'],
    ['razorpay', 'INR', '500.00', '10.50', '"amount":1050'],
  ])('%s: of %s %s a refund of %s is %s', async (provider, currency, amount, part, wire) => {
    const made = (await create({ amount, currency, provider })).json()
    merchant.pay(made)
    await stack.settle()
    const paid = (await merchant.call('POST', `/v1/payments/${made.id}/sync`)).json()
    expect(paid).toMatchObject({ status: 'succeeded', amount_captured: made.amount })
    stack.wire.length = 0
    const refund = await merchant.call('POST', '/v1/refunds', { payment_id: made.id, amount: part })
    expect(refund.statusCode, refund.body).toBe(201)
    expect(refund.json()).toMatchObject({ amount: part, currency })
    const sent = stack.wire.find((one) => one.method === 'POST' && one.path.includes('refund'))?.body ?? ''
    expect(provider === 'stripe' ? new URLSearchParams(sent).get('amount') : sent).toContain(wire)
    const tooFine = part.includes('.') ? `${part}1` : `${part}.1`
    const finer = await merchant.call('POST', '/v1/refunds', { payment_id: made.id, amount: tooFine })
    expect(finer.json().code).toBe('invalid_amount')
  })
})
