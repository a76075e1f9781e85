import { createServer } from 'node:http'
import Razorpay from 'razorpay'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSandbox } from '../index.ts'
import { type SandboxServer, startServer } from '../server.ts'
import { type Witnessed, witnessed } from '../test-witness.ts'
import { createRazorpay } from './index.ts'
import { hasReference } from './reference.ts'
import { judgeAnswer } from './test-spec.ts'

/** The official SDK over a real socket: an independent witness that the wire is Razorpay's. */

interface Delivery {
  readonly body: string
  readonly signature: string
}

let server: SandboxServer
/** Every answer the SDK was given, judged by the specification. */
let answers: Witnessed
let client: Razorpay
const deliveries: Delivery[] = []
const receiver = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    deliveries.push({ body, signature: String(request.headers['x-razorpay-signature']) })
    response.end()
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  server = await startServer({
    ports: { pages: 0, api: { stripe: 0, razorpay: 0, paypal: 0, twilio: 0 } },
    sandbox: (urls) =>
      createSandbox({
        clock: { now: () => Date.now() },
        seed: 3,
        urls,
        fetch,
        emulators: {
          razorpay: (world) => {
            answers = witnessed(createRazorpay(world), judgeAnswer)
            return answers.emulator
          },
        },
      }),
    onError: (error) => console.error(error),
  })
  const { key_id = '', key_secret = '' } = server.sandbox.account('razorpay').credentials
  client = new Razorpay({ key_id, key_secret })
  // The SDK has no setting for its origin; this is the axios instance it keeps.
  const { api } = client as unknown as { api: { rq: { defaults: { baseURL: string } } } }
  api.rq.defaults.baseURL = server.urls.api.razorpay
})

afterAll(async () => {
  await server.stop()
  await new Promise((resolve) => receiver.close(resolve))
})

afterEach(() => expect(answers.problems.splice(0)).toEqual([]))

const judged = (...operations: readonly string[]) => {
  if (hasReference) expect([...answers.operations]).toEqual(expect.arrayContaining([...operations]))
}

