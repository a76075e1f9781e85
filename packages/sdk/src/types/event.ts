import type { Payment } from './payment.ts'
import type { Refund } from './refund.ts'
import type { CreatedRange, Environment, ListParams } from './shared.ts'
import type { Sms } from './sms.ts'

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

export type RefundEventType = 'refund.created' | 'refund.succeeded' | 'refund.failed'

export type SmsEventType = 'sms.sent' | 'sms.delivered' | 'sms.failed'

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
export type SmsEvent = EventOf<SmsEventType, Sms>

/**
 * Told apart by `type`. A newer server can send types that this version does not know: let a `default` branch
 * answer them with 200 and ignore them.
 */
export type OneRouterEvent = PaymentEvent | RefundEvent | SmsEvent

export interface EventListParams extends ListParams {
  readonly created?: CreatedRange
  readonly type?: OneRouterEvent['type'] | (string & {})
  readonly environment?: Environment
}
