import type { Capabilities, Payment } from 'onerouter'
import { describe, expect, test } from 'vitest'
import { currentPage, findPages } from '../nav/sections.ts'
import { type PaymentAct, whyNot } from './allowed.ts'
import { grouped } from './grouped.ts'

const payment = (status: Payment['status'], more: Partial<Payment> = {}) =>
  ({ status, capture: 'manual', amountCapturedMinor: 0, amountRefundedMinor: 0, ...more }) as Payment // what is read
const able = { refunds: true, capture: true, cancel: true } as Capabilities // what is read
const captured = { amountCapturedMinor: 500 }

describe('a button that is off says why', () => {
  test.each<[PaymentAct, Payment, Capabilities, RegExp | null]>([
    ['refund', payment('succeeded', captured), able, null],
    ['refund', payment('canceled', captured), able, null],
    ['refund', payment('authorized'), able, /Nothing was captured/],
    ['refund', payment('succeeded', { ...captured, amountRefundedMinor: 500 }), able, /All of it/],
    ['refund', payment('succeeded', captured), { ...able, refunds: false }, /does not refund/],
    ['capture', payment('authorized'), able, null],
    ['capture', payment('requires_action'), able, /not authorized it yet/],
    ['capture', payment('requires_action', { capture: 'automatic' }), able, /by itself/],
    ['capture', payment('canceled'), able, /canceled/],
    ['cancel', payment('requires_action'), able, null],
    ['cancel', payment('succeeded'), able, /refund it instead/],
    ['cancel', payment('expired'), able, /expired/],
    ['cancel', payment('authorized'), { ...able, cancel: false }, /does not cancel/],
  ])('%s', (act, one, capabilities, reason) => {
    const told = whyNot(act, one, capabilities)
    if (reason === null) expect(told).toBeNull()
    else expect(told).toMatch(reason)
  })
})

test('amounts are grouped exactly, far beyond what a number holds', () => {
  expect(grouped('90071992547409931.07', 'en-US')).toBe('90,071,992,547,409,931.07')
  expect(grouped('1234.500', 'de-DE')).toBe('1.234,500')
  expect(grouped('500', 'en-US')).toBe('500')
  expect(grouped('not an amount', 'en-US')).toBe('not an amount')
})

test('the navigation marks the page that an address belongs to, and finds pages by other words', () => {
  expect(currentPage('/payments/pay_1')).toBe('/payments')
  expect(currentPage('/webhooks/deliveries')).toBe('/webhooks/deliveries')
  expect(currentPage('/webhooks')).toBe('/webhooks')
  expect(currentPage('/')).toBe('/')
  expect(findPages('chargeback').map(({ href }) => href)).toEqual(['/disputes'])
  expect(findPages('pay')[0]?.label).toBe('Payments')
})
