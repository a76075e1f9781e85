import { describe, expect, test } from 'vitest'
import {
  addWebhook,
  createOrder,
  FULL,
  HOUR,
  issuesOf,
  type Merchant,
  openMerchant,
  unit,
} from './test-merchant.ts'
import { judged, referencePresent } from './test-spec.ts'

const ORDERS = '/v2/checkout/orders'
const rels = (body: { links: { rel: string }[] }) => body.links.map((link) => link.rel)
const wallet = {
  paypal: {
    experience_context: { return_url: 'https://shop.example/r', cancel_url: 'https://shop.example/c' },
  },
}

const create = (merchant: Merchant, body: object, headers: Record<string, string> = {}) =>
  merchant.call('POST', ORDERS, { intent: 'CAPTURE', purchase_units: [unit()], ...body }, headers)

describe('the two ways to create an order', () => {
  test('without a payment source: 201, CREATED and an approve link', async () => {
    const merchant = await openMerchant()
    const reply = await create(merchant, {})
    expect(reply.status).toBe(201)
    expect(Object.keys(reply.body)).toEqual(['id', 'status', 'links'])
    expect(reply.body.status).toBe('CREATED')
    expect(rels(reply.body)).toEqual(['self', 'approve', 'update', 'capture'])
    expect(reply.body.id).toMatch(/^[A-Z0-9]{17}$/)
    expect(reply.headers.get('paypal-debug-id')).toMatch(/^[0-9a-f]{13}$/)
  })

  test('with payment_source.paypal: 200, PAYER_ACTION_REQUIRED and a payer-action link', async () => {
    const merchant = await openMerchant()
    const reply = await create(merchant, { payment_source: wallet }, { 'paypal-request-id': 'a' })
    expect([reply.status, reply.body.status]).toEqual([200, 'PAYER_ACTION_REQUIRED'])
    expect(rels(reply.body)).toEqual(['self', 'payer-action'])
  })

  test('a payment source without PayPal-Request-Id is refused', async () => {
    const merchant = await openMerchant()
    const reply = await create(merchant, { payment_source: wallet })
    expect([reply.status, issuesOf(reply)]).toEqual([400, ['PAYPAL_REQUEST_ID_REQUIRED']])
  })

  test('the representation carries what was sent, normalised', async () => {
    const merchant = await openMerchant()
    const reply = await create(
      merchant,
      { purchase_units: [unit('10', 'USD', { custom_id: 'pay_1' })] },
      FULL,
    )
    expect(reply.body.purchase_units[0]).toMatchObject({
      reference_id: 'default',
      custom_id: 'pay_1',
      amount: { currency_code: 'USD', value: '10.00' },
    })
    expect(reply.body.create_time).toBe('2026-01-02T03:04:05Z')
  })
})

