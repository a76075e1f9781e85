import { describe, expect, test } from 'vitest'
import {
  authorizedOrder,
  capturedOrder,
  createOrder,
  DAY,
  FULL,
  issuesOf,
  type Merchant,
  openMerchant,
  START,
  unit,
} from './test-merchant.ts'

const usd = (value: string) => ({ amount: { currency_code: 'USD', value } })
const path = (kind: 'authorizations' | 'captures' | 'refunds', id: string, action = '') =>
  `/v2/payments/${kind}/${id}${action}`

/** Moves the clock and signs in again, because tokens live nine hours. */
async function advance(merchant: Merchant, ms: number): Promise<void> {
  await merchant.advance(ms)
  await merchant.signIn()
}

describe('authorizations', () => {
  const capture = (
    merchant: Merchant,
    id: string,
    body: object = {},
    headers: Record<string, string> = FULL,
  ) => merchant.call('POST', path('authorizations', id, '/capture'), body, headers)

  test('live 29 days and name their order', async () => {
    const merchant = await openMerchant()
    const { id, authorization } = await authorizedOrder(merchant)
    const { body } = await merchant.call('GET', path('authorizations', authorization.id))
    expect(body).toMatchObject({
      status: 'CREATED',
      expiration_time: new Date(START + 29 * DAY).toISOString().replace('.000', ''),
      supplementary_data: { related_ids: { order_id: id } },
    })
    await advance(merchant, 29 * DAY)
    expect(issuesOf(await capture(merchant, authorization.id))).toEqual(['AUTHORIZATION_EXPIRED'])
  })

  test('captured in parts stay open until the whole is reached', async () => {
    const merchant = await openMerchant()
    const { authorization } = await authorizedOrder(merchant)
    const first = await capture(merchant, authorization.id, usd('40.00'))
    expect([first.status, first.body.status, first.body.final_capture]).toEqual([201, 'COMPLETED', false])
    const between = await merchant.call('GET', path('authorizations', authorization.id))
    expect(between.body.status).toBe('PARTIALLY_CAPTURED')
    const rest = await capture(merchant, authorization.id)
    expect(rest.body.amount.value).toBe('60.00')
    expect(issuesOf(await capture(merchant, authorization.id))).toEqual(['AUTHORIZATION_ALREADY_CAPTURED'])
  })

  test('final_capture closes what is left', async () => {
    const merchant = await openMerchant()
    const { authorization } = await authorizedOrder(merchant)
    await capture(merchant, authorization.id, { ...usd('10.00'), final_capture: true })
    expect(issuesOf(await capture(merchant, authorization.id, usd('1.00')))).toEqual([
      'AUTHORIZATION_ALREADY_CAPTURED',
    ])
  })

  test.each([
    ['115.00', 201],
    ['115.01', 422],
  ])('115 %% is the limit: %s → %i', async (value, status) => {
    const merchant = await openMerchant()
    const { authorization } = await authorizedOrder(merchant)
    const reply = await capture(merchant, authorization.id, usd(value))
    expect(reply.status).toBe(status)
    if (status === 422) expect(issuesOf(reply)).toEqual(['MAX_CAPTURE_AMOUNT_EXCEEDED'])
  })

  test('another currency, a used invoice id and a long note are refused', async () => {
    const merchant = await openMerchant()
    const { authorization } = await authorizedOrder(merchant)
    const { id } = authorization
    const eur = await capture(merchant, id, { amount: { currency_code: 'EUR', value: '1.00' } })
    expect(issuesOf(eur)).toEqual(['AUTH_CAPTURE_CURRENCY_MISMATCH'])
    await capture(merchant, id, { ...usd('1.00'), invoice_id: 'A' })
    const twice = await capture(merchant, id, { ...usd('1.00'), invoice_id: 'A' })
    expect(issuesOf(twice)).toEqual(['DUPLICATE_INVOICE_ID'])
    const long = await capture(merchant, id, { note_to_payer: 'x'.repeat(256) })
    expect(issuesOf(long)).toEqual(['INVALID_STRING_MAX_LENGTH'])
  })

  test('the minimal answer is id, status and links', async () => {
    const merchant = await openMerchant()
    const { authorization } = await authorizedOrder(merchant)
    const { body } = await capture(merchant, authorization.id, usd('1.00'), {})
    expect(Object.keys(body)).toEqual(['id', 'status', 'links'])
  })

  test('voiding is 204, or 200 with the representation, and only once', async () => {
    const merchant = await openMerchant()
    const one = (await authorizedOrder(merchant)).authorization.id
    const voidIt = (id: string, headers = {}) =>
      merchant.raw('POST', path('authorizations', id, '/void'), {
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0', ...headers },
      })
    expect((await voidIt(one)).status).toBe(204)
    expect(issuesOf(await voidIt(one))).toEqual(['PREVIOUSLY_VOIDED'])
    expect(issuesOf(await capture(merchant, one))).toEqual(['AUTHORIZATION_VOIDED'])
    const two = (await authorizedOrder(merchant)).authorization.id
    const shown = await voidIt(two, FULL)
    expect([shown.status, shown.body.status]).toEqual([200, 'VOIDED'])
    const three = (await authorizedOrder(merchant)).authorization.id
    await capture(merchant, three)
    expect(issuesOf(await voidIt(three))).toEqual(['PREVIOUSLY_CAPTURED'])
  })

  test('an order stays COMPLETED when its authorization is voided', async () => {
    const merchant = await openMerchant()
    const { id, authorization } = await authorizedOrder(merchant)
    await merchant.call('POST', path('authorizations', authorization.id, '/void'))
    const { body } = await merchant.call('GET', `/v2/checkout/orders/${id}`)
    expect([body.status, body.purchase_units[0].payments.authorizations[0].status]).toEqual([
      'COMPLETED',
      'VOIDED',
    ])
    expect(merchant.book()[0]?.authorized).toBe(0n)
  })

  test('reauthorizing is for the fourth day on, once, up to 115 %', async () => {
    const merchant = await openMerchant()
    const { authorization } = await authorizedOrder(merchant)
    const again = (id: string, body: object) =>
      merchant.call('POST', path('authorizations', id, '/reauthorize'), body, FULL)
    expect(issuesOf(await again(authorization.id, {}))).toEqual(['TRANSACTION_REFUSED'])
    await advance(merchant, 3 * DAY)
    expect(issuesOf(await again(authorization.id, usd('115.01')))).toEqual(['AUTHORIZATION_AMOUNT_EXCEEDED'])
    const renewed = await again(authorization.id, usd('115.00'))
    expect([renewed.status, renewed.body.amount.value]).toEqual([201, '115.00'])
    expect(issuesOf(await again(authorization.id, {}))).toEqual(['REAUTHORIZATION_NOT_SUPPORTED'])
    expect(issuesOf(await again(renewed.body.id, {}))).toEqual(['REAUTHORIZATION_NOT_SUPPORTED'])
    const voided = await merchant.call('POST', path('authorizations', renewed.body.id, '/void'))
    expect(issuesOf(voided)).toEqual(['CANNOT_BE_VOIDED'])
    expect(merchant.book()[0]?.authorized).toBe(10_000n)
  })
})

