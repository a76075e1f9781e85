import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { uuidV7 } from '@onerouter/core'
import { createTokenCache, createTransport, providerNamed } from '@onerouter/providers'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { createTxtLookup } from './domains/dns.ts'
import { createLogger } from './http/logging.ts'
import type { Limiter } from './limits/limiter.ts'
import { createMemoryLimiter } from './limits/memory.ts'
import { createRequestLog, type RequestLog } from './logs/request-log.ts'
import { createInstruments, type Instruments } from './observe/instruments.ts'
import { startTelemetry, type Telemetry } from './observe/telemetry.ts'
import { VERSION } from './routes/health/index.ts'
import { baseUrlFor } from './secrets/base-url.ts'
import { checkCanaries } from './secrets/canary.ts'
import { createCredentialsCache } from './secrets/credentials-cache.ts'
import { deriveKey } from './secrets/derive.ts'
import { developmentKeys } from './secrets/development-keys.ts'
import { createKeyLookup } from './secrets/key-lookup.ts'
import { parseKeySet } from './secrets/key-set.ts'
import { pooledRandom } from './secrets/pooled-random.ts'
import { createPasswords } from './sessions/password.ts'
import { findKeyByHash } from './store/api-keys.ts'
import { type Db, openDb } from './store/db.ts'
import { requireDurable } from './store/durability.ts'
import { openInvalidation } from './store/invalidation.ts'

export interface Started {
  readonly deps: Deps
  /** From now on readiness says no. */
  stop(): void
  close(): Promise<void>
}

/** What tests and tools replace of the world. */
export interface World {
  readonly now: () => number
  readonly provider: Deps['provider']
  readonly transport: Deps['transport']
  readonly lookupTxt: Deps['lookupTxt']
  readonly log: Deps['log']
  readonly passwords: Deps['passwords']
  /** Tests run on a database that is fast because it forgets at a crash. */
  readonly mustKeep: boolean
}

/** Opens everything a process stands on; refuses with words where it cannot stand. */
export async function start(config: Config, world: Partial<World> = {}): Promise<Started> {
  const now = world.now ?? Date.now
  const log = world.log ?? createLogger({ debug: config.debug })
  const { secretKey, encryptionKey } = await developmentKeys(config, randomBytes)
  const parsed = parseKeySet(encryptionKey.reveal())
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'))
  const url = config.databaseUrl.reveal()
  const db = await openDb({
    url,
    poolSize: config.databasePoolSize,
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  })
  try {
    await examine(db, log, world.mustKeep ?? config.environment === 'production')
    await checkCanaries(db, parsed.keys, randomBytes(12))
  } catch (error) {
    await db.close()
    throw error
  }
  const invalidation = await openInvalidation(url, log)
  const keys = createKeyLookup((hash) => findKeyByHash(db, hash), now)
  const provider = world.provider ?? providerNamed
  const credentials = createCredentialsCache({
    db,
    keys: parsed.keys,
    provider,
    baseUrl: (of, environment, sandbox) => baseUrlFor(config, of, environment, sandbox),
    now,
  })
  invalidation.subscribe(keys.forget)
  invalidation.subscribe(credentials.forget)
  const limiter = await openLimiter(config, log, now)
  const requests = openRequestLog(db, config, log)
  const instruments = createInstruments()
  const telemetry = await openTelemetry(config, instruments, log, now)
  const idBytes = pooledRandom(randomBytes)
  let stopping = false
  const deps: Deps = {
    config,
    log,
    now,
    random: randomBytes,
    newId: () => uuidV7(now(), idBytes(10)),
    db,
    invalidation,
    encryption: parsed.keys,
    secretKey,
    passwords: world.passwords ?? createPasswords(),
    pepper: createSecretKey(deriveKey(secretKey, 'api-key-pepper')),
    keys,
    limiter,
    failures: createMemoryLimiter(now),
    provider,
    credentials,
    transport: world.transport ?? createTransport({ now }),
    lookupTxt: world.lookupTxt ?? createTxtLookup(config.dnsServers),
    tokens: createTokenCache(),
    instruments,
    requests,
    telemetry,
    stopping: () => stopping,
  }
  return {
    deps,
    stop() {
      stopping = true
    },
    async close() {
      await requests.flush()
      // Its last metrics are read from the database.
      await telemetry?.stop()
      await Promise.allSettled([limiter.close(), invalidation.close()])
      await db.close()
    },
  }
}

async function examine(db: Db, log: Deps['log'], mustKeep: boolean): Promise<void> {
  if (db.role === null) {
    log.warn(
      {},
      'the role onerouter_app could not be created: row-level security binds the database user itself',
    )
  }
  await requireDurable(db, mustKeep, (problem) => log.warn({}, problem))
}

async function openTelemetry(
  { telemetry, role }: Config,
  { registry }: Instruments,
  log: Deps['log'],
  now: () => number,
): Promise<Telemetry | null> {
  if (telemetry === null) return null
  const failures = registry.counter(
    'onerouter_telemetry_failures_total',
    'Exports of traces and metrics that the collector did not take',
  )
  return await startTelemetry(telemetry, {
    version: VERSION,
    role,
    instance: randomUUID(),
    now,
    after(ms, call) {
      const timer = setTimeout(call, ms)
      return () => clearTimeout(timer)
    },
    failures,
    log,
  })
}

function openRequestLog(db: Db, config: Config, log: Deps['log']): RequestLog {
  return createRequestLog({
    db: { query: (one) => db.logs.query({ ...one, values: [...one.values] }) },
    keepDays: config.logRetentionDays,
    // Nothing waits for it to end: what gathers is written at the stop as well.
    after: (ms, write) => setTimeout(write, ms).unref(),
    onError: (error) => log.warn({ err: error }, 'requests were not logged'),
  })
}

async function openLimiter(config: Config, log: Deps['log'], now: () => number): Promise<Limiter> {
  const memory = createMemoryLimiter(now)
  if (config.redisUrl === null) return memory
  let loggedAtMs = 0
  const { createRedisLimiter } = await import('./limits/redis.ts')
  const limiter = createRedisLimiter({
    url: config.redisUrl.reveal(),
    fallback: memory,
    onFailure(error) {
      if (now() - loggedAtMs < 10_000) return
      loggedAtMs = now()
      log.warn({ err: error }, 'Redis does not answer: rate limits hold per process until it does')
    },
  })
  await limiter.ready
  return limiter
}