describe('refusals', () => {
  const cases: [name: string, status: number, issue: string, body: object][] = [
    ['no intent', 400, 'MISSING_REQUIRED_PARAMETER', { intent: undefined }],
    ['an unknown intent', 400, 'INVALID_PARAMETER_VALUE', { intent: 'SALE' }],
    ['no units', 400, 'INVALID_ARRAY_MIN_ITEMS', { purchase_units: [] }],
    ['eleven units', 400, 'INVALID_ARRAY_MAX_ITEMS', { purchase_units: Array(11).fill(unit()) }],
    [
      'a number as value',
      400,
      'INVALID_PARAMETER_SYNTAX',
      { purchase_units: [{ amount: { currency_code: 'USD', value: 10 } }] },
    ],
    ['a value that is no number', 400, 'INVALID_PARAMETER_SYNTAX', { purchase_units: [unit('1,000.00')] }],
    ['a float', 422, 'DECIMAL_PRECISION', { purchase_units: [unit('242.79999999999998')] }],
    ['zero', 422, 'CANNOT_BE_ZERO_OR_NEGATIVE', { purchase_units: [unit('0.00')] }],
    ['a negative value', 422, 'CANNOT_BE_ZERO_OR_NEGATIVE', { purchase_units: [unit('-1.00')] }],
    ['too much', 422, 'MAX_VALUE_EXCEEDED', { purchase_units: [unit('1000000000000000.00')] }],
    ['decimals in yen', 422, 'DECIMALS_NOT_SUPPORTED', { purchase_units: [unit('10.50', 'JPY')] }],
    ['decimals in forint', 422, 'DECIMALS_NOT_SUPPORTED', { purchase_units: [unit('10.00', 'HUF')] }],
    ['decimals in Taiwan dollars', 422, 'DECIMALS_NOT_SUPPORTED', { purchase_units: [unit('10.00', 'TWD')] }],
    [
      'a currency PayPal does not take',
      422,
      'INVALID_CURRENCY_CODE',
      { purchase_units: [unit('10.000', 'KWD')] },
    ],
    [
      'two currencies',
      422,
      'MULTI_CURRENCY_ORDER',
      {
        purchase_units: [
          unit('1.00', 'USD', { reference_id: 'a' }),
          unit('1.00', 'EUR', { reference_id: 'b' }),
        ],
      },
    ],
    [
      'units without reference ids',
      422,
      'REFERENCE_ID_REQUIRED',
      { purchase_units: [unit('1.00', 'USD', { reference_id: 'a' }), unit()] },
    ],
    [
      'a reference id twice',
      422,
      'DUPLICATE_REFERENCE_ID',
      {
        purchase_units: [
          unit('1.00', 'USD', { reference_id: 'a' }),
          unit('1.00', 'USD', { reference_id: 'a' }),
        ],
      },
    ],
    [
      'AUTHORIZE over two units',
      422,
      'UNSUPPORTED_INTENT',
      {
        intent: 'AUTHORIZE',
        purchase_units: [
          unit('1.00', 'USD', { reference_id: 'a' }),
          unit('1.00', 'USD', { reference_id: 'b' }),
        ],
      },
    ],
    [
      'a custom_id too long',
      400,
      'INVALID_STRING_LENGTH',
      { purchase_units: [unit('1.00', 'USD', { custom_id: 'x'.repeat(256) })] },
    ],
    [
      'a script as return_url',
      400,
      'INVALID_PARAMETER_SYNTAX',
      { application_context: { return_url: 'javascript:alert(1)' } },
    ],
  ]
  test.each(cases)('%s → %i %s', async (_, status, issue, body) => {
    const merchant = await openMerchant()
    const reply = await create(merchant, body)
    expect([reply.status, issuesOf(reply)[0]]).toEqual([status, issue])
    expect(reply.body.debug_id).toBe(reply.headers.get('paypal-debug-id'))
  })

  test('parts that do not add up name the unit by its reference id', async () => {
    const merchant = await openMerchant()
    const usd = (value: string) => ({ currency_code: 'USD', value })
    const amount = {
      ...usd('12.00'),
      breakdown: { item_total: usd('10.00'), shipping: usd('3.00'), discount: usd('0.50') },
    }
    const reply = await create(merchant, { purchase_units: [{ amount }] })
    expect(reply.body.details[0]).toMatchObject({
      issue: 'AMOUNT_MISMATCH',
      field: "/purchase_units/@reference_id=='default'/amount/value",
      value: '12.00',
    })
  })

  test('items need an item_total, and it must be their sum', async () => {
    const merchant = await openMerchant()
    const items = [{ name: 'Shirt', quantity: '2', unit_amount: { currency_code: 'USD', value: '4.00' } }]
    const without = await create(merchant, { purchase_units: [{ ...unit(), items }] })
    expect(issuesOf(without)).toEqual(['ITEM_TOTAL_REQUIRED'])
    const amount = { ...unit().amount, breakdown: { item_total: { currency_code: 'USD', value: '10.00' } } }
    const wrong = await create(merchant, { purchase_units: [{ amount, items }] })
    expect(issuesOf(wrong)).toEqual(['ITEM_TOTAL_MISMATCH'])
  })

  test('JSON that is none, and a body of another type', async () => {
    const merchant = await openMerchant()
    const broken = await merchant.raw('POST', ORDERS, {
      body: '{',
      headers: { 'content-type': 'application/json' },
    })
    expect([broken.status, issuesOf(broken)]).toEqual([400, ['MALFORMED_REQUEST_JSON']])
    const form = await merchant.raw('POST', ORDERS, {
      body: 'a=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([form.status, form.body.name]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })
})

describe('approval and capture', () => {
  test('capturing before the approval is refused, after it completes, again is refused', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    expect(issuesOf(await merchant.call('POST', `${ORDERS}/${id}/capture`))).toEqual(['ORDER_NOT_APPROVED'])
    merchant.simulate(id, 'succeed')
    const approved = await merchant.call('GET', `${ORDERS}/${id}?fields=payment_source`)
    expect([approved.body.status, rels(approved.body)]).toEqual(['APPROVED', ['self', 'update', 'capture']])
    const paid = await merchant.call('POST', `${ORDERS}/${id}/capture`, undefined, FULL)
    expect([paid.status, paid.body.status, rels(paid.body)]).toEqual([201, 'COMPLETED', ['self']])
    expect(paid.body.purchase_units[0].payments.captures[0].seller_receivable_breakdown).toEqual({
      gross_amount: { currency_code: 'USD', value: '10.00' },
      paypal_fee: { currency_code: 'USD', value: '0.84' },
      net_amount: { currency_code: 'USD', value: '9.16' },
    })
    expect(issuesOf(await merchant.call('POST', `${ORDERS}/${id}/capture`))).toEqual([
      'ORDER_ALREADY_CAPTURED',
    ])
  })

  test('the minimal answer still names the captures, without fees', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'succeed')
    const { body } = await merchant.call('POST', `${ORDERS}/${id}/capture`, {}, { prefer: 'return=minimal' })
    expect(body.intent).toBeUndefined()
    expect(body.purchase_units[0].payments.captures[0].status).toBe('COMPLETED')
    expect(body.purchase_units[0].payments.captures[0].seller_receivable_breakdown).toBeUndefined()
  })

  test('a declining instrument shows at the capture, and the payer may come back with another', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'fail')
    const declined = await merchant.call('POST', `${ORDERS}/${id}/capture`)
    expect([declined.status, issuesOf(declined)]).toEqual([422, ['INSTRUMENT_DECLINED']])
    await addWebhook(merchant, ['CHECKOUT.ORDER.APPROVED'])
    merchant.simulate(id, 'succeed')
    await merchant.kernel.runDue()
    expect(merchant.eventTypes()).toEqual(['CHECKOUT.ORDER.APPROVED'])
    expect((await merchant.call('POST', `${ORDERS}/${id}/capture`)).status).toBe(201)
  })

  test('ten declined attempts are the last', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'fail')
    for (let i = 0; i < 10; i += 1) await merchant.call('POST', `${ORDERS}/${id}/capture`)
    const reply = await merchant.call('POST', `${ORDERS}/${id}/capture`)
    expect(issuesOf(reply)).toEqual(['MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED'])
  })

  test('intent and action must agree', async () => {
    const merchant = await openMerchant()
    const toCapture = await createOrder(merchant)
    const reply = await merchant.call('POST', `${ORDERS}/${toCapture}/authorize`)
    expect(issuesOf(reply)).toEqual(['ACTION_DOES_NOT_MATCH_INTENT'])
    const toAuthorize = await createOrder(merchant, 'AUTHORIZE')
    const other = await merchant.call('POST', `${ORDERS}/${toAuthorize}/capture`)
    expect(issuesOf(other)).toEqual(['ACTION_DOES_NOT_MATCH_INTENT'])
  })

  test('an invoice id pays once', async () => {
    const merchant = await openMerchant()
    for (const expected of [201, 422]) {
      const id = await createOrder(merchant, 'CAPTURE', [unit('10.00', 'USD', { invoice_id: 'INV-1' })])
      merchant.simulate(id, 'succeed')
      const reply = await merchant.call('POST', `${ORDERS}/${id}/capture`)
      expect(reply.status).toBe(expected)
      if (expected === 422) expect(issuesOf(reply)).toEqual(['DUPLICATE_INVOICE_ID'])
    }
  })

  test('confirm-payment-source turns the order into the newer dialect', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    const reply = await merchant.call('POST', `${ORDERS}/${id}/confirm-payment-source`, {
      payment_source: wallet,
    })
    expect([reply.status, rels(reply.body)]).toEqual([200, ['self', 'payer-action']])
    merchant.simulate(id, 'succeed')
    const late = await merchant.call('POST', `${ORDERS}/${id}/confirm-payment-source`, {
      payment_source: wallet,
    })
    expect(issuesOf(late)).toEqual(['PAYMENT_ALREADY_APPROVED'])
  })
})

