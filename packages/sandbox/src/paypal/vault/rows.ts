import type { MethodBehaviour } from '../../kernel/types.ts'
import type { Experience } from '../state.ts'

/** Rows of PayPal's vault; times are milliseconds. */

/** What a request says of the wallet it wants saved; shown back with every answer about it. */
export interface VaultTerms {
  readonly usage_type: 'MERCHANT' | 'PLATFORM'
  readonly customer_type: 'CONSUMER' | 'BUSINESS'
  readonly permit_multiple_payment_tokens: boolean
  readonly usage_pattern?: string
  readonly description?: string
}

export interface VaultCustomer {
  readonly id: string
  readonly merchant_customer_id?: string
}

/** The vault instruction of an order. */
export interface VaultRequest {
  readonly terms: VaultTerms
  readonly customer: VaultCustomer
}

export interface PaymentToken {
  readonly id: string
  readonly accountId: string
  readonly customer: VaultCustomer
  readonly terms: VaultTerms
  readonly payerId: string
  /** The order that saved it; null for one made from a setup token. */
  readonly orderId: string | null
  behaviour: MethodBehaviour
  /** Gone tokens are kept, because orders tell a deleted one from one that never was. */
  deleted: boolean
  readonly createdAt: number
}

export interface SetupToken {
  readonly id: string
  readonly accountId: string
  readonly customer: VaultCustomer
  readonly terms: VaultTerms
  readonly experience: Experience
  status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'VAULTED'
  payerId: string | null
  readonly createdAt: number
  readonly expiresAt: number
}
