import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { addWebhook, DAY, type Merchant, newPlan, openMerchant, type Reply } from '../test-merchant.ts'
import { reference, referencePresent } from '../test-spec.ts'

/** A subscription of 10.00 a month whose first payment was taken. */
async function openSale() {
  const merchant = await openMerchant()
  await addWebhook(merchant)
  const fields = { plan_id: await newPlan(merchant), custom_id: 'sub_1' }
  const { id } = (await merchant.call('POST', '/v1/billing/subscriptions', fields)).body
  merchant.emulator.simulateSubscription?.(merchant.accountId, id, 'approve')
  const [charge] = chargesOf(merchant)
  const path = `/v1/payments/sale/${charge?.paymentRef}`
  const refund = (body: object = {}, requestId?: string): Promise<Reply> =>
    merchant.call(
      'POST',
      `${path}/refund`,
      body,
      requestId === undefined ? {} : { 'paypal-request-id': requestId },
    )
  return { merchant, id, path, saleId: charge?.paymentRef ?? '', refund }
}

const chargesOf = (merchant: Merchant) => merchant.emulator.subscriptionCharges?.(merchant.accountId) ?? []

const usd = (total: string) => ({ amount: { total, currency: 'USD' } })

test('a sale is shown, refunded in parts and listed with what is left', async () => {
  const { merchant, id, path, refund } = await openSale()
  expect((await merchant.call('GET', path)).body).toMatchObject({
    billing_agreement_id: id,
    custom: 'sub_1',
    state: 'completed',
    amount: { total: '10.00', currency: 'USD' },
    transaction_fee: { value: '0.84' },
  })
  const first = await refund({ ...usd('4.00'), reason: 'late', invoice_number: 'rma-1' })
  expect([first.status, first.body]).toMatchObject([
    201,
    {
      state: 'completed',
      amount: { total: '4.00', currency: 'USD' },
      total_refunded_amount: { value: '4.00', currency: 'USD' },
      reason: 'late',
      invoice_number: 'rma-1',
    },
  ])
  expect((await merchant.call('GET', `/v1/payments/refund/${first.body.id}`)).body).toEqual(first.body)
  expect((await merchant.call('GET', path)).body.state).toBe('partially_refunded')
  expect((await refund(usd('6.00'))).body.total_refunded_amount.value).toBe('10.00')
  expect((await merchant.call('GET', path)).body.state).toBe('refunded')
  const window = 'start_time=2026-01-01T00:00:00Z&end_time=2026-02-01T00:00:00Z'
  const listed = await merchant.call('GET', `/v1/billing/subscriptions/${id}/transactions?${window}`)
  expect(listed.body.transactions).toMatchObject([{ status: 'REFUNDED' }])
  expect(chargesOf(merchant)).toMatchObject([{ reference: 'sub_1', amount: 1000n, refunded: 1000n }])
})

test('a webhook tells of each refund with the amount below zero and the sale it came from', async () => {
  const { merchant, saleId, refund } = await openSale()
  await refund(usd('4.00'))
  await merchant.call('POST', `/v2/payments/captures/${saleId}/refund`, {})
  await merchant.advance(1_000)
  const told = merchant.received.map(({ body }) => JSON.parse(body))
  const refunds = told.filter(({ event_type: type }) => type === 'PAYMENT.SALE.REFUNDED')
  expect(refunds.map(({ resource }) => [resource.sale_id, resource.amount.total])).toEqual([
    [saleId, '-4.00'],
    [saleId, '-6.00'],
  ])
})

test.each<[string, object, object | undefined]>([
  ['REFUND_EXCEEDED_TRANSACTION_AMOUNT', usd('6.01'), usd('4.00')],
  ['FULL_REFUND_NOT_ALLOWED_AFTER_PARTIAL_REFUND', {}, usd('4.00')],
  ['TRANSACTION_ALREADY_REFUNDED', usd('0.01'), {}],
  ['TRANSACTION_REFUSED', { amount: { total: '1.00', currency: 'EUR' } }, undefined],
  ['CURRENCY_NOT_ALLOWED', { amount: { total: '1.00', currency: 'XYZ' } }, undefined],
  ['VALIDATION_ERROR', usd('1.5'), undefined],
  ['VALIDATION_ERROR', usd('-1.00'), undefined],
  ['VALIDATION_ERROR', usd('0.00'), undefined],
  ['VALIDATION_ERROR', { amount: { total: 1, currency: 'USD' } }, undefined],
  ['VALIDATION_ERROR', { reason: 'x'.repeat(31) }, undefined],
  ['DUPLICATE_TRANSACTION', { ...usd('1.00'), invoice_number: 'a' }, { ...usd('1.00'), invoice_number: 'a' }],
])('refuses with %s and moves no money: %j after %j', async (name, body, earlier) => {
  const { merchant, refund } = await openSale()
  if (earlier !== undefined) expect((await refund(earlier)).status).toBe(201)
  const before = chargesOf(merchant)
  const refused = await refund(body)
  expect([refused.status, refused.body.name]).toEqual([400, name])
  expect(refused.body.information_link).toBe('https://developer.paypal.com/docs/api/payments/#errors')
  expect('details' in refused.body).toBe(name === 'VALIDATION_ERROR')
  expect(chargesOf(merchant)).toEqual(before)
})

