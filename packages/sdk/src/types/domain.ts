import type { Environment, Service } from './shared.ts'

export interface Domain {
  readonly id: string
  readonly object: 'domain'
  readonly serviceName: Service
  readonly environment: Environment
  /** Lower case, punycode, without a trailing dot. */
  readonly domain: string
  readonly displayName: string
  readonly state: 'pending' | 'verified' | 'failed' | 'expired'
  readonly verificationMethod: 'dns'
  /** The exact text of the TXT record. */
  readonly dnsRecord: string
  readonly recordType: 'TXT'
  /** Names at which the record counts. */
  readonly recordNames: readonly string[]
  readonly instructions: string
  /** Why the newest look found no proof. */
  readonly reason: string | null
  readonly reasonDetail: string | null
  readonly checkedAt: string | null
  readonly verifiedAt: string | null
  readonly expiresAt: string | null
  readonly createdAt: string
}

export interface DomainParams {
  readonly domain: string
  readonly environment?: Environment
}

/** A domain on which Apple Pay may open, as the provider has it. */
export interface WalletDomain {
  readonly object: 'wallet_domain'
  readonly serviceName: Service
  readonly environment: Environment
  readonly wallet: 'apple_pay'
  readonly domain: string
  readonly state: 'registered'
}

export interface WalletDomainParams {
  readonly environment?: Environment
}

export interface DeletedWalletDomain {
  readonly object: 'wallet_domain'
  readonly domain: string
  readonly deleted: true
}

export interface DeletedDomain {
  readonly id: string
  readonly object: 'domain'
  readonly deleted: true
}
