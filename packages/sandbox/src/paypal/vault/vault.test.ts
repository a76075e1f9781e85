import { expect, test } from 'vitest'
import {
  addWebhook,
  DAY,
  FULL,
  HOUR,
  issuesOf,
  type Merchant,
  openMerchant,
  type Reply,
  unit,
} from '../test-merchant.ts'

const CONTEXT = { return_url: 'https://shop.example/ok', cancel_url: 'https://shop.example/no' }
const VAULT = { store_in_vault: 'ON_SUCCESS', usage_type: 'MERCHANT', customer_type: 'CONSUMER' }
const TOKENS = '/v3/vault/payment-tokens'
let next = 0

const orderWith = (merchant: Merchant, paypal: object, more: object = {}): Promise<Reply> => {
  next += 1
  const body = { intent: 'CAPTURE', purchase_units: [unit()], payment_source: { paypal }, ...more }
  return merchant.call('POST', '/v2/checkout/orders', body, { ...FULL, 'paypal-request-id': `v_${next}` })
}

/** A wallet saved with a purchase of 10.00. */
async function openSaved(customer?: object, action: 'succeed' | 'late_succeed' = 'succeed') {
  const merchant = await openMerchant()
  await addWebhook(merchant)
  const attributes = { vault: VAULT, ...(customer === undefined ? {} : { customer }) }
  const { id } = (await orderWith(merchant, { experience_context: CONTEXT, attributes })).body
  merchant.simulate(id, action)
  const paid = await merchant.call('POST', `/v2/checkout/orders/${id}/capture`, {}, FULL)
  return { merchant, id, vault: paid.body.payment_source.paypal.attributes.vault }
}

const methodsOf = (merchant: Merchant) => merchant.emulator.savedMethods?.(merchant.accountId)
const act = (
  merchant: Merchant,
  ref: string,
  action: Parameters<NonNullable<Merchant['emulator']['simulateMethod']>>[2],
) => merchant.emulator.simulateMethod?.(merchant.accountId, ref, action)

test('a purchase saves the wallet, names its customer and is told', async () => {
  const { merchant, id, vault } = await openSaved({ merchant_customer_id: 'cus_1' })
  expect(vault).toMatchObject({ status: 'VAULTED', customer: { id: expect.any(String) } })
  expect(vault.links.map(({ rel }: { rel: string }) => rel)).toEqual(['self', 'delete', 'up'])
  const shown = await merchant.call('GET', `${TOKENS}/${vault.id}`)
  expect(shown.body).toMatchObject({
    id: vault.id,
    customer: { id: vault.customer.id, merchant_customer_id: 'cus_1' },
    payment_source: { paypal: { usage_type: 'MERCHANT', email_address: 'buyer@example.com' } },
  })
  await merchant.advance(1_000)
  const told = merchant.received.map(({ body }) => JSON.parse(body))
  const event = told.find(({ event_type: type }) => type === 'VAULT.PAYMENT-TOKEN.CREATED')
  expect(event).toMatchObject({
    resource_type: 'payment_token',
    resource_version: '3.0',
    resource: { id: vault.id, metadata: { order_id: id }, customer: { id: vault.customer.id } },
  })
  expect(methodsOf(merchant)).toMatchObject([
    { methodRef: vault.id, customerRef: vault.customer.id, kind: 'paypal', status: 'active' },
  ])
})

test('a slow vault answers APPROVED without a token, and the event brings it', async () => {
  const { merchant, id, vault } = await openSaved(undefined, 'late_succeed')
  expect(vault).toEqual({ status: 'APPROVED', links: [expect.objectContaining({ rel: 'up' })] })
  expect(methodsOf(merchant)).toEqual([])
  await merchant.advance(60_000)
  expect(merchant.eventTypes()).toContain('VAULT.PAYMENT-TOKEN.CREATED')
  const { body } = await merchant.call('GET', `/v2/checkout/orders/${id}`)
  expect(body.payment_source.paypal.attributes.vault.status).toBe('VAULTED')
})

test('without consent to save nothing is saved, nor by a refused payment', async () => {
  const merchant = await openMerchant()
  const plain = (await orderWith(merchant, { experience_context: CONTEXT })).body.id
  merchant.simulate(plain, 'succeed')
  const paid = await merchant.call('POST', `/v2/checkout/orders/${plain}/capture`, {}, FULL)
  expect(paid.body.payment_source.paypal.attributes).toBeUndefined()
  const { id } = (await orderWith(merchant, { attributes: { vault: VAULT } })).body
  merchant.simulate(id, 'fail')
  await merchant.call('POST', `/v2/checkout/orders/${id}/capture`, {}, FULL)
  expect(methodsOf(merchant)).toEqual([])
})

