import { expect, test } from 'vitest'
import type { MethodSimulation } from '../kernel/types.ts'
import { CONFIRMED, type Merchant, openMerchant, SESSION } from './test-merchant.ts'

const INTENT =
  'amount=2000&currency=usd&automatic_payment_methods[enabled]=true' +
  '&automatic_payment_methods[allow_redirects]=never'
const OFF_SESSION = `${INTENT}&confirm=true&off_session=true`

async function openCustomer() {
  const merchant = openMerchant()
  const customer = (await merchant.post('/v1/customers', 'email=asha%40example.com')).body.id
  const pay = (form: string) => merchant.post('/v1/payment_intents', form)
  return {
    merchant,
    customer,
    pay,
    /** A first payment that saves its card. */
    async save(card = 'pm_card_visa'): Promise<string> {
      const form = `${INTENT}&confirm=true&customer=${customer}&payment_method=${card}&setup_future_usage=off_session`
      const { body } = await pay(form)
      if (body.next_action !== null) {
        const page = body.next_action.redirect_to_url.url
        await merchant.browse(page, { action: 'complete' })
      }
      return body.payment_method
    },
    charge: (method: string, more = '') =>
      pay(`${OFF_SESSION}&customer=${customer}&payment_method=${method}${more}`),
    async methods(query = '') {
      const { body } = await merchant.get(`/v1/customers/${customer}/payment_methods${query}`)
      return body.data
    },
  }
}

const act = (merchant: Merchant, method: string, action: MethodSimulation) =>
  merchant.sandbox.simulateMethod('stripe', merchant.accountId, method, action)

test('a card is attached by a payment that asks for it, and by no other', async () => {
  const shop = await openCustomer()
  await shop.pay(`${CONFIRMED}&amount=500&currency=usd&customer=${shop.customer}`)
  expect(await shop.methods()).toEqual([])
  const method = await shop.save()
  expect(await shop.methods()).toMatchObject([
    { id: method, customer: shop.customer, allow_redisplay: 'limited', card: { last4: '4242' } },
  ])
  const attached = (await shop.merchant.eventTypes()).filter((type) => type.startsWith('payment_method.'))
  expect(attached).toEqual(['payment_method.attached'])
  expect(shop.merchant.sandbox.savedMethods('stripe')).toMatchObject([
    { methodRef: method, customerRef: shop.customer, kind: 'card', status: 'active', behaviour: 'works' },
  ])
})

test('a declined payment saves nothing', async () => {
  const shop = await openCustomer()
  const form = `${INTENT}&confirm=true&customer=${shop.customer}&setup_future_usage=off_session`
  expect((await shop.pay(`${form}&payment_method=pm_card_chargeDeclined`)).status).toBe(402)
  expect(await shop.methods()).toEqual([])
})

test('a saved card pays without its owner and keeps its id', async () => {
  const shop = await openCustomer()
  const method = await shop.save()
  const { status, body } = await shop.charge(method)
  expect([status, body.status, body.payment_method]).toEqual([200, 'succeeded', method])
  expect(await shop.methods()).toHaveLength(1)
  expect(
    shop.merchant.sandbox.book('stripe', shop.merchant.accountId).map(({ captured }) => captured),
  ).toEqual([2000n, 2000n])
})

test.each<[MethodSimulation, string, string, string]>([
  ['decline', 'card_declined', 'generic_decline', 'Your card was declined.'],
  ['expire', 'expired_card', 'expired_card', 'Your card has expired.'],
  [
    'require_authentication',
    'authentication_required',
    'authentication_required',
    'Your card was declined. This transaction requires authentication.',
  ],
])(
  'after %s it is refused with %s, the intent and the method named',
  async (action, code, decline_code, message) => {
    const shop = await openCustomer()
    const method = await shop.save()
    expect(act(shop.merchant, method, action)).toMatchObject({ ok: true })
    const refused = await shop.charge(method)
    expect([refused.status, refused.body.error]).toMatchObject([
      402,
      {
        type: 'card_error',
        code,
        decline_code,
        message,
        payment_method: { id: method },
        payment_intent: { status: 'requires_payment_method', last_payment_error: { code } },
      },
    ])
    expect(await shop.methods()).toHaveLength(1)
    act(shop.merchant, method, 'work')
    expect((await shop.charge(method)).body.status).toBe('succeeded')
  },
)

