import type { KeyObject } from 'node:crypto'
import type { Service, Uuid } from '@onerouter/core'
import type { Provider, TokenCache, Transport } from '@onerouter/providers'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { TxtLookup } from './domains/dns.ts'
import type { Limiter } from './limits/limiter.ts'
import type { RequestLog } from './logs/request-log.ts'
import type { Instruments } from './observe/instruments.ts'
import type { Telemetry } from './observe/telemetry.ts'
import type { CredentialsCache } from './secrets/credentials-cache.ts'
import type { KeyLookup } from './secrets/key-lookup.ts'
import type { KeySet } from './secrets/key-set.ts'
import type { Secret } from './secrets/secret.ts'
import type { Passwords } from './sessions/password.ts'
import type { Db } from './store/db.ts'
import type { Invalidation } from './store/invalidation.ts'

/** Everything the routes need of the world, made once at start. */
export interface Deps {
  readonly config: Config
  readonly log: Logger
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly newId: () => Uuid
  readonly db: Db
  readonly invalidation: Invalidation
  readonly encryption: KeySet
  /** Sub-keys for further uses derive from it (`deriveKey`). */
  readonly secretKey: Secret
  readonly pepper: KeyObject
  readonly passwords: Passwords
  readonly keys: KeyLookup
  readonly limiter: Limiter
  readonly failures: Limiter
  readonly provider: (service: Service) => Provider | undefined
  readonly credentials: CredentialsCache
  readonly transport: Transport
  readonly lookupTxt: TxtLookup
  readonly tokens: TokenCache
  readonly instruments: Instruments
  readonly requests: RequestLog
  /** Where a collector is named. */
  readonly telemetry: Telemetry | null
  /** True once a stop was asked for: readiness says no while what runs is finished. */
  readonly stopping: () => boolean
}
