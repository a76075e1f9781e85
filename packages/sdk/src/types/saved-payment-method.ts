import type { Environment, ListParams, Metadata, Service } from './shared.ts'

/** A payment method that a payer let you keep. */
export interface SavedPaymentMethod {
  readonly id: string
  readonly object: 'saved_payment_method'
  readonly customerId: string
  /** The payment whose payer agreed. */
  readonly paymentId: string
  readonly provider: Service
  readonly environment: Environment
  /** `card`, `wallet`, `bank_debit`, … */
  readonly type: string
  readonly brand: string | null
  readonly card: {
    readonly last4: string | null
    readonly expMonth: number | null
    readonly expYear: number | null
  } | null
  readonly nickname: string | null
  readonly metadata: Metadata
  readonly consentedAt: string
  readonly createdAt: string
  readonly updatedAt: string
}

/** What is left out stays; `null` takes it away. */
export interface SavedPaymentMethodUpdateParams {
  readonly nickname?: string | null
  readonly metadata?: Metadata
}

export interface SavedPaymentMethodListParams extends ListParams {
  /** The id of a customer. */
  readonly customer?: string
  readonly environment?: Environment
}

export interface DeletedSavedPaymentMethod {
  readonly id: string
  readonly object: 'saved_payment_method'
  readonly deleted: boolean
}
