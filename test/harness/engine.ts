/** The real engine on a real database, with the sandbox's emulators in process and a clock the test moves. */
import { randomBytes } from 'node:crypto'
import type { Environment, Money, Service } from '@onerouter/core'
import { currency, money, type Uuid, uuidV7 } from '@onerouter/core'
import { createTokenCache, type Exchange, httpFromFetch, providerNamed } from '@onerouter/providers'
import { createSandbox, type Sandbox, type Simulation } from '@onerouter/sandbox'
import type { CreatePaymentInput } from '../../apps/api/src/engine/create-payment.ts'
import type { Caller, Claim, Credential, Engine } from '../../apps/api/src/engine/ports.ts'
import { type Db, openDb } from '../../apps/api/src/store/db.ts'
import { grouped } from '../../apps/api/src/store/grouped-store.ts'
import { pgStore } from '../../apps/api/src/store/pg-store.ts'
import { runDue } from '../../apps/api/src/worker/worker.ts'
import { createDatabase } from './postgres.ts'

export interface EngineWorld {
  readonly engine: Engine
  readonly sandbox: Sandbox
  readonly db: Db
  readonly exchanges: readonly Exchange[]
  /** An account of its own with fresh sandbox credentials for every provider. */
  tenant(environment?: Environment): Promise<Tenant>
  /** Moves the world's clock, the database's due times and the sandbox. */
  pass(ms: number): Promise<void>
  /** Works off everything that is due, until nothing is. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface Tenant {
  readonly caller: Caller
  readonly credentials: ReadonlyMap<Service, Credential>
  simulate(service: Service, orderRef: string, action: Simulation): void
}

export const SERVICES_UNDER_TEST: readonly Service[] = ['stripe', 'paypal', 'razorpay']

export async function createEngineWorld(seed = 1): Promise<EngineWorld> {
  const database = await createDatabase()
  const db = await openDb({ url: database.url, poolSize: 20, onIdleError: () => {} })
  let offsetMs = 0
  const now = () => Date.now() + offsetMs
  const sandbox = createSandbox({
    clock: { now },
    seed,
    fetch: () => Promise.reject(new Error('no receiver')),
  })
  const credentials: Credential[] = []
  const exchanges: Exchange[] = []
  const engine = engineOver({ db, sandbox, now, credentials, exchanges })
  return {
    engine,
    sandbox,
    db,
    exchanges,
    async tenant(environment = 'test') {
      const accountId = engine.newId()
      await db.engine.query('insert into account (id, name) values ($1, $2)', [accountId, 'test'])
      const made = await connectAll(db, sandbox, accountId, environment)
      credentials.push(...made)
      const byService = new Map(made.map((one) => [one.service, one]))
      const accounts = new Map(made.map((one) => [one.service, one.sandboxAccount]))
      return {
        caller: { accountId, keyId: null, environment, services: null },
        credentials: byService,
        simulate(service, orderRef, action) {
          const result = sandbox.simulate(service, accounts.get(service) ?? '', orderRef, action)
          if (!result.ok) throw new Error(`the sandbox refused ${action}: ${result.reason}`)
        },
      }
    },
    async pass(ms) {
      offsetMs += ms
      await sandbox.runDue()
      await db.engine.query(
        `update operation set recorded_at = recorded_at - $1::bigint * interval '1 millisecond'`,
        [ms],
      )
      for (const table of ['operation', 'inbound', 'dispute']) {
        await db.engine.query(
          `update ${table} set due_at = due_at - $1::bigint * interval '1 millisecond' where due_at is not null`,
          [ms],
        )
      }
    },
    async settle() {
      for (let round = 0; round < 50; round++) if ((await runDue(engine)) === 0) return
      throw new Error('there is always something due')
    },
    async close() {
      await db.close()
      await database.drop()
    },
  }
}

interface Parts {
  readonly db: Db
  readonly sandbox: Sandbox
  readonly now: () => number
  readonly credentials: readonly Credential[]
  readonly exchanges: Exchange[]
}

function engineOver({ db, sandbox, now, credentials, exchanges }: Parts): Engine {
  const newId = (): Uuid => uuidV7(now(), randomBytes(10))
  const pick = (accountId: Uuid, environment: Environment, service: Service) =>
    credentials.find(
      (one) => one.accountId === accountId && one.environment === environment && one.service === service,
    ) ?? null
  const queryable: Engine['db'] = {
    query: (statement) => db.engine.query({ ...statement, values: [...statement.values] }),
  }
  return {
    store: grouped(pgStore(queryable), {
      query: (statement) => db.lanes.query({ ...statement, values: [...statement.values] }),
    }),
    db: queryable,
    now,
    newId,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    provider: providerNamed,
    credentials: {
      connected: async (accountId) =>
        credentials
          .filter((one) => one.accountId === accountId)
          .map((one) => ({ service: one.service, activeEnvironment: one.environment })),
      current: async (accountId, environment, service) => pick(accountId, environment, service),
      version: async (accountId, environment, service) => pick(accountId, environment, service),
    },
    http: (credential) =>
      httpFromFetch(sandbox.fetch(credential.service), credential.baseUrl, {
        now,
        observe: (exchange) => exchanges.push(exchange),
        secrets: Object.values(credential.credentials).filter((value) => typeof value === 'string'),
      }),
    tokens: createTokenCache(),
    pages: {
      checkoutUrl: (id) => `http://127.0.0.1:8000/checkout/${id}`,
      returnUrl: (id) => `http://127.0.0.1:8000/checkout/${id}/return`,
      cancelUrl: (id) => `http://127.0.0.1:8000/checkout/${id}/cancel`,
    },
    problem: (error, requestId) => ({
      status:
        { payment_declined: 402, provider_unavailable: 503, provider_rejected: 502 }[error.code as string] ??
        400,
      body: JSON.stringify({
        code: error.code,
        detail: error.message,
        request_id: requestId,
        ...error.details,
      }),
    }),
    wake: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  }
}

async function connectAll(db: Db, sandbox: Sandbox, accountId: Uuid, environment: Environment) {
  const made: (Credential & { sandboxAccount: string })[] = []
  for (const service of SERVICES_UNDER_TEST) {
    const provider = providerNamed(service)
    if (provider === undefined || !sandbox.providers.includes(service)) continue
    const account = sandbox.createAccount(service)
    const parsed = provider.credentials.parse(account.credentials, environment)
    if (!parsed.ok)
      throw new Error(`${service} refused the sandbox's credentials: ${JSON.stringify(parsed.errors)}`)
    await db.engine.query(
      'insert into service (account_id, service, active_environment) values ($1, $2, $3)',
      [accountId, service, environment],
    )
    await db.engine.query(
      `insert into credential (account_id, environment, service, version, sealed, key_id, hint, sandbox)
       values ($1, $2, $3, 1, '\\x00', 1, 'test', true)`,
      [accountId, environment, service],
    )
    made.push({
      accountId,
      environment,
      service,
      version: 1,
      credentials: parsed.credentials,
      baseUrl: sandbox.urls.api[service],
      sandbox: true,
      sandboxAccount: account.id,
    })
  }
  return made
}

let serial = 0
/** A claim with a key nobody else uses, or the given one. */
export function claimFor(key?: string, body = ''): Claim {
  serial += 1
  return {
    key: key ?? `key-${process.pid}-${serial}`,
    fingerprint: Buffer.from(body.padEnd(32, '.')).subarray(0, 32),
    requestId: `req_${serial}`,
  }
}

export function paymentInput(more: Partial<CreatePaymentInput> = {}): CreatePaymentInput {
  return { amount: usd(50_000n), capture: 'automatic', metadata: {}, ...more }
}

export const usd = (minor: bigint): Money => money(minor, currency('USD'))
export const inr = (minor: bigint): Money => money(minor, currency('INR'))

/** The parsed body of a reply. */
export function bodyOf<T = Record<string, unknown>>(reply: { body: string }): T {
  return JSON.parse(reply.body)
}
