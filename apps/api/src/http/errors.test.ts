import { expect, test } from 'vitest'
import { toApiError } from './errors.ts'

test.each([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'timeout exceeded when trying to connect',
])('a lost database connection asks the caller to come again: %s', (message) => {
  expect(toApiError(new Error(message)).code).toBe('overloaded')
})

test.each(['57P01', '08006', '53300', 'ECONNREFUSED'])('so does the code %s', (code) => {
  expect(toApiError(Object.assign(new Error('x'), { code })).code).toBe('overloaded')
})

test('what nobody foresaw is internal and tells nothing', () => {
  expect(toApiError(new Error('secret'))).toMatchObject({ code: 'internal' })
  expect(toApiError(new Error('secret')).message).not.toContain('secret')
})
