import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../harness/browser.ts'
import { type Console, newMember, openConsole } from '../harness/dashboard.ts'
import { maker } from '../harness/furnish.ts'
import { settle, signedIn } from '../harness/pages.ts'
import { openReceiver, type Receiver } from '../harness/receiver.ts'

let dashboard: Console
let browser: Browser
let receiver: Receiver
beforeAll(async () => {
  ;[dashboard, browser, receiver] = await Promise.all([openConsole(), openBrowser(), openReceiver()])
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
  await page.getByLabel('Address').fill(receiver.url)
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

test('Ctrl-K goes anywhere by typing, and opens a payment by its id', async () => {
  const member = await newMember(dashboard, ['stripe'])
  const payment = await maker(member)('/v1/payments', { amount: '5.00', currency: 'USD' })
  const { page } = await signedIn(browser, dashboard, member)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('recon')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Reconciliation', exact: true }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill(payment)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/payments/${payment}`)
  await page.context().close()
})

test('test and live are told apart in words on every page, and live is never the start', async () => {
  const { page } = await signedIn(browser, dashboard, await newMember(dashboard))
  await page.getByText('Test environment: no real money moves.').waitFor()
  await page.getByText('Live', { exact: true }).click()
  await page.getByText('what happens here moves real money').waitFor()
  await settle(page, `${dashboard.origin}/payments`)
  expect(await page.locator('[data-environment]').getAttribute('data-environment')).toBe('live')
  await page.context().close()
})
