import { currency, type DisputeStatus, money } from '@onerouter/core'
import type { DisputeSnapshot } from '@onerouter/providers'
import { expect, test } from 'vitest'
import type { PaymentRow } from '../store/rows.ts'
import { type Birth, decideSnapshot, type Plan } from './decide.ts'

const NOW = Date.UTC(2026, 10, 27)
const usd = (minor: bigint) => money(minor, currency('USD'))

const snapshot = (over: Partial<DisputeSnapshot> = {}): DisputeSnapshot => ({
  disputeRef: 'dp_1',
  paymentRef: 'pi_1',
  reference: null,
  status: 'open',
  providerStatus: 'needs_response',
  stage: 'chargeback',
  reason: 'fraudulent',
  providerReason: 'fraudulent',
  amount: usd(50_000n),
  deducted: usd(50_000n),
  fee: usd(1_500n),
  respondByMs: NOW + 1_000,
  openedAtMs: NOW - 1_000,
  ...over,
})

const birth: Birth = {
  id: '00000000-0000-7000-8000-000000000001',
  // Only the ids of the payment are read.
  payment: { account_id: 'a', environment: 'test', id: 'p', provider: 'stripe' } as unknown as PaymentRow,
  evidenceUrl: 'https://dashboard.stripe.com/test/disputes/dp_1',
}

function planned(before: DisputeStatus | null, over: Partial<DisputeSnapshot>): Plan {
  const earlier = before === null ? null : planned(null, { status: before }).dispute
  const plan = decideSnapshot(earlier, snapshot(over), birth, NOW)
  if (plan.kind !== 'plan') expect.fail(plan.why)
  return plan
}

const DAY_MS = 86_400_000

test.each([
  [null, 'open', ['dispute.opened'], DAY_MS],
  [null, 'under_review', ['dispute.opened'], DAY_MS],
  [null, 'won', ['dispute.opened', 'dispute.won'], null],
  [null, 'lost', ['dispute.opened', 'dispute.lost'], null],
  [null, 'closed', ['dispute.opened', 'dispute.closed'], null],
  ['open', 'under_review', [], DAY_MS],
  ['under_review', 'open', [], DAY_MS],
  ['open', 'lost', ['dispute.lost'], null],
  ['under_review', 'won', ['dispute.won'], null],
  ['lost', 'under_review', [], DAY_MS],
  ['lost', 'won', ['dispute.won'], null],
  ['won', 'lost', ['dispute.lost'], null],
  ['closed', 'open', ['dispute.opened'], DAY_MS],
  ['closed', 'lost', ['dispute.lost'], null],
] as const)('from %s to %s raises %o', (before, status, events, dueMs) => {
  const plan = planned(before, { status })
  expect(plan.events).toEqual(events)
  expect(plan.dueMs).toBe(dueMs)
  expect(plan.dispute.closed_at === null).toBe(dueMs !== null)
})

test('the same word again changes nothing and raises nothing', () => {
  const plan = planned('open', {})
  expect([plan.changed, plan.events]).toEqual([false, []])
})

test('what the provider took is kept when it changes, without an event of its own', () => {
  const plan = planned('open', { deducted: usd(49_999n), respondByMs: null })
  expect([plan.changed, plan.events, plan.dispute.deducted]).toEqual([true, [], 49_999n])
  expect(plan.dispute.evidence_due_at).toBeNull()
})

test.each([
  ['won', { status: 'open' }, /cannot become open/],
  ['lost', { status: 'open' }, /cannot become open/],
  ['open', { status: 'unrecognised', providerStatus: 'arbitrated' }, /"arbitrated"/],
  ['open', { amount: money(1n, currency('EUR')) }, /currency/],
] as const)('from %s, %o is a contradiction that moves nothing', (before, over, why) => {
  const earlier = planned(null, { status: before }).dispute
  const plan = decideSnapshot(earlier, snapshot(over), birth, NOW)
  expect(plan.kind).toBe('contradiction')
  expect('why' in plan && plan.why).toMatch(why)
})
