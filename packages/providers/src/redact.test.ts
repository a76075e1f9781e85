import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REDACTED, redactBody, redactHeaders, redactPath, redactText } from './redact.ts'

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

describe('headers', () => {
  test('only listed names are kept, so an unknown header can never leak', () => {
    const kept = redactHeaders({
      Authorization: 'Bearer sk_test_abc',
      Cookie: 'session=1',
      'X-New': 'x',
      'Idempotency-Key': 'op_1',
      'request-id': 'req_1',
    })
    expect(kept).toEqual({ 'idempotency-key': 'op_1', 'request-id': 'req_1' })
  })
})

describe('bodies', () => {
  test.each([
    ['client_secret', 'pi_1_secret_abc'],
    ['access_token', 'A21AAxyz'],
    ['webhook_secret', 'opaque'],
    ['password', 'hunter2'],
    ['razorpay_signature', 'ab12'],
    ['cvc', '123'],
    ['number', '4242424242424242'],
  ])('JSON loses the value of %s at any depth', (key, value) => {
    const text = redactBody(JSON.stringify({ a: [{ [key]: value }], id: 'pi_1' }), JSON_TYPE)
    expect(text).toBe(JSON.stringify({ a: [{ [key]: REDACTED }], id: 'pi_1' }))
  })

  test('people are masked and products are not', () => {
    const text = redactBody(
      JSON.stringify({
        customer: { name: 'Asha Rao', email: 'asha@example.com', phone: '+919000090000' },
        product_data: { name: 'Order 42' },
      }),
      JSON_TYPE,
    )
    expect(JSON.parse(text)).toEqual({
      customer: { name: '***', email: 'a***@example.com', phone: '***00' },
      product_data: { name: 'Order 42' },
    })
  })

  test('form fields are judged by the last name in their brackets', () => {
    const text = redactBody('card[number]=4242&grant_type=client_credentials&client_secret=x%20y', FORM_TYPE)
    expect(text).toBe(`card[number]=${REDACTED}&grant_type=client_credentials&client_secret=${REDACTED}`)
  })

  test('an answer cut in half still loses its secrets', () => {
    const text = redactBody('{"id":"cs_1","client_secret":"cs_1_abc', JSON_TYPE)
    expect(text).toBe(`{"id":"cs_1","client_secret":"${REDACTED}"`)
  })

  test('amounts, ids and timestamps survive', () => {
    const body = { amount: 50000, created_at: 1763900000000, id: 'pay_29QQoUBi66xm2f', ref: 'op_01k' }
    expect(redactBody(JSON.stringify(body), JSON_TYPE)).toBe(JSON.stringify(body))
  })

  test('nesting deeper than anyone sends is cut, not followed', () => {
    const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`
    expect(redactBody(deep, JSON_TYPE)).toContain(REDACTED)
  })
})

describe('text', () => {
  test.each([
    ['sk_test_51Abc', `sk_test_${REDACTED}`],
    ['rk_live_51Abc', `rk_live_${REDACTED}`],
    ['whsec_abcDEF12', `whsec_${REDACTED}`],
    ['pi_3Abc_secret_xyz', `pi_3Abc_secret_${REDACTED}`],
    ['Bearer abcdefgh1234', `Bearer ${REDACTED}`],
    ['unf_live_abc123', `unf_live_${REDACTED}`],
    ['4242 4242 4242 4242', REDACTED],
    ['5555-5555-5555-4444', REDACTED],
    ['378282246310005', REDACTED],
  ])('%s is removed', (text, expected) => {
    expect(redactText(`before ${text} after`)).toBe(`before ${expected} after`)
  })

  test('a number that is no card number stays', () => {
    expect(redactText('order 4242424242424241')).toBe('order 4242424242424241')
  })

  test('known secrets without a recognisable shape are removed wherever they occur', () => {
    expect(redactText('key=K7hGx!, again K7hGx!', ['K7hGx!'])).toBe(`key=${REDACTED}, again ${REDACTED}`)
    expect(redactBody('{"note":"K7hGx!"}', JSON_TYPE, ['K7hGx!'])).toBe(`{"note":"${REDACTED}"}`)
    expect(redactPath('/v1/x?token=abc&q=K7hGx!', ['K7hGx!'])).toBe(`/v1/x?token=${REDACTED}&q=${REDACTED}`)
  })
})

/** A card number beside them makes every piece be looked at by itself. */
const CARD = '4242424242424242'
const NAMES = [
  'id',
  'name',
  'customer',
  'email',
  'from',
  'client_secret',
  'sk_live_x',
  'K7hGx!',
  'a b',
  '__proto__',
]
const PIECES = [
  'sk_test_abc',
  'pi_1_secret_x',
  'Bearer abcdefgh1',
  'K7hGx!',
  '%',
  '+',
  'a@b.test',
  '+919000090000',
]
const SECRETS = ['K7hGx!']
const anyText = fc.oneof(fc.constantFrom(...PIECES), fc.string(), fc.stringMatching(/^[2-6 -]{12,20}$/))
const anyName = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 8 }))

test('a body in which no name gives anything away is kept as it came, less its line breaks', () => {
  const body = {
    id: 'cs_1',
    amount: 500,
    client_secret: null,
    lines: [{ price: 'p' }],
    card: { brand: 'visa' },
  }
  expect(redactBody(JSON.stringify(body), JSON_TYPE)).toBe(JSON.stringify(body))
  const pretty = redactBody(JSON.stringify(body, null, 2), JSON_TYPE)
  expect(pretty).not.toContain('\n')
  expect(JSON.parse(pretty)).toEqual(body)
  const hidden = [
    { card: { name: 'Ada' } },
    { a: { client_secret: 'x' } },
    { tokens: 1, token: 2 },
    { password: ['x'] },
    { email: 'a@b.example' },
  ]
  for (const one of hidden) {
    for (const indent of [0, 2]) {
      const text = JSON.stringify({ ...body, ...one }, null, indent)
      expect(JSON.parse(redactBody(text, JSON_TYPE))).not.toEqual({ ...body, ...one })
    }
  }
  expect(redactBody('{"client_secret" : "x"', JSON_TYPE)).not.toContain('x"')
  expect(redactBody('{"client_secret"\n:"x"}', JSON_TYPE)).toContain(REDACTED)
})

test('one look at a whole body finds what a look at each of its pieces finds', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      anyText,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constantFrom(4_242_424_242_424_242, 0.424_242_424_242_424_2, null, true),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc
        .array(fc.tuple(anyName, tie('tree')), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      const shown = (body: object, indent = 0): unknown =>
        JSON.parse(redactBody(JSON.stringify(body, null, indent), JSON_TYPE, SECRETS))
      const slowly = { ...(shown({ value, card: CARD }) as object), card: undefined }
      expect(shown({ value })).toEqual(slowly)
      expect(shown({ value }, 2)).toEqual(slowly)
    }),
  )
})

test('the same holds for forms', () => {
  const encoded = anyText.map((text) => encodeURIComponent(text.toWellFormed()))
  const pair = fc.tuple(anyName, fc.oneof(anyText, encoded)).map(([name, value]) => `${name}=${value}`)
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 5 }), (pairs) => {
      const shown = (text: string): string => redactBody(text, FORM_TYPE, SECRETS)
      expect(`${shown(pairs.join('&'))}&card=${REDACTED}`).toBe(shown([...pairs, `card=${CARD}`].join('&')))
    }),
  )
})

test('the quick look finds every text that a pattern would change', () => {
  const pieces = [
    'sk_test_',
    'rk_live_',
    'whsec_',
    'unf_live_',
    'pi_a',
    '_secret_',
    'Bearer ',
    'BASIC  ',
    'eyJ',
    '.',
    ' ',
    '-',
  ]
  const digits = [
    '4242424242424242',
    '4242 4242 4242 4242',
    '2-2-2-3-0-0-3-1-2-2-0-0-3-2-2-2',
    '6011000990139424',
  ]
  const letters = fc.stringMatching(/^[A-Za-z0-9_]{0,14}$/)
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces, ...digits), letters), { maxLength: 8 })
  fc.assert(
    fc.property(text, (parts) => {
      // A card number in front makes the quick look say yes: what follows is then judged by the patterns alone.
      const whole = parts.join('')
      const judged = redactText(`4242424242424242 | ${whole}`).slice(`${REDACTED} | `.length)
      expect(redactText(` | ${whole}`).slice(' | '.length)).toBe(judged)
    }),
  )
})
