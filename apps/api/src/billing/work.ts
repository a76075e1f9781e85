import type { SubscriptionWork } from '../engine/ports.ts'
import { unknownDelayMs } from '../engine/schedule.ts'
import { applySubscription } from './apply-inbound.ts'
import { paymentOfProviders } from './charge-payment.ts'
import { tendPlan } from './ensure-plan.ts'
import { claimDueOperations, postponeOperation } from './operation-store.ts'
import { claimDuePlans, postponeProviderPlan } from './plan-store.ts'
import type { Billing } from './ports.ts'
import { resolveOperation } from './resolve.ts'
import type { SubscriptionOperationRow } from './rows.ts'
import { runScheduled } from './scheduled.ts'
import { claimDueSubscriptions, nextBillingDueMs, postponeSubscription } from './subscription-store.ts'
import { tendSubscription } from './sync.ts'

/** What the worker and the inbox do for subscriptions. */
export function subscriptionWork(billing: Billing): SubscriptionWork {
  const { db } = billing
  return {
    apply: (row, about) => applySubscription(billing, row, about),
    paymentOf: (owner, paymentRef) => paymentOfProviders(billing, owner, paymentRef),
    async claimDue(limit, leaseMs) {
      const [plans, operations, subscriptions] = await Promise.all([
        claimDuePlans(db, limit, leaseMs),
        claimDueOperations(db, limit, leaseMs),
        claimDueSubscriptions(db, limit, leaseMs),
      ])
      const later = (tries: number) => unknownDelayMs(tries)
      return [
        ...plans.map(
          (row) => () =>
            orLater(billing, tendPlan(billing, row), () =>
              postponeProviderPlan(db, row, row.state, later(row.tries)),
            ),
        ),
        ...operations.map(
          (row) => () =>
            orLater(billing, tendOperation(billing, row), () =>
              postponeOperation(db, row, row.state, later(row.tries)),
            ),
        ),
        ...subscriptions.map(
          (row) => () =>
            orLater(billing, tendSubscription(billing, row), () =>
              postponeSubscription(db, row, later(row.tries)),
            ),
        ),
      ]
    },
    nextDueMs: () => nextBillingDueMs(db),
  }
}

function tendOperation(billing: Billing, row: SubscriptionOperationRow): Promise<void> {
  return row.state === 'scheduled' ? runScheduled(billing, row) : resolveOperation(billing, row)
}

/** Work that fails comes back later and later, so that a poisoned row costs ever less. */
async function orLater(
  billing: Billing,
  work: Promise<void>,
  postpone: () => Promise<unknown>,
): Promise<void> {
  try {
    await work
  } catch (error) {
    billing.engine.log.error({ err: error }, 'subscriptions: a due row could not be worked off')
    await postpone()
  }
}
