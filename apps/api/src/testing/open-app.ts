import { randomBytes } from 'node:crypto'
import { DEFAULT_SCOPES, SCOPES, type Scope } from '@onerouter/contract'
import { type Environment, type Service, type Uuid, uuidV7 } from '@onerouter/core'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { createDatabase } from '../../../../test/harness/postgres.ts'
import { createApp, type MoreRoutes } from '../app.ts'
import { type Config, loadConfig } from '../config.ts'
import { createLogger } from '../http/logging.ts'
import { createMoney } from '../money.ts'
import { mint } from '../routes/keys/mint.ts'
import { createPasswords } from '../sessions/password.ts'
import { start, type World } from '../start.ts'
import { insertAccount } from '../store/accounts.ts'
import { insertKey } from '../store/api-keys.ts'

export const ENCRYPTION_KEY = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1ff'
export const SECRET_KEY = 'a-test-secret-0123456789-abcdefghijklmnop'

/** What a password costs is held by its own test; here hundreds of people sign in. */
const CHEAP = { ln: 4, r: 8, p: 1 }

export interface KeyOptions {
  readonly accountId?: Uuid
  readonly environment?: Environment
  readonly scopes?: readonly Scope[]
  readonly services?: readonly Service[]
  readonly perMinute?: number
  readonly perDay?: number
  readonly ipAllowlist?: readonly string[]
  readonly expiresAt?: Date
}

export interface OpenedApp {
  readonly app: FastifyInstance
  readonly deps: Awaited<ReturnType<typeof start>>['deps']
  readonly config: Config
  readonly databaseUrl: string
  /** Everything that was logged, one line each. */
  readonly lines: string[]
  newAccount(): Promise<Uuid>
  /** A key of a new account, unless one is named. */
  newKey(
    options?: KeyOptions,
  ): Promise<{ readonly plain: string; readonly id: Uuid; readonly accountId: Uuid }>
  call(
    key: string,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
  ): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

export interface OpenAppOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly world?: Partial<World>
  /** Served besides the product's own. */
  readonly routes?: (deps: OpenedApp['deps']) => MoreRoutes
}

/** The whole API on a database of its own, called without sockets. For tests. */
export async function openApp(options: OpenAppOptions = {}): Promise<OpenedApp> {
  const database = await createDatabase()
  const config = loadConfig({
    ENVIRONMENT: 'test',
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '6',
    SECRET_KEY,
    ENCRYPTION_KEY,
    ...options.env,
  })
  const lines: string[] = []
  const log = createLogger({ debug: true, write: (line) => void lines.push(line) })
  const started = await start(config, {
    log,
    mustKeep: false,
    passwords: createPasswords(CHEAP),
    ...options.world,
  })
  const { deps } = started
  const money = createMoney(deps)
  const more = options.routes?.(deps) ?? {}
  const app = await createApp(deps, {
    watch: money.routes.watch ?? [],
    open: [...(money.routes.open ?? []), ...(more.open ?? [])],
    keyed: [...(money.routes.keyed ?? []), ...(more.keyed ?? [])],
  })
  const newAccount = async (): Promise<Uuid> => {
    const id = uuidV7(Date.now(), randomBytes(10))
    await insertAccount(deps.db, id, 'Test')
    return id
  }
  return {
    app,
    deps,
    config,
    databaseUrl: database.url,
    lines,
    newAccount,
    async newKey(key = {}) {
      const accountId = key.accountId ?? (await newAccount())
      const { plain, row } = mint(deps, {
        accountId,
        environment: key.environment ?? 'test',
        name: 'test',
        scopes: key.scopes ?? DEFAULT_SCOPES,
        services: key.services ?? null,
        limits: { perMinute: key.perMinute ?? 10_000, perDay: key.perDay ?? 1_000_000 },
        ipAllowlist: key.ipAllowlist ?? null,
        expiresAt: key.expiresAt ?? null,
        rotatedFrom: null,
      })
      await insertKey(deps.db, row)
      return { plain, id: row.id, accountId }
    },
    call: (key, method, url, body) =>
      app.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    async close() {
      await app.close()
      await money.flush()
      await started.close()
      await database.drop()
    },
  }
}

export const ALL_SCOPES = SCOPES
