import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox } from '../index.ts'
import { type SandboxServer, startServer } from '../server.ts'
import { type Witnessed, witnessed } from '../test-witness.ts'
import { createStripe } from './index.ts'
import { judgeAnswer, specPresent } from './spec-check.ts'

/** The official SDK as an independent witness, over a real socket. */
let server: SandboxServer
/** Every answer the SDK was given, judged by the specification. */
let answers: Witnessed
let stripe: Stripe
let httpClients: readonly Stripe[]
const hooks: { body: string; signature: string }[] = []

beforeAll(async () => {
  server = await startServer({
    ports: { pages: 0, api: { stripe: 0, razorpay: 0, paypal: 0, twilio: 0 } },
    onError: (error) => expect.fail(String(error)),
    sandbox: (urls) =>
      createSandbox({
        clock: { now: () => Date.UTC(2026, 10, 24) },
        seed: 3,
        urls,
        emulators: {
          stripe: (world) => {
            answers = witnessed(createStripe(world), judgeAnswer)
            return answers.emulator
          },
        },
        fetch: async (input, init) => {
          const request = new Request(input, init)
          hooks.push({ body: await request.text(), signature: request.headers.get('stripe-signature') ?? '' })
          return new Response()
        },
      }),
  })
  const key = server.sandbox.account('stripe').credentials.secret_key ?? ''
  const at = { host: '127.0.0.1', port: server.ports.api.stripe, protocol: 'http', telemetry: false } as const
  stripe = new Stripe(key, { ...at, maxNetworkRetries: 0 })
  httpClients = [stripe, new Stripe(key, { ...at, httpClient: Stripe.createFetchHttpClient() })]
})
afterEach(() => expect(answers.problems.splice(0)).toEqual([]))
afterAll(() => server.stop())

const judged = (...operations: readonly string[]) => {
  if (specPresent) expect([...answers.operations]).toEqual(expect.arrayContaining([...operations]))
}

const pay = (extra: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_visa',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    ...extra,
  })

async function payer(url: string, action: string): Promise<Response> {
  const body = new URLSearchParams({ action, card: '4242424242424242' })
  return fetch(url, { method: 'POST', body, redirect: 'manual' })
}

