import type { Browser, Frame, Page } from 'playwright-core'
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

interface PaymentObject {
  readonly id: string
  readonly status: string
  readonly checkout_url: string | null
  readonly failure: { readonly decline_reason: string | null } | null
  readonly fees: { readonly amount_minor: number } | null
}

async function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<PaymentObject> {
  const response = await fetch(api.url + path, {
    method,
    headers: { authorization: `Bearer ${api.apiKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const parsed = await response.json()
  expect(response.status, JSON.stringify(parsed)).toBeLessThan(300)
  return parsed as PaymentObject
}

async function timelineOf(id: string): Promise<{ kind: string; summary: string }[]> {
  const timeline: unknown = await call('GET', `/v1/payments/${id}/timeline`)
  return (timeline as { data: { kind: string; summary: string }[] }).data // the contract's timeline
}

const kindsIn = async (id: string) => new Set((await timelineOf(id)).map((entry) => entry.kind))

const PROVIDERS = {
  stripe: { currency: 'USD', declineReason: 'card_declined', opensOn: /\/stripe\/c\/pay\// },
  paypal: { currency: 'USD', declineReason: null, opensOn: /\/paypal\/checkoutnow/ },
  razorpay: { currency: 'INR', declineReason: null, opensOn: /\/checkout\// },
} as const

const SHOP = 'http://127.0.0.1:9/shop/thanks'

/** The frame in which the payer chooses: the page itself, or Razorpay's overlay in ours. */
async function payFrame(page: Page, provider: keyof typeof PROVIDERS): Promise<Page | Frame> {
  if (provider !== 'razorpay') return page
  const overlay = await page.waitForSelector('iframe[title="Razorpay Checkout"]')
  const frame = await overlay.contentFrame()
  if (frame === null) throw new Error('the overlay has no content')
  return frame
}

for (const [name, facts] of Object.entries(PROVIDERS)) {
  const provider = name as keyof typeof PROVIDERS // the keys of the table
  describe(`in a browser, through ${provider}`, () => {
    const create = (more: object = {}) =>
      call('POST', '/v1/payments', { amount: '500.00', currency: facts.currency, provider, ...more })
    const visit = async (payment: PaymentObject): Promise<Page> => {
      const page = await browser.newPage()
      await page.goto(payment.checkout_url ?? '')
      expect(page.url()).toMatch(facts.opensOn)
      return page
    }
    const settled = async (id: string, done: (payment: PaymentObject) => boolean): Promise<PaymentObject> => {
      await expect
        .poll(async () => done(await call('GET', `/v1/payments/${id}`)), { timeout: 20_000 })
        .toBe(true)
      return await call('GET', `/v1/payments/${id}`)
    }

    test('a payer pays, comes back, and status, fees and timeline are right', async () => {
      const payment = await create()
      const page = await visit(payment)
      const frame = await payFrame(page, provider)
      await frame.getByRole('button', { name: 'Pay', exact: true }).click()
      await page.waitForSelector('h1[data-status="succeeded"]', { timeout: 20_000 })
      const after = await settled(payment.id, (one) => one.fees !== null)
      expect(after).toMatchObject({ status: 'succeeded', failure: null, checkout_url: null })
      expect(after.fees?.amount_minor).toBeGreaterThan(0)
      // The provider's webhook and the log of calls arrive on their own time.
      await expect
        .poll(() => kindsIn(payment.id), { timeout: 20_000 })
        .toEqual(new Set(['operation', 'transition', 'provider_call', 'webhook']))
      const summaries = (await timelineOf(payment.id)).map((entry) => entry.summary)
      expect(summaries).toContain('payment.created')
      expect(summaries).toContain('payment.requires_action')
      expect(summaries.filter((summary) => summary === 'payment.succeeded')).toHaveLength(1)
      await page.close()
    })

    test('a declined payer sees why, the payment waits, and a second try succeeds', async () => {
      const payment = await create()
      const page = await visit(payment)
      let frame = await payFrame(page, provider)
      await frame.getByRole('button', { name: 'Decline', exact: true }).click()
      const declined = await settled(payment.id, (one) => one.failure !== null)
      expect(declined.status).toBe('requires_action')
      if (facts.declineReason !== null) expect(declined.failure?.decline_reason).toBe(facts.declineReason)
      await page.goto(declined.checkout_url ?? '')
      frame = await payFrame(page, provider)
      await frame.getByRole('button', { name: 'Pay', exact: true }).click()
      await page.waitForSelector('h1[data-status="succeeded"]', { timeout: 20_000 })
      expect(await call('GET', `/v1/payments/${payment.id}`)).toMatchObject({
        status: 'succeeded',
        failure: null,
      })
      await page.close()
    })

    test('a payer who walks away leaves the payment open and lands at the cancel address', async () => {
      const payment = await create({ return_url: SHOP, cancel_url: 'http://127.0.0.1:9/shop/cart?step=2' })
      const page = await visit(payment)
      const frame = await payFrame(page, provider)
      const left = page.waitForRequest((request) => request.url().startsWith('http://127.0.0.1:9/shop/cart'))
      await frame.getByRole('button', { name: 'Cancel and return' }).click()
      if (provider === 'razorpay') await page.getByRole('link', { name: 'Cancel and return' }).click()
      const target = new URL((await left).url())
      expect(target.searchParams.get('step')).toBe('2')
      expect(target.searchParams.get('payment_id')).toBe(payment.id)
      expect(await call('GET', `/v1/payments/${payment.id}`)).toMatchObject({ status: 'requires_action' })
      await page.close()
    })

    test('a payer who paid is sent to the merchant with the payment and its status', async () => {
      const payment = await create({ return_url: SHOP })
      const page = await visit(payment)
      const frame = await payFrame(page, provider)
      const back = page.waitForRequest((request) => request.url().startsWith(SHOP))
      await frame.getByRole('button', { name: 'Pay', exact: true }).click()
      const target = new URL((await back).url())
      expect(target.searchParams.get('payment_id')).toBe(payment.id)
      expect(target.searchParams.get('status')).toBe('succeeded')
      await page.close()
    })
  })
}

test('a slow bank shows as processing and ends as succeeded', async () => {
  const payment = await call('POST', '/v1/payments', { amount: '20.00', currency: 'USD', provider: 'stripe' })
  const page = await browser.newPage()
  await page.goto(payment.checkout_url ?? '')
  await page.getByRole('button', { name: 'Slow bank' }).click()
  await page.waitForSelector('h1[data-status="processing"]')
  await call('POST', '/v1/simulations/clock/advance', { seconds: 3600 })
  await expect
    .poll(async () => (await call('GET', `/v1/payments/${payment.id}`)).status, { timeout: 20_000 })
    .toBe('succeeded')
  await page.close()
})

test('a card that asks for authentication is authenticated, then paid', async () => {
  const payment = await call('POST', '/v1/payments', { amount: '20.00', currency: 'USD', provider: 'stripe' })
  const page = await browser.newPage()
  await page.goto(payment.checkout_url ?? '')
  await page.getByLabel(/card number/i).fill('4000002760003184')
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  await page.getByRole('button', { name: 'Complete authentication' }).click()
  await page.waitForSelector('h1[data-status="succeeded"]')
  await page.close()
})

test('a checkout link that was tampered with shows nothing', async () => {
  const payment = await call('POST', '/v1/payments', {
    amount: '20.00',
    currency: 'INR',
    provider: 'razorpay',
  })
  const link = payment.checkout_url ?? ''
  const forged = link.slice(0, -1) + (link.endsWith('A') ? 'B' : 'A')
  const response = await fetch(forged)
  expect(response.status).toBe(404)
  expect(await response.text()).not.toContain('20.00')
})
