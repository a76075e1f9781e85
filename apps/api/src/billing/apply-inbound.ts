import type { AboutSubscription, InboundOutcome } from '../engine/ports.ts'
import { exposedDelayMs, unknownDelayMs } from '../engine/schedule.ts'
import type { InboundRow } from '../store/rows.ts'
import type { Billing } from './ports.ts'
import { findSubscription } from './subscription-store.ts'
import { syncSubscription } from './sync.ts'

/** An event may come before the answer that names its object; after this many looks it is nobody's. */
const UNMATCHED_TRIES_MAX = 6
const UNREACHABLE_TRIES_MAX = 40

/** Works out what an event about a subscription means: it says where to look, and nothing else. */
export async function applySubscription(
  billing: Billing,
  row: InboundRow,
  about: AboutSubscription,
): Promise<InboundOutcome> {
  const found = await findSubscription(billing.db, row, about)
  if (found === null) return notKnown(row)
  const synced = await syncSubscription(billing, found)
  const { subscription } = synced
  // It overtook the answer that names its object; taken as done, what it tells would wait for the next look.
  if (subscription.provider_order_id === null && subscription.provider_subscription_id === null) {
    return notKnown(row)
  }
  switch (synced.kind) {
    case 'applied':
    case 'unchanged':
      return { state: 'applied', reason: null, paymentId: null, dueMs: null }
    case 'quarantine':
      return { state: 'quarantined', reason: synced.why ?? null, paymentId: null, dueMs: null }
    case 'unreachable':
      return unreachable(row, synced.why ?? 'provider unreachable')
  }
}

function notKnown(row: InboundRow): InboundOutcome {
  return row.tries < UNMATCHED_TRIES_MAX
    ? {
        state: 'received',
        reason: 'subscription not known yet',
        paymentId: null,
        dueMs: unknownDelayMs(row.tries),
      }
    : { state: 'ignored', reason: 'concerns no subscription of this account', paymentId: null, dueMs: null }
}

function unreachable(row: InboundRow, reason: string): InboundOutcome {
  if (row.tries >= UNREACHABLE_TRIES_MAX) {
    return { state: 'quarantined', reason, paymentId: null, dueMs: null }
  }
  const dueMs = row.tries < 3 ? unknownDelayMs(row.tries) : exposedDelayMs(row.tries)
  return { state: 'received', reason, paymentId: null, dueMs }
}
