/** `onerouter/webhooks`: everything for receiving webhooks, and nothing of the API client. */
export { WebhookVerificationError } from './errors.ts'
export type { OneRouterEvent, PaymentEvent, RefundEvent, SmsEvent, WebhookTestEvent } from './types/event.ts'
export type { WebhookBody } from './webhooks/bytes.ts'
export { type EventHandlers, type WebhookHandlerOptions, webhookHandler } from './webhooks/handler.ts'
export type { WebhookHeaders } from './webhooks/headers.ts'
export {
  expressHandler,
  type FastifyLike,
  fastifyPlugin,
  type NodeRequest,
  type NodeResponse,
} from './webhooks/node.ts'
export {
  type SignTestParams,
  signTest,
  type VerifyOptions,
  verify,
  type WebhookTestHeaders,
} from './webhooks/verify.ts'
