import type { Customer, PaymentHandle, ProviderContext } from './spec.ts'

/** A provider whose checkout is opened by a page of ours. */
export interface HostedCheckout<C> {
  scriptUrl(ctx: Pick<ProviderContext<C>, 'baseUrl' | 'environment'>): string
  /** Origins the page must be allowed to load, frame and call. */
  origins(ctx: Pick<ProviderContext<C>, 'baseUrl' | 'environment'>): readonly string[]
  options(
    ctx: Pick<ProviderContext<C>, 'credentials'>,
    payment: PaymentHandle,
    show: { readonly description: string | null; readonly customer: Customer | null },
  ): Readonly<Record<string, unknown>>
  /** Checks the signature the browser brought back; the payment id it names, or `null` when it does not hold. */
  verifyReturn(
    ctx: Pick<ProviderContext<C>, 'credentials'>,
    payment: PaymentHandle,
    params: Readonly<Record<string, string>>,
  ): { readonly paymentRef: string } | null
}
