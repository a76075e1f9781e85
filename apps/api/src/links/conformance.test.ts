import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishProofs, saw } from '../../../../packages/providers/src/conformance/proofs.ts'
import type { LinkObject } from './present.ts'
import {
  type Browser,
  CURRENCY,
  checkoutIn,
  type Merchant,
  openStand,
  PAYMENT_PROVIDERS,
  type PaymentObject,
  type PaymentProvider,
  type Stand,
} from './testing/stand.ts'

const MINUTE = 60_000
const AMOUNT = 50_000

let stand: Stand
beforeAll(async () => {
  stand = await openStand()
})
afterAll(() => stand.close())

/** One suite over every payment provider: a link behaves the same wherever its payments go. */
describe.each(PAYMENT_PROVIDERS)('a payment link on %s', (provider) => {
  publishProofs(provider, 'payment links')
  let merchant: Merchant
  beforeAll(async () => {
    merchant = await stand.merchant([provider])
  })
  const create = (more: object = {}) => merchant.link(linkOn(provider, more))
  const only = async (link: LinkObject): Promise<PaymentObject> => {
    const [payment, ...more] = await merchant.payments(link)
    expect(more).toEqual([])
    if (payment === undefined) throw new Error('the link has no payment')
    return payment
  }
  /** Pays at the provider and comes back from there. */
  const payAndReturn = async (browser: Browser, link: LinkObject, payment: PaymentObject) => {
    expect(await merchant.act(payment)).toBe(true)
    return await browser.follow(`${link.short_url}/return?payment_id=${payment.id}&status=succeeded`)
  }

  test('is created, opened, paid, and tells so in this order', async () => {
    const callback = 'https://shop.example/thanks?order=7'
    const link = await create({ callback_url: callback, metadata: { order: '7' }, description: 'Order 7' })
    expect(link).toMatchObject({ status: 'active', clicks: 0, payments_count: 0, amount_minor: AMOUNT })
    const payer = stand.browser()
    const page = await payer.open(link)
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain(`500.00 ${CURRENCY[provider]}`)
    expect(page.body).toContain('Order 7')
    expect(checkoutIn(await payer.press(link))).not.toBeNull()
    const payment = await only(link)
    expect(payment).toMatchObject({ metadata: { order: '7' }, receipt: link.id, provider })
    const back = await payAndReturn(payer, link, payment)
    expect(back.statusCode).toBe(303)
    const target = new URL(back.headers.location ?? '')
    expect(target.origin + target.pathname).toBe('https://shop.example/thanks')
    expect(Object.fromEntries(target.searchParams)).toEqual({
      order: '7',
      payment_link_id: link.id,
      payment_id: payment.id,
      status: 'succeeded',
    })
    expect(await merchant.get(link)).toMatchObject({
      status: 'paid',
      active: false,
      clicks: 1,
      payments_count: 1,
      amount_paid_minor: AMOUNT,
      payment_id: payment.id,
    })
    expect(await merchant.events(link)).toEqual(['created', 'clicked', 'paid'])
    expect(await merchant.kept(link)).toBe(AMOUNT)
    expect((await payer.open(link)).body).toContain('Already paid')
    for (const done of ['create', 'open', 'pay']) saw(`payment_links.${done}`)
  })

  test('is paid without anybody coming back: the worker notices by itself', async () => {
    const link = await create()
    await stand.browser().press(link)
    await merchant.act(await only(link))
    await stand.pass(3 * MINUTE)
    expect(await merchant.get(link)).toMatchObject({ status: 'paid', amount_paid_minor: AMOUNT })
  })

  test('has one payment however many press the button at once, and the others are told', async () => {
    const link = await create()
    const browsers = Array.from({ length: 12 }, () => stand.browser())
    const pages = await Promise.all(browsers.map((browser) => browser.press(link)))
    expect(pages.filter((page) => checkoutIn(page) !== null)).toHaveLength(1)
    expect(pages.filter((page) => page.statusCode === 409)).toHaveLength(11)
    const payment = await only(link)
    await merchant.act(payment)
    await merchant.sync(payment)
    const late = await stand.browser().press(link)
    expect([late.statusCode, late.body.includes('Already paid')]).toEqual([409, true])
    expect(await merchant.kept(link)).toBe(AMOUNT)
  })

  test('brings a browser back to the payment it has started, from as many tabs as it likes', async () => {
    const link = await create()
    const payer = stand.browser()
    await payer.open(link)
    const first = checkoutIn(await payer.press(link))
    const again = await Promise.all([payer.press(link), payer.press(link), payer.press(link)])
    expect(first).not.toBeNull()
    expect(again.map(checkoutIn)).toEqual([first, first, first])
    await only(link)
  })

  test('expires: nobody can start to pay it, and a payment under way may finish', async () => {
    const expiresAt = new Date(stand.engine.now() + 5 * MINUTE).toISOString()
    const link = await create({ expires_at: expiresAt })
    await stand.browser().press(link)
    const payment = await only(link)
    await stand.pass(6 * MINUTE)
    expect(await merchant.get(link)).toMatchObject({ status: 'expired', active: false })
    const late = await stand.browser().press(link)
    expect([late.statusCode, late.body.includes('Link expired')]).toEqual([410, true])
    await only(link)
    await merchant.act(payment)
    await merchant.sync(payment)
    expect(await merchant.get(link)).toMatchObject({ status: 'paid', payment_id: payment.id })
    expect(await merchant.events(link)).toEqual(['created', 'clicked', 'expired', 'paid'])
    saw('payment_links.expire')
  })

  test('ends when it is deactivated: what was started is withdrawn, what is paid late all the same goes back', async () => {
    const link = await create()
    await stand.browser().press(link)
    const payment = await only(link)
    const ended = await merchant.call('POST', `/v1/payment-links/${link.id}/deactivate`, {})
    expect([ended.statusCode, ended.json().status]).toEqual([200, 'deactivated'])
    expect((await stand.browser().press(link)).statusCode).toBe(410)
    await stand.work()
    expect(await only(link)).toMatchObject({ status: 'canceled' })
    // Orders that a provider cannot withdraw stay payable there.
    if (await merchant.act(payment)) await merchant.sync(payment)
    await stand.work()
    expect(await merchant.kept(link)).toBe(0)
    expect(await merchant.get(link)).toMatchObject({ status: 'deactivated', payments_count: 0 })
    expect(await merchant.events(link)).toEqual(['created', 'clicked', 'deactivated'])
    saw('payment_links.deactivate')
  })

  test('goes to the next payer once the first is gone, and keeps the money of one', async () => {
    const link = await create()
    await stand.browser().press(link)
    const first = await only(link)
    const second = stand.browser()
    expect((await second.press(link)).statusCode).toBe(409)
    await stand.pass(11 * MINUTE)
    expect(checkoutIn(await second.press(link))).not.toBeNull()
    const [, taken] = await merchant.payments(link)
    if (taken === undefined) throw new Error('the second payer got no payment')
    // The first one's page was still open.
    const late = await merchant.act(first)
    if (late) await merchant.sync(first)
    await payAndReturn(second, link, taken)
    await stand.work()
    expect(await merchant.kept(link)).toBe(AMOUNT)
    expect(await merchant.get(link)).toMatchObject({ payments_count: 1, payment_id: taken.id })
  })

  test('gives a second payment back, whichever way it came about', async () => {
    const link = await create()
    await stand.browser().press(link)
    const first = await only(link)
    // As after a failure that later turns out to have been none.
    await stand.api.deps.db.engine.query(
      `update payment_link_attempt set state = 'closed' where state = 'open' and link_id =
        (select id from payment_link where code = $1)`,
      [new URL(link.short_url).pathname.slice('/l/'.length)],
    )
    await stand.browser().press(link)
    const [, second] = await merchant.payments(link)
    if (second === undefined) throw new Error('there is no second payment')
    expect(await merchant.act(first)).toBe(true)
    expect(await merchant.act(second)).toBe(true)
    await Promise.all([merchant.sync(first), merchant.sync(second)])
    await stand.work()
    expect(await merchant.kept(link)).toBe(AMOUNT)
    const after = await merchant.get(link)
    expect(after).toMatchObject({ status: 'paid', payments_count: 1, amount_paid_minor: AMOUNT })
    expect((await merchant.events(link)).filter((type) => type === 'paid')).toHaveLength(1)
    const refunded = (await merchant.payments(link)).filter((one) => one.amount_refunded_minor > 0)
    expect(refunded.map((one) => one.id)).not.toContain(after.payment_id)
  })

  test('counts its payments when it is reusable, and stays open', async () => {
    const link = await create({ reusable: true })
    await Promise.all(Array.from({ length: 3 }, () => stand.browser().press(link)))
    const payments = await merchant.payments(link)
    expect(payments).toHaveLength(3)
    for (const payment of payments) expect(await merchant.act(payment)).toBe(true)
    await Promise.all(payments.map((payment) => merchant.sync(payment)))
    expect(await merchant.get(link)).toMatchObject({
      status: 'active',
      payments_count: 3,
      amount_paid_minor: 3 * AMOUNT,
    })
    expect((await merchant.events(link)).filter((type) => type === 'paid')).toHaveLength(3)
    expect(await merchant.kept(link)).toBe(3 * AMOUNT)
    saw('payment_links.reuse')
  })

  test('is driven from end to end by the simulations, without a browser', async () => {
    const link = await create()
    const drive = async (action: string) =>
      (await merchant.call('POST', `/v1/simulations/payment-links/${link.id}/${action}`, {})).json()
    expect(await drive('open')).toMatchObject({ status: 'active', payment_link: { clicks: 1 } })
    expect(await drive('pay')).toMatchObject({ status: 'paid', payment: { status: 'succeeded' } })
    expect(await drive('pay')).toMatchObject({ status: 409, code: 'invalid_state' })
    expect(await merchant.kept(link)).toBe(AMOUNT)
  })

  test('asks the payer to try again when its provider cannot be reached, and starts anew when they do', async () => {
    const link = await create()
    const payer = stand.browser()
    stand.world.sandbox.faults.add({ provider, fault: 'lost_request', count: 1 })
    const page = await payer.press(link)
    expect([page.statusCode, checkoutIn(page)]).toEqual([503, null])
    expect(checkoutIn(await payer.press(link))).not.toBeNull()
    const open = (await merchant.payments(link)).filter((one) => one.status === 'requires_action')
    expect(open).toHaveLength(1)
  })

  test('makes no second payment when the answer to the first was lost', async () => {
    const link = await create()
    const payer = stand.browser()
    stand.world.sandbox.faults.add({ provider, fault: 'lost_answer', count: 1, match: ORDERS[provider] })
    const page = await payer.press(link)
    expect(page.body).toContain('data-link="waiting"')
    expect((await stand.browser().press(link)).statusCode).toBe(409)
    const next = await payer.press(link)
    expect(checkoutIn(next)).not.toBeNull()
    const payment = await only(link)
    await payAndReturn(payer, link, payment)
    expect(await merchant.get(link)).toMatchObject({ status: 'paid', payment_id: payment.id })
    expect(await merchant.kept(link)).toBe(AMOUNT)
  })
})

/** Where each provider's orders are made. */
const ORDERS = {
  stripe: 'POST /v1/checkout/sessions',
  paypal: 'POST /v2/checkout/orders',
  razorpay: 'POST /v1/orders',
} as const

const linkOn = (provider: PaymentProvider, more: object) => ({
  amount: '500.00',
  currency: CURRENCY[provider],
  provider,
  ...more,
})
