/**
 * Pictures of every page for people's eyes, in both themes and three widths:
 * `DASHBOARD_PICTURES=docs/dashboard npm run e2e -- dashboard-pictures`.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openBrowser } from '../harness/browser.ts'
import { type Console, openConsole } from '../harness/dashboard.ts'
import { visitsOf } from '../harness/every-page.ts'
import { type Furnished, furnish } from '../harness/furnish.ts'
import { settle, signedIn, sizeOf, WIDTHS } from '../harness/pages.ts'

const folder = process.env.DASHBOARD_PICTURES
if (folder === undefined)
  console.log('SKIPPED: pictures of the dashboard (DASHBOARD_PICTURES names no folder).')

/** Wide in both themes, and one of the smaller ones in each. */
const LOOKS = [
  ['wide', 'light'],
  ['wide', 'dark'],
  ['phone', 'light'],
  ['tablet', 'dark'],
] as const
/** Small files; enough to see spacing, overflow and contrast. */
const SCALE = { wide: 0.6, tablet: 0.6, phone: 0.8 } as const

const QUALITY = 55

let dashboard: Console
let browser: Browser
let at: Furnished
beforeAll(async () => {
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  ;[dashboard, browser] = await Promise.all([openConsole(), openBrowser()])
  at = await furnish(dashboard, 'http://127.0.0.1:9/hooks', 'Order 1042, two chairs')
}, 660_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
})

/** `/payments/[id]` as `payments-one`, `/analytics?view=costs` as `analytics-costs`. */
const fileOf = (name: string) =>
  name === '/'
    ? 'home'
    : name
        .slice(1)
        .replace('[id]', 'one')
        .replace(/\?\w+=/, '-')
        .replaceAll('/', '-')

test.skipIf(folder === undefined).each(LOOKS)(
  '%s, %s',
  async (width, colorScheme) => {
    const more = { colorScheme, viewport: sizeOf(WIDTHS[width]), deviceScaleFactor: SCALE[width] }
    const { page } = await signedIn(browser, dashboard, at.member, more)
    for (const { name, path } of visitsOf(at)) {
      await settle(page, dashboard.origin + path)
      const file = join(folder ?? '', `${fileOf(name)}-${width}-${colorScheme}.jpg`)
      await page.screenshot({ path: file, type: 'jpeg', quality: QUALITY })
    }
    await page.context().close()
  },
  300_000,
)
