import { describe, expect, test } from 'vitest'
import { checkSchema } from './spec-check.ts'
import { type Merchant, openMerchant, SESSION } from './test-merchant.ts'

async function open(merchant: Merchant, extra = '') {
  return (await merchant.post('/v1/checkout/sessions', `${SESSION}${extra}`)).body
}
const read = async (merchant: Merchant, id: string, query = '') =>
  (await merchant.get(`/v1/checkout/sessions/${id}${query}`)).body

describe('a checkout session', () => {
  test('opens without an intent, with a long fragment in its address', async () => {
    const session = await open(openMerchant())
    expect(session).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      amount_total: 50000,
      currency: 'usd',
    })
    expect(session.id).toMatch(/^cs_test_[A-Za-z0-9]{58}$/)
    expect(new URL(session.url).hash.length).toBeGreaterThan(200)
    expect(session.expires_at - session.created).toBe(24 * 3_600)
  })

  test('is paid on its page and sends the payer to success_url with its id', async () => {
    const merchant = openMerchant()
    const session = await open(merchant, '&payment_intent_data[metadata][onerouter_ref]=pay_1')
    const form = await (await merchant.browse(session.url)).text()
    for (const label of ['Pay', 'Decline', 'Slow bank', 'Cancel and return'])
      expect(form).toContain(`>${label}</button>`)
    expect(form).toContain('4242 4242 4242 4242')
    const back = await merchant.browse(session.url, { action: 'pay', card: '4242 4242 4242 4242' })
    expect([back.status, back.headers.get('location')]).toEqual([
      303,
      `https://shop.example/ok?s=${session.id}`,
    ])
    const after = await read(
      merchant,
      session.id,
      '?expand[]=payment_intent.latest_charge&expand[]=line_items',
    )
    expect(after).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      metadata: { note: 'session' },
    })
    expect(after.payment_intent).toMatchObject({ status: 'succeeded', metadata: { onerouter_ref: 'pay_1' } })
    expect(after.line_items.data[0]).toMatchObject({
      amount_total: 50000,
      description: 'Order 42',
      quantity: 1,
    })
    expect(await merchant.eventTypes()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ])
    const { body } = await merchant.get('/v1/events')
    for (const event of body.data) checkSchema('EventBase', event)
    const found = await merchant.get(`/v1/checkout/sessions?payment_intent=${after.payment_intent.id}`)
    expect(found.body.data).toMatchObject([{ id: session.id }])
    expect(await (await merchant.browse(session.url)).text()).toContain('You are all done here')
  })

  test('stays open after a decline, so that the payer can try another card', async () => {
    const merchant = openMerchant()
    const session = await open(merchant)
    const declined = await merchant.browse(session.url, { action: 'decline', card: '' })
    expect(declined.status).toBe(303)
    const page = await merchant.browse(declined.headers.get('location') ?? '')
    expect(await page.text()).toContain('role="alert">Your card was declined.')
    const between = await read(merchant, session.id, '?expand[]=payment_intent')
    expect(between).toMatchObject({ status: 'open', payment_status: 'unpaid' })
    expect(between.payment_intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined' },
    })
    await merchant.browse(session.url, { action: 'pay', card: '5555555555554444' })
    const after = await read(merchant, session.id)
    expect(after).toMatchObject({ status: 'complete', payment_intent: between.payment_intent.id })
  })

  test('asks for a complete card number', async () => {
    const merchant = openMerchant()
    const session = await open(merchant)
    const page = await merchant.browse(session.url, { action: 'pay', card: '4242' })
    expect([page.status, (await read(merchant, session.id)).payment_intent]).toEqual([422, null])
  })

  test('leads through 3-D Secure and back', async () => {
    const merchant = openMerchant()
    const session = await open(merchant)
    const pay = () => merchant.browse(session.url, { action: 'pay', card: '4000 0027 6000 3184' })
    const bank = (await pay()).headers.get('location') ?? ''
    expect(new URL(bank).pathname).toMatch(/^\/stripe\/3ds\/pi_/)
    const failed = await merchant.browse(bank, { action: 'fail' })
    expect(new URL(failed.headers.get('location') ?? '').pathname).toBe(`/stripe/c/pay/${session.id}`)
    expect((await read(merchant, session.id)).status).toBe('open')
    const again = (await pay()).headers.get('location') ?? ''
    const done = await merchant.browse(again, { action: 'complete' })
    expect(done.headers.get('location')).toBe(`https://shop.example/ok?s=${session.id}`)
    expect((await read(merchant, session.id)).payment_status).toBe('paid')
    expect((await merchant.browse(again)).status).toBe(410)
    expect((await merchant.browse(again.replace(/secret=.*/, 'secret=x'))).status).toBe(404)
  })

  test('completes unpaid with a slow bank and is paid later', async () => {
    const merchant = openMerchant()
    const session = await open(merchant)
    const back = await merchant.browse(session.url, { action: 'slow_bank' })
    expect(back.headers.get('location')).toBe(`https://shop.example/ok?s=${session.id}`)
    const waiting = await read(merchant, session.id, '?expand[]=payment_intent')
    expect([waiting.status, waiting.payment_status, waiting.payment_intent.status]).toEqual([
      'complete',
      'unpaid',
      'processing',
    ])
    await merchant.sandbox.advance(60_000)
    expect((await read(merchant, session.id)).payment_status).toBe('paid')
    expect(await merchant.eventTypes()).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'checkout.session.completed',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.async_payment_succeeded',
      'charge.updated',
    ])
  })

  test('only authorises when told to capture by hand', async () => {
    const merchant = openMerchant()
    const session = await open(merchant, '&payment_intent_data[capture_method]=manual')
    expect(await (await merchant.browse(session.url)).text()).not.toContain('Slow bank')
    expect((await merchant.browse(session.url, { action: 'slow_bank' })).status).toBe(422)
    await merchant.browse(session.url, { action: 'pay', card: '4242424242424242' })
    const held = await read(merchant, session.id, '?expand[]=payment_intent')
    expect([held.status, held.payment_status, held.payment_intent.status]).toEqual([
      'complete',
      'unpaid',
      'requires_capture',
    ])
    await merchant.post(`/v1/payment_intents/${held.payment_intent.id}/capture`)
    expect((await read(merchant, session.id)).payment_status).toBe('paid')
  })

  test('makes a customer when told to always do so', async () => {
    const merchant = openMerchant()
    const session = await open(merchant, '&customer_creation=always&customer_email=a%40example.com')
    await merchant.browse(session.url, { action: 'pay', card: '4242424242424242' })
    const after = await read(merchant, session.id, '?expand[]=customer&expand[]=payment_intent')
    expect(after.customer.email).toBe('a@example.com')
    expect(after.payment_intent.customer).toBe(after.customer.id)
  })

  test('leaves nothing behind when it is refused', async () => {
    const merchant = openMerchant()
    await merchant.post('/v1/checkout/sessions', SESSION.replace('50000', '10'))
    expect((await merchant.get('/v1/products')).body.data).toEqual([])
    expect((await merchant.get('/v1/prices')).body.data).toEqual([])
  })

  test('returns to cancel_url and stays open', async () => {
    const merchant = openMerchant()
    const session = await open(merchant)
    const back = await merchant.browse(session.url, { action: 'cancel' })
    expect(back.headers.get('location')).toBe('https://shop.example/cancel')
    expect((await read(merchant, session.id)).status).toBe('open')
  })

  test('expires on the clock and cancels what was begun', async () => {
    const merchant = openMerchant()
    const now = Math.floor(merchant.sandbox.now() / 1_000)
    const session = await open(merchant, `&expires_at=${now + 1_800}`)
    await merchant.browse(session.url, { action: 'decline' })
    await merchant.sandbox.advance(1_799_000)
    expect((await read(merchant, session.id)).status).toBe('open')
    await merchant.sandbox.advance(1_000)
    const after = await read(merchant, session.id, '?expand[]=payment_intent')
    expect([after.status, after.url, after.payment_intent.status]).toEqual(['expired', null, 'canceled'])
    expect(await merchant.eventTypes()).toContain('checkout.session.expired')
    expect((await merchant.browse(session.url)).status).toBe(410)
    const again = await merchant.post(`/v1/checkout/sessions/${session.id}/expire`)
    expect(again.body.error.message).toMatch(
      /^Only Checkout Sessions with a status in \["open"\] can be expired/,
    )
  })

  test('is expired by the merchant; its intent cannot be canceled around it', async () => {
    const merchant = openMerchant()
    const session = await open(merchant)
    await merchant.browse(session.url, { action: 'decline' })
    const { payment_intent } = await read(merchant, session.id)
    const canceled = await merchant.post(`/v1/payment_intents/${payment_intent}/cancel`)
    expect(canceled.body.error.message).toMatch(/Expire the Checkout Session instead/)
    expect((await merchant.post(`/v1/checkout/sessions/${session.id}/expire`)).body.status).toBe('expired')
    expect((await merchant.get(`/v1/payment_intents/${payment_intent}`)).body.status).toBe('canceled')
  })

  test.each([
    ['mode', SESSION.replace('mode=payment&', ''), /Missing required param: mode/],
    ['mode', SESSION.replace('mode=payment', 'mode=donation'), /must be one of payment, setup, or/],
    ['success_url', SESSION.replace(/&success_url=[^&]*/, ''), /Missing required param: success_url/],
    ['line_items', SESSION.replace(/&?line_items[^&]*/g, ''), /Missing required param: line_items/],
    ['line_items', SESSION.replace('50000', '10'), /at least \$0\.50 usd/],
    ['line_items[0][price_data][currency]', SESSION.replace('=usd', '=USD'), /Invalid currency: USD/],
    ['expires_at', `${SESSION}&expires_at=1795478460`, /at least 30 minutes/],
    ['expires_at', `${SESSION}&expires_at=1799999999`, /less than 24 hours/],
    ['line_items[0][foo]', `${SESSION}&line_items[0][foo]=1`, /unknown parameter: line_items\[0\]\[foo\]/],
    ['success_url', SESSION.replace(/success_url=[^&]*/, 'success_url=javascript:x'), /Not a valid URL/],
  ])('refuses a wrong %s', async (param, form, message) => {
    const { status, body } = await openMerchant().post('/v1/checkout/sessions', form)
    expect([status, body.error.param]).toEqual([400, param])
    expect(body.error.message).toMatch(message)
  })
})

