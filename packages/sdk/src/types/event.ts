import type { Dispute } from './dispute.ts'
import type { Payment } from './payment.ts'
import type { PaymentLink } from './payment-link.ts'
import type { Refund } from './refund.ts'
import type { CreatedRange, Environment, ListParams, Service } from './shared.ts'
import type { Sms } from './sms.ts'
import type { Subscription } from './subscription.ts'

export type PaymentEventType =
  | 'payment.created'
  | 'payment.requires_action'
  | 'payment.processing'
  | 'payment.authorized'
  | 'payment.captured'
  | 'payment.succeeded'
  | 'payment.failed'
  | 'payment.canceled'
  | 'payment.expired'
  | 'payment.duplicate_compensated'

export type RefundEventType = 'refund.created' | 'refund.succeeded' | 'refund.failed'

export type PaymentLinkEventType =
  | 'payment_link.created'
  | 'payment_link.clicked'
  | 'payment_link.paid'
  | 'payment_link.expired'
  | 'payment_link.deactivated'
export type SubscriptionEventType =
  | 'subscription.created'
  | 'subscription.activated'
  | 'subscription.renewed'
  | 'subscription.past_due'
  | 'subscription.paused'
  | 'subscription.resumed'
  | 'subscription.plan_changed'
  | 'subscription.canceled'
  | 'subscription.completed'

export type DisputeEventType = 'dispute.opened' | 'dispute.won' | 'dispute.lost' | 'dispute.closed'

export type SmsEventType = 'sms.sent' | 'sms.delivered' | 'sms.failed'

/** Everything an endpoint can subscribe to. */
export type EventType =
  | PaymentEventType
  | RefundEventType
  | PaymentLinkEventType
  | DisputeEventType
  | SmsEventType
  | SubscriptionEventType
  | 'service.environment_switched'
  | 'webhook.test'

/** What `webhook.test` carries: nothing happened. */
export interface WebhookTest {
  /** That of the event. */
  readonly id: string
  readonly object: 'webhook_test'
  readonly serviceName: Service | null
  readonly environment: Environment
  readonly message: string
}

interface EventOf<Type extends string, T> {
  /** The same in every delivery of this event: what you have done once, do not do twice. */
  readonly id: string
  readonly object: 'event'
  readonly type: Type
  readonly apiVersion: string
  readonly environment: Environment
  readonly createdAt: string
  /** Counts the events of one object from 1 without gaps; deliveries may arrive in another order. */
  readonly sequence: number
  readonly data: {
    /** The object as it was right after. */
    readonly object: T
    /** What its changed members were before. */
    readonly previous?: Partial<T>
  }
}

export type PaymentEvent = EventOf<PaymentEventType, Payment>
export type RefundEvent = EventOf<RefundEventType, Refund>
export type PaymentLinkEvent = EventOf<PaymentLinkEventType, PaymentLink>
export type SubscriptionEvent = EventOf<SubscriptionEventType, Subscription>
export type DisputeEvent = EventOf<DisputeEventType, Dispute>
export type SmsEvent = EventOf<SmsEventType, Sms>
export type WebhookTestEvent = EventOf<'webhook.test', WebhookTest>

/**
 * Told apart by `type`. A newer server can send types that this version does not know: let a `default` branch
 * answer them with 200 and ignore them.
 */
export type OneRouterEvent =
  | PaymentEvent
  | RefundEvent
  | SubscriptionEvent
  | PaymentLinkEvent
  | DisputeEvent
  | SmsEvent
  | WebhookTestEvent

export interface EventStreamParams {
  readonly type?: OneRouterEvent['type'] | (string & {})
  readonly environment?: Environment
}

export interface EventListParams extends EventStreamParams, ListParams {
  readonly created?: CreatedRange
}
