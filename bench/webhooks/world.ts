/** One process with everything that delivers, as `ONEROUTER_ROLE=all` runs it, and endpoints of one account. */
import { randomBytes } from 'node:crypto'
import { formatId, type Uuid } from '@onerouter/core'
import { loadConfig } from '../../apps/api/src/config.ts'
import type { Deps } from '../../apps/api/src/deps.ts'
import { makeEvent } from '../../apps/api/src/engine/events.ts'
import { start } from '../../apps/api/src/start.ts'
import { insertEndpoint } from '../../apps/api/src/store/endpoints.ts'
import { groupCommit } from '../../apps/api/src/store/group-commit.ts'
import {
  HANDED,
  type Handover,
  handedValues,
  handingInserts,
  handOver,
  NOBODY,
} from '../../apps/api/src/store/handed-over.ts'
import { migrate } from '../../apps/api/src/store/migrate.ts'
import type { EventRow, Queryable } from '../../apps/api/src/store/rows.ts'
import { makeSecret } from '../../apps/api/src/webhooks-out/signing-keys.ts'
import { createWebhooksOut } from '../../apps/api/src/webhooks-out/webhooks-out.ts'
import type { Wait } from '../../apps/api/src/worker/worker.ts'

export interface World {
  readonly db: Queryable
  /** How often each statement ran since the last `clear`; those that raise events are `raise`. */
  readonly statements: Map<string, number>
  readonly arrivals: Arrivals
  /** Commits one event as money statements do, those of the same moment in one commit, and hands its delivery over. */
  raise(): Promise<Raised>
  /** The same for many, which wait to be claimed. */
  raiseMany(count: number): Promise<Raised[]>
  wake(): void
  start(): void
  stop(): Promise<void>
}

export interface Raised {
  readonly id: string
  /** When the database said that it is committed. */
  readonly committedAtMs: number
}

/** When the receiver got each event for the first time, by its own clock. */
export interface Arrivals {
  readonly atMs: Map<string, number>
  again: number
}

export async function createDatabase(server: string, name: string): Promise<string> {
  const { default: pg } = await import('pg')
  const client = new pg.Client(server)
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  await migrate(url.href)
  return url.href
}

const RAISE = `with one as (select 1),
${handingInserts('one, jsonb_populate_recordset(null::event, $1::jsonb) r', 2)} select ${HANDED} from one`
const clockMs = (): number => performance.timeOrigin + performance.now()

export async function openWorld(url: string, arrivals: Arrivals, targets: readonly string[]): Promise<World> {
  const config = loadConfig({
    ENVIRONMENT: 'test',
    DATABASE_URL: url,
    SECRET_KEY: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  })
  const quiet = { info() {}, warn() {}, error: console.error } as never // what the worker logs with
  const started = await start(config, { log: quiet })
  const { deps } = started
  const statements = new Map<string, number>()
  const counted = (pool: Deps['db']['engine']): Queryable => ({
    query(statement) {
      const key = statement.name ?? 'other'
      statements.set(key, (statements.get(key) ?? 0) + 1)
      return pool.query({ ...statement, values: [...statement.values] })
    },
  })
  const db = counted(deps.db.engine)
  const lanes = counted(deps.db.lanes)
  const accountId = deps.newId()
  await deps.db.engine.query('insert into account (id, name) values ($1, $2)', [accountId, 'bench'])
  for (const target of targets) await addEndpoint(deps, db, accountId, target)
  const out = createWebhooksOut(deps, { db, lanes }, waitFor)
  let worker: ReturnType<typeof out.start> | null = null
  const write = async (events: readonly EventRow[], handover: Handover): Promise<Raised[]> => {
    const values = [JSON.stringify(events), ...handedValues(handover, events)]
    const { rows } = await lanes.query({ name: 'raise', text: RAISE, values })
    const committedAtMs = clockMs()
    handOver(handover, events, rows[0])
    return events.map(({ id }) => ({ id: formatId('event', id), committedAtMs }))
  }
  const grouped = groupCommit<EventRow, Raised>({
    nameOf: ({ id }) => id,
    many: (events) => write(events, out.handover),
    one: (event) => Promise.reject(new Error(`event ${event.id} could not be written`)),
  })
  return {
    db,
    statements,
    arrivals,
    raise: () => grouped(makePaid(deps, accountId)),
    raiseMany: (count) =>
      write(
        Array.from({ length: count }, () => makePaid(deps, accountId)),
        NOBODY,
      ),
    wake: () => worker?.wake(),
    start() {
      worker = out.start()
    },
    async stop() {
      await worker?.stop()
      await out.close()
      await started.close()
    },
  }
}

/** About as long as a payment's event is. */
const PADDING = 'x'.repeat(900)

function makePaid({ newId }: Deps, accountId: Uuid): EventRow {
  const subject = { kind: 'payment' as const, id: newId() }
  const object = { id: formatId('payment', subject.id), object: 'payment', description: PADDING }
  const of = { accountId, environment: 'test' as const, id: newId() }
  return makeEvent({ ...of, type: 'payment.succeeded', subject, sequence: 1, object, at: new Date() })
}

async function addEndpoint(deps: Deps, db: Queryable, accountId: Uuid, url: string): Promise<void> {
  const at = new Date()
  const ref = {
    account_id: accountId,
    environment: 'test' as const,
    endpoint_id: deps.newId(),
    id: deps.newId(),
  }
  const { sealed, publicKey } = makeSecret(deps.encryption, deps.random, ref)
  const row = {
    account_id: accountId,
    environment: 'test' as const,
    id: ref.endpoint_id,
    url,
    description: null,
    events: ['*'],
    sign_v1a: false,
    ordered: false,
    max_in_flight: 5,
    state: 'enabled' as const,
    disabled_reason: null,
    disabled_at: null,
    lane: 'fast' as const,
    failures: 0,
    failing_since: null,
    failing_days: 0,
    failed_on: null,
    created_at: at,
    updated_at: at,
    rate_limit_per_second: null,
  }
  await insertEndpoint(db, row, {
    ...ref,
    sealed: sealed.bytes,
    key_id: sealed.keyId,
    public_key: publicKey,
    created_at: at,
    expires_at: null,
  })
}

function waitFor(ms: number): Wait {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  return {
    done: promise,
    end() {
      clearTimeout(timer)
      resolve()
    },
  }
}
