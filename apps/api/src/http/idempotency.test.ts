import { expect, test } from 'vitest'
import { canonical } from './idempotency.ts'

test('two bodies are the same whatever the order of their members, at every depth', () => {
  const body = {
    currency: 'USD',
    amount: '5.00',
    customer: { name: 'Ada', email: 'a@b.example' },
    list: [2, 1],
  }
  const other = {
    list: [2, 1],
    customer: { email: 'a@b.example', name: 'Ada' },
    amount: '5.00',
    currency: 'USD',
  }
  expect(canonical(body)).toBe(canonical(other))
  expect(canonical(body)).toBe(
    '{"amount":"5.00","currency":"USD","customer":{"email":"a@b.example","name":"Ada"},"list":[2,1]}',
  )
})

test('what is left out is no member, and what is null is', () => {
  expect(canonical({ a: undefined, b: null, c: 'x' })).toBe('{"b":null,"c":"x"}')
  expect(canonical({})).toBe('{}')
})