test('what needs authentication off-session is completed by its owner on-session', async () => {
  const shop = await openCustomer()
  const method = await shop.save()
  act(shop.merchant, method, 'require_authentication')
  const { id } = (await shop.charge(method)).body.error.payment_intent
  const confirmed = await shop.merchant.post(`/v1/payment_intents/${id}/confirm`, `payment_method=${method}`)
  expect(confirmed.body.status).toBe('requires_action')
  await shop.merchant.browse(confirmed.body.next_action.redirect_to_url.url, { action: 'complete' })
  expect((await shop.merchant.get(`/v1/payment_intents/${id}`)).body.status).toBe('succeeded')
})

test.each([
  ['pm_card_authenticationRequired', false],
  ['pm_card_authenticationRequiredOnSetup', true],
  ['pm_card_authenticationRequiredSetupForOffSession', true],
])('%s, once set up, pays off-session: %s', async (card, pays) => {
  const shop = await openCustomer()
  const method = await shop.save(card)
  expect(await shop.methods()).toHaveLength(1)
  expect((await shop.charge(method)).status).toBe(pays ? 200 : 402)
})

test('error_on_requires_action refuses instead of asking the payer', async () => {
  const shop = await openCustomer()
  const form = `${INTENT}&confirm=true&error_on_requires_action=true&payment_method=pm_card_authenticationRequired`
  const refused = await shop.pay(form)
  expect([refused.status, refused.body.error.code]).toEqual([402, 'authentication_required'])
})

test('methods belong to one customer, and are spent when nobody keeps them', async () => {
  const shop = await openCustomer()
  const method = await shop.save()
  const other = (await shop.merchant.post('/v1/customers', 'name=Ben')).body.id
  const message = async (form: string) => (await shop.pay(`${OFF_SESSION}&${form}`)).body.error.message
  expect(await message(`payment_method=${method}`)).toBe(
    `The \`payment_method\` parameter supplied ${method} belongs to the Customer ${shop.customer}. Please include ` +
      'the Customer in the `customer` parameter on the PaymentIntent.',
  )
  expect(await message(`payment_method=${method}&customer=${other}`)).toBe(
    `The PaymentMethod ${method} does not belong to the Customer you supplied ${other}. Please use this ` +
      'PaymentMethod with the Customer that it belongs to instead.',
  )
  await shop.merchant.post(`/v1/payment_methods/${method}/detach`)
  expect(await message(`payment_method=${method}&customer=${shop.customer}`)).toMatch(
    /It may not be used again/,
  )
  const attach = await shop.merchant.post(`/v1/payment_methods/${method}/attach`, `customer=${shop.customer}`)
  expect(attach.body.error.message).toMatch(/may not be used again/)
  expect(shop.merchant.sandbox.savedMethods('stripe')).toMatchObject([{ status: 'removed' }])
})

test('attach, list, update and detach, each told', async () => {
  const shop = await openCustomer()
  const attached = await shop.merchant.post(
    '/v1/payment_methods/pm_card_visa/attach',
    `customer=${shop.customer}`,
  )
  const { id } = attached.body
  const again = await shop.merchant.post(`/v1/payment_methods/${id}/attach`, `customer=${shop.customer}`)
  expect(again.body.error.message).toBe(
    'The payment method you provided has already been attached to a customer.',
  )
  const form = 'allow_redisplay=always&metadata[a]=b&card[exp_month]=11'
  expect((await shop.merchant.post(`/v1/payment_methods/${id}`, form)).body).toMatchObject({
    allow_redisplay: 'always',
    metadata: { a: 'b' },
    card: { exp_month: 11 },
  })
  expect(await shop.methods('?allow_redisplay=always&type=card')).toHaveLength(1)
  expect(await shop.methods('?allow_redisplay=limited')).toEqual([])
  expect((await shop.merchant.get(`/v1/payment_methods?customer=${shop.customer}`)).body.data).toHaveLength(1)
  expect((await shop.merchant.post(`/v1/payment_methods/${id}/detach`)).body.customer).toBeNull()
  expect(await shop.methods()).toEqual([])
  const told = (await shop.merchant.eventTypes()).filter((type) => type.startsWith('payment_method.'))
  expect(told).toEqual(['payment_method.attached', 'payment_method.updated', 'payment_method.detached'])
})

const CONSENT = 'saved_payment_method_options[payment_method_save]=enabled'

