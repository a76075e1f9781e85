/** Everything a webhook can tell, closed: a new type is added here before anything can raise it. */
export const EVENT_TYPES = [
  'payment.created',
  'payment.requires_action',
  'payment.processing',
  'payment.authorized',
  'payment.captured',
  'payment.succeeded',
  'payment.failed',
  'payment.canceled',
  'payment.expired',
  'payment.duplicate_compensated',
  'refund.created',
  'refund.succeeded',
  'refund.failed',
  'subscription.created',
  'subscription.activated',
  'subscription.renewed',
  'subscription.past_due',
  'subscription.paused',
  'subscription.resumed',
  'subscription.plan_changed',
  'subscription.canceled',
  'subscription.completed',
  'payment_link.created',
  'payment_link.clicked',
  'payment_link.paid',
  'payment_link.expired',
  'payment_link.deactivated',
  'dispute.opened',
  'dispute.won',
  'dispute.lost',
  'dispute.closed',
  'sms.sent',
  'sms.delivered',
  'sms.failed',
  'service.environment_switched',
  'webhook.test',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

type Family<T extends string> = T extends `${infer F}.${string}` ? `${F}.*` : never
/** What an endpoint may subscribe to: a type, a family, or all of them. */
export type EventPattern = '*' | EventType | Family<EventType>

const families = [...new Set(EVENT_TYPES.map((type) => `${type.split('.', 1)[0]}.*`))]
export const EVENT_PATTERNS: readonly EventPattern[] = [
  '*',
  ...(families as Family<EventType>[]), // every member begins with its family
  ...EVENT_TYPES,
]
