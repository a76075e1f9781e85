import { describe, expect, test } from 'vitest'
import { CONFIRMED, type Merchant, openMerchant } from './test-merchant.ts'

const FORM = 'amount=2000&currency=usd'
const CHALLENGED = 'pm_card_authenticationRequired'
const HELD = `${FORM}&${CONFIRMED}&capture_method=manual`

async function held(merchant: Merchant) {
  return (await merchant.post('/v1/payment_intents', HELD)).body
}

describe('a payment intent', () => {
  test('starts fresh, without error, charge or next action', async () => {
    const { body } = await openMerchant().post('/v1/payment_intents', FORM)
    expect(body).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: null,
      latest_charge: null,
      next_action: null,
      capture_method: 'automatic_async',
      amount_received: 0,
      livemode: false,
    })
    expect(body.client_secret).toMatch(new RegExp(`^${body.id}_secret_`))
  })

  test('succeeds at once with a good card; the fee follows later with charge.updated', async () => {
    const merchant = openMerchant()
    const paid = await merchant.post('/v1/payment_intents', `${FORM}&${CONFIRMED}&expand[]=latest_charge`)
    expect(paid.body).toMatchObject({ status: 'succeeded', amount_received: 2000 })
    expect(paid.body.latest_charge).toMatchObject({ paid: true, captured: true, balance_transaction: null })
    await merchant.sandbox.advance(1_999)
    expect(
      (await merchant.get(`/v1/charges/${paid.body.latest_charge.id}`)).body.balance_transaction,
    ).toBeNull()
    await merchant.sandbox.advance(1)
    const charge = await merchant.get(
      `/v1/charges/${paid.body.latest_charge.id}?expand[]=balance_transaction`,
    )
    expect(charge.body.balance_transaction).toMatchObject({
      amount: 2000,
      fee: 88,
      net: 1912,
      currency: 'usd',
      type: 'charge',
      fee_details: [{ amount: 88, type: 'stripe_fee' }],
    })
    expect(await merchant.eventTypes()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.updated',
    ])
    const { body } = await merchant.get('/v1/events?type=charge.updated')
    expect(body.data[0].data.previous_attributes).toEqual({ balance_transaction: null })
    expect(body.data[0].request).toBeNull()
  })

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline', 'Your card was declined.'],
    [
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'card_declined',
      'insufficient_funds',
      'Your card has insufficient funds.',
    ],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card', 'Your card was declined.'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card', 'Your card has expired.'],
    [
      'pm_card_chargeDeclinedIncorrectCvc',
      'incorrect_cvc',
      'incorrect_cvc',
      "Your card's security code is incorrect.",
    ],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error', /An error occurred/],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent', 'Your card was declined.'],
  ])(
    'is declined with %s by a 402 that carries it, and can be tried again',
    async (pm, code, declineCode, message) => {
      const merchant = openMerchant()
      const { status, body } = await merchant.post(
        '/v1/payment_intents',
        `${FORM}&${CONFIRMED.replace('pm_card_visa', pm)}`,
      )
      expect(status).toBe(402)
      expect(body.error).toMatchObject({ type: 'card_error', code, decline_code: declineCode })
      expect(body.error.message).toMatch(message)
      const intent = body.error.payment_intent
      expect(intent).toMatchObject({
        status: 'requires_payment_method',
        payment_method: null,
        latest_charge: body.error.charge,
      })
      expect(intent.last_payment_error.decline_code).toBe(declineCode)
      const again = await merchant.post(
        `/v1/payment_intents/${intent.id}/confirm`,
        'payment_method=pm_card_visa',
      )
      expect(again.body).toMatchObject({ status: 'succeeded', last_payment_error: null })
      const { body: charges } = await merchant.get(`/v1/charges?payment_intent=${intent.id}`)
      expect(charges.data.map((row: { status: string }) => row.status)).toEqual(['succeeded', 'failed'])
    },
  )

  test('waits for 3-D Secure, then returns the payer with the unsigned result', async () => {
    for (const [action, status, result] of [
      ['complete', 'succeeded', 'succeeded'],
      ['fail', 'requires_payment_method', 'failed'],
    ]) {
      const merchant = openMerchant()
      const { body } = await merchant.post(
        '/v1/payment_intents',
        `${FORM}&confirm=true&payment_method=${CHALLENGED}&return_url=https://shop.example/r?a=1`,
      )
      expect(body.status).toBe('requires_action')
      const { url, return_url } = body.next_action.redirect_to_url
      expect(return_url).toBe('https://shop.example/r?a=1')
      expect(await (await merchant.browse(url)).text()).toContain('Complete authentication')
      const back = await merchant.browse(url, { action: action ?? '' })
      const location = new URL(back.headers.get('location') ?? '')
      expect([back.status, location.searchParams.get('redirect_status')]).toEqual([303, result])
      expect(location.searchParams.get('payment_intent')).toBe(body.id)
      const { body: after } = await merchant.get(`/v1/payment_intents/${body.id}`)
      expect([after.status, after.next_action]).toEqual([status, null])
      if (action === 'fail') {
        expect(after.last_payment_error).toMatchObject({ code: 'payment_intent_authentication_failure' })
      }
    }
  })

  test('declines a card that needs authentication when nobody is there', async () => {
    const form = `${FORM}&off_session=true&${CONFIRMED.replace('pm_card_visa', CHALLENGED)}`
    const { status, body } = await openMerchant().post('/v1/payment_intents', form)
    expect([status, body.error.code]).toEqual([402, 'authentication_required'])
  })

  test('needs a return_url when redirects are allowed, and a payment method to be confirmed', async () => {
    const merchant = openMerchant()
    const { body } = await merchant.post(
      '/v1/payment_intents',
      `${FORM}&confirm=true&payment_method=pm_card_visa`,
    )
    expect(body.error).toMatchObject({
      param: 'return_url',
      message: expect.stringContaining('you must provide a `return_url`'),
    })
    const fresh = await merchant.post(
      '/v1/payment_intents',
      `${FORM}&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never`,
    )
    const confirmed = await merchant.post(`/v1/payment_intents/${fresh.body.id}/confirm`)
    expect(confirmed.body.error.message).toMatch(/missing a payment method/)
  })

  test('debits a bank account slowly, well or badly', async () => {
    for (const [pm, status] of [
      ['pm_usBankAccount_success', 'succeeded'],
      ['pm_usBankAccount_insufficientFunds', 'requires_payment_method'],
    ]) {
      const merchant = openMerchant()
      const { body } = await merchant.post(
        '/v1/payment_intents',
        `${FORM}&${CONFIRMED.replace('pm_card_visa', pm ?? '')}`,
      )
      expect(body.status).toBe('processing')
      await merchant.sandbox.advance(40_000)
      expect((await merchant.get(`/v1/payment_intents/${body.id}`)).body.status).toBe(status)
    }
  })
})

