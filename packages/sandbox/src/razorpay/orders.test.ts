import { expect, test } from 'vitest'
import { createStand, textOf } from './test-stand.ts'

const create = (fields: unknown) => createStand().call('POST', '/v1/orders', fields)

test('a new order is due in full and shows empty notes as a list', async () => {
  const { status, body } = await create({ amount: 50_000, currency: 'INR', receipt: 'ord_1' })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    entity: 'order',
    amount: 50_000,
    amount_paid: 0,
    amount_due: 50_000,
    receipt: 'ord_1',
    status: 'created',
    attempts: 0,
    notes: [],
  })
  expect(body['id']).toMatch(/^order_[A-Za-z0-9]{14}$/)
})

test.each([
  [{ currency: 'INR' }, 'The amount field is required.'],
  [{ amount: 50_000 }, 'The currency field is required.'],
  [{ amount: 99, currency: 'INR' }, 'The amount must be at least INR 1.00.'],
  [{ amount: -1, currency: 'INR' }, 'amount: must be no less than 0.'],
  [{ amount: '50000', currency: 'INR' }, 'The amount must be an integer.'],
  [{ amount: 500.5, currency: 'INR' }, 'The amount must be an integer.'],
  [{ amount: 9_007_199_254_740_991, currency: 'INR' }, 'Amount exceeds maximum amount allowed.'],
  [{ amount: 500, currency: 'inr' }, 'currency: validation_failure: BAD_REQUEST_INVALID_CURRENCY.'],
  [{ amount: 500, currency: 'ABC' }, 'currency: validation_failure: BAD_REQUEST_INVALID_CURRENCY.'],
  [{ amount: 500, currency: 'INR', receipt: 'x'.repeat(41) }, 'receipt: the length must be no more than 40.'],
  [
    { amount: 500, currency: 'INR', receipt: 'café' },
    'The receipt: validation_failure: BAD_REQUEST_ENCODING_VALIDATION_FAILED.',
  ],
  [{ amount: 500, currency: 'INR', ammount: 5 }, 'ammount is/are not required and should not be sent.'],
  [{ amount: 500, currency: 'INR', notes: { a: [1] } }, 'Notes values themselves should not be an array.'],
  [
    { amount: 500, currency: 'INR', notes: { a: 'x'.repeat(513) } },
    'Notes value cannot be greater than 512 characters.',
  ],
  [
    { amount: 500, currency: 'INR', notes: Object.fromEntries([...'abcdefghijklmnop'].map((k) => [k, '1'])) },
    'Number of fields in notes should be less than or equal to 15.',
  ],
  [{ amount: 1_235, currency: 'KWD' }, 'The amount for KWD must be a multiple of 10.'],
])('refuses %j', async (fields, text) => {
  const answer = await create(fields)
  expect(answer.status).toBe(400)
  expect(textOf(answer)).toBe(text)
})

test('malformed JSON is answered, not thrown', async () => {
  const answer = await create('{"amount":')
  expect([answer.status, textOf(answer)]).toEqual([400, 'EOF.'])
})

test('the smallest units of JPY, UGX and KWD are taken as Razorpay counts them', async () => {
  const stand = createStand()
  for (const [amount, currency] of [
    [500, 'JPY'],
    [500, 'UGX'],
    [1_230, 'KWD'],
  ] as const) {
    expect((await stand.call('POST', '/v1/orders', { amount, currency })).body).toMatchObject({
      amount,
      currency,
    })
  }
})

test('a receipt used before is an error, and the first order is found by it', async () => {
  const stand = createStand()
  const first = await stand.order({ receipt: 'ord_7' })
  const again = await stand.call('POST', '/v1/orders', { amount: 100, currency: 'INR', receipt: 'ord_7' })
  expect(textOf(again)).toBe('Duplicate request. This request has already been processed.')
  const found = await stand.call('GET', '/v1/orders?receipt=ord_7')
  expect(found.body).toMatchObject({ entity: 'collection', count: 1, items: [{ id: first }] })
})

