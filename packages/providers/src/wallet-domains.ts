import type { Outcome } from '@onerouter/core'
import type { ProviderContext } from './spec.ts'

/** Domains on which the provider may show a wallet's button. */
export interface WalletDomains<C> {
  /** Registers the domain for Apple Pay; one that is registered already stays so. */
  register(ctx: ProviderContext<C>, domain: string): Promise<Outcome<object>>
  /** Registered domains, lower case; bounded at a thousand. */
  list(ctx: ProviderContext<C>): Promise<Outcome<readonly string[]>>
  /** Ends the registration; one that is none stays so. */
  unregister(ctx: ProviderContext<C>, domain: string): Promise<Outcome<object>>
  /** The file that has to be on the site before, and where it is to be had. */
  readonly file: { readonly path: string; readonly source: string }
}
