import type { Uuid } from '@onerouter/core'
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { AccountTables } from './tables.ts'

/** Every table of which ordinary queries are typed. */
export interface Tables extends AccountTables {}

/**
 * The database, in two kinds of access. `engine` statements name the account in their own text; `withAccount`
 * runs under a policy that shows one account's rows only. Both work under a role that the policies bind.
 */
export interface Db {
  /** Hand-written SQL: everything that locks rows or moves money. */
  readonly engine: pg.Pool
  /** For statements that write many rows at once: few connections, whose plans go by index whatever statistics say. */
  readonly lanes: pg.Pool
  /** The same for logs: a commit there does not wait for the disk, so that the last moment before a crash may be missing. */
  readonly logs: pg.Pool
  /** Ordinary typed queries with the engine's rights. */
  readonly query: Kysely<Tables>
  /** One short transaction in which only rows of the account exist. Never spans a network call. */
  withAccount<T>(accountId: Uuid, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
  /** The role the policies bind, or `null` where the database user could not create one. */
  readonly role: string | null
  /** How many connections are in use, for whoever watches. */
  readonly pools: Readonly<Record<'engine' | 'tenant', pg.Pool>>
  close(): Promise<void>
}

/** Two flushes of each kind that payers wait for, one of the others; a claim of deliveries and what became of others. */
const LANE_CONNECTIONS = 8
/** Of requests, and of provider calls. */
const LOG_CONNECTIONS = 2

/**
 * Joins of a flush with a table of millions must never become a scan of it. A plan made while the table was small would be
 * one until the next statistics; by index and nested loop it is right at every size.
 */
const PINNED = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
}

const ROLE = 'onerouter_app'

/** A statement that takes longer is a bug or an outage; either way the caller must not wait for it. */
const STATEMENT_TIMEOUT_MS = 15_000
const LOCK_TIMEOUT_MS = 5_000
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 5_000

export interface OpenDb {
  readonly url: string
  readonly poolSize: number
  /** Idle connections break when the server restarts; the pool replaces them, somebody should know. */
  readonly onIdleError: (error: Error) => void
}

export async function openDb(options: OpenDb): Promise<Db> {
  const role = await usableRole(options.url)
  const engine = openPool(options, 'engine', role, options.poolSize)
  const lanes = openPool(options, 'engine', role, LANE_CONNECTIONS, PINNED)
  const logs = openPool(options, 'engine', role, LOG_CONNECTIONS, { ...PINNED, synchronous_commit: 'off' })
  const tenant = openPool(options, 'tenant', role, Math.max(2, Math.floor(options.poolSize / 2)))
  const query = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: engine }) })
  const scoped = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: tenant }) })
  return {
    engine,
    lanes,
    logs,
    query,
    role,
    pools: { engine, tenant },
    withAccount: (accountId, work) =>
      scoped.transaction().execute(async (trx) => {
        await sql`SELECT set_config('app.account_id', ${accountId}, true)`.execute(trx)
        return work(trx)
      }),
    async close() {
      await Promise.all([query.destroy(), scoped.destroy(), lanes.end(), logs.end()])
    },
  }
}

function openPool(
  options: OpenDb,
  scope: 'engine' | 'tenant',
  role: string | null,
  size: number,
  more: Readonly<Record<string, string>> = {},
): pg.Pool {
  const settings = {
    'app.scope': scope,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    ...(role === null ? {} : { role }),
    ...more,
  }
  const pool = new pg.Pool({
    connectionString: options.url,
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: `onerouter ${scope}`,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    types: { getTypeParser: parserOf },
  })
  pool.on('error', options.onIdleError)
  // A session that ends between two queries of a checked-out client would end the process; the next query reports it.
  pool.on('connect', (client) => client.on('error', options.onIdleError))
  return pool
}

/** `bigint` columns hold money: they arrive as BigInt, never as a number that may round. */
function parserOf(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === pg.types.builtins.INT8 && format !== 'binary') return BigInt
  return pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text')
}

/** Whether the migrations could create the role and this user may take it on. */
async function usableRole(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  client.on('error', () => {}) // reported by the query that meets it
  await client.connect()
  try {
    await client.query(`SET ROLE ${ROLE}`)
    return ROLE
  } catch {
    return null
  } finally {
    await client.end()
  }
}
