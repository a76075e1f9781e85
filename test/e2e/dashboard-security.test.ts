/** Signing in with a second factor, sessions, password and keys, as a person does it in a browser. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf, stepAt } from '../../apps/api/src/sessions/totp.ts'
import { openBrowser } from '../harness/browser.ts'
import { type Console, type Member, newMember, openConsole } from '../harness/dashboard.ts'
import { settle, signedIn, sizeOf, THEMES, violations, WIDTHS, watch } from '../harness/pages.ts'

let dashboard: Console
let browser: Browser
beforeAll(async () => {
  ;[dashboard, browser] = await Promise.all([openConsole(), openBrowser()])
}, 660_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.close()
})

const TYPED_WITHIN_MS = 8_000
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** An authenticator app. Steps that were used are not offered again: the server refuses them. */
function authenticator(secret: string) {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  let used = 0
  return () => {
    // The step before now, now, or the one after: three codes in a row without waiting, none about to run out.
    used = Math.max(used + 1, stepAt(Date.now() + TYPED_WITHIN_MS) - 1)
    return codeOf(bytes, used)
  }
}

async function accessible(page: Page, where: string): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme })
    for (const width of ['phone', 'wide'] as const) {
      await page.setViewportSize(sizeOf(WIDTHS[width]))
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      const found = { violations: await violations(page), over: Math.max(over, 0) }
      expect({ where, colorScheme, width, ...found }).toEqual({
        where,
        colorScheme,
        width,
        violations: [],
        over: 0,
      })
    }
  }
}

