import { expect, test } from 'vitest'
import { addressAllowed, parseRange, strangerOf } from './address.ts'
import { parseInstant } from './list.ts'

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2'],
  ['2001:DB8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('N10: %s is the stranger %s', (address, stranger) => expect(strangerOf(address)).toBe(stranger))

test.each([
  '',
  'localhost',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0/8',
  '::1/129',
  '10.0.0.1/8/8',
  '1.2.3.4/ 8',
])('is no address range: %j', (text) => expect(parseRange(text)).toBeUndefined())

test('an empty list allows nobody', () => {
  expect(addressAllowed('127.0.0.1', [])).toBe(false)
  expect(addressAllowed('nonsense', ['0.0.0.0/0', '::/0'])).toBe(false)
  expect(addressAllowed('127.0.0.1', ['0.0.0.0/0'])).toBe(true)
})

test.each([
  ['1767225600', '2026-01-01T00:00:00.000Z'],
  ['2026-01-01', '2026-01-01T00:00:00.000Z'],
  ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.000Z'],
  ['2026-01-01T01:00:00 01:00', '2026-01-01T00:00:00.000Z'],
  ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123Z'],
])('a time as people write it: %s', (text, iso) => expect(parseInstant(text)?.toISOString()).toBe(iso))

test.each([
  '',
  'yesterday',
  '2026-13-01',
  '2026-02-30T00:00:00Z',
  '01/02/2026',
  '2026-01-01T00:00',
  '-5',
  '1e9',
])('is no time: %j', (text) => expect(parseInstant(text)).toBeUndefined())