describe('a payment link', () => {
  const LINK =
    'line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1000' +
    '&line_items[0][price_data][product_data][name]=Invoice&line_items[0][quantity]=2&metadata[ref]=l1'

  test('opens a session per visit until its limit is reached', async () => {
    const merchant = openMerchant()
    const { body: link } = await merchant.post(
      '/v1/payment_links',
      `${LINK}&restrictions[completed_sessions][limit]=1&after_completion[type]=redirect` +
        '&after_completion[redirect][url]=https://s.example/ok?s={CHECKOUT_SESSION_ID}',
    )
    const visit = await merchant.browse(`${link.url}?client_reference_id=r1`)
    const page = visit.headers.get('location') ?? ''
    const paid = await merchant.browse(page, { action: 'pay', card: '4242424242424242' })
    expect(paid.headers.get('location')).toMatch(/^https:\/\/s\.example\/ok\?s=cs_test_/)
    const { body } = await merchant.get(`/v1/checkout/sessions?payment_link=${link.id}`)
    expect(body.data).toMatchObject([
      { amount_total: 2000, client_reference_id: 'r1', metadata: { ref: 'l1' }, status: 'complete' },
    ])
    expect((await merchant.browse(link.url)).status).toBe(410)
  })

  test('is closed by making it inactive', async () => {
    const merchant = openMerchant()
    const { body: link } = await merchant.post('/v1/payment_links', LINK)
    await merchant.post(`/v1/payment_links/${link.id}`, 'active=false&inactive_message=closed')
    const page = await merchant.browse(link.url)
    expect([page.status, await page.text()]).toEqual([410, expect.stringContaining('closed')])
    expect((await merchant.get('/v1/payment_links?active=true')).body.data).toEqual([])
  })
})