describe('refunds', () => {
  const refund = (merchant: Merchant, id: string, body?: object, headers: Record<string, string> = FULL) =>
    merchant.call('POST', path('captures', id, '/refund'), body, headers)

  test('add up, show Pacific time and end in REFUNDED', async () => {
    const merchant = await openMerchant()
    const { id, capture } = await capturedOrder(merchant)
    const first = await refund(merchant, capture.id, {
      ...usd('4.00'),
      note_to_payer: 'Defective',
      custom_id: 'r1',
    })
    expect(first.body).toMatchObject({
      status: 'COMPLETED',
      create_time: '2026-01-01T20:04:05-07:00',
      note_to_payer: 'Defective',
      seller_payable_breakdown: { total_refunded_amount: { value: '4.00' }, paypal_fee: { value: '0.00' } },
    })
    const partly = await merchant.call('GET', path('captures', capture.id))
    expect(partly.body.status).toBe('PARTIALLY_REFUNDED')
    const tooMuch = await refund(merchant, capture.id, usd('6.01'))
    expect(issuesOf(tooMuch)).toEqual(['REFUND_AMOUNT_EXCEEDED'])
    const rest = await refund(merchant, capture.id)
    expect(rest.body.amount.value).toBe('6.00')
    expect(rest.body.seller_payable_breakdown.total_refunded_amount.value).toBe('10.00')
    expect(issuesOf(await refund(merchant, capture.id))).toEqual(['CAPTURE_FULLY_REFUNDED'])
    const shown = await merchant.call('GET', path('refunds', first.body.id))
    expect(shown.body.seller_payable_breakdown.total_refunded_amount.value).toBe('4.00')
    const order = await merchant.call('GET', `/v2/checkout/orders/${id}`)
    expect(order.body.purchase_units[0].payments.refunds).toHaveLength(2)
    expect(merchant.book()[0]).toMatchObject({
      captured: 1000n,
      refunded: 1000n,
    })
  })

  test('currency, invoice id and age are checked', async () => {
    const merchant = await openMerchant()
    const { capture } = await capturedOrder(merchant)
    const eur = await refund(merchant, capture.id, { amount: { currency_code: 'EUR', value: '1.00' } })
    expect(issuesOf(eur)).toEqual(['REFUND_CAPTURE_CURRENCY_MISMATCH'])
    await refund(merchant, capture.id, { ...usd('1.00'), invoice_id: 'R-1' })
    const twice = await refund(merchant, capture.id, { ...usd('1.00'), invoice_id: 'R-1' })
    expect(issuesOf(twice)).toEqual(['DUPLICATE_INVOICE_ID'])
    await advance(merchant, 181 * DAY)
    expect(issuesOf(await refund(merchant, capture.id))).toEqual(['REFUND_TIME_LIMIT_EXCEEDED'])
  })

  test('the minimal answer is id, status and links, for an empty body of length 0', async () => {
    const merchant = await openMerchant()
    const { capture } = await capturedOrder(merchant)
    const { status, body } = await refund(merchant, capture.id, undefined, { 'content-length': '0' })
    expect([status, Object.keys(body)]).toEqual([201, ['id', 'status', 'links']])
  })

  test('while a case is open only the whole may go back', async () => {
    const merchant = await openMerchant()
    const { id, capture } = await capturedOrder(merchant)
    merchant.simulate(id, 'dispute')
    expect(issuesOf(await refund(merchant, capture.id, usd('1.00')))).toEqual(['TRANSACTION_DISPUTED'])
    expect((await refund(merchant, capture.id)).status).toBe(201)
  })
})

