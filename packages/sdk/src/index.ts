export type { Answered, ApiPromise } from './answer.ts'
export { OneRouter } from './client.ts'
export type { ApiErrorCode, ClientErrorCode, ErrorCode } from './error-codes.ts'
export {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  type FieldError,
  IdempotencyError,
  NotFoundError,
  OneRouterError,
  PaymentDeclinedError,
  PermissionError,
  ProviderError,
  RateLimitError,
  ServerError,
  TimeoutError,
  ValidationError,
  WebhookVerificationError,
} from './errors.ts'
export type { List, Page } from './list.ts'
export type { CallOptions, ClientOptions } from './options.ts'
export type { Analytics } from './resources/analytics.ts'
export type { Audit } from './resources/audit.ts'
export type { Customers } from './resources/customers.ts'
export type { Disputes } from './resources/disputes.ts'
export type { Domains } from './resources/domains.ts'
export type { Events } from './resources/events.ts'
export type { Keys } from './resources/keys.ts'
export type { Logs } from './resources/logs.ts'
export type { PaymentLinks } from './resources/payment-links.ts'
export type { PaymentMethods } from './resources/payment-methods.ts'
export type { Payments } from './resources/payments.ts'
export type { Plans } from './resources/plans.ts'
export type { Providers } from './resources/providers.ts'
export type { Reconciliation } from './resources/reconciliation.ts'
export type { Refunds } from './resources/refunds.ts'
export type { Reviews } from './resources/review.ts'
export type { SavedPaymentMethods } from './resources/saved-payment-methods.ts'
export type { Services } from './resources/services.ts'
export type { Simulations } from './resources/simulations.ts'
export type { SmsMessages } from './resources/sms.ts'
export type { Subscriptions } from './resources/subscriptions.ts'
export type { WebhookEndpoints } from './resources/webhook-endpoints.ts'
export type {
  InboundWebhooks,
  WebhookDeliveries,
  WebhookRecoveries,
  Webhooks,
} from './resources/webhooks.ts'
export type { StreamOptions } from './stream.ts'
export type * from './types/analytics.ts'
export type * from './types/audit.ts'
export type * from './types/customer.ts'
export type * from './types/dispute.ts'
export type * from './types/domain.ts'
export type * from './types/event.ts'
export type * from './types/key.ts'
export type * from './types/log.ts'
export type * from './types/payment.ts'
export type * from './types/payment-link.ts'
export type * from './types/payment-method.ts'
export type * from './types/plan.ts'
export type * from './types/provider-request.ts'
export type * from './types/reconciliation.ts'
export type * from './types/refund.ts'
export type * from './types/review.ts'
export type * from './types/routing.ts'
export type * from './types/saved-payment-method.ts'
export type * from './types/service.ts'
export type * from './types/shared.ts'
export type * from './types/simulation.ts'
export type * from './types/sms.ts'
export type * from './types/subscription.ts'
export type * from './types/webhook.ts'
export { VERSION } from './version.ts'
export type { SignTestParams, VerifyOptions, WebhookBody, WebhookHeaders } from './webhooks.ts'
