import { describe, expect, test } from 'vitest'
import { CONFIRMED, openMerchant } from './test-merchant.ts'

const FORM = 'amount=2000&currency=usd'
const KEY = { 'idempotency-key': 'order-42' }

describe('an idempotency key', () => {
  test('replays the first answer and echoes the key', async () => {
    const merchant = openMerchant()
    const first = await merchant.post('/v1/payment_intents', FORM, KEY)
    const again = await merchant.post('/v1/payment_intents', 'currency=usd&amount=2000', KEY)
    expect(again.body).toEqual(first.body)
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.headers.get('idempotency-key')).toBe('order-42')
    expect((await merchant.get('/v1/payment_intents')).body.data).toHaveLength(1)
  })

  test('refuses other parameters and other endpoints', async () => {
    const merchant = openMerchant()
    await merchant.post('/v1/payment_intents', FORM, KEY)
    const other = await merchant.post('/v1/payment_intents', 'amount=2001&currency=usd', KEY)
    expect([other.status, other.body.error]).toMatchObject([
      400,
      {
        type: 'idempotency_error',
        message:
          'Keys for idempotent requests can only be used with the same parameters they were first used ' +
          'with. Try ' +
          "using a key other than 'order-42' if you meant to execute a different request.",
      },
    ])
    const elsewhere = await merchant.post('/v1/refunds', FORM, KEY)
    expect(elsewhere.body.error.type).toBe('idempotency_error')
    expect(elsewhere.body.error.message).toContain("('/v1/refunds' vs '/v1/payment_intents')")
  })

  test('remembers a decline and a 500, whose effect stays', async () => {
    const merchant = openMerchant()
    const declined = `${FORM}&${CONFIRMED.replace('pm_card_visa', 'pm_card_chargeDeclined')}`
    const first = await merchant.post('/v1/payment_intents', declined, KEY)
    const again = await merchant.post('/v1/payment_intents', declined, KEY)
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([402, 402, 'true'])
    expect(again.body).toEqual(first.body)

    const broken = `${FORM}&${CONFIRMED.replace('pm_card_visa', 'pm_sandbox_serverError')}`
    const key = { 'idempotency-key': 'order-43' }
    expect((await merchant.post('/v1/payment_intents', broken, key)).status).toBe(500)
    const replayed = await merchant.post('/v1/payment_intents', broken, key)
    expect([replayed.status, replayed.headers.get('idempotent-replayed')]).toEqual([500, 'true'])
    const { body } = await merchant.get('/v1/payment_intents')
    expect(body.data.map((row: { status: string }) => row.status)).toEqual([
      'succeeded',
      'requires_payment_method',
    ])
  })

  test('forgets what failed validation', async () => {
    const merchant = openMerchant()
    expect((await merchant.post('/v1/payment_intents', 'amount=x&currency=usd', KEY)).status).toBe(400)
    expect((await merchant.post('/v1/payment_intents', 'amount=1&currency=usd', KEY)).status).toBe(400)
    expect((await merchant.post('/v1/payment_intents', FORM, KEY)).status).toBe(200)
  })

  test('refuses a concurrent request while the first is in progress', async () => {
    const merchant = openMerchant()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => merchant.post('/v1/payment_intents', FORM, KEY)),
    )
    const refused = answers.filter(({ status }) => status === 409)
    expect(refused).toHaveLength(9)
    expect(refused[0]?.body.error.code).toBe('idempotency_key_in_use')
    expect((await merchant.post('/v1/payment_intents', FORM, KEY)).headers.get('idempotent-replayed')).toBe(
      'true',
    )
  })

  test('may be used anew after 24 hours on the clock', async () => {
    const merchant = openMerchant()
    const first = await merchant.post('/v1/payment_intents', FORM, KEY)
    await merchant.sandbox.advance(24 * 3_600_000 - 1)
    expect((await merchant.post('/v1/payment_intents', FORM, KEY)).body.id).toBe(first.body.id)
    await merchant.sandbox.advance(1)
    expect((await merchant.post('/v1/payment_intents', FORM, KEY)).body.id).not.toBe(first.body.id)
  })

  test('is separate per mode and limited to 255 characters', async () => {
    const merchant = openMerchant()
    const live = { ...KEY, authorization: `Bearer ${merchant.key.replace('sk_test_', 'sk_live_')}` }
    const test = await merchant.post('/v1/payment_intents', FORM, KEY)
    const other = await merchant.post('/v1/payment_intents', FORM, live)
    expect([other.status, other.body.livemode, other.body.id === test.body.id]).toEqual([200, true, false])
    expect(
      (await merchant.post('/v1/payment_intents', FORM, { 'idempotency-key': 'k'.repeat(256) })).status,
    ).toBe(400)
  })

  test('has no meaning for GET', async () => {
    const merchant = openMerchant()
    expect((await merchant.get('/v1/balance', KEY)).headers.get('idempotency-key')).toBeNull()
    expect((await merchant.post('/v1/payment_intents', FORM, KEY)).status).toBe(200)
  })
})