describe('the slow bank', () => {
  test('leaves the capture PENDING without fees, then completes it', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'late_succeed')
    const { body } = await merchant.call('POST', `/v2/checkout/orders/${id}/capture`, {}, FULL)
    const [capture] = body.purchase_units[0].payments.captures
    expect(capture).toMatchObject({ status: 'PENDING', status_details: { reason: 'ECHECK' } })
    expect(capture.seller_receivable_breakdown).toBeUndefined()
    const early = await merchant.call('POST', path('captures', capture.id, '/refund'))
    expect(issuesOf(early)).toEqual(['PENDING_CAPTURE'])
    expect(merchant.book()[0]?.captured).toBe(0n)
    await merchant.advance(5 * 60_000)
    const settled = await merchant.call('GET', path('captures', capture.id))
    expect(settled.body).toMatchObject({
      status: 'COMPLETED',
      seller_receivable_breakdown: { paypal_fee: { value: '0.84' } },
    })
    const back = await merchant.call('POST', path('captures', capture.id, '/refund'), {}, FULL)
    expect(back.body).toMatchObject({ status: 'PENDING', status_details: { reason: 'ECHECK' } })
    await merchant.advance(5 * 60_000)
    expect((await merchant.call('GET', path('refunds', back.body.id))).body.status).toBe('COMPLETED')
  })

  test('may say no: the capture is DECLINED and cannot be refunded', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'late_succeed')
    const { body } = await merchant.call('POST', `/v2/checkout/orders/${id}/capture`)
    const [capture] = body.purchase_units[0].payments.captures
    merchant.simulate(id, 'fail')
    expect((await merchant.call('GET', path('captures', capture.id))).body.status).toBe('DECLINED')
    const reply = await merchant.call('POST', path('captures', capture.id, '/refund'))
    expect(issuesOf(reply)).toEqual(['REFUND_NOT_ALLOWED'])
  })
})

test('money in currencies without decimals is whole, fees included', async () => {
  const merchant = await openMerchant()
  const { capture } = await capturedOrder(merchant, [unit('1000', 'JPY')])
  expect(capture.seller_receivable_breakdown).toMatchObject({
    paypal_fee: { value: '35' },
    net_amount: { value: '965' },
  })
})
