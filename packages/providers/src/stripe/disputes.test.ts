import { expect, test } from 'vitest'
import { disputes } from './disputes.ts'
import { answer, NOW_S, scripted, usd } from './scripted.fixture.ts'

const dispute = (over: object = {}) => ({
  id: 'dp_1',
  object: 'dispute',
  amount: 1_000,
  balance_transactions: [],
  charge: 'ch_1',
  created: NOW_S,
  currency: 'usd',
  evidence_details: { due_by: NOW_S + 60 },
  payment_intent: 'pi_1',
  reason: 'general',
  status: 'needs_response',
  ...over,
})

async function read(over: object) {
  const { ctx } = scripted([answer(200, dispute(over))])
  return await disputes.fetch(ctx, 'dp_1')
}

const movement = (amount: number, fee: number, currency = 'usd') => ({ amount, fee, currency })

test.each([
  ['warning_needs_response', 'open', 'inquiry'],
  ['warning_under_review', 'under_review', 'inquiry'],
  ['warning_closed', 'closed', 'inquiry'],
  ['needs_response', 'open', 'chargeback'],
  ['under_review', 'under_review', 'chargeback'],
  ['won', 'won', 'chargeback'],
  ['lost', 'lost', 'chargeback'],
  ['prevented', 'closed', 'chargeback'],
  ['a_word_of_next_year', 'unrecognised', 'chargeback'],
  ['constructor', 'unrecognised', 'chargeback'],
])('the status %s reads as %s in stage %s', async (status, unified, stage) => {
  expect(await read({ status })).toMatchObject({
    kind: 'ok',
    value: { status: unified, stage, providerStatus: status },
  })
})

test.each([
  ['fraudulent', 'fraudulent'],
  ['debit_not_authorized', 'fraudulent'],
  ['product_unacceptable', 'product_unacceptable'],
  ['general', 'other'],
  ['a_word_of_next_year', 'other'],
])('the reason %s reads as %s', async (reason, unified) => {
  expect(await read({ reason })).toMatchObject({ value: { reason: unified, providerReason: reason } })
})

test.each([
  ['nothing was taken', [], null, null],
  ['the amount and the fee were taken', [movement(-1_000, 1_500)], usd(1_000n), usd(1_500n)],
  ['it came back, the fee did not', [movement(-1_000, 1_500), movement(1_000, 0)], usd(0n), usd(1_500n)],
  ['it is taken in another currency', [movement(-930, 1_500, 'eur')], { minor: 930n, currency: 'EUR' }, null],
])('%s', async (_what, movements, deducted, fee) => {
  const outcome = await read({ balance_transactions: movements })
  expect(outcome).toMatchObject({ kind: 'ok', value: { deducted } })
  if (fee !== null) expect(outcome).toMatchObject({ value: { fee } })
})

test.each([
  ['two currencies at once', [movement(-1_000, 0), movement(10, 0, 'eur')]],
  ['more given back than taken', [movement(1_000, 0)]],
  ['an amount that is no integer', [movement(-10.5, 0)]],
  ['movements that are only ids', ['txn_1']],
])('%s is no answer that can be booked', async (_what, movements) => {
  expect((await read({ balance_transactions: movements })).kind).toBe('unknown')
})

test('an answer about another dispute is no answer', async () => {
  expect((await read({ id: 'dp_2' })).kind).toBe('unknown')
})
