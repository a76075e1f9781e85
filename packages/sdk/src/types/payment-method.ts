import type { Environment, Service } from './shared.ts'

export type PaymentMethodKind =
  | 'card'
  | 'wallet'
  | 'upi'
  | 'bank_redirect'
  | 'bank_transfer'
  | 'bank_debit'
  | 'pay_later'
  | 'emi'
  | 'voucher'
  | 'crypto'
  | 'page'

/** One way to pay at one provider, and how it stands here. */
export interface PaymentMethod {
  /** Provider and method: `razorpay.upi`. */
  readonly id: string
  readonly object: 'payment_method'
  readonly provider: Service
  /** What `method` of a payment takes. */
  readonly method: string
  readonly label: string
  readonly kind: PaymentMethodKind
  /** `null`: whatever the provider takes. */
  readonly currencies: readonly string[] | null
  /** Where its payers live; `null`: anywhere. */
  readonly countries: readonly string[] | null
  readonly environment: Environment
  readonly connected: boolean
  readonly enabled: boolean
  /** Connected and enabled: a payment may ask for it. */
  readonly available: boolean
  readonly proof: {
    /** The conformance test that has seen a payment made and paid this way. */
    readonly test: string
    /** The day it first did. */
    readonly since: string
    /** The day its suite last ran for publication. */
    readonly lastRun: string
  } | null
}

export interface PaymentMethodListParams {
  readonly environment?: Environment
  readonly provider?: Service
  readonly kind?: PaymentMethodKind
  readonly currency?: string
  readonly country?: string
}

export interface PaymentMethodUpdateParams {
  readonly enabled: boolean
  readonly environment?: Environment
}
