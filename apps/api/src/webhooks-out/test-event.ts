import { type Environment, formatId, type Service, type Uuid } from '@onerouter/core'
import { makeEvent } from '../engine/events.ts'
import type { ClaimedDelivery, DeliveryResult } from '../store/deliveries.ts'
import { finishDeliveries } from '../store/deliveries.ts'
import { recordTestEvent } from '../store/delivery-log.ts'
import { attempt } from './attempt.ts'
import { LEASE_MS } from './claims.ts'
import type { WebhooksOut } from './webhooks-out.ts'

const ENDPOINTS_MAX = 50

export interface TestSent {
  readonly eventId: Uuid
  readonly results: readonly { readonly delivery: ClaimedDelivery; readonly result: DeliveryResult }[]
}

/** Sends `webhook.test` to every enabled endpoint, once, whatever it subscribes to, and waits for the answers. */
export async function sendTestEvent(
  out: WebhooksOut,
  newId: () => Uuid,
  to: { readonly accountId: Uuid; readonly environment: Environment; readonly service: Service | null },
): Promise<TestSent> {
  const id = newId()
  const event = makeEvent({
    accountId: to.accountId,
    environment: to.environment,
    id,
    type: 'webhook.test',
    subject: { kind: 'webhook', id },
    sequence: 1,
    object: {
      // Every event's object has an id; this one has no life beyond its event.
      id: formatId('event', id),
      object: 'webhook_test',
      service_name: to.service,
      environment: to.environment,
      message: 'This is a test: nothing happened.',
    },
    at: new Date(out.now()),
  })
  const claimed = await recordTestEvent(out.db, event, { owner: out.owner, ms: LEASE_MS }, ENDPOINTS_MAX)
  const results = await Promise.all(
    claimed.map(async (delivery) => ({ delivery, result: await attempt(out, delivery) })),
  )
  if (results.length > 0) {
    await finishDeliveries(
      out.db,
      out.owner,
      results.map(({ result }) => result),
    )
  }
  return { eventId: id, results }
}