describe('the approval window', () => {
  test('closes three hours after creation when nobody was redirected', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    await merchant.advance(3 * HOUR - 1)
    expect((await merchant.call('GET', `${ORDERS}/${id}`)).status).toBe(200)
    await merchant.advance(1)
    const reply = await merchant.call('GET', `${ORDERS}/${id}`)
    expect([reply.status, reply.body.name, issuesOf(reply)]).toEqual([
      404,
      'RESOURCE_NOT_FOUND',
      ['INVALID_RESOURCE_ID'],
    ])
  })

  test('gives three more hours from the redirect, once', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    await merchant.advance(2 * HOUR)
    await merchant.page(`/paypal/checkoutnow?token=${id}`)
    await merchant.advance(2 * HOUR)
    await merchant.page(`/paypal/checkoutnow?token=${id}`)
    expect((await merchant.call('GET', `${ORDERS}/${id}`)).status).toBe(200)
    await merchant.advance(HOUR)
    expect((await merchant.call('GET', `${ORDERS}/${id}`)).status).toBe(404)
  })

  test('completed orders stay', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'succeed')
    await merchant.call('POST', `${ORDERS}/${id}/capture`)
    await merchant.advance(100 * HOUR)
    // The token is old by then, the order is not.
    expect(merchant.book()[0]).toMatchObject({
      status: 'COMPLETED',
      captured: 1000n,
    })
  })
})