test('the approval page says that paying saves the wallet', async () => {
  const merchant = await openMerchant()
  const { id } = (await orderWith(merchant, { attributes: { vault: VAULT } })).body
  expect(await (await merchant.page(`/paypal/checkoutnow?token=${id}`)).text()).toContain(
    'save PayPal for your',
  )
})

test('an order on a saved wallet is paid by its creation, once per request id', async () => {
  const { merchant, vault } = await openSaved()
  const body = {
    intent: 'CAPTURE',
    purchase_units: [unit('7.00', 'USD', { custom_id: 'pay_2' })],
    payment_source: { paypal: { vault_id: vault.id } },
  }
  const headers = { 'paypal-request-id': 'off_1' }
  const first = await merchant.call('POST', '/v2/checkout/orders', body, headers)
  const again = await merchant.call('POST', '/v2/checkout/orders', body, headers)
  expect([first.status, first.body.status, again.status, again.body.id]).toEqual([
    201,
    'COMPLETED',
    200,
    first.body.id,
  ])
  for (const { body: shown } of [first, again]) {
    expect(shown.purchase_units[0].payments.captures).toMatchObject([
      { amount: { value: '7.00' }, status: 'COMPLETED' },
    ])
  }
  expect(merchant.book()).toMatchObject([{ captured: 1000n }, { captured: 700n, reference: 'pay_2' }])
  await merchant.advance(1_000)
  expect(merchant.eventTypes().filter((type) => type === 'PAYMENT.CAPTURE.COMPLETED')).toHaveLength(2)
})

test('an order on a saved wallet may only authorize', async () => {
  const { merchant, vault } = await openSaved()
  const { status, body } = await orderWith(merchant, { vault_id: vault.id }, { intent: 'AUTHORIZE' })
  expect([status, body.status]).toEqual([201, 'COMPLETED'])
  expect(body.purchase_units[0].payments.authorizations).toMatchObject([{ status: 'CREATED' }])
})

test.each([
  ['decline', 'INSTRUMENT_DECLINED'],
  ['expire', 'TOKEN_EXPIRED'],
  ['remove', 'AGREEMENT_ALREADY_CANCELLED'],
] as const)('after %s an order is refused with %s and none is made', async (action, issue) => {
  const { merchant, vault } = await openSaved()
  expect(act(merchant, vault.id, action)).toMatchObject({ ok: true })
  const refused = await orderWith(merchant, { vault_id: vault.id })
  expect([refused.status, issuesOf(refused)]).toEqual([422, [issue]])
  expect(merchant.book()).toHaveLength(1)
  if (action === 'remove') return
  act(merchant, vault.id, 'work')
  expect((await orderWith(merchant, { vault_id: vault.id })).status).toBe(201)
})

test('a wallet whose payer PayPal wants to see leaves the order to them', async () => {
  const { merchant, vault } = await openSaved()
  act(merchant, vault.id, 'require_authentication')
  const { status, body } = await orderWith(merchant, { vault_id: vault.id, experience_context: CONTEXT })
  expect([status, body.status]).toEqual([200, 'PAYER_ACTION_REQUIRED'])
  merchant.simulate(body.id, 'succeed')
  expect((await merchant.call('POST', `/v2/checkout/orders/${body.id}/capture`, {})).status).toBe(201)
})

test('an unknown wallet, another merchant’s and a used invoice id make no order', async () => {
  const { merchant, vault } = await openSaved()
  const units = { purchase_units: [unit('1.00', 'USD', { invoice_id: 'inv-1' })] }
  expect((await orderWith(merchant, { vault_id: vault.id }, units)).status).toBe(201)
  const refusals = [
    await orderWith(merchant, { vault_id: vault.id }, units),
    await orderWith(merchant, { vault_id: 'x1' }),
  ]
  expect(refusals.flatMap(issuesOf)).toEqual(['DUPLICATE_INVOICE_ID', 'BILLING_AGREEMENT_NOT_FOUND'])
  expect(merchant.book()).toHaveLength(2)
  await merchant.signIn(merchant.kernel.accounts.create(merchant.emulator))
  expect(issuesOf(await orderWith(merchant, { vault_id: vault.id }))).toEqual(['BILLING_AGREEMENT_NOT_FOUND'])
  expect((await merchant.call('GET', `${TOKENS}/${vault.id}`)).status).toBe(404)
  expect((await merchant.call('DELETE', `${TOKENS}/${vault.id}`)).status).toBe(204)
  expect(methodsOf(merchant)).toMatchObject([{ status: 'active' }])
})

