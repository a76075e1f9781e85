import type { WebhookDelivery } from '../kernel/types.ts'
import { type Context, type EndpointRow, newId, nowSeconds, ownRows } from './state.ts'
import { render, type Stored } from './templates.ts'
import { API_VERSION, type StripeEvent } from './wire.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** "Three times over a few hours" in test mode; exponential over three days live (Stripe docs, Webhooks). */
const TEST_RETRIES_MS = [10 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS]
const LIVE_RETRIES_MS = [5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS].concat(
  Array.from({ length: 4 }, () => 12 * HOUR_MS),
)
const ATTEMPT_TIMEOUT_MS = 10_000
/** The Events API forgets after thirty days (Stripe API reference, Events). */
const RETENTION_S = 30 * 24 * 3_600

/**
 * Records what happened and sends it to every endpoint that listens. The object is frozen as it stands now;
 * `previous` holds the former values of the fields that changed.
 */
export function emit(context: Context, type: string, object: Stored, previous?: object): void {
  const { world, store } = context
  const listeners = ownRows(context, store.endpoints).filter((endpoint) => listens(endpoint, type))
  const snapshot = render(object)
  const event: StripeEvent = {
    id: newId(world, 'evt'),
    object: 'event',
    api_version: API_VERSION,
    created: nowSeconds(world),
    data: previous === undefined ? { object: snapshot } : { object: snapshot, previous_attributes: previous },
    livemode: context.livemode,
    pending_webhooks: listeners.length,
    request: context.cause && { id: context.cause.id, idempotency_key: context.cause.idempotencyKey },
    type,
  }
  forgetOld(context, event.created)
  store.events.set(event.id, { accountId: context.accountId, livemode: context.livemode, object: event })
  for (const endpoint of listeners) world.deliver(deliveryOf(context, endpoint, event))
}

function listens(endpoint: EndpointRow, type: string): boolean {
  const { enabled_events, status } = endpoint.object
  return (
    !endpoint.deleted &&
    status === 'enabled' &&
    (enabled_events.includes('*') || enabled_events.includes(type))
  )
}

function deliveryOf(context: Context, endpoint: EndpointRow, event: StripeEvent): WebhookDelivery {
  const payload = { ...event, api_version: endpoint.object.api_version ?? API_VERSION }
  return {
    provider: 'stripe',
    accountId: context.accountId,
    url: endpoint.object.url,
    eventId: event.id,
    eventType: event.type,
    body: JSON.stringify(payload, null, 2),
    signing: { endpoint: endpoint.object.id },
    retryDelaysMs: context.livemode ? LIVE_RETRIES_MS : TEST_RETRIES_MS,
    timeoutMs: ATTEMPT_TIMEOUT_MS,
  }
}

/** Events are stored oldest first, so the first young one ends the walk. */
function forgetOld(context: Context, now: number): void {
  for (const [id, row] of context.store.events) {
    if (now - row.object.created < RETENTION_S) return
    context.store.events.delete(id)
  }
}
