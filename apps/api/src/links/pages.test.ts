import { createHash } from 'node:crypto'
import { parseId } from '@onerouter/core'
import { encode } from 'uqr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordAttempt } from './attempts.ts'
import type { LinkObject } from './present.ts'
import { getLink } from './store.ts'
import { checkoutIn, type Merchant, NAVIGATES, openStand, type Stand } from './testing/stand.ts'

let stand: Stand
let merchant: Merchant
beforeAll(async () => {
  stand = await openStand()
  merchant = await stand.merchant(['stripe'])
})
afterAll(() => stand.close())

const create = (more: object = {}) => merchant.link({ amount: '20.00', currency: 'USD', ...more })
const clicksOf = async (link: LinkObject) => (await merchant.get(link)).clicks

const CHROME = NAVIGATES['user-agent']

describe('opening a link is safe', () => {
  test.each([
    ['a person', NAVIGATES, 1],
    ['a browser that fetches ahead', { ...NAVIGATES, 'sec-purpose': 'prefetch;prerender' }, 0],
    ['an old browser that fetches ahead', { ...NAVIGATES, purpose: 'prefetch' }, 0],
    ['a script that calls itself a browser', { 'user-agent': CHROME }, 0],
    ['a page that embeds it', { ...NAVIGATES, 'sec-fetch-dest': 'iframe' }, 0],
    ['a messenger', { ...NAVIGATES, 'user-agent': 'WhatsApp/2.23.20.0' }, 0],
    ['a crawler', { ...NAVIGATES, 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' }, 0],
    ['a social network', { ...NAVIGATES, 'user-agent': 'facebookexternalhit/1.1' }, 0],
    ['a chat', { ...NAVIGATES, 'user-agent': 'Slackbot-LinkExpanding 1.0' }, 0],
    ['nobody in particular', {}, 0],
  ])('%s starts no payment; clicks counted as they should', async (_, headers, clicks) => {
    const link = await create()
    const page = await stand.browser().open(link, headers)
    expect([page.statusCode, page.body.includes('20.00 USD')]).toEqual([200, true])
    expect(await clicksOf(link)).toBe(clicks)
    expect(await merchant.payments(link)).toEqual([])
  })

  test('a look at the headers alone counts as nothing', async () => {
    const link = await create()
    const { pathname } = new URL(link.short_url)
    const head = await stand.api.app.inject({ method: 'HEAD', url: pathname, headers: NAVIGATES })
    expect(head.statusCode).toBe(200)
    expect(await clicksOf(link)).toBe(0)
  })

  test('a browser counts once, and at the latest when it pays', async () => {
    const link = await create({ reusable: true })
    const regular = stand.browser()
    await regular.open(link)
    await regular.open(link)
    await regular.press(link)
    expect(await clicksOf(link)).toBe(1)
    await stand.browser().press(link)
    expect(await clicksOf(link)).toBe(2)
  })

  test('strangers cannot flood a merchant with events: after a hundred clicks only the count goes on', async () => {
    const link = await create()
    await stand.api.deps.db.engine.query('update payment_link set clicks = 99 where id = $1', [
      parseId('payment_link', link.id),
    ])
    for (let i = 0; i < 3; i++) await stand.browser().open(link)
    expect(await clicksOf(link)).toBe(102)
    expect(await merchant.events(link)).toEqual(['created', 'clicked'])
  })
})

describe('the public pages', () => {
  test('are strict: nothing but the own style and form, no framing, no caching, no referrer', async () => {
    const link = await create({ description: '<script>alert(1)</script>"\'&' })
    const { headers, body } = await stand.browser().open(link)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("form-action 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    expect(headers['x-robots-tag']).toBe('noindex')
    expect(body).not.toContain('<script>alert')
    expect(body).toContain('&lt;script&gt;alert(1)')
    expect(body).toContain('Test mode.')
  })

  test("another site's form starts nothing", async () => {
    const link = await create()
    for (const site of ['cross-site', 'same-site']) {
      const page = await stand.browser().press(link, { 'sec-fetch-site': site })
      expect(page.statusCode).toBe(403)
    }
    expect(await merchant.payments(link)).toEqual([])
  })

  test('a code that is none, or nobody has, shows nothing', async () => {
    const link = await create()
    for (const path of ['0'.repeat(12), 'x', "' or 1=1 --", new URL(link.short_url).pathname.slice(3, -1)]) {
      const answer = await stand.api.app.inject({
        method: 'GET',
        url: `/l/${encodeURI(path)}`,
        remoteAddress: '10.9.9.9',
      })
      expect([path, answer.statusCode]).toEqual([path, 404])
      expect(answer.body).not.toContain('20.00')
    }
  })

  test('one stranger gets so many pages a minute, and then is told to wait', async () => {
    const link = await create({ reusable: true })
    const visitor = stand.browser()
    const codes: number[] = []
    for (let i = 0; i < 62; i++) codes.push((await visitor.open(link)).statusCode)
    expect(codes.filter((code) => code === 200)).toHaveLength(60)
    expect(codes.slice(60)).toEqual([429, 429])
    expect((await stand.browser().open(link)).statusCode).toBe(200)
  })

  test('payers leave for the stored address only, and a payment of another link leads nowhere', async () => {
    const link = await create({ callback_url: 'https://shop.example/done' })
    const other = await create()
    const payer = stand.browser()
    await payer.press(other)
    const [foreign] = await merchant.payments(other)
    const tries = [
      'payment_id=pay_none',
      `payment_id=${foreign?.id}`,
      'callback_url=https://evil.example&payment_id=https://evil.example',
      'payment_id[]=1',
    ]
    for (const query of tries) {
      const answer = await payer.follow(`${link.short_url}/return?${query}`)
      expect([query, answer.statusCode < 500]).toEqual([query, true])
      expect(String(answer.headers.location ?? link.short_url)).toBe(link.short_url)
    }
  })

  test('the payer who leaves the payment page makes room for the next; nobody else can', async () => {
    const link = await create()
    const [first, second] = [stand.browser(), stand.browser()]
    await first.press(link)
    const [payment] = await merchant.payments(link)
    await second.follow(`${link.short_url}/cancel?payment_id=${payment?.id}`)
    expect((await second.press(link)).statusCode).toBe(409)
    const left = await first.follow(`${link.short_url}/cancel?payment_id=${payment?.id}`)
    expect([left.statusCode, left.headers.location]).toEqual([303, link.short_url])
    expect(checkoutIn(await second.press(link))).not.toBeNull()
    expect((await merchant.payments(link)).map((one) => one.status).sort()).toEqual([
      'canceled',
      'requires_action',
    ])
  })

  test('the QR code is the address, as the encoder draws it', async () => {
    const link = await create()
    const { pathname } = new URL(link.qr_url)
    const answer = await stand.api.app.inject({ method: 'GET', url: pathname, remoteAddress: '10.9.9.8' })
    expect(answer.headers['content-type']).toContain('image/svg+xml')
    const { data, size } = encode(link.short_url, { ecc: 'M', border: 4 })
    const drawn = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
    for (const [, x, y, length] of answer.body.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let i = 0; i < Number(length); i++) drawn[Number(y)]?.splice(Number(x) + i, 1, true)
    }
    expect(drawn).toEqual(data)
  })
})

describe('a process that dies', () => {
  const token = 'abcdefghijklmnopqrstuv'
  const visitor = createHash('sha256').update(token).digest('base64url')

  test('between the attempt and its payment leaves an attempt that is taken up, not doubled', async () => {
    const link = await create()
    const id = parseId('payment_link', link.id) ?? ''
    const row = await getLink(stand.engine.db, { account_id: merchant.accountId, environment: 'test', id })
    if (row === null) throw new Error('no link')
    const at = new Date(stand.engine.now())
    const paymentId = stand.engine.newId()
    await recordAttempt(stand.engine.db, row, {
      account_id: row.account_id,
      environment: 'test',
      link_id: id,
      payment_id: paymentId,
      visitor,
      state: 'open',
      single_use: true,
      held_until: new Date(at.getTime() + 60_000),
      created_at: at,
    })
    expect((await stand.browser().press(link)).statusCode).toBe(409)
    const press = () => stand.browser().press(link, { cookie: `onerouter_payer=${token}` })
    const pages = await Promise.all([press(), press(), press()])
    expect(pages.some((page) => checkoutIn(page) !== null)).toBe(true)
    const payments = await merchant.payments(link)
    expect(payments.map((one) => parseId('payment', one.id))).toEqual([paymentId])
  })

  test('after a link was made and before its message was sent leaves the message to the worker, once', async () => {
    const shop = await stand.merchant(['stripe', 'twilio'])
    const made = await shop.call('POST', '/v1/payment-links', {
      amount: '20.00',
      currency: 'USD',
      customer_phone: '+14155550123',
      notify: { sms: true },
      idempotency_key: 'k1',
    })
    const link: LinkObject = made.json()
    // As the process left it.
    await stand.api.deps.db.engine.query(
      `update payment_link set notice = '{"status":"pending","sms_id":null,"error":null}', due_at = clock_timestamp()
       where id = $1`,
      [parseId('payment_link', link.id)],
    )
    await stand.api.deps.db.engine.query(
      "update idempotency set status = null, body = null where account_id = $1 and key = 'k1'",
      [shop.accountId],
    )
    await stand.work()
    const again = await shop.call('POST', '/v1/payment-links', {
      amount: '20.00',
      currency: 'USD',
      customer_phone: '+14155550123',
      notify: { sms: true },
      idempotency_key: 'k1',
    })
    expect(again.json()).toMatchObject({ id: link.id, notify: { sms: { status: 'accepted' } } })
    expect((await shop.call('GET', '/v1/sms')).json().data).toHaveLength(1)
  })
})
