import { verify, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  addWebhook,
  authorizedOrder,
  basic,
  capturedOrder,
  createOrder,
  DAY,
  FORM,
  FULL,
  issuesOf,
  type Merchant,
  openMerchant,
  type Received,
  unit,
} from './test-merchant.ts'

const HOOKS = '/v1/notifications/webhooks'
const VERIFY = '/v1/notifications/verify-webhook-signature'

const header = (sent: Received, name: string): string => sent.headers.get(`paypal-${name}`) ?? ''

/** The documented local check, written from PayPal's webhooks guide. */
async function verifiesLocally(merchant: Merchant, sent: Received, webhookId: string): Promise<boolean> {
  const url = new URL(header(sent, 'cert-url'))
  const served = await merchant.emulator.api(new Request(url))
  const certificate = new X509Certificate(await served.text())
  const [id, time] = [header(sent, 'transmission-id'), header(sent, 'transmission-time')]
  const text = `${id}|${time}|${webhookId}|${crc32(sent.body)}`
  const signature = Buffer.from(header(sent, 'transmission-sig'), 'base64')
  return verify('RSA-SHA256', Buffer.from(text), certificate.publicKey, signature)
}

const verificationBody = (sent: Received, webhookId: string, event = sent.body): string =>
  `{"auth_algo":"${header(sent, 'auth-algo')}","cert_url":"${header(sent, 'cert-url')}",` +
  `"transmission_id":"${header(sent, 'transmission-id')}",` +
  `"transmission_sig":"${header(sent, 'transmission-sig')}",` +
  `"transmission_time":"${header(sent, 'transmission-time')}",` +
  `"webhook_id":"${webhookId}", "webhook_event" : ${event}}`

async function verdict(merchant: Merchant, body: string, authorization?: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
  }
  const reply = await merchant.raw('POST', VERIFY, { body, headers })
  return reply.body.verification_status
}

const first = (merchant: Merchant): Received => {
  const [sent] = merchant.received
  if (sent === undefined) throw new Error('nothing was delivered')
  return sent
}

describe('management', () => {
  test('create, list, get, change and delete', async () => {
    const merchant = await openMerchant()
    const url = 'https://shop.example/hooks'
    const event_types = [{ name: 'PAYMENT.CAPTURE.COMPLETED' }]
    const made = await merchant.call('POST', HOOKS, { url, event_types })
    expect(made.status).toBe(201)
    expect(made.body.links.map((link: { rel: string }) => link.rel)).toEqual(['self', 'update', 'delete'])
    const { id } = made.body
    expect((await merchant.call('GET', `${HOOKS}?anchor_type=APPLICATION`)).body.webhooks).toHaveLength(1)
    const patched = await merchant.call('PATCH', `${HOOKS}/${id}`, [
      { op: 'replace', path: '/url', value: 'https://shop.example/new' },
      { op: 'replace', path: '/event_types', value: [{ name: '*' }] },
    ])
    expect(patched.body).toMatchObject({ url: 'https://shop.example/new', event_types: [{ name: '*' }] })
    expect((await merchant.call('GET', `${HOOKS}/${id}/event-types`)).body.event_types).toHaveLength(1)
    expect((await merchant.call('DELETE', `${HOOKS}/${id}`)).status).toBe(204)
    const gone = await merchant.call('GET', `${HOOKS}/${id}`)
    expect([gone.status, gone.body.name]).toEqual([404, 'INVALID_RESOURCE_ID'])
    const catalogue = await merchant.call('GET', '/v1/notifications/webhooks-event-types')
    expect(catalogue.body.event_types.length).toBeGreaterThan(20)
  })

  test.each([
    ['plain http', { url: 'http://shop.example/h', event_types: [{ name: '*' }] }, 'VALIDATION_ERROR'],
    ['no URL', { url: 'nowhere', event_types: [{ name: '*' }] }, 'VALIDATION_ERROR'],
    [
      'an unknown event',
      { url: 'https://shop.example/h', event_types: [{ name: 'PAYMENT.CAPTURED' }] },
      'VALIDATION_ERROR',
    ],
    ['no events', { url: 'https://shop.example/h', event_types: [] }, 'VALIDATION_ERROR'],
  ])('%s is refused', async (_, body, name) => {
    const merchant = await openMerchant()
    const reply = await merchant.call('POST', HOOKS, body)
    expect([reply.status, reply.body.name]).toEqual([400, name])
  })

  test('a URL registers once, and an app has ten webhooks', async () => {
    const merchant = await openMerchant()
    const add = (path: string) =>
      merchant.call('POST', HOOKS, { url: `https://shop.example/${path}`, event_types: [{ name: '*' }] })
    await add('0')
    expect((await add('0')).body.name).toBe('WEBHOOK_URL_ALREADY_EXISTS')
    for (let i = 1; i < 10; i += 1) await add(String(i))
    expect((await add('10')).body.name).toBe('WEBHOOK_NUMBER_LIMIT_EXCEEDED')
  })
})

