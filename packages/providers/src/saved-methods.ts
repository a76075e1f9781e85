import type { Outcome } from '@onerouter/core'
import type { MethodKind } from './payment-methods.ts'
import type { CreatePayment, PaymentHandle, ProviderContext, Unacceptable } from './spec.ts'

/** By which a kept method is charged and forgotten. Whoever has it and the merchant's key can charge the payer. */
export interface SavedToken {
  readonly methodRef: string
  /** The provider's name for the payer, where the method belongs to one. */
  readonly customerRef: string | null
}

/** A method the payer let the merchant keep: no more of it than is needed to tell it from another. */
export interface SavedMethodSnapshot extends SavedToken {
  readonly kind: MethodKind
  readonly brand: string | null
  readonly last4: string | null
  readonly expMonth: number | null
  readonly expYear: number | null
}

/**
 * Payment methods kept at the provider, to be charged without their payer. One is kept by a payment that asks for it
 * (`CreatePayment.save`) and charged by a payment that names it (`CreatePayment.saved`), which moves money at once.
 */
export interface SavedMethods<C> {
  /** Whether what pays for such a payment can be kept. */
  accepts(request: Pick<CreatePayment, 'amount' | 'capture' | 'method'>): Unacceptable | null
  /** What the payer of a paid payment let us keep; `null` = nothing, or nothing yet. */
  find(ctx: ProviderContext<C>, payment: PaymentHandle): Promise<Outcome<SavedMethodSnapshot | null>>
  /** Makes the provider forget it; repeating changes nothing. */
  remove(ctx: ProviderContext<C>, token: SavedToken, key: string): Promise<Outcome<object>>
}
