/**
 * `npm run bench -- dashboard`: what a browser waits for on the built dashboard with 100,000 payments in the database. A
 * first visit each time: nothing is in its cache.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '@onerouter/cli'
import { formatId } from '@onerouter/core'
import pg from 'pg'
import type { Browser } from 'playwright-core'
import { fillPayments, prepareAccount } from '../apps/api/src/analytics/testing/fill.ts'
import { openBrowser } from '../test/harness/browser.ts'
import { scriptBytes, settle } from '../test/harness/pages.ts'
import { freePort } from '../test/harness/processes.ts'

const PAYMENTS = 100_000
const DAYS = 60
const VISITS = 5
const PAINT_MS = 1_500
const SCRIPT_BYTES = 200_000
const BUILT_WITHIN_MS = 600_000
const LOOK_AGAIN_MS = 500
const PAGES = [
  '/',
  '/payments',
  '/payments/{id}',
  '/analytics',
  '/routing',
  '/events',
  '/logs',
  '/keys',
] as const

export async function run(args: readonly string[]): Promise<void> {
  const payments = Number.parseInt(args[0] ?? String(PAYMENTS), 10)
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-bench-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    log: () => undefined,
    deleteAfter: folder,
  })
  const children: ChildProcess[] = []
  const browser = await openBrowser()
  try {
    const installed = await install(children, postgres.url, folder)
    const id = await fill(postgres.url, payments)
    await measure(
      browser,
      installed,
      PAGES.map((page) => page.replace('{id}', id)),
    )
  } finally {
    await browser.close()
    await Promise.all(children.map(ended))
    await postgres.stop()
  }
}

interface Installed {
  readonly origin: string
  readonly cookie: { readonly name: string; readonly value: string }
}

/** API and dashboard as their own programs, and somebody who is signed in. */
async function install(children: ChildProcess[], databaseUrl: string, folder: string): Promise<Installed> {
  const [apiPort, port] = [await freePort(), await freePort()]
  const origin = `http://127.0.0.1:${port}`
  const secrets = {
    SECRET_KEY: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  }
  const common = { PATH: process.env['PATH'], DASHBOARD_PORT: String(port), API_PORT: String(apiPort) }
  const program = (path: string, args: readonly string[], env: object): void => {
    const main = new URL(path, import.meta.url).pathname
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const
    children.push(spawn(process.execPath, [main, ...args], { stdio: [...stdio], env: { ...common, ...env } }))
  }
  program('../apps/api/src/main.ts', ['serve'], {
    ...secrets,
    DATABASE_URL: databaseUrl,
    ONEROUTER_DATA_DIR: folder,
    PUBLIC_URL: `http://127.0.0.1:${apiPort}`,
    ONEROUTER_SANDBOX: '0',
  })
  program('../apps/dashboard/src/main.ts', [], { NEXT_PUBLIC_API_URL: `http://127.0.0.1:${apiPort}` })
  await answered(`${origin}/api/health/ready`)
  const signedUp = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({
      email: 'bench@example.com',
      password: randomBytes(12).toString('hex'),
      name: 'Bench',
    }),
  })
  const [name = '', value = ''] = signedUp.headers.getSetCookie()[0]?.split(';', 1)[0]?.split('=', 2) ?? []
  await answered(`${origin}/sign-in`)
  return { origin, cookie: { name, value } }
}

async function answered(url: string): Promise<void> {
  const endMs = performance.now() + BUILT_WITHIN_MS
  while (performance.now() < endMs) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.status === 200) return
    await sleep(LOOK_AGAIN_MS)
  }
  throw new Error(`${url} was not ready in time`)
}

/** Payments of the one account there is. Answers the public id of one of them. */
async function fill(url: string, payments: number): Promise<string> {
  const client = new pg.Client({ connectionString: url, options: '-c app.scope=engine' })
  await client.connect()
  try {
    const accounts = await client.query('select id from account')
    const accountId = String(accounts.rows[0]?.id)
    await prepareAccount(client, accountId)
    await fillPayments(client, { accountId, payments, days: DAYS, decided: true })
    await client.query('vacuum analyze')
    const { rows } = await client.query('select id from payment order by id desc limit 1')
    console.log(`${payments} payments over ${DAYS} days`)
    return formatId('payment', String(rows[0]?.id))
  } finally {
    await client.end()
  }
}

async function measure(
  browser: Browser,
  { origin, cookie }: Installed,
  pages: readonly string[],
): Promise<void> {
  let late = 0
  for (const path of pages) {
    const visits: Visit[] = []
    for (let i = 0; i < VISITS; i++) visits.push(await visit(browser, { origin, cookie }, path))
    const median = (of: (one: Visit) => number): number =>
      visits.map(of).sort((a, b) => a - b)[VISITS >> 1] ?? 0
    const [paintMs, doneMs, bytes] = [
      median((one) => one.paintMs),
      median((one) => one.doneMs),
      median((one) => one.bytes),
    ]
    const ok = paintMs < PAINT_MS && bytes < SCRIPT_BYTES
    if (!ok) late += 1
    const shown = path.replace(/pay_\w+/, 'pay_…').padEnd(18)
    const figures = `largest paint ${paintMs.toFixed(0)} ms, whole ${doneMs.toFixed(0)} ms, script ${(bytes / 1000).toFixed(1)} kB`
    console.log(`${ok ? 'ok  ' : 'LATE'} ${shown} ${figures}`)
  }
  console.log(
    `limits: largest paint ${PAINT_MS} ms, script ${SCRIPT_BYTES / 1000} kB compressed; median of ${VISITS} first visits`,
  )
  if (late > 0) process.exitCode = 1
}

interface Visit {
  /** Largest contentful paint, as the browser's PerformanceObserver tells it. */
  readonly paintMs: number
  /** Until nothing on the page says that it is loading. */
  readonly doneMs: number
  readonly bytes: number
}

async function visit(browser: Browser, { origin, cookie }: Installed, path: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  await context.addCookies([{ ...cookie, url: origin }])
  const page = await context.newPage()
  // Before anything else of the page: an entry that nobody observes may be gone.
  await page.addInitScript(() => {
    const paints: number[] = []
    Object.assign(globalThis, { paints })
    new PerformanceObserver((list) =>
      paints.push(...list.getEntries().map((entry) => entry.startTime)),
    ).observe({
      type: 'largest-contentful-paint',
      buffered: true,
    })
  })
  await settle(page, origin + path)
  const doneMs = await page.evaluate(() => performance.now())
  // The frame in which the last of it is painted, and the one after.
  const paintMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        requestAnimationFrame(() =>
          requestAnimationFrame(() =>
            resolve((globalThis as unknown as { paints: number[] }).paints.at(-1) ?? Infinity),
          ),
        )
      }),
  )
  const bytes = await scriptBytes(page, origin + path)
  await context.close()
  return { paintMs, doneMs, bytes }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