describe('deliveries', () => {
  test('verify by the documented local check and by the API', async () => {
    const merchant = await openMerchant()
    const webhookId = await addWebhook(merchant, ['PAYMENT.CAPTURE.COMPLETED'])
    await capturedOrder(merchant)
    await merchant.kernel.runDue()
    const sent = first(merchant)
    expect(Object.fromEntries(sent.headers)).toMatchObject({
      'content-type': 'application/json',
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-auth-version': 'v2',
      'paypal-transmission-id': expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      'paypal-transmission-time': '2026-01-02T03:04:05Z',
      'paypal-cert-url': expect.stringMatching(
        /\/v1\/notifications\/certs\/CERT-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/,
      ),
    })
    expect(await verifiesLocally(merchant, sent, webhookId)).toBe(true)
    expect(await verifiesLocally(merchant, sent, 'OTHERWEBHOOK00000')).toBe(false)
    expect(await verdict(merchant, verificationBody(sent, webhookId))).toBe('SUCCESS')
    const byBasic = await verdict(merchant, verificationBody(sent, webhookId), basic(merchant.credentials))
    expect(byBasic).toBe('SUCCESS')
    const reprinted = JSON.stringify(JSON.parse(sent.body), null, 1)
    expect(await verdict(merchant, verificationBody(sent, webhookId, reprinted))).toBe('FAILURE')
    expect(await verdict(merchant, verificationBody(sent, 'OTHERWEBHOOK00000'))).toBe('FAILURE')
  })

  test('the certificate names PayPal’s verification host and signs itself', async () => {
    const merchant = await openMerchant()
    await addWebhook(merchant)
    await capturedOrder(merchant)
    await merchant.kernel.runDue()
    const served = await merchant.emulator.api(new Request(header(first(merchant), 'cert-url')))
    expect(served.headers.get('content-type')).toBe('application/x-pem-file')
    const certificate = new X509Certificate(await served.text())
    expect(certificate.subject).toBe('CN=messageverificationcerts.sandbox.paypal.com')
    expect(certificate.checkHost('messageverificationcerts.sandbox.paypal.com')).toBeDefined()
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
    const other = await merchant.raw('GET', '/v1/notifications/certs/CERT-0-0-0')
    expect(other.status).toBe(404)
  })

  test('are tried again 25 times within 3 days, under new transmission ids', async () => {
    const merchant = await openMerchant(() => 500)
    await addWebhook(merchant, ['CHECKOUT.ORDER.COMPLETED'])
    await capturedOrder(merchant)
    await merchant.advance(3 * DAY)
    expect(merchant.received).toHaveLength(26)
    expect(new Set(merchant.received.map((sent) => header(sent, 'transmission-id'))).size).toBe(26)
    expect(new Set(merchant.received.map((sent) => sent.body)).size).toBe(1)
    await merchant.advance(3 * DAY)
    expect(merchant.received).toHaveLength(26)
  })

  test('carry only what the webhook asked for', async () => {
    const merchant = await openMerchant()
    await addWebhook(merchant, ['CHECKOUT.ORDER.APPROVED'])
    await capturedOrder(merchant)
    await merchant.kernel.runDue()
    expect(merchant.eventTypes()).toEqual(['CHECKOUT.ORDER.APPROVED'])
  })
})

