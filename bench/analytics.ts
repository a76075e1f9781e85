/** `npm run bench -- analytics`: what a person waits for over 1,000,000 payments, on a database of its own. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@onerouter/cli'
import { SCOPES } from '@onerouter/contract'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { fillPayments, prepareAccount } from '../apps/api/src/analytics/testing/fill.ts'
import { createApp } from '../apps/api/src/app.ts'
import { loadConfig } from '../apps/api/src/config.ts'
import { createLogger } from '../apps/api/src/http/logging.ts'
import { createMoney } from '../apps/api/src/money.ts'
import { mint } from '../apps/api/src/routes/keys/mint.ts'
import { start } from '../apps/api/src/start.ts'
import { insertAccount } from '../apps/api/src/store/accounts.ts'
import { insertKey } from '../apps/api/src/store/api-keys.ts'
import { migrate } from '../apps/api/src/store/migrate.ts'

const PAYMENTS = 1_000_000
const STEP = 100_000
const DAYS = 365
const TIMES = 15
const ANALYTICS_MS = 200
const LISTING_MS = 100

export async function run(args: readonly string[]): Promise<void> {
  const payments = Number.parseInt(args[0] ?? String(PAYMENTS), 10)
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-bench-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    log: () => undefined,
    deleteAfter: folder,
  })
  try {
    await migrate(postgres.url)
    await measureAll(postgres.url, payments)
  } finally {
    await postgres.stop()
  }
}

async function measureAll(url: string, payments: number): Promise<void> {
  const { app, key, accountId, close } = await openApi(url)
  const client = new pg.Client({ connectionString: url, options: '-c app.scope=engine' })
  await client.connect()
  try {
    await prepareAccount(client, accountId)
    const begunMs = performance.now()
    // What triggers write by the row is written at once behind the rows.
    await client.query('set session_replication_role = replica')
    for (let made = 0; made < payments; made += STEP) {
      const some = Math.min(STEP, payments - made)
      await fillPayments(client, { accountId, payments: some, days: DAYS, decided: true })
    }
    await client.query(PAYERS)
    await client.query('set session_replication_role = origin')
    await fillLogs(client, accountId)
    await client.query('vacuum analyze')
    console.log(`${payments} payments over ${DAYS} days written in ${seconds(begunMs)} s`)
    const foldedMs = performance.now()
    await get(app, key, '/api/analytics/overview')
    await client.query('vacuum analyze')
    console.log(`sums made from nothing in ${seconds(foldedMs)} s`)
    const { rows } = await client.query(
      `select receipt, customer ->> 'email' as email from payment where customer is not null offset ${payments >> 2} limit 1`,
    )
    await measure(app, key, pagesOf(rows[0]))
  } finally {
    await client.end()
    await close()
  }
}

const PAYERS = `insert into payment_payer
  select account_id, environment, lower(customer ->> 'email'), id from payment where customer is not null`

const LOGGED = 200_000

/** Requests and provider calls as a busy month leaves them, with bodies to look through. */
async function fillLogs(client: pg.Client, accountId: string): Promise<void> {
  const at = `now() - n * interval '1 second'`
  await client.query(
    `insert into request_log select $1, 'test', uuid_from(${at}), 'GET', '/v1/payments/:id', '/v1/payments/pay_' || n, null,
        case when n % 50 = 0 then 404 else 200 end, case when n % 50 = 0 then 'not_found' end, null, null, 2, 0, ${at}
      from generate_series(1, $2::int) n where ${at} >= date_trunc('month', now()) - interval '1 month'`,
    [accountId, LOGGED],
  )
  await client.query(
    `insert into provider_call (account_id, environment, id, provider, verb, method, path, status, outcome, duration_ms, request,
        response, created_at)
      select $1, 'test', uuid_from(${at}), 'stripe', 'payments.create', 'POST', '/v1/checkout/sessions', 200, 'answered', 80,
        repeat('a=1&', 250), repeat('{"id":"cs_test"}', 120), ${at}
      from generate_series(1, $2::int) n`,
    [accountId, LOGGED],
  )
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

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()

type Page = readonly [limitMs: number, url: string]

function pagesOf(known: { receipt: string; email: string }): readonly Page[] {
  const year = `from=${new Date(Date.now() - DAYS * 86_400_000).toISOString()}`
  return [
    [ANALYTICS_MS, '/api/analytics/overview'],
    [ANALYTICS_MS, `/api/analytics/overview?${year}`],
    [ANALYTICS_MS, '/api/analytics/timeseries?interval=day&timezone=Asia/Kolkata&group_by=provider'],
    [ANALYTICS_MS, `/api/analytics/timeseries?interval=month&${year}`],
    [ANALYTICS_MS, `/api/analytics/costs?${year}`],
    [ANALYTICS_MS, `/api/analytics/costs?group_by=country&${year}`],
    [ANALYTICS_MS, `/api/analytics/timeseries?interval=week&group_by=country&country=DE&${year}`],
    [ANALYTICS_MS, `/api/analytics/errors?${year}`],
    [ANALYTICS_MS, '/api/analytics/performance'],
    [LISTING_MS, '/v1/payments?limit=100'],
    [LISTING_MS, '/v1/payments?status=failed&limit=100'],
    [LISTING_MS, '/v1/payments?status=requires_action'],
    [LISTING_MS, '/v1/payments?provider=paypal&currency=EUR&limit=100'],
    [LISTING_MS, `/v1/payments?receipt=${known.receipt}`],
    [LISTING_MS, '/v1/payments?receipt=none'],
    [LISTING_MS, `/v1/payments?customer=${known.email}`],
    [LISTING_MS, '/v1/payments?customer=nobody@example.com'],
    [LISTING_MS, '/v1/payments?provider=paypal&currency=INR&limit=100'],
    [LISTING_MS, '/v1/payments?provider=stripe&currency=EUR&status=failed'],
    [LISTING_MS, '/v1/payments?status=canceled&currency=JPY'],
    [LISTING_MS, '/v1/payments?currency=JPY'],
    [LISTING_MS, '/v1/payments?provider=twilio'],
    [LISTING_MS, `/v1/payments?created[gte]=${daysAgo(300)}&created[lt]=${daysAgo(299)}&limit=100`],
    [LISTING_MS, `/v1/payments?created[lt]=${daysAgo(300)}&status=failed&limit=100`],
    [LISTING_MS, '/v1/refunds?status=pending'],
    [LISTING_MS, '/v1/events?type=payment.disputed'],
    [LISTING_MS, '/api/logs?status=4xx'],
    [LISTING_MS, '/api/logs?status=5xx'],
    [LISTING_MS, '/api/logs?code=not_found&limit=100'],
    [LISTING_MS, '/api/logs?path=/v1/payments/pay_77'],
    [LISTING_MS, '/api/logs?text=nothing+like+it'],
    [LISTING_MS, '/api/logs?kind=provider_call&text=nothing+like+it'],
    [LISTING_MS, '/api/logs?kind=provider_call&status=5xx'],
  ]
}

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
