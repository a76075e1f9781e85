import type { EventType } from './event.ts'
import type { Environment, Instant, ListParams, Service } from './shared.ts'

/** A type, a family such as `payment.*`, or everything. */
export type EventPattern = '*' | EventType | Family<EventType>
type Family<T extends string> = T extends `${infer F}.${string}` ? `${F}.*` : never

/** Where OneRouter sends events of one environment. */
export interface WebhookEndpoint {
  readonly id: string
  readonly object: 'webhook_endpoint'
  readonly url: string
  readonly description: string | null
  readonly events: readonly EventPattern[]
  readonly environment: Environment
  readonly status: 'enabled' | 'disabled'
  /** `failing`: for five days; `gone`: it answered 410; `requested`: by a call. */
  readonly disabledReason: 'failing' | 'gone' | 'requested' | null
  readonly disabledAt: string | null
  /** First failed try since the last one that worked. */
  readonly failingSince: string | null
  /** Deliveries carry an ed25519 signature too. */
  readonly signV1a: boolean
  /** `whpk_…`, newest first. */
  readonly publicKeys: readonly string[]
  /** Events of one object arrive one after the other. */
  readonly ordered: boolean
  /** Requests at the same time. */
  readonly maxInFlight: number
  /** Requests begun in any second, per process that delivers; `null`: no limit. */
  readonly rateLimitPerSecond: number | null
  readonly createdAt: string
  readonly updatedAt: string
}

/** The only answer, with that of a rotation, that ever shows the secret. */
export interface WebhookEndpointWithSecret extends WebhookEndpoint {
  /** `whsec_…`, for `OneRouter.webhooks.verify`. */
  readonly secret: string
}

export interface WebhookEndpointCreateParams {
  readonly url: string
  /** Everything when left out. */
  readonly events?: readonly EventPattern[]
  readonly environment?: Environment
  readonly description?: string | null
  readonly signV1a?: boolean
  readonly ordered?: boolean
  /** 1 to 50; 5 by default. */
  readonly maxInFlight?: number
  /** 1 to 100; without a limit by default. */
  readonly rateLimitPerSecond?: number | null
}

export type WebhookEndpointUpdateParams = Partial<Omit<WebhookEndpointCreateParams, 'environment'>>

export interface WebhookEndpointListParams extends ListParams {
  readonly environment?: Environment
}

export interface WebhookSecretRotateParams {
  /** How long the secrets before still sign, 0 to 604800; a day by default. */
  readonly overlapSeconds?: number
}

export interface WebhookRecoverParams {
  readonly since: Instant
  /** Now, when left out. */
  readonly until?: Instant
  /** What the endpoint subscribes to, when left out. */
  readonly events?: readonly EventPattern[]
  /** Also what was delivered before. */
  readonly includeDelivered?: boolean
}

/** A job that sends the events of a span of time again; it survives restarts. */
export interface WebhookRecovery {
  readonly id: string
  readonly object: 'webhook_recovery'
  readonly endpointId: string
  readonly environment: Environment
  readonly status: 'running' | 'completed' | 'canceled'
  readonly since: string
  readonly until: string
  /** Deliveries scheduled so far. */
  readonly scheduled: number
  readonly createdAt: string
  readonly finishedAt: string | null
}

/** `failed`: given up; `held`: the endpoint was disabled before it arrived. */
export type WebhookDeliveryStatus = 'pending' | 'delivered' | 'failed' | 'held' | 'canceled'
export type WebhookDeliveryTrigger = 'auto' | 'manual' | 'bulk' | 'test'

export interface WebhookDeliveryAttempt {
  readonly attempt: number
  readonly trigger: WebhookDeliveryTrigger
  readonly startedAt: string
  readonly durationMs: number
  /** Where the request went. */
  readonly address: string | null
  readonly status: number | null
  /** Why it does not count as delivered. */
  readonly error: string | null
  readonly detail: string | null
  /** The first kilobyte of the answer. */
  readonly responseBody: string | null
}

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  readonly id: string
  readonly object: 'webhook_delivery'
  readonly endpointId: string
  readonly url: string
  /** Sent as `webhook-id` with every try. */
  readonly eventId: string
  readonly eventType: string
  readonly environment: Environment
  readonly status: WebhookDeliveryStatus
  readonly trigger: WebhookDeliveryTrigger
  readonly lastStatus: number | null
  readonly lastError: string | null
  readonly nextAttemptAt: string | null
  readonly attemptCount: number
  readonly attempts: readonly WebhookDeliveryAttempt[]
  readonly createdAt: string
  readonly finishedAt: string | null
}

export interface WebhookDeliveryListParams extends ListParams {
  readonly environment?: Environment
  readonly endpointId?: string
  readonly eventId?: string
  readonly status?: WebhookDeliveryStatus
}

export interface WebhookTestParams {
  readonly serviceName?: Service
  readonly environment?: Environment
}

/** What every enabled endpoint answered to `webhook.test`. */
export interface WebhookTestResult {
  readonly object: 'webhook_test'
  readonly eventId: string
  readonly environment: Environment
  /** Every enabled endpoint took it, and there is one. */
  readonly delivered: boolean
  readonly results: readonly {
    readonly endpointId: string
    readonly deliveryId: string
    readonly url: string
    readonly delivered: boolean
    readonly status: number | null
    readonly error: string | null
    readonly detail: string | null
    readonly durationMs: number
  }[]
}

export type InboundWebhookStatus = 'received' | 'applied' | 'ignored' | 'quarantined'

/** What a provider sent to OneRouter, and what became of it. */
export interface InboundWebhook {
  readonly id: string
  readonly object: 'inbound_webhook'
  readonly serviceName: Service
  readonly environment: Environment
  /** The provider's. */
  readonly eventId: string
  /** The provider's. */
  readonly eventType: string
  readonly status: InboundWebhookStatus
  readonly reason: string | null
  readonly paymentId: string | null
  readonly tries: number
  readonly receivedAt: string
  readonly appliedAt: string | null
}

export interface InboundWebhookListParams extends ListParams {
  readonly environment?: Environment
  readonly serviceName?: Service
  readonly status?: InboundWebhookStatus
}
