/** Every page of the dashboard, each opened once: accessible, whole, light, and nothing of strangers runs on it. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../harness/browser.ts'
import { type Console, openConsole } from '../harness/dashboard.ts'
import { type PageVisit, visitsOf, WALK } from '../harness/every-page.ts'
import { furnish, HOSTILE } from '../harness/furnish.ts'
import { openFirstRow, scriptBytes, signedIn, sizeOf, THEMES, violations, WIDTHS } from '../harness/pages.ts'
import { openReceiver, type Receiver } from '../harness/receiver.ts'

const WIDTH_NAMES = ['phone', 'tablet', 'wide'] as const

let dashboard: Console
let browser: Browser
let receiver: Receiver
let page: Page
let visits: readonly PageVisit[]
/** What the pages' scripts reported, and what was asked of other origins. */
let problems: string[]
const elsewhere: string[] = []
beforeAll(async () => {
  ;[dashboard, browser, receiver] = await Promise.all([openConsole(), openBrowser(), openReceiver()])
  const made = await furnish(dashboard, receiver.url, HOSTILE)
  visits = visitsOf(made)
  ;({ page, problems } = await signedIn(browser, dashboard, made.member))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (origin !== dashboard.origin && protocol !== 'data:') elsewhere.push(request.url())
  })
}, 660_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
  receiver?.close()
})

async function cutOff(): Promise<readonly string[]> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  return over > 0 ? [`${over} pixels too wide`] : []
}

/** Each theme at each width. The themes differ in colours alone, so that the page need not be loaded anew. */
async function looks(): Promise<readonly string[]> {
  const found: string[] = []
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme })
    for (const width of WIDTH_NAMES) {
      await page.setViewportSize(sizeOf(WIDTHS[width]))
      // What a tablet shows is one of the others, wider or narrower.
      const seen = [...(await cutOff()), ...(width === 'tablet' ? [] : await violations(page))]
      found.push(...seen.map((one) => `${colorScheme}, ${width}: ${one}`))
    }
  }
  return found
}

/** What stands beside the list for its first row, closed again by Escape. */
async function besideTheList(): Promise<readonly string[]> {
  await openFirstRow(page)
  const found = await violations(page)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  return found.map((one) => `beside the list: ${one}`)
}

describe.each(WALK)('%s', (name) => {
  test('accessible and whole at any width in both themes, at most 200 kB of script, nothing from elsewhere, no text of strangers run', async () => {
    const visit = visits.find((one) => one.name === name)
    if (visit === undefined) expect.fail(`nobody knows the address of ${name}`)
    const bytes = await scriptBytes(page, dashboard.origin + visit.path)
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes, 'compressed bytes of script').toBeLessThan(200_000)
    const found = [...(await looks()), ...(visit.opens ? await besideTheList() : [])]
    const pwned = await page.evaluate(() => 'pwned' in window)
    expect({ found, pwned, elsewhere: elsewhere.splice(0), problems: problems.splice(0) }).toEqual({
      found: [],
      pwned: false,
      elsewhere: [],
      problems: [],
    })
  }, 120_000)
})
