/** What browser tests of the dashboard do on its pages. */
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Console, Member } from './dashboard.ts'

export const WIDTHS = { phone: [390, 844], tablet: [834, 1112], wide: [1440, 900] } as const
export const THEMES = ['light', 'dark'] as const
export const sizeOf = ([width, height]: readonly [number, number]) => ({ width, height })

/** Opens a page and waits until it has its content. */
export async function settle(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.locator('main h1').first().waitFor()
  await page.locator('[role=status]:has-text("Loading")').first().waitFor({ state: 'detached' })
}

/** What stands beside the list for its first row. */
export async function openFirstRow(page: Page): Promise<void> {
  await rowsThatOpen(page).first().click()
  await page.getByRole('dialog').waitFor()
}

export const rowsThatOpen = (page: Page) => page.locator('tbody tr td:first-child button')

/** A browser of its own, signed in. Whatever a page's scripts report goes into `problems`. */
export async function signedIn(
  browser: Browser,
  dashboard: Console,
  member: Member,
  more: object = {},
): Promise<{ page: Page; problems: string[] }> {
  const context: BrowserContext = await browser.newContext({
    viewport: sizeOf(WIDTHS.wide),
    reducedMotion: 'reduce',
    ...more,
  })
  const page = await context.newPage()
  const problems = watch(page)
  await page.goto(`${dashboard.origin}/sign-in`)
  await page.getByLabel('E-mail').fill(member.email)
  await page.getByLabel('Password').fill(member.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Home', exact: true }).waitFor()
  return { page, problems }
}

export function watch(page: Page): string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    // A refused request is the page's to show; refused scripts and styles are ours.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      problems.push(message.text())
    }
  })
  return problems
}

export async function violations(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as { axe: typeof import('axe-core') } // put there just above
    return await engine.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // All rules run; only what they find is described.
      resultTypes: ['violations'],
    })
  })
  return found.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, target }) => `${target} ${html.slice(0, 160)}`).join(' | ')}`,
  )
}

/** What a first visit to this address loads of scripts, as it comes over the wire. */
export async function scriptBytes(page: Page, address: string): Promise<number> {
  const client = await page.context().newCDPSession(page)
  await client.send('Network.enable')
  await client.send('Network.setCacheDisabled', { cacheDisabled: true })
  const scripts = new Set<string>()
  let bytes = 0
  client.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId)
  })
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await settle(page, address)
  await client.detach()
  return bytes
}
