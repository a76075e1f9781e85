import { EVENT_PATTERNS } from '@onerouter/core'
import {
  EnvironmentSchema,
  IdempotencyKeyField,
  ListOf,
  NullableInteger,
  NullableOneOf,
  NullableString,
  OneOf,
  PAGE,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

const ENDPOINT = {
  id: Type.String(),
  object: OneOf(['webhook_endpoint']),
  url: Type.String(),
  description: NullableString(),
  events: Type.Array(OneOf(EVENT_PATTERNS)),
  environment: EnvironmentSchema,
  status: OneOf(['enabled', 'disabled']),
  disabled_reason: NullableOneOf(['failing', 'gone', 'requested']),
  disabled_at: NullableString(),
  failing_since: NullableString('First failed try since the last one that worked'),
  sign_v1a: Type.Boolean({ description: 'Also signs with ed25519' }),
  public_keys: Type.Array(Type.String(), { description: 'For v1a, newest first' }),
  ordered: Type.Boolean({ description: 'Events of one object arrive one after the other' }),
  max_in_flight: Type.Integer({ description: 'Requests at the same time' }),
  rate_limit_per_second: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'Requests begun in any second, per process that delivers; null = no limit',
  }),
  created_at: Timestamp,
  updated_at: Timestamp,
}
export const WebhookEndpoint = Strict(ENDPOINT)
export type WebhookEndpoint = Static<typeof WebhookEndpoint>
export const WebhookEndpointList = ListOf(WebhookEndpoint)
export const WebhookEndpointListQuery = Strict({ ...PAGE, environment: Type.Optional(EnvironmentSchema) })

const secret = Type.String({ description: 'whsec_…, shown this once' })
export const CreatedWebhookEndpoint = Strict({ ...ENDPOINT, secret })
export type CreatedWebhookEndpoint = Static<typeof CreatedWebhookEndpoint>

const SETTINGS = {
  url: Type.String({ minLength: 1, maxLength: 2048 }),
  events: Type.Array(OneOf(EVENT_PATTERNS), { minItems: 1, maxItems: 50 }),
  description: Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 500 }),
  sign_v1a: ENDPOINT.sign_v1a,
  ordered: ENDPOINT.ordered,
  max_in_flight: Type.Integer({ minimum: 1, maximum: 50 }),
  rate_limit_per_second: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1, maximum: 100 }),
}
export const CreateWebhookEndpointBody = Strict({
  url: SETTINGS.url,
  events: Type.Optional(SETTINGS.events),
  environment: Type.Optional(EnvironmentSchema),
  description: Type.Optional(SETTINGS.description),
  sign_v1a: Type.Optional(SETTINGS.sign_v1a),
  ordered: Type.Optional(SETTINGS.ordered),
  max_in_flight: Type.Optional(SETTINGS.max_in_flight),
  rate_limit_per_second: Type.Optional(SETTINGS.rate_limit_per_second),
  idempotency_key: IdempotencyKeyField,
})
export const UpdateWebhookEndpointBody = Type.Partial(Strict(SETTINGS))

export const RotateWebhookSecretBody = Strict({
  overlap_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 604_800,
      description: 'How long the secrets before still sign; 86400 by default',
    }),
  ),
  idempotency_key: IdempotencyKeyField,
})

export const RecoverBody = Strict({
  since: Type.String({ maxLength: 40, description: 'RFC 3339 or Unix seconds' }),
  until: Type.Optional(Type.String({ maxLength: 40, description: 'Now, by default' })),
  events: Type.Optional(SETTINGS.events),
  include_delivered: Type.Optional(Type.Boolean({ description: 'Also what was delivered before' })),
  idempotency_key: IdempotencyKeyField,
})
export const WebhookRecovery = Strict({
  id: Type.String(),
  object: OneOf(['webhook_recovery']),
  endpoint_id: Type.String(),
  environment: EnvironmentSchema,
  status: OneOf(['running', 'completed', 'canceled']),
  since: Timestamp,
  until: Timestamp,
  scheduled: Type.Integer({ description: 'Deliveries scheduled so far' }),
  created_at: Timestamp,
  finished_at: NullableString(),
})
export type WebhookRecovery = Static<typeof WebhookRecovery>

