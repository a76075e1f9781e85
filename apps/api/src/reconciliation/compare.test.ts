import { currency, money, PAYMENT_STATUSES, type PaymentStatus } from '@onerouter/core'
import { expect, test } from 'vitest'
import type { PaymentRow } from '../store/rows.ts'
import { differencesOf, type Theirs } from './compare.ts'

const usd = (minor: bigint) => money(minor, currency('USD'))

/** The members a comparison reads. */
const ours = (more: Partial<PaymentRow> = {}) =>
  ({
    status: 'succeeded',
    amount: 500n,
    currency: 'USD',
    captured: 500n,
    refunded: 0n,
    refund_pending: 0n,
    fee_amount: 15n,
    fee_currency: 'USD',
    ...more,
  }) as PaymentRow

const theirs = (more: Partial<Theirs> = {}): Theirs => ({
  orderRef: 'o',
  paymentRef: 'p',
  reference: 'op_1',
  status: 'succeeded',
  providerStatus: 'paid',
  amount: usd(500n),
  captured: 500n,
  refunded: 0n,
  fee: { amount: 15n, tax: 0n, currency: 'USD' },
  ...more,
})

test.each<[string, Partial<PaymentRow>, Partial<Theirs>, readonly string[]]>([
  ['nothing', {}, {}, []],
  ['the currency', {}, { amount: money(500n, currency('EUR')) }, ['currency']],
  ['the amount', {}, { amount: usd(501n) }, ['amount']],
  ['what was captured', {}, { captured: 499n }, ['captured']],
  ['a refund we do not know', {}, { refunded: 1n }, ['refunded']],
  ['a refund they do not know', { refunded: 1n }, {}, ['refunded']],
  ['a refund under way that they count already', { refund_pending: 5n }, { refunded: 5n }, []],
  ['more than the refund under way', { refund_pending: 5n }, { refunded: 6n }, ['refunded']],
  ['a fee we do not know', { fee_amount: null, fee_currency: null }, {}, ['fee']],
  ['a fee they do not tell', {}, { fee: null }, []],
  ['a status we cannot read', {}, { status: 'unrecognised' }, ['status']],
])('%s differs', (_, mine, provider, reasons) => {
  expect(differencesOf(ours(mine), theirs(provider), 'listed')).toEqual(reasons)
})

test('money taken there and not here never agrees, whatever we call the payment', () => {
  const agreeing = PAYMENT_STATUSES.filter(
    (status: PaymentStatus) => differencesOf(ours({ status }), theirs(), 'synced').length === 0,
  )
  expect(agreeing).toEqual(['succeeded'])
})

test('an order they keep open after we gave it up agrees', () => {
  const given = ours({ status: 'canceled', captured: 0n, fee_amount: null, fee_currency: null })
  const open = theirs({ status: 'requires_action', captured: 0n, fee: null })
  expect(differencesOf(given, open, 'listed')).toEqual([])
})

test('an approval is looked into once, and then waits for its payer', () => {
  const waiting = ours({ status: 'requires_action', captured: 0n, fee_amount: null, fee_currency: null })
  const approved = theirs({ status: 'approved', captured: 0n, fee: null })
  expect(differencesOf(waiting, approved, 'listed')).toEqual(['status'])
  expect(differencesOf(waiting, approved, 'synced')).toEqual([])
})
