import { expect, test } from 'vitest'
import { expiryOf, methodName } from './saved-words.ts'

const card = { last4: '4242', expMonth: 8, expYear: 2030 }

test('a saved method is called by its name, else by brand and last digits, else by its kind', () => {
  expect(methodName({ nickname: 'Company card', brand: 'visa', type: 'card', card })).toBe('Company card')
  expect(methodName({ nickname: null, brand: 'visa', type: 'card', card })).toBe('Visa •••• 4242')
  expect(methodName({ nickname: null, brand: null, type: 'bank_debit', card: null })).toBe('Bank debit')
  expect(methodName({ nickname: null, brand: null, type: 'card', card: { ...card, last4: null } })).toBe(
    'Card',
  )
})

test('an expiry is written with both digits of its month, and left out where there is none', () => {
  expect(expiryOf({ card })).toBe('08/2030')
  expect(expiryOf({ card: { ...card, expYear: null } })).toBeNull()
  expect(expiryOf({ card: null })).toBeNull()
})
