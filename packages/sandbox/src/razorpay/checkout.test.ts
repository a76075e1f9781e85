import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createStand } from './test-stand.ts'

type Stand = ReturnType<typeof createStand>
const ORIGIN = 'http://razorpay.test'

async function open(stand: Stand, path: string, form?: Record<string, string>, viaPages = false) {
  const request = new Request(`${ORIGIN}${path}`, {
    method: form === undefined ? 'GET' : 'POST',
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  })
  const response = await (viaPages ? stand.sandbox.pages(request) : stand.api(request))
  return { response, html: await response.text(), location: response.headers.get('location') ?? '' }
}

async function embedded(stand: Stand, orderId: string, extra: Record<string, string> = {}) {
  const { location } = await open(stand, '/v1/checkout/embedded', {
    key_id: stand.keyId,
    order_id: orderId,
    amount: '50000',
    name: 'Shop <b>',
    'prefill[email]': 'payer@example.com',
    callback_url: 'https://shop.example/callback',
    cancel_url: 'https://shop.example/cancel',
    ...extra,
  })
  return location
}

const hidden = (html: string, name: string) =>
  new RegExp(`name="${name.replace(/[[\]]/g, '\\$&')}" value="([^"]*)"`).exec(html)?.[1]
const sign = (stand: Stand, text: string) => createHmac('sha256', stand.keySecret).update(text).digest('hex')

test('the hosted checkout returns a signed callback after a UPI payment', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  const session = await embedded(stand, orderId)
  const page = await open(stand, session)
  expect(page.html).toContain('INR 500.00')
  expect(page.html).toContain('Shop &lt;b&gt;')
  expect(page.html).toContain('payer@example.com')
  for (const name of ['Pay', 'Decline', 'Slow bank', 'Cancel and return']) {
    expect(page.html).toContain(`>${name}</button>`)
  }
  const { html } = await open(stand, session, { action: 'pay', method: 'upi', vpa: 'success@razorpay' })
  const paymentId = hidden(html, 'razorpay_payment_id') ?? ''
  expect(html).toContain('action="https://shop.example/callback"')
  expect(hidden(html, 'razorpay_order_id')).toBe(orderId)
  expect(hidden(html, 'razorpay_signature')).toBe(sign(stand, `${orderId}|${paymentId}`))
  expect((await stand.payment(orderId))['status']).toBe('captured')
})

test('a declined payment posts the error back and leaves the order payable', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  const { html } = await open(stand, await embedded(stand, orderId), { action: 'decline', method: 'card' })
  expect(hidden(html, 'error[code]')).toBe('BAD_REQUEST_ERROR')
  expect(hidden(html, 'error[reason]')).toBe('card_declined')
  expect(hidden(html, 'error[metadata]')).toContain(orderId)
  expect((await stand.call('GET', `/v1/orders/${orderId}`)).body['status']).toBe('attempted')
})

test('failure@razorpay fails whatever button is pressed', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  const form = { action: 'pay', method: 'upi', vpa: 'failure@razorpay' }
  await open(stand, await embedded(stand, orderId), form)
  expect((await stand.payment(orderId))['status']).toBe('failed')
})

test('a card goes through the bank page; a short password fails, a good one pays', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  const session = await embedded(stand, orderId)
  const first = await open(stand, session, { action: 'pay', method: 'card', number: '4100280000001007' })
  expect((await open(stand, first.location)).html).toContain('>Complete authentication</button>')
  await open(stand, first.location, { action: 'complete', otp: '123' })
  expect(await stand.payment(orderId)).toMatchObject({ status: 'failed', error_reason: 'incorrect_otp' })
  const second = await open(stand, session, { action: 'pay', method: 'card', number: '5555555555554444' })
  await open(stand, second.location, { action: 'complete', otp: '1234' })
  expect(await stand.payment(orderId)).toMatchObject({
    status: 'captured',
    international: true,
    card: { last4: '4444', network: 'MasterCard' },
  })
})

test.each([
  ['4100280000080001', 'insufficient_funds'],
  ['5305620000040002', 'payment_cancelled'],
  ['4100280000020007', 'gateway_technical_error'],
  ['4100280000001007', 'payment_failed'],
])('card %s fails with %s', async (number, reason) => {
  const stand = createStand()
  const orderId = await stand.order()
  const { location } = await open(stand, await embedded(stand, orderId), {
    action: 'pay',
    method: 'card',
    number,
  })
  const fails = new URL(location, ORIGIN).searchParams.get('fails') ?? ''
  await open(stand, location, { action: 'fail', fails })
  expect((await stand.payment(orderId))['error_reason']).toBe(reason)
})