describe('the official SDK', () => {
  test('reads account and balance with both of its HTTP clients', async () => {
    for (const client of httpClients) {
      expect((await client.accounts.retrieveCurrent()).id).toMatch(/^acct_/)
      expect((await client.balance.retrieve()).livemode).toBe(false)
    }
  })

  test('creates, reads, updates, lists and confirms payment intents', async () => {
    const intent = await stripe.paymentIntents.create(
      {
        amount: 1099,
        currency: 'usd',
        description: 'Order #42 – café ☕',
        metadata: { note: 'a&b=c [x] (y)!' },
      },
      { idempotencyKey: 'sdk-1' },
    )
    expect(intent.lastResponse.idempotencyKey).toBe('sdk-1')
    expect(intent.description).toBe('Order #42 – café ☕')
    expect(intent.metadata).toEqual({ note: 'a&b=c [x] (y)!' })
    expect((await stripe.paymentIntents.retrieve(intent.id)).amount).toBe(1099)
    expect(
      (await stripe.paymentIntents.update(intent.id, { metadata: { note: '' }, description: '' })).metadata,
    ).toEqual({})
    const options = { payment_method: 'pm_card_visa', return_url: 'https://shop.example/r' }
    expect((await stripe.paymentIntents.confirm(intent.id, options)).status).toBe('succeeded')
    const listed = []
    for await (const row of stripe.paymentIntents.list({ limit: 1 })) listed.push(row.id)
    expect(listed).toContain(intent.id)
    await stripe.paymentIntents.search({ query: "metadata['note']:'x'" })
  })

  test('captures and cancels holds', async () => {
    const part = await pay({ capture_method: 'manual' })
    expect((await stripe.paymentIntents.capture(part.id, { amount_to_capture: 750 })).amount_received).toBe(
      750,
    )
    const whole = await pay({ capture_method: 'manual' })
    expect((await stripe.paymentIntents.capture(whole.id)).amount_received).toBe(2000)
    const gone = await pay({ capture_method: 'manual' })
    const canceled = await stripe.paymentIntents.cancel(gone.id, { cancellation_reason: 'abandoned' })
    expect(canceled.status).toBe('canceled')
  })

  test('raises its own error classes', async () => {
    await expect(pay({ payment_method: 'pm_card_visa_chargeDeclined' })).rejects.toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'generic_decline',
      payment_intent: { status: 'requires_payment_method' },
    })
    await expect(pay({ amount: 1 })).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      code: 'amount_too_small',
    })
    await expect(stripe.paymentIntents.retrieve('pi_x')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    })
    const key = { idempotencyKey: 'sdk-2' }
    await stripe.paymentIntents.create({ amount: 100, currency: 'usd' }, key)
    await expect(stripe.paymentIntents.create({ amount: 101, currency: 'usd' }, key)).rejects.toMatchObject({
      type: 'StripeIdempotencyError',
    })
    const stranger = new Stripe('sk_test_wrong', {
      host: '127.0.0.1',
      port: server.ports.api.stripe,
      protocol: 'http',
      telemetry: false,
    })
    await expect(stranger.balance.retrieve()).rejects.toMatchObject({ type: 'StripeAuthenticationError' })
  })

  test('takes a payment through Checkout', async () => {
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [
        { price_data: { currency: 'usd', unit_amount: 50000, product_data: { name: 'Order' } }, quantity: 1 },
      ],
      success_url: 'https://shop.example/ok?s={CHECKOUT_SESSION_ID}',
      payment_intent_data: { metadata: { onerouter_ref: 'pay_9' } },
    })
    expect(session.payment_intent).toBeNull()
    const back = await payer(session.url ?? '', 'pay')
    expect(back.headers.get('location')).toBe(`https://shop.example/ok?s=${session.id}`)
    const paid = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge'],
    })
    expect(paid).toMatchObject({ payment_status: 'paid', payment_intent: { latest_charge: { paid: true } } })
    const { id } = paid.payment_intent as Stripe.PaymentIntent // expanded above
    expect((await stripe.checkout.sessions.list({ payment_intent: id })).data).toHaveLength(1)
    expect((await stripe.checkout.sessions.listLineItems(session.id)).data[0]?.amount_total).toBe(50000)
    const other = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://shop.example/ok',
      line_items: [
        { price_data: { currency: 'jpy', unit_amount: 500, product_data: { name: 'O' } }, quantity: 2 },
      ],
    })
    expect([other.amount_total, (await stripe.checkout.sessions.expire(other.id)).status]).toEqual([
      1000,
      'expired',
    ])
  })

  test('refunds, and reads charges and balance transactions', async () => {
    const intent = await pay({ capture_method: 'automatic', expand: ['latest_charge.balance_transaction'] })
    const charge = intent.latest_charge as Stripe.Charge // expanded above
    const movement = charge.balance_transaction as Stripe.BalanceTransaction // expanded above
    expect([movement.fee, movement.net]).toEqual([88, 1912])
    const refund = await stripe.refunds.create({
      payment_intent: intent.id,
      amount: 300,
      reason: 'duplicate',
    })
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded')
    expect((await stripe.refunds.update(refund.id, { metadata: { a: '1' } })).metadata).toEqual({ a: '1' })
    expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(1)
    await expect(stripe.refunds.cancel(refund.id)).rejects.toMatchObject({ statusCode: 400 })
    expect((await stripe.charges.retrieve(charge.id)).amount_refunded).toBe(300)
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1)
    expect((await stripe.balanceTransactions.retrieve(movement.id)).source).toBe(charge.id)
    expect((await stripe.balanceTransactions.list({ source: charge.id })).data).toHaveLength(1)
  })

  test('keeps customers, products and prices', async () => {
    const customer = await stripe.customers.create({ email: 'a@example.com', address: { city: 'Bengaluru' } })
    expect((await stripe.customers.update(customer.id, { name: 'New' })).name).toBe('New')
    expect((await stripe.customers.list({ email: 'a@example.com' })).data).toHaveLength(1)
    expect((await stripe.customers.del(customer.id)).deleted).toBe(true)
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
    const product = await stripe.products.create({ name: 'Gold' })
    const price = await stripe.prices.create({
      product: product.id,
      unit_amount: 69900,
      currency: 'inr',
      lookup_key: 'g',
    })
    expect((await stripe.prices.list({ lookup_keys: ['g'] })).data).toMatchObject([{ id: price.id }])
  })

  test('starts, changes, pauses, resumes and cancels subscriptions, and reads their invoices', async () => {
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const product = await stripe.products.create({ name: 'Gold' })
    const recurring = { interval: 'month' } as const
    const price = await stripe.prices.create({
      product: product.id,
      unit_amount: 900,
      currency: 'eur',
      recurring,
    })
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
      metadata: { onerouter_ref: 'sub_1' },
      expand: ['latest_invoice.confirmation_secret'],
    })
    const { id: invoiceId } = subscription.latest_invoice as Stripe.Invoice // expanded above
    const invoice = await stripe.invoices.retrieve(invoiceId, {
      expand: ['confirmation_secret', 'payments.data.payment.payment_intent'],
    })
    const intent = invoice.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent // expanded above
    expect(invoice.confirmation_secret?.client_secret).toBe(intent.client_secret)
    await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })
    const { id } = subscription
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active')
    expect((await stripe.invoices.list({ subscription: id })).data).toMatchObject([
      { status: 'paid', amount_paid: 900 },
    ])
    expect((await stripe.invoicePayments.list({ invoice: invoiceId })).data).toHaveLength(1)
    const item = subscription.items.data[0]?.id ?? ''
    const changed = await stripe.subscriptions.update(id, {
      items: [{ id: item, quantity: 3 }],
      proration_behavior: 'always_invoice',
    })
    expect(changed.items.data[0]?.quantity).toBe(3)
    expect((await stripe.subscriptions.pause(id)).status).toBe('paused')
    expect((await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'now' } })).status).toBe(
      'active',
    )
    const held = await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } })
    expect(held.pause_collection?.behavior).toBe('void')
    expect((await stripe.subscriptions.update(id, { pause_collection: '' })).pause_collection).toBeNull()
    expect((await stripe.subscriptions.update(id, { cancel_at_period_end: true })).cancel_at_period_end).toBe(
      true,
    )
    expect((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toHaveLength(1)
    expect((await stripe.subscriptions.cancel(id)).status).toBe('canceled')
    judged('POST /v1/subscriptions', 'GET /v1/subscriptions', 'GET /v1/subscriptions/{id}')
    judged('POST /v1/subscriptions/{id}', 'DELETE /v1/subscriptions/{id}')
    judged('POST /v1/subscriptions/{id}/pause', 'POST /v1/subscriptions/{id}/resume')
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'https://shop.example/ok',
      subscription_data: { trial_period_days: 7 },
    })
    await payer(session.url ?? '', 'pay')
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
    expect(done.subscription).toMatchObject({ status: 'trialing' })
    const [paid] = (await stripe.invoicePayments.list({ status: 'paid' })).data
    const paidBy = String(paid?.payment.payment_intent)
    const refund = await stripe.refunds.create({ payment_intent: paidBy, amount: 100 })
    expect(refund).toMatchObject({ amount: 100, payment_intent: paidBy, status: 'succeeded' })
    const tooMuch = stripe.refunds.create({ charge: String(refund.charge), amount: 99_999_999 })
    await expect(tooMuch).rejects.toMatchObject({ statusCode: 400, param: 'amount' })
  })

  test('saves a card, charges it without its owner and reads the documented refusals', async () => {
    const customer = await stripe.customers.create({ email: 'saved@example.com' })
    const first = await pay({ customer: customer.id, setup_future_usage: 'off_session' })
    const method = String(first.payment_method)
    expect((await stripe.customers.listPaymentMethods(customer.id)).data.map(({ id }) => id)).toEqual([
      method,
    ])
    const later = { customer: customer.id, payment_method: method, off_session: true } as const
    expect((await pay(later)).status).toBe('succeeded')
    const { id } = server.sandbox.account('stripe')
    server.sandbox.simulateMethod('stripe', id, method, 'require_authentication')
    const error = await pay(later).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError)
    expect(error).toMatchObject({ code: 'authentication_required', payment_method: { id: method } })
    const setup = await stripe.setupIntents.create({
      customer: customer.id,
      confirm: true,
      payment_method: 'pm_card_mastercard',
      return_url: 'https://shop.example/back',
    })
    expect(setup.status).toBe('succeeded')
    await stripe.paymentMethods.update(method, { allow_redisplay: 'always' })
    expect((await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })).data).toHaveLength(2)
    expect((await stripe.paymentMethods.detach(method)).customer).toBeNull()
    judged('GET /v1/payment_methods', 'POST /v1/payment_methods/{id}', 'POST /v1/payment_intents')
    judged('POST /v1/payment_methods/{id}/detach')
  })

  test('keeps payment links', async () => {
    const link = await stripe.paymentLinks.create({
      line_items: [
        { price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: 'I' } }, quantity: 1 },
      ],
    })
    expect((await stripe.paymentLinks.retrieve(link.id)).url).toBe(link.url)
    expect((await stripe.paymentLinks.listLineItems(link.id)).data).toHaveLength(1)
    expect((await stripe.paymentLinks.update(link.id, { active: false })).active).toBe(false)
    expect((await stripe.paymentLinks.list({ active: false })).data).toHaveLength(1)
    judged('POST /v1/payment_links', 'GET /v1/payment_links', 'GET /v1/payment_links/{id}')
    judged('POST /v1/payment_links/{id}', 'GET /v1/payment_links/{id}/line_items')
  })

  test('registers an endpoint and verifies what arrives there', async () => {
    const endpoint = await stripe.webhookEndpoints.create({
      url: 'https://or.example/hook',
      enabled_events: ['payment_intent.succeeded'],
      api_version: '2026-10-28.endive',
    })
    const intent = await pay()
    await server.sandbox.runDue()
    const { body, signature } = hooks.at(-1) ?? expect.fail('nothing was delivered')
    const nowS = Math.floor(server.sandbox.now() / 1_000)
    const event = stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? '', 300, undefined, nowS)
    expect(event).toMatchObject({ type: 'payment_intent.succeeded', data: { object: { id: intent.id } } })
    expect(await stripe.events.retrieve(event.id)).toMatchObject({ id: event.id })
    expect((await stripe.events.list({ types: ['payment_intent.succeeded'], limit: 1 })).data).toHaveLength(1)
    expect((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined()
    expect((await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).status).toBe('disabled')
    expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1)
    expect((await stripe.webhookEndpoints.del(endpoint.id)).deleted).toBe(true)
  })
})