describe('events', () => {
  test('a paid, refunded and disputed order tells its story', async () => {
    const merchant = await openMerchant()
    await addWebhook(merchant)
    const { id, capture } = await capturedOrder(merchant, [
      unit('10.00', 'USD', { custom_id: 'pay_1', invoice_id: 'inv_1' }),
    ])
    const refund = { amount: { currency_code: 'USD', value: '4.00' } }
    await merchant.call('POST', `/v2/payments/captures/${capture.id}/refund`, refund)
    merchant.simulate(id, 'dispute')
    merchant.simulate(id, 'dispute')
    await merchant.kernel.runDue()
    expect(merchant.eventTypes()).toEqual([
      'CHECKOUT.ORDER.APPROVED',
      'PAYMENT.CAPTURE.COMPLETED',
      'CHECKOUT.ORDER.COMPLETED',
      'PAYMENT.CAPTURE.REFUNDED',
      'CUSTOMER.DISPUTE.CREATED',
      'CUSTOMER.DISPUTE.RESOLVED',
      'PAYMENT.CAPTURE.REVERSED',
    ])
    const [approved, captured, , refunded, , , reversed] = merchant.received.map((sent) =>
      JSON.parse(sent.body),
    )
    expect(approved).toMatchObject({ resource_type: 'checkout-order', resource: { id, status: 'APPROVED' } })
    expect(captured).toMatchObject({
      id: expect.stringMatching(/^WH-[A-Z0-9]{17}-[A-Z0-9]{17}$/),
      event_version: '1.0',
      create_time: '2026-01-02T03:04:05.000Z',
      resource_version: '2.0',
      summary: 'Payment completed for $ 10.0 USD',
      resource: {
        custom_id: 'pay_1',
        invoice_id: 'inv_1',
        supplementary_data: { related_ids: { order_id: id } },
        disbursement_mode: 'INSTANT',
      },
    })
    // A refund names its capture only by a link.
    expect(refunded).toMatchObject({
      resource_type: 'refund',
      summary: 'A $ 4.0 USD capture payment was refunded',
    })
    expect(refunded.resource.links[1]).toMatchObject({ rel: 'up', href: expect.stringContaining(capture.id) })
    expect(reversed.resource).toMatchObject({ note_to_payer: 'Payment reversed', amount: { value: '6.00' } })
  })

  test('authorizations, slow banks and unused approvals have theirs', async () => {
    const merchant = await openMerchant()
    await addWebhook(merchant, [
      'PAYMENT.AUTHORIZATION.CREATED',
      'PAYMENT.AUTHORIZATION.VOIDED',
      'PAYMENT.CAPTURE.PENDING',
      'PAYMENT.CAPTURE.DENIED',
      'PAYMENT.REFUND.FAILED',
      'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
    ])
    const { authorization } = await authorizedOrder(merchant)
    await merchant.call('POST', `/v2/payments/authorizations/${authorization.id}/void`)
    const slow = await createOrder(merchant)
    merchant.simulate(slow, 'late_succeed')
    await merchant.call('POST', `/v2/checkout/orders/${slow}/capture`)
    merchant.simulate(slow, 'fail')
    const unused = await createOrder(merchant)
    merchant.simulate(unused, 'succeed')
    await merchant.advance(DAY / 8)
    expect(merchant.eventTypes()).toEqual([
      'PAYMENT.AUTHORIZATION.CREATED',
      'PAYMENT.AUTHORIZATION.VOIDED',
      'PAYMENT.CAPTURE.PENDING',
      'PAYMENT.CAPTURE.DENIED',
      'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
    ])
  })

  test('are listed newest first in pages, fetched and sent again unchanged', async () => {
    const merchant = await openMerchant()
    const webhookId = await addWebhook(merchant)
    const { capture } = await capturedOrder(merchant)
    const list = await merchant.call('GET', '/v1/notifications/webhooks-events?page_size=2')
    expect(list.body.events.map((event: { event_type: string }) => event.event_type)).toEqual([
      'CHECKOUT.ORDER.COMPLETED',
      'PAYMENT.CAPTURE.COMPLETED',
    ])
    const next = new URL(list.body.links.find((link: { rel: string }) => link.rel === 'next').href)
    const rest = await merchant.call('GET', next.pathname + next.search)
    expect([rest.body.count, rest.body.links.length]).toEqual([1, 1])
    const found = await merchant.call('GET', `/v1/notifications/webhooks-events?transaction_id=${capture.id}`)
    const [event] = found.body.events
    expect(found.body.count).toBe(1)
    await merchant.kernel.runDue()
    const before = merchant.received.find((sent) => JSON.parse(sent.body).id === event.id)
    merchant.received.length = 0
    const path = `/v1/notifications/webhooks-events/${event.id}`
    expect((await merchant.call('GET', path)).body).toEqual(event)
    const again = await merchant.call('POST', `${path}/resend`, { webhook_ids: [webhookId] })
    expect(again.status).toBe(202)
    await merchant.kernel.runDue()
    expect(first(merchant).body).toBe(before?.body)
  })
})