test('an account may be set to take a receipt twice, as old accounts do', async () => {
  const stand = createStand()
  const authorization = `Basic ${Buffer.from(`${stand.keyId}:${stand.keySecret}`).toString('base64')}`
  const url = 'http://pages.test/razorpay/settings'
  const request = new Request(url, {
    method: 'PATCH',
    headers: { authorization },
    body: '{"unique_receipts":false}',
  })
  expect((await stand.sandbox.pages(request)).status).toBe(200)
  await stand.order({ receipt: 'ord_7' })
  await stand.order({ receipt: 'ord_7' })
  expect((await stand.call('GET', '/v1/orders?receipt=ord_7')).body['count']).toBe(2)
})

test('receipts of two accounts do not collide, and neither sees the other', async () => {
  const stand = createStand()
  const mine = await stand.order({ receipt: 'same' })
  const { credentials } = stand.sandbox.createAccount('razorpay')
  const other = `Basic ${Buffer.from(`${credentials['key_id']}:${credentials['key_secret']}`).toString('base64')}`
  const theirs = await stand.call(
    'POST',
    '/v1/orders',
    { amount: 100, currency: 'INR', receipt: 'same' },
    { authorization: other },
  )
  expect(theirs.status).toBe(200)
  const peek = await stand.call('GET', `/v1/orders/${mine}`, undefined, { authorization: other })
  expect([peek.status, textOf(peek)]).toEqual([400, 'The id provided does not exist'])
})

test('lists are newest first, paged by count and skip, and refuse what they do not know', async () => {
  const stand = createStand()
  const ids: string[] = []
  for (let i = 0; i < 12; i += 1) ids.unshift(await stand.order())
  const idsOf = async (path: string) => {
    const { items } = (await stand.call('GET', path)).body
    return Array.isArray(items) ? items.map((item: { id: string }) => item.id) : items
  }
  expect(await idsOf('/v1/orders')).toEqual(ids.slice(0, 10))
  expect(await idsOf('/v1/orders?count=5&skip=10')).toEqual(ids.slice(10))
  expect(textOf(await stand.call('GET', '/v1/orders?count=101'))).toBe(
    'The count may not be greater than 100.',
  )
  expect(textOf(await stand.call('GET', '/v1/orders?count=x'))).toBe('The count must be an integer.')
  expect(textOf(await stand.call('GET', '/v1/orders?limit=3'))).toMatch(/^limit is\/are not required/)
})

test('expand[]=payments brings the payments along', async () => {
  const stand = createStand()
  const { orderId, paymentId } = await stand.captured()
  const { body } = await stand.call('GET', `/v1/orders/${orderId}?expand[]=payments`)
  expect(body['payments']).toMatchObject({ count: 1, items: [{ id: paymentId, status: 'captured' }] })
})

test('only notes of an order can change', async () => {
  const stand = createStand()
  const id = await stand.order()
  const answer = await stand.call('PATCH', `/v1/orders/${id}`, { notes: { a: 'b' } })
  expect(answer.body['notes']).toEqual({ a: 'b' })
  const amount = await stand.call('PATCH', `/v1/orders/${id}`, { amount: 1 })
  expect(textOf(amount)).toBe('amount is/are not required and should not be sent.')
})

test('an order older than 180 days is only in the reports', async () => {
  const stand = createStand()
  const id = await stand.order()
  await stand.sandbox.advance(181 * 86_400_000)
  expect(textOf(await stand.call('GET', `/v1/orders/${id}`))).toBe(
    'Order older than 180 days, please use reports.',
  )
})

test('wrong keys and the wrong word in Authorization answer 401, unknown paths 400', async () => {
  const { call, keyId, keySecret } = createStand()
  const pair = Buffer.from(`${keyId}:${keySecret}`).toString('base64')
  for (const authorization of [`basic ${pair}`, `Bearer ${pair}`, `Basic ${btoa(`${keyId}:wrong`)}`, '']) {
    const answer = await call('GET', '/v1/orders', undefined, { authorization })
    expect([answer.status, textOf(answer)]).toEqual([401, 'Authentication failed'])
  }
  const lost = await call('GET', '/v1/nothing')
  expect([lost.status, textOf(lost)]).toEqual([400, 'The requested URL was not found on the server.'])
  expect((await call('GET', '/v1/methods')).body['entity']).toBe('methods')
})
