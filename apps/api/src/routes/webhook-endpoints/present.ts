import type { Delivery, InboundWebhook, WebhookEndpoint, WebhookRecovery } from '@onerouter/contract'
import { type EventPattern, formatId } from '@onerouter/core'
import type { DeliveryRow } from '../../store/delivery-log.ts'
import type { EndpointWithKeys } from '../../store/endpoints.ts'
import type { RecoveryRow } from '../../store/recoveries.ts'
import type { InboundRow } from '../../store/rows.ts'
import { ATTEMPT_ERRORS } from '../../webhooks-out/judge.ts'
import { showPublicKey } from '../../webhooks-out/sign.ts'

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

export function presentEndpoint(row: EndpointWithKeys): WebhookEndpoint {
  return {
    id: formatId('endpoint', row.id),
    object: 'webhook_endpoint',
    url: row.url,
    description: row.description,
    events: row.events as EventPattern[], // checked when it was saved
    environment: row.environment,
    status: row.state === 'enabled' ? 'enabled' : 'disabled',
    disabled_reason: row.disabled_reason,
    disabled_at: iso(row.disabled_at),
    failing_since: iso(row.failing_since),
    sign_v1a: row.sign_v1a,
    public_keys: row.sign_v1a
      ? row.keys.map((key) => showPublicKey(Buffer.from(key.public_key, 'base64')))
      : [],
    ordered: row.ordered,
    max_in_flight: row.max_in_flight,
    rate_limit_per_second: row.rate_limit_per_second,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export function presentRecovery(row: RecoveryRow): WebhookRecovery {
  return {
    id: formatId('recovery', row.id),
    object: 'webhook_recovery',
    endpoint_id: formatId('endpoint', row.endpoint_id),
    environment: row.environment,
    status: row.state,
    since: row.since.toISOString(),
    until: row.until.toISOString(),
    scheduled: row.scheduled,
    created_at: row.created_at.toISOString(),
    finished_at: iso(row.finished_at),
  }
}

export function presentDelivery(row: DeliveryRow): Delivery {
  return {
    id: formatId('delivery', row.id),
    object: 'webhook_delivery',
    endpoint_id: formatId('endpoint', row.endpoint_id),
    url: row.url,
    event_id: formatId('event', row.event_id),
    event_type: row.event_type,
    environment: row.environment,
    status: row.state,
    trigger: row.trigger,
    last_status: row.last_status,
    last_error: row.last_error,
    // While somebody holds it, its time is the end of a lease and no promise.
    next_attempt_at: row.owner === null ? iso(row.due_at) : null,
    attempt_count: row.attempt,
    attempts: row.attempts.map((attempt) => ({
      attempt: attempt.n,
      trigger: attempt.trigger,
      started_at: new Date(attempt.started_at).toISOString(),
      duration_ms: attempt.duration_ms,
      address: attempt.address,
      status: attempt.status,
      error: attempt.error,
      detail: attempt.detail ?? sentence(attempt.error),
      response_body: attempt.response_body,
    })),
    created_at: row.created_at.toISOString(),
    finished_at: iso(row.finished_at),
  }
}

/** The closed list's sentence for an error's name. */
export function sentence(error: string | null): string | null {
  return Object.entries(ATTEMPT_ERRORS).find(([name]) => name === error)?.[1] ?? null
}

export function presentInbound(row: InboundRow): InboundWebhook {
  return {
    id: formatId('inbound', row.id),
    object: 'inbound_webhook',
    service_name: row.provider,
    environment: row.environment,
    event_id: row.event_id,
    event_type: row.event_type,
    status: row.state,
    reason: row.reason,
    payment_id: row.payment_id === null ? null : formatId('payment', row.payment_id),
    tries: row.tries,
    received_at: row.received_at.toISOString(),
    applied_at: iso(row.applied_at),
  }
}
