import { applied, comesBack, ignored, notKnownYet, quarantined } from '../engine/inbound-outcome.ts'
import type { AboutSubscription, InboundOutcome } from '../engine/ports.ts'
import type { InboundRow } from '../store/rows.ts'
import type { Billing } from './ports.ts'
import { findSubscription } from './subscription-store.ts'
import { syncSubscription } from './sync.ts'

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
      return applied()
    case 'quarantine':
      return quarantined(synced.why ?? null)
    case 'unreachable':
      return comesBack(row, billing.engine.now(), synced.why ?? 'provider unreachable')
  }
}

const notKnown = (row: InboundRow): InboundOutcome =>
  notKnownYet(row, 'subscription not known yet', ignored('concerns no subscription of this account'))