test('what v1 does not know it refuses in its own envelope', async () => {
  const { merchant } = await openSale()
  const unknown = await merchant.call('POST', '/v1/payments/sale/0000000000000000X/refund', {})
  expect([unknown.status, unknown.body]).toEqual([
    404,
    {
      name: 'INVALID_RESOURCE_ID',
      message: 'The requested resource ID was not found.',
      information_link: 'https://developer.paypal.com/docs/api/payments/#errors',
      debug_id: unknown.headers.get('paypal-debug-id'),
    },
  ])
})

test('a request id repeats one refund for 30 days, and takes no other body', async () => {
  const { merchant, path, refund } = await openSale()
  const first = await refund(usd('2.00'), 'ref_1')
  const again = await refund(usd('2.00'), 'ref_1')
  expect([first.status, again.status, again.body.id]).toEqual([201, 200, first.body.id])
  expect((await refund(usd('3.00'), 'ref_1')).body.name).toBe('DUPLICATE_REQUEST_ID')
  expect((await refund(usd('2.00'), 'r'.repeat(79))).body.name).toBe('PAYMENT_REQUEST_ID_INVALID')
  await merchant.advance(31 * DAY)
  await merchant.signIn()
  expect((await refund(usd('2.00'), 'ref_1')).body.id).not.toBe(first.body.id)
  expect((await merchant.call('GET', path)).body.state).toBe('partially_refunded')
})

test('nothing is refunded after 180 days', async () => {
  const { merchant, refund } = await openSale()
  await merchant.advance(181 * DAY)
  await merchant.signIn()
  expect((await refund()).body.name).toBe('REFUND_TIME_LIMIT_EXCEEDED')
})

test('another merchant sees neither the sale nor its refunds', async () => {
  const { merchant, path, saleId, refund } = await openSale()
  const { id } = (await refund(usd('1.00'))).body
  await merchant.signIn(merchant.kernel.accounts.create(merchant.emulator))
  const paths = [
    path,
    `/v1/payments/refund/${id}`,
    `/v2/payments/captures/${saleId}`,
    `/v2/payments/refunds/${id}`,
  ]
  for (const other of paths) expect((await merchant.call('GET', other)).status).toBe(404)
})

test('both generations of the API see the same refunds', async () => {
  const { merchant, saleId, path, refund } = await openSale()
  await refund(usd('4.00'))
  const shown = await merchant.call('GET', `/v2/payments/captures/${saleId}`)
  expect(shown.body.status).toBe('PARTIALLY_REFUNDED')
  const rest = await merchant.call('POST', `/v2/payments/captures/${saleId}/refund`, undefined, {
    prefer: 'return=representation',
  })
  expect([rest.status, rest.body.seller_payable_breakdown.total_refunded_amount.value]).toEqual([
    201,
    '10.00',
  ])
  expect((await merchant.call('GET', path)).body.state).toBe('refunded')
  expect(
    (await merchant.call('POST', `/v2/payments/captures/${saleId}/refund`, {})).body.details,
  ).toMatchObject([{ issue: 'CAPTURE_FULLY_REFUNDED' }])
})

test('what the bank won back is told by its own id alone, and asked for by it names the sale', async () => {
  const { merchant, saleId, path, refund } = await openSale()
  await refund(usd('4.00'))
  merchant.simulate(saleId, 'dispute_lost')
  await merchant.advance(1_000)
  const [event, ...more] = merchant.received
    .map(({ body }) => JSON.parse(body))
    .filter(({ event_type: type }) => type === 'PAYMENT.SALE.REVERSED')
  expect(more).toEqual([])
  expect(event.resource).toMatchObject({ state: 'completed', amount: { total: '-6.00', currency: 'USD' } })
  expect('sale_id' in event.resource || 'billing_agreement_id' in event.resource).toBe(false)
  const shown = await merchant.call('GET', `/v1/payments/refund/${event.resource.id}`)
  expect(shown.body).toMatchObject({ sale_id: saleId, amount: { total: '6.00' } })
  expect((await merchant.call('GET', path)).body.state).toBe('refunded')
  const again = merchant.emulator.simulate(merchant.accountId, saleId, 'dispute_lost')
  expect(again).toMatchObject({ ok: false })
  expect(merchant.emulator.simulate(merchant.accountId, saleId, 'succeed')).toMatchObject({ ok: false })
})

test.skipIf(!referencePresent)('a reversal has the members of the recorded one', async () => {
  const { merchant, saleId } = await openSale()
  merchant.simulate(saleId, 'dispute_lost')
  await merchant.advance(1_000)
  const { samples } = JSON.parse(readFileSync(reference('recorded/paypal-webhook-samples.json'), 'utf8')) as {
    samples: { event_type: string; body: { resource: object } }[]
  } // as the file is
  const recorded = samples.find(({ event_type }) => event_type === 'PAYMENT.SALE.REVERSED')
  const told = merchant.received
    .map(({ body }) => JSON.parse(body))
    .find(({ event_type: type }) => type === 'PAYMENT.SALE.REVERSED')
  const members = (body: object) => Object.keys(body).sort()
  expect(members(told)).toEqual(members(recorded?.body ?? {}))
  expect(members(told.resource)).toEqual(members(recorded?.body.resource ?? {}))
})
