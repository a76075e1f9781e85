import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  DeletedDomain,
  DeletedWalletDomain,
  Domain,
  DomainParams,
  WalletDomain,
  WalletDomainParams,
} from '../types/domain.ts'
import type { ListParams, Service } from '../types/shared.ts'

/** Proof that a domain is yours, by a record in its DNS. */
export interface Domains {
  /**
   * The TXT record to publish; asking again answers the same record.
   * @example
   * ```ts
   * const { dnsRecord, recordNames } = await client.domains.verify('paypal', { domain: 'shop.example.com' })
   * ```
   */
  verify(service: Service, params: DomainParams, options?: CallOptions): ApiPromise<Domain>
  /**
   * Looks for the record in DNS now.
   * @throws ValidationError `domain_not_verified`, with why in `detail`; ServerError `dns_unavailable`
   * @example
   * ```ts
   * const { state } = await client.domains.confirm('paypal', { domain: 'shop.example.com' })
   * ```
   */
  confirm(service: Service, params: DomainParams, options?: CallOptions): ApiPromise<Domain>
  /**
   * Domains and how they stand, newest first.
   * @example
   * ```ts
   * for await (const { domain, state } of client.domains.list('paypal')) console.log(domain, state)
   * ```
   */
  list(service: Service, params?: ListParams, options?: CallOptions): List<Domain>
  /**
   * Forgets a domain, named by its id or itself.
   * @example
   * ```ts
   * await client.domains.delete('paypal', 'shop.example.com')
   * ```
   */
  delete(service: Service, domain: string, options?: CallOptions): ApiPromise<DeletedDomain>
  /**
   * Registers a domain for Apple Pay at the provider, whose file must be on the site.
   * @throws ProviderError `provider_rejected`, with the file that is missing in `detail`
   * @example
   * ```ts
   * await client.domains.registerWallet('paypal', { domain: 'shop.example.com' })
   * ```
   */
  registerWallet(service: Service, params: DomainParams, options?: CallOptions): ApiPromise<WalletDomain>
  /**
   * Domains registered for Apple Pay at the provider.
   * @example
   * ```ts
   * const { data } = await client.domains.wallets('paypal')
   * ```
   */
  wallets(
    service: Service,
    params?: WalletDomainParams,
    options?: CallOptions,
  ): ApiPromise<{ readonly data: readonly WalletDomain[] }>
  /**
   * Ends the registration of a domain for Apple Pay.
   * @example
   * ```ts
   * await client.domains.deleteWallet('paypal', 'shop.example.com')
   * ```
   */
  deleteWallet(
    service: Service,
    domain: string,
    params?: WalletDomainParams,
    options?: CallOptions,
  ): ApiPromise<DeletedWalletDomain>
}

export function domains(call: Call): Domains {
  return {
    verify: (service, body, options) =>
      call({ method: 'POST', path: path`/api/services/${service}/verify-domain`, body }, options),
    confirm: (service, body, options) =>
      call({ method: 'POST', path: path`/api/services/${service}/confirm-domain`, body }, options),
    list: (service, params = {}, options = {}) =>
      list(call, path`/api/services/${service}/domains`, params, options),
    delete: (service, domain, options) =>
      call({ method: 'DELETE', path: path`/api/services/${service}/domains/${domain}` }, options),
    registerWallet: (service, body, options) =>
      call({ method: 'POST', path: path`/api/services/${service}/wallet-domains`, body }, options),
    wallets: (service, query = {}, options = {}) =>
      call({ method: 'GET', path: path`/api/services/${service}/wallet-domains`, query }, options),
    deleteWallet: (service, domain, query = {}, options = {}) =>
      call(
        { method: 'DELETE', path: path`/api/services/${service}/wallet-domains/${domain}`, query },
        options,
      ),
  }
}
