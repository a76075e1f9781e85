import { expect, test } from 'vitest'
import { type Books, compareTotals, findOrphans, type PaymentFacts } from './books.ts'
import type { Wish } from './client.ts'
import type { BookEntry } from './sandbox-control.ts'

const payment: PaymentFacts = {
  account_id: 'a' as PaymentFacts['account_id'], // any text does: the comparison only carries it along
  environment: 'test',
  id: 'p' as PaymentFacts['id'],
  status: 'succeeded',
  provider: 'stripe',
  currency: 'USD',
  amount: '1000',
  captured: '1000',
  refunded: '0',
  order: 'cs_1',
  receipt: 'r-1',
  sequence: 2,
}
const entry: BookEntry & { provider: string } = {
  provider: 'stripe',
  accountId: 'acct',
  orderRef: 'cs_1',
  paymentRefs: [],
  reference: 'op_1',
  currency: 'usd',
  amount: '1000',
  authorized: '1000',
  captured: '1000',
  refunded: '0',
  status: 'succeeded',
}

function books(payments: readonly PaymentFacts[], entries: Books['entries']): Books {
  const paymentOf = new Map([
    ['op_1', payment.id],
    ['op_2', payment.id],
  ])
  return { payments, duplicates: [], refunds: [], paymentOf, kept: new Map(), entries }
}

const verdicts = (of: Books) => compareTotals(of).map((one) => one.verdict)

test('equal books have no violation', () => {
  expect(compareTotals(books([payment], [entry]))).toEqual([])
})

test('money that came twice is in order once it is back, and doubled until then', () => {
  const { amount } = payment
  const twice = { ...entry, captured: String(2n * BigInt(amount)), refunded: amount }
  const of = (state: string) => ({
    ...books([payment], [twice]),
    duplicates: [{ payment_id: payment.id, state, amount }],
  })
  expect(verdicts(of('compensated'))).toEqual([])
  expect(verdicts(of('compensating'))).toContain('doubled')
})

test('a second paid order of one payment is a double charge', () => {
  const second = { ...entry, orderRef: 'cs_2', reference: 'op_2' }
  expect(verdicts(books([payment], [entry, second]))).toContain('doubled')
})

test('money taken that we did not book is lost, money booked that nobody took is misstated', () => {
  const unbooked = { ...payment, captured: '0', status: 'requires_action' }
  expect(verdicts(books([unbooked], [entry]))).toContain('lost')
  expect(verdicts(books([payment], [{ ...entry, captured: '999' }]))).toContain('misstated')
})

test('a refund at the provider that we did not make is doubled', () => {
  expect(verdicts(books([payment], [{ ...entry, refunded: '1' }]))).toContain('doubled')
})

test('an order of no operation is an orphan, one that was left is only an orphan when somebody saw it', () => {
  expect(verdicts(books([payment], [entry, { ...entry, reference: 'op_9' }]))).toContain('orphan')
  const left = { ...entry, orderRef: 'cs_0', reference: 'op_2', captured: '0', authorized: '0' }
  const wish: Wish = {
    key: 'k',
    verb: 'create',
    path: '/v1/payments',
    body: {},
    tries: 1,
    answers: [{ status: 201, text: '{"provider_order_id":"cs_0"}' }],
  }
  expect(findOrphans(books([payment], [entry, left]), [])).toEqual([])
  expect(findOrphans(books([payment], [entry, left]), [wish])).toHaveLength(1)
})