test('deleting a token is told in two steps and may be repeated', async () => {
  const { merchant, vault } = await openSaved()
  for (const _ of [1, 2]) expect((await merchant.call('DELETE', `${TOKENS}/${vault.id}`)).status).toBe(204)
  expect((await merchant.call('GET', `${TOKENS}/${vault.id}`)).status).toBe(404)
  await merchant.advance(1_000)
  expect(merchant.eventTypes().filter((type) => type.includes('DELET'))).toEqual([
    'VAULT.PAYMENT-TOKEN.DELETION-INITIATED',
    'VAULT.PAYMENT-TOKEN.DELETED',
  ])
  expect(methodsOf(merchant)).toMatchObject([{ status: 'removed' }])
})

test('a customer’s tokens are listed in pages of five', async () => {
  const { merchant, vault } = await openSaved()
  for (let count = 0; count < 6; count += 1) {
    const attributes = { vault: VAULT, customer: { id: vault.customer.id } }
    const { id } = (await orderWith(merchant, { attributes })).body
    merchant.simulate(id, 'succeed')
    await merchant.call('POST', `/v2/checkout/orders/${id}/capture`, {})
  }
  const at = (page: number) =>
    merchant.call(
      'GET',
      `${TOKENS}?customer_id=${vault.customer.id}&page=${page}&page_size=20&total_required=true`,
    )
  const pages = [await at(1), await at(2)]
  expect(pages.map(({ body }) => body.payment_tokens.length)).toEqual([5, 2])
  expect(pages[0]?.body).toMatchObject({
    total_items: 7,
    total_pages: 2,
    customer: { id: vault.customer.id },
  })
  expect(issuesOf(await merchant.call('GET', TOKENS))).toEqual(['MISSING_REQUIRED_PARAMETER'])
})

test('a wallet is saved without a purchase: setup token, approval, payment token', async () => {
  const merchant = await openMerchant()
  const paypal = { usage_type: 'MERCHANT', experience_context: CONTEXT }
  const setup = await merchant.call('POST', '/v3/vault/setup-tokens', { payment_source: { paypal } })
  expect([setup.status, setup.body.status]).toEqual([201, 'PAYER_ACTION_REQUIRED'])
  const token = { payment_source: { token: { id: setup.body.id, type: 'SETUP_TOKEN' } } }
  expect(issuesOf(await merchant.call('POST', TOKENS, token))).toEqual(['PAYER_ACTION_REQUIRED'])
  const { href } = setup.body.links.find(({ rel }: { rel: string }) => rel === 'approve')
  const path = href.replace('http://127.0.0.1:8010', '')
  expect(await (await merchant.page(path)).text()).toContain('future purchases')
  const back = await merchant.page(path, 'agree')
  expect(back.headers.get('location')).toBe(
    `https://shop.example/ok?approval_token_id=${setup.body.id}&approval_session_id=${setup.body.id}`,
  )
  expect((await merchant.call('GET', `/v3/vault/setup-tokens/${setup.body.id}`)).body.status).toBe('APPROVED')
  const made = await merchant.call('POST', TOKENS, token)
  expect([made.status, made.body.customer.id]).toEqual([201, setup.body.customer.id])
  expect(issuesOf(await merchant.call('POST', TOKENS, token))).toEqual(['SETUP_TOKEN_ID_NOT_FOUND'])
  expect((await orderWith(merchant, { vault_id: made.body.id })).body.status).toBe('COMPLETED')
})

test('a setup token lives three days and is cancelled to where the merchant said', async () => {
  const merchant = await openMerchant()
  const paypal = { usage_type: 'MERCHANT', experience_context: CONTEXT }
  const { body } = await merchant.call('POST', '/v3/vault/setup-tokens', { payment_source: { paypal } })
  const path = `/paypal/agreements/approve?approval_session_id=${body.id}`
  expect((await merchant.page(path, 'cancel')).headers.get('location')).toContain('https://shop.example/no?')
  merchant.simulate(body.id, 'succeed')
  await merchant.advance(3 * DAY + HOUR)
  await merchant.signIn()
  expect((await merchant.call('GET', `/v3/vault/setup-tokens/${body.id}`)).status).toBe(404)
  expect((await merchant.page(path)).status).toBe(404)
})

test.each<[object, string]>([
  [{ vault: { usage_type: 'MERCHANT' } }, 'VAULT_INSTRUCTION_REQUIRED'],
  [{ vault: { store_in_vault: 'ON_SUCCESS' } }, 'MISSING_REQUIRED_PARAMETER'],
  [{ vault: { ...VAULT, usage_type: 'ANY' } }, 'INVALID_PARAMETER_VALUE'],
  [{ vault: { ...VAULT, store_in_vault: 'ALWAYS' } }, 'INVALID_PARAMETER_VALUE'],
  [{ vault: 'yes' }, 'INVALID_PARAMETER_SYNTAX'],
])('refuses to save by %j', async (attributes, issue) => {
  expect(issuesOf(await orderWith(await openMerchant(), { attributes }))).toEqual([issue])
})
