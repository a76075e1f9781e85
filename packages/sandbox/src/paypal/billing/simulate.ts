import type {
  SimulationResult,
  SubscriptionCharge,
  SubscriptionEntry,
  SubscriptionSimulation,
} from '../../kernel/types.ts'
import { toMinor } from '../money.ts'
import type { Paypal } from '../state.ts'
import { approve, bill, end, retry, schedule, type Verdict } from './cycle.ts'
import type { Subscription } from './rows.ts'
import { applyTerms } from './subscriptions.ts'

/** The next payment, or the next try of one that failed, is taken now. */
function take(paypal: Paypal, row: Subscription, verdict: Verdict): string | null {
  if (row.status !== 'ACTIVE') return `the subscription is ${row.status}`
  if (row.retryAt !== null) {
    retry(paypal, row, verdict)
    return null
  }
  const now = paypal.world.clock.now()
  row.nextBilling = now
  row.anchor = now
  schedule(paypal, row)
  bill(paypal, row, now, verdict)
  return null
}

const ACTIONS = {
  approve: (paypal, row) => {
    if (row.revision !== null) applyTerms({ paypal }, row, row.revision.terms)
    else if (row.status === 'APPROVAL_PENDING') approve(paypal, row, 'works')
    else return `the subscription is ${row.status}`
    return null
  },
  renew: (paypal, row) => take(paypal, row, 'succeeds'),
  fail_renewal: (paypal, row) => take(paypal, row, 'fails'),
  cancel: (paypal, row) => {
    if (row.status !== 'ACTIVE' && row.status !== 'SUSPENDED') return `the subscription is ${row.status}`
    end(paypal, row, 'CANCELLED', null)
    return null
  },
  update_card: (_paypal, row) => {
    row.funding = 'works'
    return null
  },
} satisfies Record<SubscriptionSimulation, (paypal: Paypal, row: Subscription) => string | null>

export function simulateSubscription(
  paypal: Paypal,
  accountId: string,
  ref: string,
  action: SubscriptionSimulation,
): SimulationResult {
  const row = paypal.subscriptions.get(ref)
  if (row?.accountId !== accountId) return { ok: false, reason: `no such subscription: ${ref}` }
  const reason = ACTIONS[action](paypal, row)
  return reason === null ? { ok: true, status: row.status } : { ok: false, reason }
}

const iso = (ms: number) => new Date(ms).toISOString()

export const subscriptionsOf = (paypal: Paypal, accountId: string): SubscriptionEntry[] =>
  [...paypal.subscriptions.values()]
    .filter((row) => row.accountId === accountId)
    .map((row) => ({
      accountId,
      subscriptionRef: row.id,
      reference: row.customId,
      planRef: row.terms.planId,
      quantity: Number(row.terms.quantity),
      status: row.status,
      nextAt: row.dueAt === null ? null : iso(row.dueAt),
    }))

export const chargesOf = (paypal: Paypal, accountId: string): SubscriptionCharge[] =>
  [...paypal.sales.values()]
    .filter((sale) => sale.accountId === accountId)
    .map((sale) => ({
      accountId,
      subscriptionRef: sale.subscriptionId,
      reference: paypal.subscriptions.get(sale.subscriptionId)?.customId ?? null,
      invoiceRef: null,
      paymentRef: sale.id,
      currency: sale.amount.currency_code,
      amount: toMinor(sale.amount),
      refunded: toMinor(sale.refunded),
      status: sale.status === 'COMPLETED' ? 'paid' : 'failed',
      at: iso(sale.createdAt),
    }))