const receiverUrl = () => {
  const address = receiver.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/hook`
}
const accountId = () => server.sandbox.account('razorpay').id

test('orders, payments, captures, refunds and webhooks work through the official SDK', async () => {
  const events = { 'payment.captured': true, 'refund.processed': true }
  // The SDK's types know only the partner form of `events`; accounts of their own send the map.
  const registered = await client.webhooks.create({ url: receiverUrl(), secret: 'whsec', events } as never)
  expect(registered.active).toBe(true)
  expect((await client.webhooks.all({ count: 5 } as never)).items).toHaveLength(1)

  const order = await client.orders.create({
    amount: 50_000,
    currency: 'INR',
    receipt: 'sdk_1',
    notes: { a: 'b' },
    payment: { capture: 'manual', capture_options: { manual_expiry_period: 7_200, refund_speed: 'normal' } },
  } as never)
  expect((await client.orders.fetch(order.id)).receipt).toBe('sdk_1')
  expect((await client.orders.all({ receipt: 'sdk_1' })).items.map(({ id }) => id)).toEqual([order.id])
  expect(server.sandbox.simulate('razorpay', accountId(), order.id, 'succeed').ok).toBe(true)
  const [payment] = (await client.orders.fetchPayments(order.id)).items
  const paymentId = payment?.id ?? ''
  expect((await client.payments.fetch(paymentId)).status).toBe('authorized')
  expect((await client.payments.capture(paymentId, 50_000, 'INR')).status).toBe('captured')

  const partial = await client.payments.refund(paymentId, { amount: 300, receipt: 'rma_1' })
  const rest = await client.payments.refund(paymentId, {})
  expect([partial.amount, rest.amount]).toEqual([300, 49_700])
  expect((await client.payments.fetchMultipleRefund(paymentId, { count: 10 })).count).toBe(2)
  expect((await client.payments.fetchRefund(paymentId, partial.id)).id).toBe(partial.id)
  expect((await client.refunds.fetch(rest.id)).status).toBe('processed')

  await expect.poll(() => deliveries.length).toBe(3)
  for (const { body, signature } of deliveries) {
    expect(Razorpay.validateWebhookSignature(body, signature, 'whsec')).toBe(true)
    expect(Razorpay.validateWebhookSignature(`${body} `, signature, 'whsec')).toBe(false)
  }
})

test('payment links work through the official SDK', async () => {
  const link = await client.paymentLink.create({
    amount: 1_000,
    currency: 'INR',
    reference_id: 'sdk_link',
    upi_link: false,
    customer: { name: 'Asha Rao', email: 'a@example.com', contact: '+919000090000' },
  })
  expect((await client.paymentLink.fetch(link.id)).short_url).toBe(link.short_url)
  const page = await fetch(link.short_url)
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('INR 10.00')])
  expect((await client.paymentLink.cancel(link.id)).status).toBe('cancelled')
  judged('POST /v1/payment_links', 'GET /v1/payment_links/{id}', 'POST /v1/payment_links/{id}/cancel')
})

test('plans, subscriptions and their invoices work through the official SDK', async () => {
  const plan = await client.plans.create({
    period: 'monthly',
    interval: 1,
    item: { name: 'Gold', amount: 69_900, currency: 'INR' },
  })
  expect((await client.plans.fetch(plan.id)).item.amount).toBe(69_900)
  const { id } = await client.subscriptions.create({
    plan_id: plan.id,
    total_count: 12,
    customer_notify: true,
    notes: { onerouter_subscription: 'sub_1' },
  })
  const act = (action: 'approve' | 'renew') =>
    server.sandbox.simulateSubscription('razorpay', accountId(), id, action)
  expect(act('approve')).toEqual({ ok: true, status: 'active' })
  expect(act('renew')).toEqual({ ok: true, status: 'active' })
  expect(await client.subscriptions.fetch(id)).toMatchObject({
    status: 'active',
    paid_count: 2,
    remaining_count: 10,
  })
  const invoices = await client.invoices.all({ subscription_id: id } as never)
  expect(invoices.items).toMatchObject([{ status: 'paid', amount: 69_900 }, { status: 'paid' }])
  const renewal = String(invoices.items[0]?.payment_id)
  expect((await client.payments.refund(renewal, { amount: 900 })).status).toBe('processed')
  expect(await client.payments.fetch(renewal)).toMatchObject({
    amount_refunded: 900,
    refund_status: 'partial',
  })
  await expect(client.payments.refund(renewal, { amount: 69_001 })).rejects.toMatchObject({
    statusCode: 400,
    error: { description: 'The refund amount provided is greater than amount captured.' },
  })
  await client.subscriptions.update(id, { quantity: 2, schedule_change_at: 'cycle_end' })
  expect((await client.subscriptions.pendingUpdate(id)).quantity).toBe(2)
  expect((await client.subscriptions.cancelScheduledChanges(id)).has_scheduled_changes).toBe(false)
  expect((await client.subscriptions.pause(id, { pause_at: 'now' })).status).toBe('paused')
  expect((await client.subscriptions.resume(id, { resume_at: 'now' })).status).toBe('active')
  expect((await client.subscriptions.cancel(id, true)).status).toBe('active')
  expect((await client.subscriptions.cancel(id)).status).toBe('cancelled')
  judged('POST /v1/plans', 'GET /v1/plans/{id}', 'POST /v1/subscriptions', 'GET /v1/subscriptions/{id}')
  judged('PATCH /v1/subscriptions/{id}', 'POST /v1/subscriptions/{id}/cancel')
  judged('POST /v1/subscriptions/{id}/pause', 'POST /v1/subscriptions/{id}/resume')
  const listed = await client.subscriptions.all({ plan_id: plan.id } as never)
  expect(listed.items.map((row) => row.id)).toEqual([id])
})

test('the SDK sees refusals with their texts', async () => {
  await expect(client.orders.create({ amount: 1, currency: 'INR' })).rejects.toMatchObject({
    statusCode: 400,
    error: { code: 'BAD_REQUEST_ERROR', description: 'The amount must be at least INR 1.00.' },
  })
})

test('a cut connection reaches the SDK as a network error, and the effect of a lost answer stays', async () => {
  const create = (receipt: string) => client.orders.create({ amount: 500, currency: 'INR', receipt })
  for (const fault of ['lost_request', 'lost_answer'] as const) {
    server.sandbox.faults.add({ provider: 'razorpay', fault, count: 1, match: 'POST /v1/orders' })
    await expect(create(fault)).rejects.toThrow()
  }
  expect((await client.orders.all({ receipt: 'lost_request' })).count).toBe(0)
  expect((await client.orders.all({ receipt: 'lost_answer' })).count).toBe(1)
})
