import { expect, test } from 'vitest'
import { words } from './badge.tsx'

test('names of the API are written as people write them', () => {
  expect(['past_due', 'missingHere', 'payment.succeeded', 'emi', 'listCharges'].map(words)).toEqual([
    'Past due',
    'Missing here',
    'Payment succeeded',
    'Emi',
    'List charges',
  ])
})
