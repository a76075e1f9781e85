/** Every destructive act asks once, says what will happen, and does nothing for whoever says no. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../harness/browser.ts'
import { type Console, openConsole } from '../harness/dashboard.ts'
import { type Furnished, furnish, maker } from '../harness/furnish.ts'
import { openFirstRow, settle, signedIn, violations } from '../harness/pages.ts'

let dashboard: Console
let browser: Browser
let made: Furnished
let unpaid = ''
beforeAll(async () => {
  ;[dashboard, browser] = await Promise.all([openConsole(), openBrowser()])
  made = await furnish(dashboard, 'http://127.0.0.1:9/hooks', 'Order 1042, two chairs')
  const make = maker(made.member)
  unpaid = await make('/v1/payments', { amount: '20.00', currency: 'USD', provider: 'stripe' })
  await make('/api/auth/invitations', { email: 'bo@example.com', role: 'viewer' })
}, 660_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
})

interface Act {
  readonly where: string
  readonly button: string
  readonly says: string
}
/** `…/` is opened from the first row of its list. */
const ACTS: readonly Act[] = [
  { where: '/payments/[unpaid]', button: 'Cancel', says: 'The payer can no longer pay it' },
  { where: '/customers/', button: 'Delete', says: 'Past payments keep the details' },
  { where: '/saved-payment-methods/', button: 'Delete', says: 'deleted at Stripe as well' },
  { where: '/payment-links/', button: 'Deactivate', says: 'no longer valid' },
  { where: '/subscriptions/[id]', button: 'Pause', says: 'not charged until it is resumed' },
  { where: '/subscriptions/[id]', button: 'Cancel at period end', says: 'is not charged again' },
  { where: '/subscriptions/[id]', button: 'Cancel now', says: 'It ends at once' },
  { where: '/domains/', button: 'Forget', says: 'Its proof is deleted' },
  { where: '/keys/', button: 'Revoke', says: 'refused from their next request on' },
  { where: '/webhooks/', button: 'Disable', says: 'not sent to it' },
  { where: '/webhooks/', button: 'Rotate secret', says: 'signed with both' },
  { where: '/webhooks/', button: 'Delete', says: 'It gets no more events' },
  { where: '/services', button: 'Disconnect', says: 'Its credentials are deleted' },
  { where: '/team', button: 'Withdraw', says: 'Its link opens nothing any more' },
  { where: '/settings/security', button: 'Sign out everywhere else', says: 'but this one ends at once' },
]

async function open(page: Page, where: string): Promise<void> {
  const path = where.replace('[unpaid]', unpaid).replace('[id]', made.subscription).replace(/\/$/, '')
  await settle(page, dashboard.origin + path)
  if (where.endsWith('/')) await openFirstRow(page)
}

test('cancel, delete, revoke and their likes ask once, say what will happen, and a no changes nothing', async () => {
  const { page, problems } = await signedIn(browser, dashboard, made.member)
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(`${request.method()} ${request.url()}`)
  })
  for (const { where, button, says } of ACTS) {
    await open(page, where)
    await page.getByRole('button', { name: button, exact: true }).first().click()
    const question = page.getByRole('dialog').last()
    await question.getByText(says).waitFor()
    expect([where, button, await violations(page)]).toEqual([where, button, []])
    await question.getByRole('button', { name: 'Keep as it is' }).click()
    await question.getByText(says).waitFor({ state: 'detached' })
  }
  expect({ sent, problems }).toEqual({ sent: [], problems: [] })
  await page.context().close()
}, 180_000)

test('amounts and dates are written as the reader’s language writes them', async () => {
  const german = await signedIn(browser, dashboard, made.member, {
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
  })
  await settle(german.page, `${dashboard.origin}/payments/${made.payment}`)
  expect((await german.page.locator('h1').textContent())?.replaceAll('\u00a0', ' ')).toContain('500,00 USD')
  expect(await german.page.locator('time').first().textContent()).toMatch(/^\d{2}\.\d{2}\.\d{4}/)
  expect(german.problems).toEqual([])
  await german.page.context().close()
})
