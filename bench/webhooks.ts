/**
 * Webhooks both ways. Outgoing: time from an event's commit to its receiver at two rates, how fast a backlog drains, and what
 * it costs in statements. With a dead endpoint beside it, which must change none of it.
 */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@onerouter/cli'
import { formatId, type Uuid } from '@onerouter/core'
import { loadConfig } from '../apps/api/src/config.ts'
import { makeEvent } from '../apps/api/src/engine/events.ts'
import { start } from '../apps/api/src/start.ts'
import { eventArms } from '../apps/api/src/store/deliveries.ts'
import { type EndpointRow, insertEndpoint } from '../apps/api/src/store/endpoints.ts'
import { migrate } from '../apps/api/src/store/migrate.ts'
import { type Queryable, rowJson } from '../apps/api/src/store/rows.ts'
import { makeSecret } from '../apps/api/src/webhooks-out/signing-keys.ts'
import { createWebhooksOut } from '../apps/api/src/webhooks-out/webhooks-out.ts'
import type { Wait } from '../apps/api/src/worker/worker.ts'
import { measureIncoming } from './webhooks-in.ts'

const SECONDS = 10
const BACKLOG = 20_000
/** A machine that does other things too must still come to an end. */
const TIMEOUT_MS = 180_000
const clockMs = (): number => performance.timeOrigin + performance.now()

interface World {
  readonly db: Queryable
  readonly statements: Map<string, number>
  readonly accountId: Uuid
  readonly newId: () => Uuid
  readonly receivedAtMs: Map<string, number>
  wake(): void
  start(): void
  stop(): Promise<void>
}

/** `in` or `out` measures one way only. */
export async function run([only]: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-bench-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    log: () => undefined,
    deleteAfter: folder,
  })
  const receiver = fork(new URL('./receiver.ts', import.meta.url), { stdio: 'inherit' })
  try {
    const receivedAtMs = new Map<string, number>()
    const port = await new Promise<number>((resolve) => {
      receiver.on('message', (message: { port?: number; batch?: [string, number][] }) => {
        if (message.port !== undefined) resolve(message.port)
        for (const [id, atMs] of message.batch ?? []) receivedAtMs.set(id, atMs)
      })
    })
    for (const dead of only === 'in' ? [] : [false, true]) {
      console.log(dead ? '\nWith a dead endpoint beside it:' : 'One endpoint:')
      const world = await openWorld(postgres.url, `bench_${dead}`, receivedAtMs, port, dead)
      try {
        await measureRate(world, 200)
        await measureRate(world, 1_000)
        await measureBacklog(world)
      } finally {
        await world.stop()
      }
    }
    if (only === 'out') return
    console.log('\nIncoming:')
    await measureIncoming(await createDatabase(postgres.url, 'bench_incoming'))
  } finally {
    receiver.disconnect()
    await postgres.stop()
  }
}