describe('a hold', () => {
  test('is captured in full, with the fee known at once', async () => {
    const merchant = openMerchant()
    const intent = await held(merchant)
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 2000, amount_received: 0 })
    const { body } = await merchant.post(
      `/v1/payment_intents/${intent.id}/capture`,
      'expand[]=latest_charge.balance_transaction',
    )
    expect(body).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 2000 })
    expect(body.latest_charge).toMatchObject({ amount_captured: 2000, amount_refunded: 0, captured: true })
    expect(body.latest_charge.balance_transaction.fee).toBe(88)
    expect(await merchant.eventTypes()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ])
  })

  test('is captured in part; the rest is released and only the captured part can be refunded', async () => {
    const merchant = openMerchant()
    const intent = await held(merchant)
    const path = `/v1/payment_intents/${intent.id}`
    const tooMuch = await merchant.post(`${path}/capture`, 'amount_to_capture=2001')
    expect(tooMuch.body.error).toMatchObject({ code: 'amount_too_large', param: 'amount_to_capture' })
    const { body } = await merchant.post(`${path}/capture`, 'amount_to_capture=750&expand[]=latest_charge')
    expect(body).toMatchObject({
      status: 'succeeded',
      amount: 2000,
      amount_capturable: 0,
      amount_received: 750,
    })
    expect(body.latest_charge).toMatchObject({ amount_captured: 750, amount_refunded: 1250, refunded: false })
    const over = await merchant.post('/v1/refunds', `payment_intent=${intent.id}&amount=751`)
    expect(over.body.error.message).toBe(
      'Refund amount ($7.51) is greater than unrefunded amount on charge ($7.50)',
    )
    expect((await merchant.post('/v1/refunds', `payment_intent=${intent.id}`)).body.amount).toBe(750)
    expect(merchant.sandbox.book('stripe')).toMatchObject([
      { authorized: 2000n, captured: 750n, refunded: 750n, status: 'succeeded' },
    ])
  })

  test('is let go by cancel', async () => {
    const merchant = openMerchant()
    const intent = await held(merchant)
    const { body } = await merchant.post(
      `/v1/payment_intents/${intent.id}/cancel`,
      'cancellation_reason=requested_by_customer&expand[]=latest_charge',
    )
    expect(body).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'requested_by_customer',
      amount_capturable: 0,
      amount_received: 0,
    })
    expect(body.latest_charge).toMatchObject({ captured: false, amount_refunded: 2000, refunded: true })
    expect(merchant.sandbox.book('stripe')).toMatchObject([
      { captured: 0n, refunded: 0n, status: 'canceled' },
    ])
  })

  test('expires after seven days on the clock', async () => {
    const merchant = openMerchant()
    const intent = await held(merchant)
    await merchant.sandbox.advance(7 * 24 * 3_600_000)
    const { body } = await merchant.get(`/v1/payment_intents/${intent.id}`)
    expect(body).toMatchObject({ status: 'canceled', cancellation_reason: 'automatic' })
  })
})

