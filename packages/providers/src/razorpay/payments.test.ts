import { describe, expect, test } from 'vitest'
import { payments } from './payments.ts'
import {
  answer,
  collection,
  failedBody,
  handle,
  heldBody,
  inr,
  LINK_ID,
  linkBody,
  lost,
  notSent,
  ORDER_ID,
  orderBody,
  PAYMENT_ID,
  paymentBody,
  paymentRequest,
  REFERENCE,
  refundBody,
  refusal,
  scripted,
} from './scripted.fixture.ts'

const FIND = `GET /v1/orders?receipt=${REFERENCE}&count=100`
const FIND_LINK = `GET /v1/payment_links?reference_id=${REFERENCE}`
const ORDER = `GET /v1/orders/${ORDER_ID}`
const TRIES = `GET /v1/orders/${ORDER_ID}/payments`
const CAPTURE = `POST /v1/payments/${PAYMENT_ID}/capture`
const none = answer(200, collection())
const held = handle({ capture: 'manual', paymentRef: PAYMENT_ID })

describe('what is accepted', () => {
  const ask = { amount: inr(50_000n), capture: 'automatic' } as const

  test.each([undefined, 'card', 'upi', 'netbanking', 'wallet', 'payment_link'])('method %s', (method) => {
    expect(payments.accepts(method === undefined ? ask : { ...ask, method })).toBeNull()
  })

  test('methods nobody knows, links captured by hand and impossible amounts are refused', () => {
    expect(payments.accepts({ ...ask, method: 'seashells' })?.code).toBe('unsupported_method')
    expect(payments.accepts({ ...ask, method: 'payment_link', capture: 'manual' })?.code).toBe(
      'unsupported_method',
    )
    expect(payments.accepts({ ...ask, amount: inr(99n) })?.code).toBe('invalid_amount')
  })
})

describe('create', () => {
  test('answers the order, ready for the checkout', async () => {
    const { ctx, calls } = scripted([answer(200, orderBody())])
    const outcome = await payments.create(ctx, paymentRequest({ method: 'upi' }), 'op_key_0000001')
    expect(outcome).toMatchObject({
      kind: 'ok',
      value: { status: 'requires_action', orderRef: ORDER_ID, refs: { method: 'upi' } },
    })
    expect(calls()).toEqual(['POST /v1/orders'])
  })

  test('H10: adopts what an earlier send made, found by its receipt', async () => {
    const script = scripted(
      [
        refusal('Duplicate request. This request has already been processed.'),
        answer(200, collection(orderBody({ receipt: 'other', id: 'order_2' }), orderBody())),
        none,
      ],
      { send: 'later' },
    )
    const outcome = await payments.create(script.ctx, paymentRequest(), 'k')
    expect(outcome).toMatchObject({ kind: 'ok', value: { orderRef: ORDER_ID, status: 'requires_action' } })
    expect(script.calls()).toEqual(['POST /v1/orders', FIND, TRIES])
  })

  test.each([
    ['does not show', none],
    ['cannot be looked up', lost],
    ['cannot be looked up either', notSent],
  ])('a duplicate that %s stays unknown', async (_what, look) => {
    const { ctx } = scripted([refusal('Duplicate request. This request has already been processed.'), look])
    expect((await payments.create(ctx, paymentRequest(), 'k')).kind).toBe('unknown')
  })

  test('a payment link is Razorpay’s own page', async () => {
    const { ctx, calls } = scripted([answer(200, linkBody())])
    const outcome = await payments.create(ctx, paymentRequest({ method: 'payment_link' }), 'k')
    expect(outcome).toMatchObject({
      kind: 'ok',
      value: { orderRef: LINK_ID, checkoutUrl: 'https://rzp.io/rzp/Local2', checkoutOptions: null },
    })
    expect(calls()).toEqual(['POST /v1/payment_links'])
  })

  test('a link without a page is not what was promised', async () => {
    const { ctx } = scripted([answer(200, linkBody({ short_url: '' }))])
    expect((await payments.create(ctx, paymentRequest({ method: 'payment_link' }), 'k')).kind).toBe('unknown')
  })

  test('a link asked for twice is adopted by its reference', async () => {
    const { ctx, calls } = scripted([
      refusal('payment link creation with reference ID already attempted'),
      answer(200, { payment_links: [linkBody()] }),
    ])
    const outcome = await payments.create(ctx, paymentRequest({ method: 'payment_link' }), 'k')
    expect(outcome).toMatchObject({ kind: 'ok', value: { orderRef: LINK_ID } })
    expect(calls()).toEqual(['POST /v1/payment_links', FIND_LINK])
  })
})

