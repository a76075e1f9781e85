import type { Environment, Service, Uuid } from '@onerouter/core'
import type { Provider } from '@onerouter/providers'
import { findCredential, listConnected, type StoredCredential } from '../store/credentials.ts'
import type { Db } from '../store/db.ts'
import type { Stale } from '../store/invalidation.ts'
import { credentialPlace } from './credential-place.ts'
import type { KeySet } from './key-set.ts'
import { createMemo } from './memo.ts'
import { unseal } from './seal.ts'

/** One version of an account's credentials at one provider in one environment, decrypted. */
export interface Credential {
  readonly accountId: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly version: number
  readonly credentials: object
  /** Origin the calls go to. */
  readonly baseUrl: string
  readonly sandbox: boolean
}

export interface ConnectedService {
  readonly service: Service
  readonly activeEnvironment: Environment
  /** Payment methods the account turned off, as `environment/method`. */
  readonly disabledMethods?: readonly string[]
}

/**
 * Decrypted credentials for at most a minute. There is no fall-back anywhere in here: not to the other
 * environment, not to credentials in the server's own environment.
 */
export interface CredentialsCache {
  /** Services with credentials in force in at least one environment. */
  connected(accountId: Uuid): Promise<readonly ConnectedService[]>
  /** The version in force, or `null` when this very environment has none. */
  current(accountId: Uuid, environment: Environment, service: Service): Promise<Credential | null>
  /** A past version: open payments stay with the credentials they were made with. */
  version(
    accountId: Uuid,
    environment: Environment,
    service: Service,
    version: number,
  ): Promise<Credential | null>
  forget(stale: Stale): void
}

export interface CredentialsCacheOptions {
  readonly db: Db
  readonly keys: KeySet
  readonly provider: (service: Service) => Provider | undefined
  readonly baseUrl: (provider: Provider, environment: Environment, sandbox: boolean) => string | null
  readonly now: () => number
}

export function createCredentialsCache(options: CredentialsCacheOptions): CredentialsCache {
  const credentials = createMemo<Credential | null>(options.now)
  const services = createMemo<readonly ConnectedService[]>(options.now)
  const get = (accountId: Uuid, environment: Environment, service: Service, version: number | null) =>
    credentials.get(`${accountId}/${environment}/${service}/${version ?? 'current'}`, async () => {
      const row = await findCredential(options.db, { accountId, environment, service, version })
      return row === null ? null : open(options, row)
    })
  return {
    connected: (accountId) => services.get(accountId, () => listConnected(options.db, accountId)),
    current: (accountId, environment, service) => get(accountId, environment, service, null),
    version: (accountId, environment, service, version) => get(accountId, environment, service, version),
    forget(stale) {
      if (stale.kind === 'everything') {
        credentials.drop(() => true)
        services.drop(() => true)
      } else if (stale.kind === 'credentials') {
        const prefix = `${stale.accountId}/${stale.environment}/${stale.service}/`
        credentials.drop((key) => key.startsWith(prefix))
        services.drop((key) => key === stale.accountId)
      } else if (stale.kind === 'services') {
        services.drop((key) => key === stale.accountId)
      }
    },
  }
}

function open(options: CredentialsCacheOptions, row: StoredCredential): Credential | null {
  const provider = options.provider(row.service)
  if (provider === undefined) return null
  const baseUrl = options.baseUrl(provider, row.environment, row.sandbox)
  if (baseUrl === null) return null
  const plain: unknown = JSON.parse(unseal(options.keys, credentialPlace(row), row.sealed).toString('utf8'))
  // We sealed it ourselves: it was an object that the provider's own parser had accepted.
  const parsed = provider.credentials.parse(plain as Readonly<Record<string, unknown>>, row.environment)
  if (!parsed.ok) return null
  return {
    accountId: row.account_id,
    environment: row.environment,
    service: row.service,
    version: row.version,
    credentials: parsed.credentials,
    baseUrl,
    sandbox: row.sandbox,
  }
}