describe('the simulator', () => {
  test('signs for the literal WEBHOOK_ID, which verification by API refuses', async () => {
    const merchant = await openMerchant()
    const webhookId = await addWebhook(merchant)
    const simulate = () =>
      merchant.call('POST', '/v1/notifications/simulate-event', {
        webhook_id: webhookId,
        event_type: 'PAYMENT.CAPTURE.COMPLETED',
        resource_version: '2.0',
      })
    // The published schema wants a date; the simulator is known for months that do not exist.
    const replies = [await simulate(), await simulate()]
    expect(replies.map((reply) => reply.status)).toEqual([202, 202])
    await merchant.kernel.runDue()
    const sent = first(merchant)
    expect(await verifiesLocally(merchant, sent, 'WEBHOOK_ID')).toBe(true)
    expect(await verifiesLocally(merchant, sent, webhookId)).toBe(false)
    expect(await verdict(merchant, verificationBody(sent, webhookId))).toBe('FAILURE')
    expect(await verdict(merchant, verificationBody(sent, 'WEBHOOKID'))).toBe('FAILURE')
    const [one, two] = merchant.received.map((delivery) => JSON.parse(delivery.body))
    expect(two.id).toBe(one.id)
    expect(Number.isNaN(Date.parse(one.create_time))).toBe(true)
  })

  test('knows the events of payments only', async () => {
    const merchant = await openMerchant()
    const body = { url: 'https://shop.example/h', event_type: 'BILLING.PLAN.CREATED' }
    const reply = await merchant.call('POST', '/v1/notifications/simulate-event', body)
    expect([reply.status, reply.body.name, issuesOf(reply).length]).toEqual([400, 'VALIDATION_ERROR', 1])
  })
})

test('odd request forms of the official SDKs are understood', async () => {
  const merchant = await openMerchant()
  const id = await createOrder(merchant)
  expect((await merchant.raw('GET', `/v2/checkout/orders/${id}?`)).status).toBe(200)
  expect((await merchant.raw('GET', `/v2/checkout/orders/${id}?&&&&`)).status).toBe(200)
  merchant.simulate(id, 'succeed')
  const headers = { ...FULL, 'content-type': FORM, 'content-length': '0' }
  expect((await merchant.raw('POST', `/v2/checkout/orders/${id}/capture?`, { headers })).status).toBe(201)
  const wrong = await merchant.raw('DELETE', `/v2/checkout/orders/${id}`)
  expect([wrong.status, wrong.body.name]).toEqual([405, 'METHOD_NOT_SUPPORTED'])
})