describe('find', () => {
  const noLink = answer(200, { payment_links: [] })

  test('looks among links, whose orders carry the same receipt, then among orders', async () => {
    const order = scripted([noLink, answer(200, collection(orderBody())), none])
    expect(await payments.find?.(order.ctx, handle({ orderRef: null }))).toMatchObject({ kind: 'ok' })
    expect(order.calls()).toEqual([FIND_LINK, FIND, TRIES])
    const link = scripted([answer(200, { payment_links: [linkBody()] })])
    expect(await payments.find?.(link.ctx, handle({ orderRef: null }))).toMatchObject({
      value: { orderRef: LINK_ID },
    })
    expect(link.calls()).toEqual([FIND_LINK])
  })

  test('says null only when both look-ups are empty', async () => {
    const empty = scripted([noLink, none])
    expect(await payments.find?.(empty.ctx, handle({ orderRef: null }))).toEqual({ kind: 'ok', value: null })
    const half = scripted([noLink, lost])
    expect((await payments.find?.(half.ctx, handle({ orderRef: null })))?.kind).toBe('unknown')
    const unreadable = scripted([noLink, answer(200, collection({ id: 'order_1' }))])
    expect((await payments.find?.(unreadable.ctx, handle({ orderRef: null })))?.kind).toBe('unknown')
  })

  test('of several orders with one receipt, the one somebody tried to pay is ours, else the first', async () => {
    const later = orderBody({ id: 'order_2', created_at: 1_763_900_009 })
    const first = scripted([noLink, answer(200, collection(later, orderBody())), none])
    expect(await payments.find?.(first.ctx, handle({ orderRef: null }))).toMatchObject({
      value: { orderRef: ORDER_ID },
    })
    const both = collection(orderBody(), { ...later, status: 'attempted' })
    const tried = scripted([noLink, answer(200, both), none])
    expect(await payments.find?.(tried.ctx, handle({ orderRef: null }))).toMatchObject({
      value: { orderRef: 'order_2' },
    })
  })
})

describe('fetch', () => {
  test('reads the order, then its payments', async () => {
    const { ctx, calls } = scripted([
      answer(200, orderBody({ status: 'paid' })),
      answer(200, collection(failedBody({ id: 'pay_1' }), paymentBody())),
    ])
    expect(await payments.fetch(ctx, handle())).toMatchObject({
      kind: 'ok',
      value: {
        status: 'succeeded',
        paymentRef: PAYMENT_ID,
        captured: 50_000n,
        fee: { amount: 1_180n, tax: 180n, currency: 'INR' },
      },
    })
    expect(calls()).toEqual([ORDER, TRIES])
  })

  test('an order and payments that contradict each other are read again, not believed', async () => {
    const { ctx } = scripted([answer(200, orderBody({ status: 'paid' })), none])
    expect((await payments.fetch(ctx, handle())).kind).toBe('unknown')
  })

  test('an answer about another order, or payments of another, is no answer', async () => {
    const other = scripted([answer(200, orderBody({ id: 'order_2' }))])
    expect((await payments.fetch(other.ctx, handle())).kind).toBe('unknown')
    const mixed = scripted([
      answer(200, orderBody()),
      answer(200, collection(paymentBody({ order_id: 'order_2' }))),
    ])
    expect((await payments.fetch(mixed.ctx, handle())).kind).toBe('unknown')
  })

  test('an order too old to read is told by its payment', async () => {
    const tooOld = refusal('Order older than 180 days, please use reports.')
    const { ctx, calls } = scripted([
      tooOld,
      answer(200, paymentBody({ amount_refunded: 50_000, status: 'refunded' })),
    ])
    expect(await payments.fetch(ctx, handle({ paymentRef: PAYMENT_ID }))).toMatchObject({
      kind: 'ok',
      value: { status: 'succeeded', refunded: 50_000n, orderRef: ORDER_ID },
    })
    expect(calls()).toEqual([ORDER, `GET /v1/payments/${PAYMENT_ID}`])
    const unpaid = scripted([tooOld])
    expect(await payments.fetch(unpaid.ctx, handle())).toMatchObject({
      kind: 'rejected',
      reason: 'not_found',
    })
  })

  test('an id Razorpay does not know is not found, though the status is 400', async () => {
    const { ctx } = scripted([refusal('The id provided does not exist')])
    expect(await payments.fetch(ctx, handle())).toMatchObject({ kind: 'rejected', reason: 'not_found' })
  })

  test('without an order there is nothing to read', async () => {
    const { ctx } = scripted([])
    expect((await payments.fetch(ctx, handle({ orderRef: null }))).kind).toBe('unknown')
  })

  test('a link is told by the payments of its order', async () => {
    const { ctx, calls } = scripted([
      answer(200, linkBody({ status: 'paid', order_id: ORDER_ID })),
      answer(200, collection(paymentBody())),
    ])
    expect(await payments.fetch(ctx, handle({ orderRef: LINK_ID }))).toMatchObject({
      value: { status: 'succeeded', orderRef: LINK_ID, refs: { order: ORDER_ID }, reference: REFERENCE },
    })
    expect(calls()).toEqual([`GET /v1/payment_links/${LINK_ID}`, TRIES])
  })

  test('or by the payment it names', async () => {
    const { ctx, calls } = scripted([
      answer(200, linkBody({ status: 'paid', payments: [{ payment_id: PAYMENT_ID, amount: '50000' }] })),
      answer(200, paymentBody({ order_id: 'order_OfTheLink001' })),
    ])
    expect(await payments.fetch(ctx, handle({ orderRef: LINK_ID }))).toMatchObject({
      value: { status: 'succeeded', paymentRef: PAYMENT_ID },
    })
    expect(calls()).toEqual([`GET /v1/payment_links/${LINK_ID}`, `GET /v1/payments/${PAYMENT_ID}`])
  })
})

