import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../harness/browser.ts'
import { type ApiProcess, createInstallation, type Installation } from '../harness/processes.ts'

let installation: Installation
let api: ApiProcess
let browser: Browser
beforeAll(async () => {
  installation = await createInstallation()
  ;[api, browser] = await Promise.all([installation.start(), openBrowser()])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await installation?.close()
})

interface LinkObject {
  readonly id: string
  readonly status: string
  readonly short_url: string
  readonly qr_url: string
  readonly clicks: number
  readonly payments_count: number
  readonly payment_id: string | null
}

async function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<LinkObject> {
  const response = await fetch(api.url + path, {
    method,
    headers: { authorization: `Bearer ${api.apiKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const parsed = await response.json()
  expect(response.status, JSON.stringify(parsed)).toBeLessThan(300)
  return parsed as LinkObject
}

const PROVIDERS = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
type Provider = keyof typeof PROVIDERS

const SHOP = 'http://127.0.0.1:9/shop/thanks'
const create = (provider: Provider, more: object = {}) =>
  call('POST', '/v1/payment-links', {
    amount: '500.00',
    currency: PROVIDERS[provider],
    provider,
    description: 'Invoice 42',
    ...more,
  })

/** A phone of its own, as every payer has. */
const phone = (more: object = {}): Promise<BrowserContext> =>
  browser.newContext({ viewport: { width: 360, height: 640 }, ...more })

async function payFrame(page: Page, provider: Provider): Promise<Page | Frame> {
  if (provider !== 'razorpay') return page
  const overlay = await page.waitForSelector('iframe[title="Razorpay Checkout"]')
  const frame = await overlay.contentFrame()
  if (frame === null) throw new Error('the overlay has no content')
  return frame
}

describe.each(Object.keys(PROVIDERS) as Provider[])('a payer follows a link, through %s', (provider) => {
  test('pays on the phone, and is told; the next one finds it paid', async () => {
    const link = await create(provider)
    const payer = await phone()
    const page = await payer.newPage()
    await page.goto(link.short_url)
    expect(await page.getByRole('heading').textContent()).toMatch(/^Pay /)
    const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)
    expect(fits, 'nothing is cut off on a phone').toBe(true)
    await page.getByRole('button', { name: 'Continue to payment' }).click()
    const frame = await payFrame(page, provider)
    await frame.getByRole('button', { name: 'Pay', exact: true }).click()
    await page.waitForSelector('h1[data-status="succeeded"]', { timeout: 20_000 })
    const after = await call('GET', `/v1/payment-links/${link.id}`)
    expect(after).toMatchObject({ status: 'paid', clicks: 1, payments_count: 1 })
    const other = await phone()
    const late = await other.newPage()
    await late.goto(link.short_url)
    expect(await late.getByRole('heading').textContent()).toBe('Already paid')
    await Promise.all([payer.close(), other.close()])
  })
})

test('the page needs no JavaScript', async () => {
  const link = await create('stripe')
  const payer = await phone({ javaScriptEnabled: false })
  const page = await payer.newPage()
  await page.goto(link.short_url)
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await page.waitForURL(/\/stripe\/c\/pay\//)
  await payer.close()
})

test('a second payer is told that somebody is paying; the first comes back to their own payment', async () => {
  const link = await create('stripe')
  const [first, second] = [await phone(), await phone()]
  const page = await first.newPage()
  await page.goto(link.short_url)
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await page.waitForURL(/\/stripe\/c\/pay\//)
  const checkout = page.url()
  const other = await second.newPage()
  await other.goto(link.short_url)
  await other.getByRole('button', { name: 'Continue to payment' }).click()
  await other.waitForSelector('h1[data-link="taken"]')
  const tab = await first.newPage()
  await tab.goto(link.short_url)
  await tab.getByRole('button', { name: 'Continue to payment' }).click()
  await tab.waitForURL(/\/stripe\/c\/pay\//)
  expect(tab.url()).toBe(checkout)
  await Promise.all([first.close(), second.close()])
})

test('the payer lands at the merchant with the link, the payment and how it stands', async () => {
  const link = await create('paypal', { callback_url: `${SHOP}?order=7` })
  const payer = await phone()
  const page = await payer.newPage()
  await page.goto(link.short_url)
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  const back = page.waitForRequest((request) => request.url().startsWith(SHOP))
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  const target = new URL((await back).url())
  const after = await call('GET', `/v1/payment-links/${link.id}`)
  expect(Object.fromEntries(target.searchParams)).toEqual({
    order: '7',
    payment_link_id: link.id,
    payment_id: after.payment_id,
    status: 'succeeded',
  })
  await payer.close()
})

test('a payer who turns back at the provider can try again at once', async () => {
  const link = await create('stripe')
  const payer = await phone()
  const page = await payer.newPage()
  await page.goto(link.short_url)
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await page.getByRole('button', { name: 'Cancel and return' }).click()
  // A provider's fragment survives its redirects.
  await page.waitForURL((url) => url.href.startsWith(link.short_url))
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await page.waitForURL(/\/stripe\/c\/pay\//)
  await payer.close()
})

test('the QR code is drawn by a browser, wherever it is embedded', async () => {
  const link = await create('stripe')
  const page = await browser.newPage()
  await page.setContent(`<img src="${link.qr_url}" alt="">`)
  await expect
    .poll(() => page.evaluate(() => document.querySelector('img')?.naturalWidth ?? 0))
    .toBeGreaterThan(200)
  await page.close()
})