describe('a state that forbids the step', () => {
  test('is named in the documented words', async () => {
    const merchant = openMerchant()
    const { body: paid } = await merchant.post('/v1/payment_intents', `${FORM}&${CONFIRMED}`)
    const { body: fresh } = await merchant.post('/v1/payment_intents', FORM)
    const { body: gone } = await merchant.post('/v1/payment_intents', FORM)
    await merchant.post(`/v1/payment_intents/${gone.id}/cancel`)
    const refusals: [string, string, string][] = [
      [
        paid.id,
        'capture',
        'This PaymentIntent could not be captured because it has a status of succeeded. Only a ' +
          'PaymentIntent with one of the following statuses may be captured: requires_capture.',
      ],
      [
        paid.id,
        'cancel',
        'You cannot cancel this PaymentIntent because it has a status of succeeded. Only a ' +
          'PaymentIntent with one of the following statuses may be canceled: requires_payment_method, ' +
          'requires_capture, requires_confirmation, requires_action, processing.',
      ],
      [
        gone.id,
        'confirm',
        'You cannot confirm this PaymentIntent because it has a status of canceled. Only a ' +
          'PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, ' +
          'requires_payment_method, requires_action.',
      ],
      [
        fresh.id,
        'capture',
        'This PaymentIntent could not be captured because it has a status of ' +
          'requires_payment_method. Only a PaymentIntent with one of the following statuses may be ' +
          'captured: requires_capture.',
      ],
    ]
    for (const [id, step, message] of refusals) {
      const { status, body } = await merchant.post(`/v1/payment_intents/${id}/${step}`)
      expect([status, body.error.code, body.error.message]).toEqual([
        400,
        'payment_intent_unexpected_state',
        message,
      ])
      expect(body.error.payment_intent.id).toBe(id)
    }
    const late = await merchant.post(`/v1/payment_intents/${paid.id}`, 'amount=3000')
    expect(late.body.error.message).toMatch(
      /amount could not be updated because it has a status of succeeded/,
    )
  })
})

test('search finds by metadata and status, but not what was written just now', async () => {
  const merchant = openMerchant()
  const { body: intent } = await merchant.post('/v1/payment_intents', `${FORM}&metadata[order]=o1`)
  const query = encodeURIComponent("metadata['order']:'o1' AND status:'requires_payment_method'")
  const search = () => merchant.get(`/v1/payment_intents/search?query=${query}`)
  expect((await search()).body).toMatchObject({
    object: 'search_result',
    data: [],
    has_more: false,
    next_page: null,
  })
  await merchant.sandbox.advance(30_000)
  expect((await search()).body.data).toMatchObject([{ id: intent.id }])
})