async function openWorld(
  server: string,
  name: string,
  receivedAtMs: Map<string, number>,
  port: number,
  dead: boolean,
): Promise<World> {
  const url = await createDatabase(server, name)
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
  const db: Queryable = {
    query(statement) {
      const key = statement.name ?? 'other'
      statements.set(key, (statements.get(key) ?? 0) + 1)
      return deps.db.engine.query({ ...statement, values: [...statement.values] })
    },
  }
  const accountId = deps.newId()
  await deps.db.engine.query('insert into account (id, name) values ($1, $2)', [accountId, 'bench'])
  const add = async (target: string) => {
    const at = new Date()
    const ref = {
      account_id: accountId,
      environment: 'test' as const,
      endpoint_id: deps.newId(),
      id: deps.newId(),
    }
    const secret = makeSecret(deps.encryption, deps.random, ref)
    const row: EndpointRow = {
      account_id: accountId,
      environment: 'test',
      id: ref.endpoint_id,
      url: target,
      description: null,
      events: ['*'],
      sign_v1a: false,
      ordered: false,
      max_in_flight: 5,
      state: 'enabled',
      disabled_reason: null,
      disabled_at: null,
      lane: 'fast',
      failures: 0,
      failing_since: null,
      failing_days: 0,
      failed_on: null,
      created_at: at,
      updated_at: at,
      rate_limit_per_second: null,
    }
    const { sealed, publicKey } = secret
    await insertEndpoint(db, row, {
      ...ref,
      sealed: sealed.bytes,
      key_id: sealed.keyId,
      public_key: publicKey,
      created_at: at,
      expires_at: null,
    })
  }
  await add(`http://127.0.0.1:${port}/hooks`)
  // Port 1 refuses at once; a receiver that hangs is held by its own five places alone.
  if (dead) await add('http://127.0.0.1:1/hooks')
  const out = createWebhooksOut(deps, db, waitFor)
  let worker: ReturnType<typeof out.start> | null = null
  return {
    db,
    statements,
    accountId,
    newId: deps.newId,
    receivedAtMs,
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

async function createDatabase(server: string, name: string): Promise<string> {
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

const RAISE = `with one as (select 1), ${eventArms('one', '$1')} select 1`

/** Commits events the way money statements do; answers their ids. */
async function raise(world: World, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, () => {
    const id = world.newId()
    const subject = { kind: 'payment' as const, id: world.newId() }
    const object = { id: formatId('payment', subject.id), object: 'payment', description: 'x'.repeat(900) }
    const of = { accountId: world.accountId, environment: 'test' as const }
    return makeEvent({ ...of, id, type: 'payment.succeeded', subject, sequence: 1, object, at: new Date() })
  })
  await world.db.query({ name: 'raise', text: RAISE, values: [rowJson(events)] })
  return events.map((event) => formatId('event', event.id))
}

async function measureRate(world: World, perSecond: number): Promise<void> {
  if (perSecond === 200) {
    world.start()
    await warmUp(world)
  }
  world.statements.clear()
  const committedAtMs = new Map<string, number>()
  const total = perSecond * SECONDS
  const running = new Set<Promise<void>>()
  const beganMs = clockMs()
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((clockMs() - beganMs) / 1000) * perSecond))
    for (; sent < due; sent++) {
      const one: Promise<void> = raise(world, 1).then(([id]) => {
        committedAtMs.set(String(id), clockMs())
        world.wake()
      })
      running.add(one)
      void one.finally(() => running.delete(one))
    }
    await sleep(1)
  }
  await Promise.all(running)
  const offeredMs = clockMs() - beganMs
  const backlog = [...committedAtMs.keys()].filter((id) => !world.receivedAtMs.has(id)).length
  await arrived(world, [...committedAtMs.keys()])
  const delays = [...committedAtMs]
    .map(([id, atMs]) => (world.receivedAtMs.get(id) ?? Number.POSITIVE_INFINITY) - atMs)
    .sort((a, b) => a - b)
  const percentile = (p: number): string =>
    `${(delays[Math.floor(p * (delays.length - 1))] ?? 0).toFixed(1)} ms`
  const spent = [...world.statements].filter(([name]) => name !== 'raise')
  const perEvent = spent.reduce((sum, [, n]) => sum + n, 0) / total
  console.log(
    `  ${perSecond}/s offered (${Math.round(total / (offeredMs / 1000))}/s made): commit to receiver ` +
      `p50 ${percentile(0.5)}, p99 ${percentile(0.99)}, max ${percentile(1)}; ${backlog} waiting at the end; ` +
      `${(perEvent + 1).toFixed(2)} statements per event, the event's own included`,
  )
}

async function warmUp(world: World): Promise<void> {
  for (let i = 0; i < 50; i++) {
    const ids = await raise(world, 10)
    world.wake()
    await arrived(world, ids)
  }
}

async function measureBacklog(world: World): Promise<void> {
  const ids: string[] = []
  // Held back by its due time until all of it is there.
  for (let made = 0; made < BACKLOG; made += 500) {
    ids.push(...(await raise(world, 500)))
    await world.db.query({
      text: `update delivery set due_at = now() + interval '1 hour' where state = 'pending' and owner is null
        and attempt = 0 and due_at <= now()`,
      values: [],
    })
  }
  const early = ids.filter((id) => world.receivedAtMs.has(id)).length
  await world.db.query({
    text: `update delivery set due_at = now() where state = 'pending' and attempt = 0 and owner is null`,
    values: [],
  })
  await world.db.query({ text: 'analyze delivery', values: [] })
  world.statements.clear()
  const beganMs = clockMs()
  const spent = process.cpuUsage()
  world.wake()
  await arrived(world, ids)
  const { user, system } = process.cpuUsage(spent)
  const last = Math.max(...ids.map((id) => world.receivedAtMs.get(id) ?? 0))
  const statements = [...world.statements].reduce((sum, [, n]) => sum + n, 0)
  console.log(
    `  backlog of ${BACKLOG - early}: ${Math.round((BACKLOG - early) / ((last - beganMs) / 1000))} deliveries/s, ` +
      `${(statements / BACKLOG).toFixed(3)} statements and ${Math.round((user + system) / BACKLOG)} µs of this process per delivery`,
  )
}

async function arrived(world: World, ids: readonly string[]): Promise<void> {
  const untilMs = clockMs() + TIMEOUT_MS
  // Looked at one after the other: searching all of them again and again would be measured too.
  for (let at = 0; at < ids.length; at++) {
    while (!world.receivedAtMs.has(ids[at] ?? '')) {
      if (clockMs() > untilMs) throw new Error(`events did not arrive: ${await whereTheyAre(world)}`)
      await sleep(20)
    }
  }
}

async function whereTheyAre(world: World): Promise<string> {
  const { rows } = await world.db.query({
    text: `select state, lane, last_error, owner is not null as held, count(*)::int as n,
        min(due_at) - now() as due from delivery group by 1, 2, 3, 4`,
    values: [],
  })
  return JSON.stringify(rows)
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

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
