import { expect, test } from 'vitest'
import { disputes } from './disputes.ts'
import { answer, NOW_S, PAYMENT_ID, scripted } from './scripted.fixture.ts'

const ID = 'disp_LocAlEmul001A'
const dispute = (over: object = {}) => ({
  id: ID,
  entity: 'dispute',
  payment_id: PAYMENT_ID,
  amount: 50_000,
  currency: 'INR',
  amount_deducted: 0,
  reason_code: 'chargeback',
  respond_by: NOW_S + 60,
  status: 'open',
  phase: 'chargeback',
  created_at: NOW_S,
  ...over,
})

async function read(over: object) {
  const { ctx } = scripted([answer(200, dispute(over))])
  return await disputes.fetch(ctx, ID)
}

test.each([
  ['open', 'open'],
  ['under_review', 'under_review'],
  ['won', 'won'],
  ['lost', 'lost'],
  ['closed', 'closed'],
  ['a_word_of_next_year', 'unrecognised'],
])('the status %s reads as %s', async (status, unified) => {
  expect(await read({ status })).toMatchObject({ kind: 'ok', value: { status: unified } })
})

test.each([
  ['fraud', 'inquiry'],
  ['retrieval', 'inquiry'],
  ['chargeback', 'chargeback'],
  ['pre_arbitration', 'pre_arbitration'],
  ['arbitration', 'arbitration'],
])('the phase %s reads as the stage %s', async (phase, stage) => {
  expect(await read({ phase })).toMatchObject({ value: { stage } })
})

test.each([
  ['goods_or_services_not_received_or_partially_received', 'product_not_received'],
  ['goods_not_as_described', 'product_unacceptable'],
  ['card_fraud', 'fraudulent'],
  ['duplicate_processing', 'duplicate'],
  ['credit_not_processed', 'credit_not_processed'],
  ['processed_invalid_expired_card', 'processing_error'],
  ['chargeback', 'other'],
  ['2', 'other'],
])('the reason %s reads as %s', async (code, reason) => {
  expect(await read({ reason_code: code })).toMatchObject({ value: { reason, providerReason: code } })
})

test('what was deducted is what Razorpay says, and nothing where it does not say', async () => {
  const deducted = { minor: 49_999n, currency: 'INR' }
  expect(await read({ status: 'lost', amount_deducted: 49_999 })).toMatchObject({ value: { deducted } })
  expect(await read({ amount_deducted: null })).toMatchObject({ value: { deducted: null } })
})
