import type { SimulationResult, SubscriptionSimulation } from '../../kernel/types.ts'
import { PLAIN_CARD } from '../magic.ts'
import { payOnSession, tryWith } from '../payer.ts'
import { createPaymentMethod } from '../payment-methods.ts'
import {
  type Context,
  type InvoiceRow,
  nowSeconds,
  type Owner,
  type SessionRow,
  type Store,
  type SubscriptionRow,
} from '../state.ts'
import { advanceInvoice, subscriptionDue } from './cycle.ts'
import { confirmSetup } from './start.ts'
import {
  cancelSubscription,
  change,
  hasEnded,
  invoicesOf,
  latestInvoice,
  setPeriod,
} from './subscription-state.ts'

interface Target {
  readonly context: Context
  readonly session: SessionRow | undefined
  subscription(): SubscriptionRow | undefined
}

/** Drives the subscriber or the calendar. `ref` is a subscription or the Checkout Session that starts it. */
export function simulateSubscription(
  context: Context,
  ref: string,
  action: SubscriptionSimulation,
): SimulationResult {
  const { sessions, subscriptions } = context.store
  const session = sessions.get(ref)
  const target: Target = {
    context,
    session,
    subscription: () => subscriptions.get(session?.subscriptionId ?? ref),
  }
  const refusal = ACTIONS[action](target)
  if (refusal !== null) return { ok: false, reason: refusal }
  return { ok: true, status: target.subscription()?.object.status ?? session?.object.status ?? 'unknown' }
}

/** Whose books a subscription or session is in. */
export function ownerOf(store: Store, accountId: string, ref: string): Owner | undefined {
  const row = store.subscriptions.get(ref) ?? store.sessions.get(ref)
  return row?.accountId === accountId ? row : undefined
}

const NOT_STARTED = 'the subscription has not started'

function approve({ context, session, subscription }: Target): string | null {
  if (session !== undefined) {
    if (session.object.status !== 'open') return `the session is ${session.object.status}`
    payOnSession(context, session, PLAIN_CARD)
    return null
  }
  const row = subscription()
  if (row === undefined) return NOT_STARTED
  const setup = context.store.setupIntents.get(row.object.pending_setup_intent ?? '')
  if (setup !== undefined) {
    confirmSetup(context, setup, PLAIN_CARD)
    return null
  }
  const intent = context.store.intents.get(latestInvoice(context, row)?.intentId ?? '')
  if (intent === undefined || row.object.status !== 'incomplete')
    return `the subscription is ${row.object.status}`
  tryWith(context, intent, PLAIN_CARD)
  return null
}

/** The invoice that waits for money, oldest first. */
function waiting(context: Context, row: SubscriptionRow): InvoiceRow | undefined {
  return invoicesOf(context, row).find(
    ({ object }) => object.auto_advance && (object.status === 'draft' || object.status === 'open'),
  )
}

/**
 * The next renewal, or the next attempt of one that failed, happens now with this verdict. The clock stands
 * still: the running period ends at this moment and the next one begins with it.
 */
function bill({ context, subscription }: Target, verdict: 'succeeds' | 'fails'): string | null {
  const row = subscription()
  if (row === undefined) return NOT_STARTED
  const { status } = row.object
  if (hasEnded(row) || status === 'incomplete' || status === 'paused') return `the subscription is ${status}`
  const open = waiting(context, row)
  if (open !== undefined) {
    advanceInvoice(context, open, verdict)
    return null
  }
  bringForward(context, row)
  if (hasEnded(row)) return null
  const made = latestInvoice(context, row)
  if (made !== undefined && made.dueAt !== null) advanceInvoice(context, made, verdict)
  return null
}

function bringForward(context: Context, row: SubscriptionRow): void {
  const now = nowSeconds(context.world)
  const of = row.object
  const start = Math.min(of.items.data[0]?.current_period_start ?? now, now)
  setPeriod(row, { start, end: now })
  of.billing_cycle_anchor = now
  if (of.status === 'trialing') of.trial_end = now
  if (of.cancel_at_period_end) of.cancel_at = now
  row.dueAt = now
  subscriptionDue(context, row, now)
}

const ACTIONS = {
  approve,
  renew: (target) => bill(target, 'succeeds'),
  fail_renewal: (target) => bill(target, 'fails'),
  cancel: ({ context, subscription }) => {
    const row = subscription()
    if (row === undefined) return NOT_STARTED
    if (hasEnded(row)) return `the subscription is ${row.object.status}`
    cancelSubscription(context, row, { reason: 'cancellation_requested' })
    return null
  },
  // A working card becomes the default; what is open is collected at its next attempt.
  update_card: ({ context, subscription }) => {
    const row = subscription()
    if (row === undefined) return NOT_STARTED
    if (hasEnded(row)) return `the subscription is ${row.object.status}`
    const method = createPaymentMethod(context, PLAIN_CARD, row.object.customer)
    change(context, row, () => {
      row.object.default_payment_method = method.id
    })
    return null
  },
} satisfies Record<SubscriptionSimulation, (target: Target) => string | null>
