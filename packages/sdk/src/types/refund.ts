import type { Failure } from './payment.ts'
import type { CreatedRange, Environment, ListParams, Metadata, OptionalAmount, Service } from './shared.ts'

export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'canceled'

export interface Refund {
  readonly id: string
  readonly object: 'refund'
  /** The same as `id`. */
  readonly refundId: string
  /** For the charge of a subscription: the charge's id with the prefix of payments. */
  readonly paymentId: string
  readonly status: RefundStatus
  readonly amount: string
  readonly amountMinor: number
  readonly currency: string
  readonly provider: Service
  readonly environment: Environment
  readonly providerRefundId: string | null
  readonly reason: string | null
  readonly speed: 'normal' | 'optimum'
  readonly metadata: Metadata
  readonly failure: Failure | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface RefundDetails {
  readonly reason?: string
  /** `optimum` is instant where the provider can; it may cost more. */
  readonly speed?: 'normal' | 'optimum'
  readonly metadata?: Metadata
  /** Another name of `metadata`. */
  readonly notes?: Metadata
}

/** Without an amount: everything that is left. */
export type PaymentRefundParams = OptionalAmount & RefundDetails
/** What is refunded: a payment, or the charge of a subscription. */
export type RefundCreateParams = (
  | { readonly paymentId: string; readonly chargeId?: never }
  | { readonly chargeId: string; readonly paymentId?: never }
) &
  PaymentRefundParams

export interface RefundListParams extends ListParams {
  readonly created?: CreatedRange
  readonly paymentId?: string
  readonly status?: RefundStatus
  readonly environment?: Environment
}
