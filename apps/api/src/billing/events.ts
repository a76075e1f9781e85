import { makeEvent } from '../engine/events.ts'
import type { EventRow } from '../store/rows.ts'
import type { NewEvent } from './decide.ts'
import type { Billing } from './ports.ts'
import { presentSubscription } from './present.ts'
import type { SubscriptionRow } from './rows.ts'

/** Event rows for what just happened to a subscription; they share its commit and number without gaps. */
export function subscriptionEvents(
  { engine }: Pick<Billing, 'engine'>,
  row: SubscriptionRow,
  events: readonly NewEvent[],
): readonly EventRow[] {
  const first = row.sequence - events.length + 1
  return events.map(({ type, chargeId }, i) =>
    makeEvent({
      accountId: row.account_id,
      environment: row.environment,
      id: engine.newId(),
      type,
      subject: { kind: 'subscription', id: row.id },
      sequence: first + i,
      object: presentSubscription(chargeId === null ? row : { ...row, latest_charge_id: chargeId }),
      at: row.updated_at,
    }),
  )
}