test('cancelling returns to cancel_url and leaves no payment behind', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  const { response, location } = await open(stand, await embedded(stand, orderId), { action: 'cancel' })
  expect([response.status, location]).toEqual([303, 'https://shop.example/cancel'])
  expect(await stand.payment(orderId)).toEqual({})
})

test('a slow bank fails after ten minutes and authorises late', async () => {
  const stand = createStand()
  const orderId = await stand.order({ payment: { capture: 'automatic' } })
  const { html } = await open(stand, await embedded(stand, orderId), { action: 'slow', method: 'upi' })
  expect(html).toContain('Waiting for your bank')
  expect((await stand.payment(orderId))['status']).toBe('created')
  await stand.sandbox.advance(600_000)
  expect(await stand.payment(orderId)).toMatchObject({ status: 'failed', error_reason: 'payment_timed_out' })
  await stand.sandbox.advance(1_200_000)
  expect((await stand.payment(orderId))['status']).toBe('captured')
})

test('the framed checkout reports to the embedding origin only', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  const query = new URLSearchParams({ key: stand.keyId, order_id: orderId, origin: 'https://shop.example' })
  const { location } = await open(stand, `/v1/checkout/public?${query}`)
  const { html, response } = await open(stand, location, { action: 'pay', method: 'upi' })
  expect(html).toMatch(/parent\.postMessage\(\{"kind":"success".*, "https:\/\/shop\.example"\)/)
  expect(response.headers.get('content-security-policy')).toMatch(/script-src 'nonce-/)
})

test('checkout.js offers Razorpay(options).open()', async () => {
  const stand = createStand()
  const { html, response } = await open(stand, '/v1/checkout.js')
  expect(response.headers.get('content-type')).toMatch(/javascript/)
  expect(() => new Function(html)).not.toThrow()
  expect(html).toContain('window.Razorpay = Razorpay')
})

test.each([
  [{ key_id: 'rzp_test_nobody' }, 'The api key provided is invalid'],
  [{ order_id: 'order_nothing0000000' }, 'The id provided does not exist'],
  [{ callback_url: 'javascript:alert(1)' }, 'The callback_url format is invalid.'],
  [{ amount: '1' }, 'Your payment amount is different'],
])('a checkout with %j does not start', async (fields, text) => {
  const stand = createStand()
  const form = {
    key_id: stand.keyId,
    order_id: await stand.order(),
    callback_url: 'https://shop.example/cb',
    ...fields,
  }
  const { response, html } = await open(stand, '/v1/checkout/embedded', form)
  expect(response.status).toBe(400)
  expect(html).toContain(text)
})

test('a payment link is paid on its page and returns with a signed query', async () => {
  const stand = createStand()
  const { body } = await stand.call('POST', '/v1/payment_links', {
    amount: 1_000,
    reference_id: 'TS1',
    callback_url: 'https://shop.example/cb?x=1',
    callback_method: 'get',
  })
  const link = await open(stand, new URL(String(body['short_url'])).pathname, undefined, true)
  const { location } = await open(stand, link.location, { action: 'pay', method: 'upi' }, true)
  const { searchParams } = new URL(location)
  const paymentId = searchParams.get('razorpay_payment_id')
  expect(searchParams.get('x')).toBe('1')
  expect(searchParams.get('razorpay_payment_link_status')).toBe('paid')
  expect(searchParams.get('razorpay_signature')).toBe(
    sign(stand, `${String(body['id'])}|TS1|paid|${paymentId}`),
  )
  expect((await open(stand, link.location, undefined, true)).html).toContain('Already settled')
})

test('planned faults do not hit the payer’s pages', async () => {
  const stand = createStand()
  const orderId = await stand.order()
  stand.sandbox.faults.add({ provider: 'razorpay', fault: 'error_before', count: 1 })
  expect((await open(stand, await embedded(stand, orderId))).response.status).toBe(200)
  expect((await stand.call('GET', '/v1/orders')).status).toBe(500)
})