test.each([
  ['ticks', 'on', ['always']],
  ['leaves', '', []],
])('Checkout offers a known customer a box; who %s it saves %j', async (_word, save, kept) => {
  const shop = await openCustomer()
  const { body } = await shop.merchant.post(
    '/v1/checkout/sessions',
    `${SESSION}&customer=${shop.customer}&${CONSENT}`,
  )
  expect(body.saved_payment_method_options.payment_method_save).toBe('enabled')
  expect(await (await shop.merchant.browse(body.url)).text()).toContain('name="save"')
  await shop.merchant.browse(body.url, { action: 'pay', card: '4242424242424242', save })
  const methods = await shop.methods()
  expect(methods.map(({ allow_redisplay: shown }: { allow_redisplay: string }) => shown)).toEqual(kept)
})

test('Checkout saves what the merchant asked to save, for a customer it makes, too', async () => {
  const shop = await openCustomer()
  const asked = 'payment_intent_data[setup_future_usage]=off_session&customer_creation=always'
  const { body } = await shop.merchant.post('/v1/checkout/sessions', `${SESSION}&${asked}`)
  expect(await (await shop.merchant.browse(body.url)).text()).toContain('allow the merchant to charge')
  await shop.merchant.browse(body.url, { action: 'pay', card: '4242424242424242' })
  const { customer } = (await shop.merchant.get(`/v1/checkout/sessions/${body.id}`)).body
  const saved = (await shop.merchant.get(`/v1/customers/${customer}/payment_methods`)).body.data
  expect(saved).toMatchObject([{ customer }])
  const form = `${OFF_SESSION}&customer=${customer}&payment_method=${saved[0].id}`
  expect((await shop.pay(form)).body.status).toBe('succeeded')
})

test('a setup intent saves a card, after the bank was asked where it must be', async () => {
  const shop = await openCustomer()
  const setup = `customer=${shop.customer}&confirm=true&return_url=https%3A%2F%2Fshop.example%2Fback`
  const plain = await shop.merchant.post('/v1/setup_intents', `${setup}&payment_method=pm_card_visa`)
  expect(plain.body).toMatchObject({ status: 'succeeded', customer: shop.customer })
  const asks = await shop.merchant.post(
    '/v1/setup_intents',
    `${setup}&payment_method=pm_card_authenticationRequiredOnSetup`,
  )
  expect(asks.body.status).toBe('requires_action')
  const back = await shop.merchant.browse(asks.body.next_action.redirect_to_url.url, { action: 'complete' })
  expect(back.headers.get('location')).toContain(`setup_intent=${asks.body.id}`)
  const done = (await shop.merchant.get(`/v1/setup_intents/${asks.body.id}`)).body
  expect(done.status).toBe('succeeded')
  expect((await shop.charge(done.payment_method)).body.status).toBe('succeeded')
  expect(await shop.methods()).toHaveLength(2)
})

test('a setup intent fails on a refused card and on a failed authentication, and is canceled', async () => {
  const shop = await openCustomer()
  const setup = `customer=${shop.customer}&confirm=true`
  const refused = await shop.merchant.post(
    '/v1/setup_intents',
    `${setup}&payment_method=pm_card_chargeDeclined`,
  )
  expect([refused.status, refused.body.error]).toMatchObject([
    402,
    { code: 'card_declined', setup_intent: { status: 'requires_payment_method' } },
  ])
  const { body } = await shop.merchant.post(
    '/v1/setup_intents',
    `${setup}&payment_method=pm_card_authenticationRequired`,
  )
  await shop.merchant.browse(body.next_action.redirect_to_url.url, { action: 'fail' })
  const failed = (await shop.merchant.get(`/v1/setup_intents/${body.id}`)).body
  expect([failed.status, failed.last_setup_error.code]).toEqual([
    'requires_payment_method',
    'setup_intent_authentication_failure',
  ])
  expect((await shop.merchant.post(`/v1/setup_intents/${body.id}/cancel`)).body.status).toBe('canceled')
  expect(await shop.methods()).toEqual([])
  const types = (await shop.merchant.eventTypes()).filter((type) => type.startsWith('setup_intent.'))
  expect(types).toEqual([
    'setup_intent.created',
    'setup_intent.setup_failed',
    'setup_intent.created',
    'setup_intent.requires_action',
    'setup_intent.setup_failed',
    'setup_intent.canceled',
  ])
})

test('a payer who takes the method away leaves it useless', async () => {
  const shop = await openCustomer()
  const method = await shop.save()
  expect(act(shop.merchant, method, 'remove')).toEqual({ ok: true, status: 'removed' })
  expect((await shop.charge(method)).status).toBe(400)
  expect(act(shop.merchant, method, 'work')).toMatchObject({ ok: false })
})