describe('capture', () => {
  const capture = (script: ReturnType<typeof scripted>, amount = inr(50_000n), payment = held) =>
    payments.capture?.(script.ctx, payment, amount, 'k')

  test('takes the whole amount', async () => {
    const script = scripted([answer(200, paymentBody())])
    expect(await capture(script)).toMatchObject({
      kind: 'ok',
      value: { status: 'succeeded', captured: 50_000n, orderRef: ORDER_ID },
    })
    expect(script.calls()).toEqual([CAPTURE])
    expect(script.sent[0]?.body).toEqual({ json: { amount: 50_000, currency: 'INR' } })
  })

  test('a part is refused before anything is sent', async () => {
    const script = scripted([])
    expect(await capture(script, inr(20_000n))).toMatchObject({ kind: 'rejected', reason: 'amount' })
  })

  test('without a known payment the authorized one is looked for', async () => {
    const script = scripted([
      answer(200, orderBody({ status: 'attempted' })),
      answer(200, collection(failedBody({ id: 'pay_1' }), heldBody())),
      answer(200, paymentBody()),
    ])
    expect(await capture(script, undefined, handle({ capture: 'manual' }))).toMatchObject({ kind: 'ok' })
    expect(script.calls()).toEqual([ORDER, TRIES, CAPTURE])
  })

  test('nothing held is nothing to capture', async () => {
    const script = scripted([answer(200, orderBody()), none])
    expect(await capture(script, undefined, handle())).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
    })
  })

  const already = refusal('The payment has already been either captured or voided.')

  test('"already captured" is success once a look shows the money', async () => {
    const script = scripted([
      already,
      answer(200, orderBody({ status: 'paid' })),
      answer(200, collection(paymentBody())),
    ])
    expect(await capture(script)).toMatchObject({ kind: 'ok', value: { captured: 50_000n } })
  })

  test.each([
    ['voided', collection(heldBody({ status: 'refunded' })), 'rejected'],
    ['failed', collection(failedBody()), 'rejected'],
    ['still held, which cannot be', collection(heldBody()), 'unknown'],
    ['captured with another amount', collection(paymentBody({ amount: 49_999 })), 'rejected'],
  ])('"already captured" about a payment that is %s', async (_what, tries, kind) => {
    const script = scripted([already, answer(200, orderBody({ status: 'attempted' })), answer(200, tries)])
    expect((await capture(script))?.kind).toBe(kind)
  })

  test('a look that fails leaves it unknown, even where nothing was sent', async () => {
    expect((await capture(scripted([already, notSent])))?.kind).toBe('unknown')
  })

  test.each([
    ['a lock', refusal('Request failed because another payment operation is in progress.'), 'not_sent'],
    ['a lost answer', lost, 'unknown'],
    ['an answer that still shows it held', answer(200, heldBody()), 'unknown'],
    ['an answer about another payment', answer(200, paymentBody({ id: 'pay_2' })), 'unknown'],
    ['a refused amount', refusal('Capture amount must be equal to the amount authorized.'), 'rejected'],
  ])('%s', async (_what, result, kind) => {
    expect((await capture(scripted([result])))?.kind).toBe(kind)
  })
})

