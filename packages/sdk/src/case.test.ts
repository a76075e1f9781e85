import fc from 'fast-check'
import { expect, test } from 'vitest'
import { camel, fromWire, snake, toWire } from './case.ts'
import { path } from './path.ts'

test('names of both worlds turn into each other and back', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/)
  const name = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join('_'))
  fc.assert(fc.property(name, (wire) => snake(camel(wire)) === wire || /_\d/.test(wire)))
})

test("names change at every depth, except inside what is yours or the provider's", () => {
  const wire = {
    payment_id: 'pay_1',
    fees: { amount_minor: 1 },
    data: [{ created_at: 't' }],
    metadata: { order_id: '1', deep_er: 'x' },
    notes: { order_id: '2' },
    checkout_options: { order_id: '3', prefill: { contact_no: 1 } },
    method_details: { last_4: '4242' },
  }
  const here = {
    paymentId: 'pay_1',
    fees: { amountMinor: 1 },
    data: [{ createdAt: 't' }],
    metadata: wire.metadata,
    notes: wire.notes,
    checkoutOptions: wire.checkout_options,
    methodDetails: wire.method_details,
  }
  expect(fromWire(wire)).toEqual(here)
  expect(toWire(here)).toEqual(wire)
})

test('values stay as they are, and a member called __proto__ is only a member', () => {
  const date = new Date(0)
  expect(toWire({ a: date, b: null, c: 0, d: 'someText', e: false })).toEqual({
    a: date,
    b: null,
    c: 0,
    d: 'someText',
    e: false,
  })
  const parsed = fromWire(JSON.parse('{"__proto__":{"is_admin":true}}'))
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
})

test('a path value is one segment, whatever it contains', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (id) => {
      if (id === '.' || id === '..') return
      const url = new URL(`https://x.example${path`/v1/payments/${id}/capture`}`)
      const segments = url.pathname.split('/')
      expect([url.search, url.hash, segments.length]).toEqual(['', '', 5])
      expect(decodeURIComponent(segments[3] ?? '')).toBe(id)
    }),
  )
})

test.each(['', '.', '..', undefined, null, 7, {}])('%j is no id', (id) => {
  // Plain JavaScript does not check types.
  expect(() => path`/v1/payments/${id as string}`).toThrow('An id is expected')
})
