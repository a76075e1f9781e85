import { expect, test } from 'vitest'
import { disputes } from './disputes.ts'
import { answer, CAPTURE_ID, scripted } from './scripted.fixture.ts'

const AT = '2026-11-30T12:00:00.000Z'
const usd = (value: string) => ({ currency_code: 'USD', value })
const dispute = (over: object = {}) => ({
  dispute_id: 'PP-D-12345',
  create_time: AT,
  disputed_transactions: [{ seller_transaction_id: CAPTURE_ID, custom: 'op_1' }],
  reason: 'UNAUTHORISED',
  status: 'OPEN',
  dispute_life_cycle_stage: 'INQUIRY',
  dispute_amount: usd('10.00'),
  ...over,
})

async function read(over: object) {
  const { ctx } = scripted([answer(200, dispute(over))])
  return await disputes.fetch(ctx, 'PP-D-12345')
}

test.each([
  ['OPEN', 'open'],
  ['WAITING_FOR_SELLER_RESPONSE', 'open'],
  ['WAITING_FOR_BUYER_RESPONSE', 'under_review'],
  ['UNDER_REVIEW', 'under_review'],
  ['OTHER', 'unrecognised'],
  // How it was resolved is not said, so nobody knows who has the money.
  ['RESOLVED', 'unrecognised'],
])('the status %s reads as %s', async (status, unified) => {
  expect(await read({ status })).toMatchObject({ kind: 'ok', value: { status: unified } })
})

test.each([
  ['RESOLVED_BUYER_FAVOUR', 'lost'],
  ['ACCEPTED', 'lost'],
  ['RESOLVED_SELLER_FAVOUR', 'won'],
  ['RESOLVED_WITH_PAYOUT', 'won'],
  ['DENIED', 'won'],
  ['CANCELED_BY_BUYER', 'closed'],
  ['NONE', 'closed'],
  ['A_WORD_OF_NEXT_YEAR', 'unrecognised'],
])('the outcome %s reads as %s, and only what is lost was taken', async (code, unified) => {
  const outcome = { outcome_code: code, amount_refunded: usd('7.50') }
  const read1 = await read({ status: 'RESOLVED', dispute_outcome: outcome })
  const deducted = unified === 'lost' ? { minor: 750n, currency: 'USD' } : null
  expect(read1).toMatchObject({ kind: 'ok', value: { status: unified, providerStatus: code, deducted } })
})

test('it names its capture, our reference, why and how far it has gone', async () => {
  expect(await read({})).toMatchObject({
    value: { paymentRef: CAPTURE_ID, reference: 'op_1', reason: 'fraudulent', stage: 'inquiry', fee: null },
  })
})

test('more pages than PayPal has are an unknown, never an end', async () => {
  const { ctx } = scripted([])
  const window = { fromMs: 0, toMs: Date.parse(AT), cursor: '51' }
  expect((await disputes.listSince(ctx, window)).kind).toBe('unknown')
})

test('a full page has a next one, and what is younger than the window is left out', async () => {
  const items = Array.from({ length: 50 }, (_, i) => ({
    ...dispute(),
    dispute_id: `PP-D-${i}`,
    create_time: i === 0 ? '2027-01-01T00:00:00Z' : AT,
  }))
  const { ctx } = scripted([answer(200, { items })])
  const outcome = await disputes.listSince(ctx, { fromMs: 0, toMs: Date.parse(AT) + 1, cursor: null })
  if (outcome.kind !== 'ok') expect.fail(outcome.kind)
  expect([outcome.value.items.length, outcome.value.nextCursor]).toEqual([49, '2'])
})