async function fillSignIn(page: Page, { email, password }: Member): Promise<void> {
  await page.goto(`${dashboard.origin}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** From the password to the recovery codes. */
async function setUp(page: Page, member: Pick<Member, 'password'>, look: (where: string) => Promise<void>) {
  await page.getByLabel('Your password').fill(member.password)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByAltText('QR code for your authenticator app').waitFor()
  await look('the secret')
  const drawn = await page.getByRole('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)
  expect(drawn).toBeGreaterThan(100)
  const secret = (await page.locator('code').first().textContent()) ?? ''
  const code = authenticator(secret)
  await page.getByLabel('Six digits from the app').fill(code())
  await page.getByRole('button', { name: 'Turn it on' }).click()
  const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await codes.first().waitFor()
  await look('the recovery codes')
  const recoveryCodes = await codes.allTextContents()
  expect(recoveryCodes).toHaveLength(10)
  await page.getByRole('button', { name: 'I have kept them' }).click()
  return { code, recoveryCodes }
}

test('a second factor: set up, asked for at sign-in, refused when wrong or used, helped out by a recovery code, turned off', async () => {
  const member = await newMember(dashboard)
  const { page, problems } = await signedIn(browser, dashboard, member)
  await settle(page, `${dashboard.origin}/settings/security`)
  await page.getByRole('button', { name: 'Set it up' }).click()
  const { code, recoveryCodes } = await setUp(page, member, (where) => accessible(page, where))
  await page.getByText('10 recovery codes left.').waitFor()

  const other = await browser.newContext({ reducedMotion: 'reduce' })
  const tab = await other.newPage()
  const complaints = watch(tab)
  await fillSignIn(tab, member)
  await tab.getByRole('heading', { name: 'Your second factor' }).waitFor()
  await accessible(tab, 'the second step')
  await tab.getByLabel('Code').fill('000000')
  await tab.getByRole('button', { name: 'Continue' }).click()
  await tab.getByRole('alert').filter({ hasText: 'The code is not right' }).waitFor()
  await accessible(tab, 'the second step, refused')
  await tab.goto(`${dashboard.origin}/payments`)
  await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
  await fillSignIn(tab, member)
  await tab.getByLabel('Code').fill(code())
  await tab.getByRole('button', { name: 'Continue' }).click()
  await tab.getByRole('heading', { name: 'Home', exact: true }).waitFor()
  expect(complaints).toEqual([])
  await other.close()

  const lost = await browser.newContext()
  const without = await lost.newPage()
  await fillSignIn(without, member)
  await without.getByLabel('Code').fill(recoveryCodes[0] ?? '')
  await without.getByRole('button', { name: 'Continue' }).click()
  await without.getByRole('heading', { name: 'Home', exact: true }).waitFor()
  await lost.close()

  await settle(page, `${dashboard.origin}/settings/security`)
  await page.getByText('9 recovery codes left.').waitFor()
  await page.getByRole('button', { name: 'Turn it off' }).click()
  await accessible(page, 'turning it off')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Password').fill(member.password)
  await dialog.getByLabel('Code').fill(recoveryCodes[1] ?? '')
  await dialog.getByRole('button', { name: 'Turn it off' }).click()
  await page.getByRole('button', { name: 'Set it up' }).waitFor()
  expect(problems).toEqual([])
  await page.context().close()
}, 180_000)

test('an account that asks everybody leads a member to set theirs up before anything opens', async () => {
  const owner = await newMember(dashboard)
  const { page } = await signedIn(browser, dashboard, owner)
  await settle(page, `${dashboard.origin}/settings`)
  const ask = page.getByRole('button', { name: 'Ask everybody for a second factor' })
  await ask.click()
  await page.getByRole('button', { name: 'Ask everybody', exact: true }).click()
  await page.getByText('Turn your own second factor on before you ask everybody for theirs.').waitFor()
  await settle(page, `${dashboard.origin}/settings/security`)
  await page.getByRole('button', { name: 'Set it up' }).click()
  await setUp(page, owner, async () => {})
  await page.getByText('10 recovery codes left.').waitFor()
  await settle(page, `${dashboard.origin}/settings`)
  await ask.click()
  await page.getByRole('button', { name: 'Ask everybody', exact: true }).click()
  await page.getByText('Asked of everybody').waitFor()

  await settle(page, `${dashboard.origin}/team`)
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  const email = `${crypto.randomUUID()}@example.com`
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Make the link' }).click()
  const link = (await page.getByRole('dialog').locator('code').textContent()) ?? ''
  const other = await browser.newContext({ reducedMotion: 'reduce' })
  const tab = await other.newPage()
  await tab.goto(link)
  await tab.getByLabel('Name').fill('Bo')
  const password = 'correct horse battery'
  await tab.getByLabel('Password').fill(password)
  await tab.getByRole('button', { name: 'Join' }).click()
  await tab.getByRole('heading', { name: 'Set up your second factor' }).waitFor()
  await accessible(tab, 'set-up before anything else')
  await tab.goto(`${dashboard.origin}/payments`)
  await tab.getByRole('heading', { name: 'Set up your second factor' }).waitFor()
  await setUp(tab, { password }, async () => {})
  await tab.getByRole('heading', { name: 'Payments', exact: true }).waitFor()
  await other.close()

  await settle(page, `${dashboard.origin}/team`)
  const row = page.getByRole('listitem').filter({ hasText: email })
  await row.getByRole('button', { name: 'Reset second factor' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset second factor' }).click()
  await page.getByText('Reset.', { exact: true }).waitFor()
  await row.getByRole('button', { name: 'Reset second factor' }).waitFor({ state: 'detached' })
  await page.context().close()
}, 180_000)

test('sessions are told apart and ended, one or all others; a changed password ends them, too', async () => {
  const member = await newMember(dashboard)
  const { page, problems } = await signedIn(browser, dashboard, member)
  const elsewhere = await signedIn(browser, dashboard, member)
  await settle(page, `${dashboard.origin}/settings/security`)
  await page
    .getByText(/Chrome on \w+/)
    .first()
    .waitFor()
  // The sign-up of the harness, this browser, and the other one.
  const others = page.getByRole('button', { name: 'Sign out there' })
  await expect.poll(() => others.count(), { timeout: 10_000 }).toBe(2)
  await others.first().click()
  await expect.poll(() => others.count(), { timeout: 10_000 }).toBe(1)
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere else' }).click()
  await expect.poll(() => others.count(), { timeout: 10_000 }).toBe(0)
  await elsewhere.page.goto(`${dashboard.origin}/payments`)
  await elsewhere.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByLabel('Password now').fill(member.password)
  await page.getByLabel('New password').fill('another good password')
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('Changed. All your other sessions have ended.').waitFor()
  await fillSignIn(elsewhere.page, { ...member, password: 'another good password' })
  await elsewhere.page.getByRole('heading', { name: 'Home', exact: true }).waitFor()
  expect(problems).toEqual([])
  await page.context().close()
  await elsewhere.page.context().close()
}, 120_000)

test('a key is edited, shows what was done with it, and is rotated with an overlap', async () => {
  const member = await newMember(dashboard)
  await member.call('POST', '/api/keys', { name: 'Shop', expires_at: '2099-01-01T00:00:30Z' })
  const { page, problems } = await signedIn(browser, dashboard, member)
  await settle(page, `${dashboard.origin}/keys`)
  await page.getByRole('button', { name: 'Shop' }).click()
  await page.getByText('0, 0 of them succeeded').waitFor()
  await page.getByRole('button', { name: 'Edit' }).click()
  const form = page.getByRole('dialog', { name: 'Edit “Shop”' })
  await accessible(page, 'editing a key')
  await form.getByLabel('Name').fill('Shop server')
  await form.getByLabel('refunds:write').uncheck()
  await form.getByLabel('PayPal').uncheck()
  await form.getByLabel('Requests a minute').fill('7')
  await form.getByLabel('Only from these addresses').fill('203.0.113.7, 2001:db8::/32')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  const { body } = await member.call('GET', '/api/keys')
  const [key] = (body as { data: readonly Record<string, unknown>[] }).data
  expect(key).toMatchObject({
    name: 'Shop server',
    rate_limit_per_minute: 7,
    rate_limit_per_day: 10_000,
    ip_allowlist: ['203.0.113.7', '2001:db8::/32'],
    services: ['stripe', 'razorpay', 'twilio'],
    expires_at: '2099-01-01T00:00:30.000Z',
  })
  expect(key?.['scopes']).not.toContain('refunds:write')
  await page.getByRole('button', { name: 'Rotate' }).click()
  await page.getByLabel('The old key works for').selectOption('one more day')
  await page.getByRole('button', { name: 'Make the new key' }).click()
  await page.getByText('Keep this key now').waitFor()
  expect(await page.getByRole('dialog').locator('code').textContent()).toMatch(/^unf_test_\w{38}$/)
  await page.keyboard.press('Escape')
  await page.getByText('Active, ends').waitFor()
  expect(problems).toEqual([])
  await page.context().close()
}, 120_000)
