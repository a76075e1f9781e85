/** What people do on the dashboard's livelier pages: routing rules, numbers, and lists that hear of changes. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../harness/browser.ts'
import { type Console, type Member, newMember, openConsole } from '../harness/dashboard.ts'
import { settle, signedIn, violations } from '../harness/pages.ts'

let dashboard: Console
let browser: Browser
beforeAll(async () => {
  ;[dashboard, browser] = await Promise.all([openConsole(), openBrowser()])
}, 660_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
})

async function pay(member: Member): Promise<string> {
  const made = await member.call('POST', '/v1/payments', { amount: '5.00', currency: 'EUR' })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return (made.body as { id: string }).id
}

const rows = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('cell') })

test('a rule is written, refused at its field, tried on last month, saved, and explains the next payment', async () => {
  const member = await newMember(dashboard, ['stripe', 'paypal'])
  const { page, problems } = await signedIn(browser, dashboard, member)
  await pay(member)
  await settle(page, `${dashboard.origin}/routing`)
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const rule = page.getByRole('dialog')
  await rule.getByLabel('Name').fill('euros to PayPal')
  await rule.getByLabel('Currencies').fill('EUR, XXQ')
  await rule.getByLabel('First').selectOption('paypal')
  await rule.getByRole('button', { name: 'Keep this rule' }).click()
  await page.getByRole('button', { name: 'What would change?' }).click()
  await rule.getByText('entry 2 is no ISO 4217 currency').waitFor()
  expect(await violations(page)).toEqual([])
  await rule.getByLabel('Currencies').fill('EUR')
  await rule.getByRole('button', { name: 'Keep this rule' }).click()
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.getByText('1 of 1 payments would have gone elsewhere.').waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Save…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Put it in force' }).click()
  await page.getByRole('heading', { name: 'Rules, version 1' }).waitFor()
  await settle(page, `${dashboard.origin}/payments/${await pay(member)}`)
  await page.getByText('rule “euros to PayPal”').waitFor()
  expect(problems).toEqual([])
  await page.context().close()
}, 120_000)

test('a list hears of payments made elsewhere; paused, it counts them and waits', async () => {
  const member = await newMember(dashboard, ['stripe'])
  const { page } = await signedIn(browser, dashboard, member)
  await settle(page, `${dashboard.origin}/payments`)
  await page.locator('[data-live=live]').waitFor()
  await pay(member)
  await rows(page).nth(0).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await pay(member)
  await page.getByRole('button', { name: '1 new' }).waitFor()
  expect(await rows(page).count()).toBe(1)
  await page.getByRole('button', { name: '1 new' }).click()
  await rows(page).nth(1).waitFor()
  await page.context().close()
}, 120_000)

test('without a stream the page says so and asks by itself', async () => {
  const member = await newMember(dashboard, ['stripe'])
  const { page } = await signedIn(browser, dashboard, member)
  await page.route('**/v1/events/stream*', (route) => route.fulfill({ status: 429 }))
  await settle(page, `${dashboard.origin}/payments`)
  await page.locator('[data-live=polling]').waitFor()
  await pay(member)
  await rows(page).nth(0).waitFor()
  await page.context().close()
}, 120_000)

test('the numbers count a payment, read it out by keyboard, and go along as CSV', async () => {
  const member = await newMember(dashboard, ['stripe'])
  const id = await pay(member)
  await member.call('POST', `/v1/simulations/payments/${id}/succeed`, {})
  const { page } = await signedIn(browser, dashboard, member)
  await settle(page, `${dashboard.origin}/analytics`)
  await page.getByRole('slider', { name: 'Interval: Captured EUR by day' }).press('ArrowLeft')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV of By currency' }).click(),
  ])
  const csv = (await file.createReadStream()).setEncoding('utf8')
  let text = ''
  for await (const part of csv) text += part
  expect(text).toMatch(/^Currency,Payments,Success,Captured,Refunded,Fees\r\nEUR,1,100%,5\.00,0\.00,/)
  for (const view of ['Costs', 'Performance', 'Failures']) {
    await page.getByRole('link', { name: view, exact: true }).click()
    await page.waitForURL(`**/analytics?view=${view.toLowerCase()}`)
    await page.locator('main [role=status]:has-text("Loading")').first().waitFor({ state: 'detached' })
    expect(await violations(page), view).toEqual([])
  }
  await page.context().close()
}, 120_000)