const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'held', 'canceled'] as const
const TRIGGERS = ['auto', 'manual', 'bulk', 'test'] as const
const DeliveryAttempt = Strict({
  attempt: Type.Integer(),
  trigger: OneOf(TRIGGERS),
  started_at: Timestamp,
  duration_ms: Type.Integer(),
  address: NullableString('Where the request went'),
  status: NullableInteger(),
  error: NullableString('Why it does not count as delivered'),
  detail: NullableString(),
  response_body: NullableString('The first kilobyte of the answer'),
})
export const Delivery = Strict({
  id: Type.String(),
  object: OneOf(['webhook_delivery']),
  endpoint_id: Type.String(),
  url: Type.String(),
  event_id: Type.String({ description: 'Sent as webhook-id with every try' }),
  event_type: Type.String(),
  environment: EnvironmentSchema,
  status: OneOf(DELIVERY_STATES, 'failed: given up; held: the endpoint was disabled before it arrived'),
  trigger: OneOf(TRIGGERS),
  last_status: NullableInteger(),
  last_error: NullableString(),
  next_attempt_at: NullableString(),
  attempt_count: Type.Integer(),
  attempts: Type.Array(DeliveryAttempt),
  created_at: Timestamp,
  finished_at: NullableString(),
})
export type Delivery = Static<typeof Delivery>
export const DeliveryList = ListOf(Delivery)
export const DeliveryListQuery = Strict({
  ...PAGE,
  environment: Type.Optional(EnvironmentSchema),
  endpoint_id: Type.Optional(Type.String({ maxLength: 64 })),
  event_id: Type.Optional(Type.String({ maxLength: 64 })),
  status: Type.Optional(OneOf(DELIVERY_STATES)),
})

export const TestWebhookBody = Strict({
  service_name: Type.Optional(ServiceSchema),
  environment: Type.Optional(EnvironmentSchema),
  idempotency_key: IdempotencyKeyField,
})
export const WebhookTest = Strict({
  object: OneOf(['webhook_test']),
  event_id: Type.String(),
  environment: EnvironmentSchema,
  delivered: Type.Boolean({ description: 'Every enabled endpoint took it, and there is one' }),
  results: Type.Array(
    Strict({
      endpoint_id: Type.String(),
      delivery_id: Type.String(),
      url: Type.String(),
      delivered: Type.Boolean(),
      status: NullableInteger(),
      error: NullableString(),
      detail: NullableString(),
      duration_ms: Type.Integer(),
    }),
  ),
})

const INBOUND_STATES = ['received', 'applied', 'ignored', 'quarantined'] as const
export const InboundWebhook = Strict({
  id: Type.String(),
  object: OneOf(['inbound_webhook']),
  service_name: ServiceSchema,
  environment: EnvironmentSchema,
  event_id: Type.String({ description: "The provider's" }),
  event_type: Type.String({ description: "The provider's" }),
  status: OneOf(INBOUND_STATES),
  reason: NullableString(),
  payment_id: NullableString(),
  tries: Type.Integer(),
  received_at: Timestamp,
  applied_at: NullableString(),
})
export type InboundWebhook = Static<typeof InboundWebhook>
export const InboundWebhookList = ListOf(InboundWebhook)
export const InboundWebhookListQuery = Strict({
  ...PAGE,
  environment: Type.Optional(EnvironmentSchema),
  service_name: Type.Optional(ServiceSchema),
  status: Type.Optional(OneOf(INBOUND_STATES)),
})

export const PublicKeyListQuery = Strict({
  endpoint_id: Type.Optional(Type.String({ maxLength: 64 })),
  limit: PAGE.limit,
  starting_after: PAGE.starting_after,
})
export const PublicKeyList = Strict({
  keys: Type.Array(
    Strict({
      endpoint_id: Type.String(),
      public_key: Type.String({ description: 'whpk_ and the base64 of 32 bytes' }),
      created_at: Timestamp,
      expires_at: NullableString(),
    }),
  ),
  has_more: Type.Boolean(),
  next_cursor: NullableString(),
})