describe('cancel', () => {
  const cancel = (script: ReturnType<typeof scripted>, payment = handle()) =>
    payments.cancel?.(script.ctx, payment, 'op_cancel_1')
  const unpaid = [answer(200, orderBody()), none]
  const authorized = [answer(200, orderBody({ status: 'attempted' })), answer(200, collection(heldBody()))]
  const refund = `POST /v1/payments/${PAYMENT_ID}/refund`

  test('an unpaid order is given up after a look', async () => {
    const script = scripted(unpaid)
    expect(await cancel(script)).toMatchObject({
      kind: 'ok',
      value: { status: 'canceled', providerStatus: 'created, given up', checkoutOptions: null },
    })
    expect(script.calls()).toEqual([ORDER, TRIES])
  })

  test.each([
    ['taken', paymentBody()],
    ['being paid', paymentBody({ status: 'created', captured: false })],
  ])('what is %s is not canceled', async (_what, body) => {
    const script = scripted([answer(200, orderBody({ status: 'attempted' })), answer(200, collection(body))])
    expect(await cancel(script)).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
  })

  test('an authorization is released by a full refund where the account may', async () => {
    const script = scripted([
      ...authorized,
      answer(200, refundBody({ amount: 50_000 })),
      answer(200, orderBody({ status: 'attempted' })),
      answer(200, collection(heldBody({ status: 'refunded', amount_refunded: 50_000 }))),
    ])
    expect(await cancel(script, held)).toMatchObject({
      kind: 'ok',
      value: { status: 'canceled', refunded: 0n },
    })
    expect(script.calls()).toEqual([ORDER, TRIES, refund, ORDER, TRIES])
    expect(script.sent[2]?.body).toMatchObject({ json: { amount: 50_000, receipt: REFERENCE } })
    expect(script.sent[2]?.headers).toMatchObject({ 'x-refund-idempotency': 'op_cancel_1' })
  })

  test('and stays held where it may not', async () => {
    const text = 'The payment status should be captured for action to be taken.'
    const script = scripted([...authorized, refusal(text)])
    expect(await cancel(script, held)).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
      message: text,
    })
  })

  test('a release that does not show yet, or whose answer was lost, is unknown', async () => {
    const slow = scripted([...authorized, answer(200, refundBody()), ...authorized])
    expect((await cancel(slow, held))?.kind).toBe('unknown')
    expect((await cancel(scripted([...authorized, lost]), held))?.kind).toBe('unknown')
  })

  test('canceling what is canceled sends nothing', async () => {
    const script = scripted([
      answer(200, orderBody({ status: 'attempted' })),
      answer(200, collection(heldBody({ status: 'refunded' }))),
    ])
    expect(await cancel(script, held)).toMatchObject({ kind: 'ok', value: { status: 'canceled' } })
  })

  const link = handle({ orderRef: LINK_ID })
  const open = answer(200, linkBody())
  const CANCEL_LINK = `POST /v1/payment_links/${LINK_ID}/cancel`

  test('a payment link is cancelled at Razorpay', async () => {
    const gone = answer(200, linkBody({ status: 'cancelled' }))
    const script = scripted([open, gone, gone])
    expect(await cancel(script, link)).toMatchObject({
      kind: 'ok',
      value: { status: 'canceled', checkoutUrl: null },
    })
    expect(script.calls()[1]).toBe(CANCEL_LINK)
  })

  test('a link that expired meanwhile is over, one that was paid meanwhile is not canceled', async () => {
    const expired = answer(200, linkBody({ status: 'expired' }))
    const late = scripted([open, refusal('cannot cancel or expire an expired link'), expired])
    expect(await cancel(late, link)).toMatchObject({ kind: 'ok', value: { status: 'expired' } })
    const paid = scripted([open, refusal('cannot cancel or expire an already paid/partially paid link')])
    expect(await cancel(paid, link)).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
  })
})