describe('patch', () => {
  const path = (rest: string) => `/purchase_units/@reference_id=='default'/${rest}`
  const patch = (merchant: Merchant, id: string, ...operations: object[]) =>
    merchant.call('PATCH', `${ORDERS}/${id}`, operations)

  test('changes amount and ids of an open order', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    const amount = { currency_code: 'USD', value: '90.00' }
    const reply = await patch(
      merchant,
      id,
      { op: 'replace', path: path('amount'), value: amount },
      { op: 'add', path: path('invoice_id'), value: 'INV-9' },
    )
    expect(reply.status).toBe(204)
    const { body } = await merchant.call('GET', `${ORDERS}/${id}`)
    expect(body.purchase_units[0]).toMatchObject({ amount, invoice_id: 'INV-9' })
  })

  test.each([
    [400, 'INVALID_PATCH_OPERATION', { op: 'remove', path: path('custom_id') }],
    [400, 'INVALID_PARAMETER_VALUE', { op: 'swap', path: path('custom_id') }],
    [422, 'NOT_PATCHABLE', { op: 'replace', path: '/status', value: 'COMPLETED' }],
    [
      422,
      'REFERENCE_ID_NOT_FOUND',
      { op: 'add', path: "/purchase_units/@reference_id=='x'/custom_id", value: 'a' },
    ],
    [422, 'PATCH_PATH_REQUIRED', { op: 'add', value: 'a' }],
    [422, 'PATCH_VALUE_REQUIRED', { op: 'add', path: path('custom_id') }],
    [422, 'INVALID_JSON_POINTER_FORMAT', { op: 'add', path: 'custom_id', value: 'a' }],
    [
      422,
      'DECIMAL_PRECISION',
      { op: 'replace', path: path('amount'), value: { currency_code: 'USD', value: '1.005' } },
    ],
  ])('%i %s', async (status, issue, operation) => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    const reply = await patch(merchant, id, operation)
    expect([reply.status, issuesOf(reply)]).toEqual([status, [issue]])
  })

  test('is over once the order is completed', async () => {
    const merchant = await openMerchant()
    const id = await createOrder(merchant)
    merchant.simulate(id, 'succeed')
    await merchant.call('POST', `${ORDERS}/${id}/capture`)
    const reply = await patch(merchant, id, { op: 'add', path: path('custom_id'), value: 'a' })
    expect(issuesOf(reply)).toEqual(['ORDER_ALREADY_COMPLETED'])
  })
})

test.skipIf(!referencePresent)('the published schemas judged the answers above', () => {
  expect(judged.count).toBeGreaterThan(50)
})
