/**
 * `npm run bench -- dashboard`: what a browser waits for on every page of the built dashboard with 100,000 payments in the
 * database. A first visit each time: nothing is in its cache.
 */
import { SERVICES } from '@onerouter/core'
import pg from 'pg'
import type { Browser, Cookie } from 'playwright-core'
import { openBrowser } from '../test/harness/browser.ts'
import { newMember, openConsole } from '../test/harness/dashboard.ts'
import { visitsOf } from '../test/harness/every-page.ts'
import { furnish } from '../test/harness/furnish.ts'
import { scriptBytes, signedIn } from '../test/harness/pages.ts'
import { fillYear } from './analytics/fill.ts'
import { onOwnPostgres } from './own-postgres.ts'

const PAYMENTS = 100_000
const DAYS = 60
/** Requests and calls to providers. */
const LOGGED = 20_000
const VISITS = 3
const PAINT_MS = 1_500
const SCRIPT_BYTES = 200_000

export async function run(args: readonly string[]): Promise<void> {
  const payments = Number.parseInt(args[0] ?? String(PAYMENTS), 10)
  await onOwnPostgres((url) => onDashboard(url, payments))
}

async function onDashboard(url: string, payments: number): Promise<void> {
  const database = { url, name: 'postgres', drop: async () => undefined }
  const dashboard = await openConsole({}, database)
  const browser = await openBrowser()
  try {
    const member = await newMember(dashboard, SERVICES)
    await fill(url, member.accountId, payments)
    const made = await furnish(dashboard, 'http://127.0.0.1:9/hooks', 'Order 1042, two chairs', member)
    const { page } = await signedIn(browser, dashboard, member)
    const cookies = await page.context().cookies()
    await page.context().close()
    const pages = visitsOf(made).map(({ name, path }) => ({ name, url: dashboard.origin + path }))
    await measure(browser, cookies, pages)
  } finally {
    await browser.close()
    await dashboard.close()
  }
}

async function fill(url: string, accountId: string, payments: number): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c app.scope=engine' })
  await client.connect()
  try {
    const beganMs = performance.now()
    await fillYear(client, { accountId, payments, days: DAYS, requests: LOGGED, calls: LOGGED })
    await client.query('vacuum analyze')
    const tookS = ((performance.now() - beganMs) / 1000).toFixed(0)
    console.log(`${payments} payments over ${DAYS} days, written in ${tookS} s`)
  } finally {
    await client.end()
  }
}

interface PageAt {
  readonly name: string
  readonly url: string
}

async function measure(
  browser: Browser,
  cookies: readonly Cookie[],
  pages: readonly PageAt[],
): Promise<void> {
  let late = 0
  // The server renders its first page of all.
  await Promise.all(pages.slice(0, 1).map(({ url }) => visit(browser, cookies, url)))
  for (const { name, url } of pages) {
    const visits: Visit[] = []
    for (let i = 0; i < VISITS; i++) visits.push(await visit(browser, cookies, url))
    const median = (of: (one: Visit) => number): number =>
      visits.map(of).sort((a, b) => a - b)[VISITS >> 1] ?? 0
    const [paintMs, doneMs, bytes] = [
      median((one) => one.paintMs),
      median((one) => one.doneMs),
      median((one) => one.bytes),
    ]
    const ok = paintMs < PAINT_MS && bytes < SCRIPT_BYTES
    if (!ok) late += 1
    const figures = `largest paint ${paintMs.toFixed(0)} ms, whole ${doneMs.toFixed(0)} ms, script ${(bytes / 1000).toFixed(1)} kB`
    console.log(`${ok ? 'ok  ' : 'LATE'} ${name.padEnd(28)} ${figures}`)
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

async function visit(browser: Browser, cookies: readonly Cookie[], url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  await context.addCookies([...cookies])
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
  const bytes = await scriptBytes(page, url)
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
  await context.close()
  return { paintMs, doneMs, bytes }
}
