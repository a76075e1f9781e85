import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@onerouter/cli'
import pg from 'pg'
import { migrate } from '../../apps/api/src/store/migrate.ts'
import { FLOOR_TABLES } from '../floors/tables.ts'

export const SUBJECTS = ['floor-proxy', 'floor-naive', 'floor-batched', 'diy', 'onerouter'] as const
export type Subject = (typeof SUBJECTS)[number] | 'floor-inbox'

export interface Page {
  readonly calls: number
  readonly repeated: number
}

export interface Running {
  readonly name: Subject
  readonly port: number
  readonly pid: number
  /** Of OneRouter: a key without limits that bind here. */
  readonly apiKey: string
  readonly databaseUrl: string
  /** What its tables say: payments that were made, and events of them. */
  counts(): Promise<{ payments: number; finished: number; events: number } | null>
  /** Names of its payments, newest last. */
  ids(limit: number): Promise<string[]>
}

export interface BenchWorld {
  readonly folder: string
  readonly databasePid: number
  readonly providerPort: number
  readonly subjects: readonly Running[]
  setDelay(ms: number): Promise<void>
  /** What the provider has booked for a subject. */
  booked(subject: Subject): Promise<Page>
  /** The statistics that a database has which is older than a minute: autovacuum would bring them in the middle. */
  analyze(): Promise<void>
  close(): Promise<void>
}

export interface WorldOptions {
  readonly subjects: readonly Subject[]
  /** More arguments of Node for OneRouter's own process. */
  readonly execArgv?: readonly string[]
  readonly workers?: number
}

/** One PostgreSQL with every durability on, one provider stub, and all subjects, each a process with a database of its own. */
export async function openWorld(options: WorldOptions): Promise<BenchWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-bench-'))
  await chmod(folder, 0o755)
  const dataDir = join(folder, 'postgres')
  const postgres = await startPostgres({ dataDir, log: () => undefined, deleteAfter: folder })
  const children: ChildProcess[] = []
  const close = async (): Promise<void> => {
    await Promise.all(children.map(ended))
    await postgres.stop()
  }
  try {
    const stub = await spawn<{ port: number }>(children, '../floors/stub.ts', [])
    const provider = `http://127.0.0.1:${stub.said.port}`
    const subjects: Running[] = []
    for (const name of options.subjects) {
      const databaseUrl = await createDatabase(postgres.url, `bench_${name.replace('-', '_')}`)
      subjects.push(await startSubject(children, { name, provider, databaseUrl, folder, options }))
    }
    const ask = (message: object): Promise<{ book: Record<string, Page> }> =>
      new Promise((resolve) => {
        stub.child.once('message', (answer) => resolve(answer as { book: Record<string, Page> })) // our own stub
        stub.child.send(message)
      })
    return {
      folder,
      databasePid: Number((await readFile(join(dataDir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]),
      providerPort: stub.said.port,
      subjects,
      async setDelay(delayMs) {
        await ask({ delayMs })
      },
      async booked(subject) {
        const { book } = await ask({})
        return book[`Bearer ${secretOf(subject)}`] ?? { calls: 0, repeated: 0 }
      },
      async analyze() {
        for (const { databaseUrl } of subjects) await query(databaseUrl, 'analyze')
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The floors end at once; OneRouter finishes what runs. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const forced = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.kill('SIGTERM')
  await gone
  clearTimeout(forced)
}

export const secretOf = (subject: Subject): string => `sk_test_${subject.replaceAll('-', '').padEnd(24, '0')}`

interface Start {
  readonly name: Subject
  readonly provider: string
  readonly databaseUrl: string
  readonly folder: string
  readonly options: WorldOptions
}

async function startSubject(children: ChildProcess[], start: Start): Promise<Running> {
  const { name, provider, databaseUrl } = start
  if (name === 'onerouter') return startOneRouter(children, start)
  await query(databaseUrl, FLOOR_TABLES)
  const file = `../floors/${name.replace('floor-', '')}.ts`
  const settings = JSON.stringify({ provider, secret: secretOf(name), databaseUrl })
  const { child, said } = await spawn<{ port: number }>(children, file, [settings])
  return {
    name,
    port: said.port,
    pid: child.pid ?? 0,
    apiKey: 'none',
    databaseUrl,
    async counts() {
      if (name === 'floor-proxy' || name === 'floor-inbox') return null
      const finished = `(select count(*)::int from payment where status = 'requires_action') as finished`
      return await count(
        databaseUrl,
        finished,
        name === 'diy' ? 'select id from payment' : 'select id from event',
      )
    },
    ids: async () => [],
  }
}

async function startOneRouter(children: ChildProcess[], start: Start): Promise<Running> {
  const { name, provider, databaseUrl, folder, options } = start
  await migrate(databaseUrl)
  const { child, said } = await spawn<{ port: number; apiKey: string }>(
    children,
    '../../apps/api/src/main.ts',
    ['serve'],
    {
      DATABASE_URL: databaseUrl,
      ONEROUTER_DATA_DIR: join(folder, 'api'),
      ONEROUTER_DEMO: '1',
      ONEROUTER_SANDBOX: '0',
      API_PORT: '0',
      STRIPE_API_BASE: provider,
      SECRET_KEY: randomBytes(32).toString('hex'),
      ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    },
    options.execArgv,
  )
  const ask = async (method: string, path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`http://127.0.0.1:${said.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${said.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    })
    const answer = (await response.json()) as Record<string, unknown> // the contract's own answers
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }
  const credentials = { secret_key: secretOf(name) }
  await ask('PUT', '/api/services/stripe/credentials', { environment: 'test', credentials })
  // One endpoint that wants everything but has nobody behind it would measure retries; the row is what create pays for.
  const key = await ask('POST', '/api/keys', {
    name: 'bench',
    environment: 'test',
    rate_limit_per_minute: 1_000_000,
    rate_limit_per_day: 100_000_000,
  })
  return {
    name,
    port: said.port,
    pid: child.pid ?? 0,
    apiKey: String(key['api_key']),
    databaseUrl,
    counts: () =>
      count(
        databaseUrl,
        // Those that are older than two minutes have been looked at, and the provider says that they were paid.
        `(select count(*)::int from payment where status in ('requires_action', 'succeeded')
          and provider_order_id is not null) as finished`,
        `select 1 from event where type = 'payment.requires_action'`,
      ),
    async ids(limit) {
      const rows = await query<{ id: string }>(
        databaseUrl,
        `select body::json ->> 'id' as id from idempotency where status = 201 order by created_at desc limit $1`,
        [limit],
      )
      return rows.map(({ id }) => id).toReversed()
    },
  }
}

async function count(databaseUrl: string, finished: string, events: string) {
  const rows = await query<{ payments: number; finished: number; events: number }>(
    databaseUrl,
    `select (select count(*)::int from payment) as payments, ${finished},
      (select count(*)::int from (${events}) e) as events`,
  )
  return rows[0] ?? null
}

async function query<T extends pg.QueryResultRow>(
  databaseUrl: string,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    return (await client.query<T>(text, values)).rows
  } finally {
    await client.end()
  }
}

async function createDatabase(server: string, name: string): Promise<string> {
  await query(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

async function spawn<T>(
  children: ChildProcess[],
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  execArgv: readonly string[] = [],
): Promise<{ child: ChildProcess; said: T }> {
  const child = fork(new URL(file, import.meta.url), args, {
    env: { PATH: process.env['PATH'], ...env },
    execArgv: [...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  const said = await new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T)) // each program sends one object when it is ready
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
  })
  return { child, said }
}
