import { expect, test } from 'vitest'
import { createStand, START_MS, textOf } from './test-stand.ts'

const NOW = START_MS / 1000
const WANTED = {
  amount: 1_000,
  currency: 'INR',
  reference_id: 'TS1989',
  description: 'Policy',
  customer: { name: 'Asha Rao', contact: '+919000090000', email: 'a@example.com' },
  callback_url: 'https://shop.example/cb',
  callback_method: 'get',
}

async function created(fields: Record<string, unknown> = {}) {
  const stand = createStand()
  const { body } = await stand.call('POST', '/v1/payment_links', { ...WANTED, ...fields })
  const id = String(body['id'])
  const read = async () => (await stand.call('GET', `/v1/payment_links/${id}`)).body
  return { stand, id, body, read }
}

test('a link has a hosted page, no entity, zero for unset times and null for no notes', async () => {
  const { body, id } = await created()
  expect(body).not.toHaveProperty('entity')
  expect(body).toMatchObject({
    status: 'created',
    expire_by: 0,
    cancelled_at: 0,
    notes: null,
    payments: null,
  })
  expect(body['short_url']).toBe(`http://127.0.0.1:8010/razorpay/l/${id.slice('plink_'.length)}`)
})

test.each([
  [{ amount: undefined }, 'amount: cannot be blank.'],
  [{ amount: 99 }, 'amount: amount should be minimum 100 for INR.'],
  [
    { amount: 10.5 },
    'amount, should be a whole number for e.g. 2234 to create a payment link for INR 22.34.',
  ],
  [{ reference_id: 'x'.repeat(41) }, 'reference_id: the length must be no more than 40.'],
  [{ expire_by: NOW + 60 }, 'timestamp must be atleast 15 minutes in future'],
  [{ expire_by: 'soon' }, 'incorrect JSON object received - faulty key: expire_by.'],
  [{ customer: { email: 'nope' } }, 'email: must be in a valid format for e.g. abcxyz@domain.com.'],
  [{ customer: { contact: '123' } }, 'contact: the length must be between 8 and 14.'],
  [{ callback_method: 'post' }, 'callback_method: must be a valid value.'],
  [{ callback_url: 'nope' }, 'callback_url: URL should be sent in callback_url field.'],
  [
    { upi_link: true },
    'UPI Payment Links is not supported in Test Mode. Please experience the product in Live Mode.',
  ],
  [{ colour: 'red' }, 'extra fields sent.'],
])('refuses %j', async (fields, text) => {
  const answer = await createStand().call('POST', '/v1/payment_links', { ...WANTED, ...fields })
  expect([answer.status, textOf(answer)]).toEqual([400, text])
})

test('a reference is taken once, and finds its link', async () => {
  const { stand, id } = await created()
  const twin = await stand.call('POST', '/v1/payment_links', WANTED)
  expect(textOf(twin)).toBe('payment link creation with reference ID already attempted')
  const found = await stand.call('GET', '/v1/payment_links?reference_id=TS1989')
  expect(found.body['payment_links']).toMatchObject([{ id }])
})

test('a paid link shows its payment and order, and says so in an event with a raw order', async () => {
  const { stand, id, read } = await created()
  await stand.subscribe('payment_link.paid')
  expect(stand.act(id, 'succeed')).toEqual({ ok: true, status: 'captured' })
  const link = await read()
  expect(link).toMatchObject({ status: 'paid', amount_paid: 1_000 })
  expect(link['payments']).toMatchObject([{ amount: 1_000, method: 'upi', plink_id: id }])
  await stand.sandbox.runDue()
  const event = JSON.parse(stand.received[0]?.body ?? '{}')
  expect(event.contains).toEqual(['payment_link', 'order', 'payment'])
  expect(`order_${event.payload.order.entity.id}`).toBe(link['order_id'])
  expect(stand.sandbox.book('razorpay')).toMatchObject([
    { orderRef: id, reference: 'TS1989', captured: 1_000n },
  ])
  expect(textOf(await stand.call('POST', `/v1/payment_links/${id}/cancel`))).toBe(
    'cannot cancel or expire an already paid/partially paid link',
  )
})

test('a cancelled link cannot be paid', async () => {
  const { stand, id } = await created()
  await stand.subscribe('payment_link.cancelled')
  expect((await stand.call('POST', `/v1/payment_links/${id}/cancel`)).body['status']).toBe('cancelled')
  expect(stand.act(id, 'succeed')).toEqual({ ok: false, reason: 'the link is cancelled' })
  await stand.sandbox.runDue()
  expect(stand.received.map(({ event }) => event)).toEqual(['payment_link.cancelled'])
})

test('a link expires on the clock, at the date last set', async () => {
  const { stand, id, read } = await created({ expire_by: NOW + 1_000 })
  await stand.call('PATCH', `/v1/payment_links/${id}`, { expire_by: NOW + 2_000 })
  await stand.sandbox.advance(1_500_000)
  expect((await read())['status']).toBe('created')
  await stand.sandbox.advance(500_000)
  expect(await read()).toMatchObject({ status: 'expired', expired_at: NOW + 2_000 })
  expect(textOf(await stand.call('PATCH', `/v1/payment_links/${id}`, { notes: {} }))).toBe(
    'update can only be made in created or partially paid state',
  )
})

test('a notification goes by sms or email only', async () => {
  const { stand, id } = await created()
  expect((await stand.call('POST', `/v1/payment_links/${id}/notify_by/sms`)).body).toEqual({ success: true })
  expect(textOf(await stand.call('POST', `/v1/payment_links/${id}/notify_by/fax`))).toBe(
    'not a valid notification medium',
  )
})
