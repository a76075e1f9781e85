import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../harness/browser.ts'
import { type Console, newMember, openConsole } from '../harness/dashboard.ts'
import { visitsOf } from '../harness/every-page.ts'
import { type Furnished, furnish, HOSTILE } from '../harness/furnish.ts'
import { openFirstRow, scriptBytes, settle, signedIn, sizeOf, violations, WIDTHS } from '../harness/pages.ts'

const WIDTH_NAMES = ['phone', 'tablet', 'wide'] as const

let dashboard: Console
let browser: Browser
let receiver: Server
let receiverUrl: string
beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.resume().on('end', () => response.end('{"ok":true}'))
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks` // a TCP listener has a port
  ;[dashboard, browser] = await Promise.all([openConsole(), openBrowser()])
}, 660_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
  receiver?.close()
})

async function pay(page: Page): Promise<void> {
  const [checkout] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: /Open checkout/ }).click(),
  ])
  await checkout.getByRole('button', { name: 'Pay', exact: true }).click()
  await page.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 30_000 })
  await checkout.close()
}

test('from sign-in to a paid payment, its webhook delivery and its refund, guided by the page alone', async () => {
  const member = await newMember(dashboard)
  const { page, problems } = await signedIn(browser, dashboard, member)
  await page.getByRole('link', { name: 'Connect', exact: true }).click()
  await page.getByRole('button', { name: 'Use the sandbox' }).first().click()
  await page.getByText('is connected to the sandbox.').waitFor()
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Home' }).click()
  await page.getByRole('link', { name: 'Add endpoint' }).click()
  await page.getByRole('button', { name: 'Add endpoint' }).click()
  await page.getByLabel('Address').fill(receiverUrl)
  await page.getByRole('button', { name: 'Add the endpoint' }).click()
  await page.getByText('Keep this signing secret now').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Home' }).click()
  await page.getByRole('button', { name: 'Create a test payment' }).click()
  await page.getByRole('link', { name: 'Look at it' }).click()
  await pay(page)
  await page.getByRole('button', { name: 'Refund' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Refund' }).click()
  await page.getByText('The refund is on its way.').waitFor()
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Deliveries' }).click()
  const row = page.getByRole('row').filter({ hasText: 'refund.succeeded' }).filter({ hasText: 'Delivered' })
  await row.waitFor({ timeout: 30_000 })
  await row.getByRole('button').click()
  await page.getByRole('dialog').getByText('{"ok":true}').waitFor()
  expect(problems).toEqual([])
  await page.context().close()
}, 180_000)

describe('every page', () => {
  let at: Furnished
  beforeAll(async () => {
    at = await furnish(dashboard, receiverUrl, HOSTILE)
  }, 120_000)
  const open = (more: object = {}) => signedIn(browser, dashboard, at.member, more)
  const isHarmless = (page: Page) => page.evaluate(() => !('pwned' in window))

  test.each(['light', 'dark'] as const)(
    'in %s: no accessibility violation and nothing cut off at any width, nothing asked of another origin, no text of strangers becomes markup',
    async (colorScheme) => {
      const { page, problems } = await open({ colorScheme })
      const found: string[] = []
      const elsewhere: string[] = []
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url())
        if (origin !== dashboard.origin && protocol !== 'data:') elsewhere.push(request.url())
      })
      for (const { path } of visitsOf(at)) {
        await settle(page, dashboard.origin + path)
        for (const width of WIDTH_NAMES) {
          await page.setViewportSize(sizeOf(WIDTHS[width]))
          const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
          if (over > 0) found.push(`${path}, ${width}: ${over} pixels too wide`)
          // What a tablet shows is one of the others, wider or narrower.
          if (width === 'tablet') continue
          found.push(...(await violations(page)).map((one) => `${path}, ${width}: ${one}`))
        }
        expect(await isHarmless(page), path).toBe(true)
      }
      expect(elsewhere).toEqual([])
      expect(found).toEqual([])
      expect(problems).toEqual([])
      await page.context().close()
    },
    600_000,
  )

  test('what opens beside a list is accessible, harmless and closed by Escape', async () => {
    const { page, problems } = await open()
    for (const { path } of visitsOf(at).filter(({ opens }) => opens)) {
      await settle(page, dashboard.origin + path)
      await openFirstRow(page)
      expect(await violations(page), path).toEqual([])
      expect(await isHarmless(page), path).toBe(true)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    expect(problems).toEqual([])
    await page.context().close()
  }, 180_000)

  test('loads at most 200 kB of script, compressed', async () => {
    const { page } = await open()
    for (const { path } of visitsOf(at)) {
      const bytes = await scriptBytes(page, dashboard.origin + path)
      expect(bytes, path).toBeGreaterThan(10_000)
      expect(bytes, `${path} loads ${bytes} bytes of script`).toBeLessThan(200_000)
    }
    await page.context().close()
  }, 180_000)

  test('Ctrl-K goes anywhere by typing, and opens a payment by its id', async () => {
    const { page } = await open()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('recon')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Reconciliation', exact: true }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill(at.payment)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/payments/${at.payment}`)
    await page.context().close()
  })

  test('test and live are told apart in words on every page, and live is never the start', async () => {
    const { page } = await open()
    await page.getByText('Test environment: no real money moves.').waitFor()
    await page.getByText('Live', { exact: true }).click()
    await page.getByText('what happens here moves real money').waitFor()
    await settle(page, `${dashboard.origin}/payments`)
    expect(await page.locator('[data-environment]').getAttribute('data-environment')).toBe('live')
    await page.context().close()
  })
})
