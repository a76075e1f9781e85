/**
 * `npm run bench -- analytics [payments]`: what a person waits for over 1,000,000 payments, on a database of its own. The
 * server makes its sums from nothing, as after an upgrade; they are compared with the payments before anything is measured.
 */
import { randomBytes } from 'node:crypto'
import { SCOPES } from '@onerouter/contract'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { createApp } from '../../apps/api/src/app.ts'
import { loadConfig } from '../../apps/api/src/config.ts'
import { createLogger } from '../../apps/api/src/http/logging.ts'
import { createMoney } from '../../apps/api/src/money.ts'
import { mint } from '../../apps/api/src/routes/keys/mint.ts'
import { start } from '../../apps/api/src/start.ts'
import { insertAccount } from '../../apps/api/src/store/accounts.ts'
import { insertKey } from '../../apps/api/src/store/api-keys.ts'
import { migrate } from '../../apps/api/src/store/migrate.ts'
import { onOwnPostgres } from '../own-postgres.ts'
import { fillYear } from './fill.ts'
import { type Page, pagesOf } from './pages.ts'

const PAYMENTS = 1_000_000
const REQUESTS = 1_000_000
const CALLS = 200_000
const DAYS = 365
const TIMES = 15

export async function run(args: readonly string[]): Promise<void> {
  const payments = Number.parseInt(args[0] ?? String(PAYMENTS), 10)
  await onOwnPostgres(async (url) => {
    await roomForWriting(url)
    await migrate(url)
    await measureAll(url, payments)
  })
}

async function measureAll(url: string, payments: number): Promise<void> {
  const { app, key, accountId, close } = await openApi(url)
  const client = new pg.Client({ connectionString: url, options: '-c app.scope=engine' })
  await client.connect()
  try {
    const begunMs = performance.now()
    const share = payments / PAYMENTS
    const [requests, calls] = [Math.ceil(REQUESTS * share), Math.ceil(CALLS * share)]
    await fillYear(client, { accountId, payments, days: DAYS, requests, calls })
    await client.query('vacuum analyze')
    console.log(
      `${payments} payments over ${DAYS} days, as many events and webhooks, ${requests} requests and ${calls} provider calls written in ${seconds(begunMs)} s`,
    )
    const foldedMs = performance.now()
    // Between them they show every table; without statistics of their sums pages are planned badly for a minute.
    for (const page of ['overview', 'errors']) await get(app, key, `/api/analytics/${page}`)
    console.log(`sums made from nothing in ${seconds(foldedMs)} s`)
    await compare(client)
    await client.query('vacuum analyze')
    const { rows } = await client.query(
      `select receipt, customer ->> 'email' as email from payment where customer is not null offset ${payments >> 2} limit 1`,
    )
    await measure(app, key, pagesOf(rows[0], DAYS))
  } finally {
    await client.end()
    await close()
  }
}

/** One checkpoint of many gigabytes instead of many of one. */
async function roomForWriting(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`alter system set max_wal_size = '16GB'`)
  await client.query('select pg_reload_conf()')
  await client.end()
}

const SUMS = ['captured', 'refunded', 'fee_amount', 'amount'] as const

/** Day by day, provider by provider: what the server added up is what the payments come to. */
async function compare(client: pg.Client): Promise<void> {
  const day = (column: string) => `date_trunc('day', ${column}, 'UTC') as day, provider, currency`
  const of = (count: string) =>
    `${count}::bigint, ${SUMS.map((one) => `coalesce(sum(${one}), 0)::bigint`).join(', ')}`
  const { rows } = await client.query(
    `with a as (select ${day('created_at')}, ${of('count(*)')} from payment group by 1, 2, 3),
      b as (select ${day('slot')}, ${of('sum(payments)')} from rollup_payment group by 1, 2, 3),
      c as (select ${day('slot')}, ${of('sum(payments)')} from rollup_payment_day group by 1, 2, 3),
      d as (select ${day('slot').replace('provider', 'value as provider')}, ${of('sum(payments)')} from rollup_payment_day_by
        where side = 'provider' group by 1, 2, 3)
    select (select count(*) from a)::int as n,
      (select count(*) from ((table a except table b) union all (table b except table a)
        union all (table a except table c) union all (table c except table a)
        union all (table a except table d) union all (table d except table a)) x)::int as differing`,
  )
  const { n, differing } = rows[0]
  console.log(`${n} sums by day, provider and currency compared with the payments: ${differing} differ`)
  if (differing > 0) process.exitCode = 1
}

async function openApi(url: string) {
  const config = loadConfig({
    ENVIRONMENT: 'test',
    DATABASE_URL: url,
    SECRET_KEY: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  })
  const started = await start(config, { log: createLogger({ debug: false, silent: true }) })
  const { deps } = started
  const money = createMoney(deps)
  const app = await createApp(deps, money.routes)
  const accountId = deps.newId()
  await insertAccount(deps.db, accountId, 'Bench')
  const { plain, row } = mint(deps, {
    accountId,
    environment: 'test',
    name: 'bench',
    scopes: SCOPES,
    services: null,
    limits: { perMinute: 100_000, perDay: 1_000_000 },
    ipAllowlist: null,
    expiresAt: null,
    rotatedFrom: null,
  })
  await insertKey(deps.db, row)
  const close = async (): Promise<void> => {
    await app.close()
    await money.flush()
    await started.close()
  }
  return { app, key: plain, accountId, close }
}

async function get(app: FastifyInstance, key: string, url: string): Promise<void> {
  const answer = await app.inject({ url, headers: { authorization: `Bearer ${key}` } })
  if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode} ${answer.body}`)
}

const seconds = (sinceMs: number): string => ((performance.now() - sinceMs) / 1000).toFixed(1)

async function measure(app: FastifyInstance, key: string, pages: readonly Page[]): Promise<void> {
  let late = 0
  for (const [limitMs, url] of pages) {
    const times: number[] = []
    for (let i = 0; i <= TIMES; i++) {
      const startedMs = performance.now()
      await get(app, key, url)
      if (i > 0) times.push(performance.now() - startedMs)
    }
    times.sort((a, b) => a - b)
    const median = times[TIMES >> 1] ?? 0
    const worst = times.at(-1) ?? 0
    if (median > limitMs) late += 1
    const verdict = median <= limitMs ? 'ok  ' : 'LATE'
    console.log(
      `${verdict} median ${median.toFixed(1)} ms, slowest ${worst.toFixed(1)} ms, limit ${limitMs} ms  ${url.replace(/from=[^&]*/, 'from=a year ago')}`,
    )
  }
  if (late > 0) process.exitCode = 1
}
