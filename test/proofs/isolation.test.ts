/** What must never mix: environments, accounts, their ids, their idempotency keys, their rows. */
import { ALL_ROUTES } from '@onerouter/contract'
import { formatId, uuidV7 } from '@onerouter/core'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { credentialPlace } from '../../apps/api/src/secrets/credential-place.ts'
import { seal } from '../../apps/api/src/secrets/seal.ts'
import { insertCredential, webhookToken } from '../../apps/api/src/store/credentials.ts'
import { ALL_SCOPES } from '../../apps/api/src/testing/open-app.ts'
import {
  createStack,
  type Merchant,
  PAYMENT_SERVICES,
  type PaymentService,
  type Stack,
  type Wire,
} from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
beforeEach(() => {
  stack.wire.length = 0
})
afterAll(() => stack.close())

const PLAN = { name: 'Pro', amount: '29.00', currency: 'USD', interval: 'month' }
const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
const body = (provider: PaymentService, more: object = {}) => ({
  amount: '500.00',
  currency: CURRENCY[provider],
  provider,
  ...more,
})

/** Live credentials that work at the emulator, put where the server keeps them. */
async function saveLive(accountId: string, service: PaymentService): Promise<string> {
  const { deps } = stack.api
  const key = { accountId, environment: 'live', service } as const
  await webhookToken(deps.db, key, Buffer.from(deps.random(32)).toString('base64url'))
  const account = stack.sandbox.createAccount(service).credentials
  const credentials = Object.fromEntries(
    Object.entries(account).map(([name, value]) => [name, value.replace('_test_', '_live_')]),
  )
  const summary = { hint: 'live', providerAccount: null, sandbox: false, webhookRef: null }
  await insertCredential(deps.db, key, summary, (version) =>
    seal(
      deps.encryption,
      credentialPlace({ account_id: accountId, environment: 'live', service, version }),
      Buffer.from(JSON.stringify(credentials)),
      deps.random(12),
    ),
  )
  deps.invalidation.here({ kind: 'credentials', ...key })
  return credentials.secret_key ?? credentials.key_secret ?? credentials.client_secret ?? ''
}

async function switchTo(merchant: Merchant, environment: 'test' | 'live'): Promise<void> {
  const { deps } = stack.api
  await deps.db.engine.query('UPDATE service SET active_environment = $2 WHERE account_id = $1', [
    merchant.accountId,
    environment,
  ])
  deps.invalidation.here({ kind: 'services', accountId: merchant.accountId })
}

const LIVE_ORIGIN = /^https:\/\/api(-m)?\.(stripe|paypal|razorpay)\.com$/
const live = (wire: readonly Wire[]) => wire.filter(({ origin }) => LIVE_ORIGIN.test(origin))
const sandboxed = (wire: readonly Wire[]) => wire.filter(({ origin }) => !LIVE_ORIGIN.test(origin))

describe.each(PAYMENT_SERVICES)('environments never mix: %s', (provider) => {
  test('D14, H28: a test key with only live credentials reaches nobody', async () => {
    const { plain, accountId } = await stack.api.newKey()
    await saveLive(accountId, provider)
    for (const more of [{}, { environment: 'test' }]) {
      const answer = await stack.api.call(plain, 'POST', '/v1/payments', body(provider, more))
      expect(answer.json()).toMatchObject({ status: 422, code: 'provider_not_configured' })
    }
    const asked = await stack.api.call(plain, 'POST', '/v1/payments', body(provider, { environment: 'live' }))
    expect(asked.statusCode).toBeGreaterThanOrEqual(400)
    expect(asked.json().code).toBe('environment_not_allowed')
    expect(stack.wire).toEqual([])
  })

  test('D14, H28: a live key in live with only test credentials reaches nobody', async () => {
    const merchant = await stack.merchant({ services: [provider], environment: 'live' })
    await switchTo(merchant, 'live')
    stack.wire.length = 0
    const answer = await merchant.call('POST', '/v1/payments', body(provider))
    expect(answer.json()).toMatchObject({ status: 422, code: 'provider_not_configured' })
    expect(stack.wire).toEqual([])
  })

  test('with both stored, each request uses its own environment and no other', async () => {
    const merchant = await stack.merchant({ services: [provider], environment: 'live' })
    const tester = await stack.api.newKey({ accountId: merchant.accountId })
    await saveLive(merchant.accountId, provider)
    await switchTo(merchant, 'live')
    stack.wire.length = 0
    const inTest = [
      await merchant.call('POST', '/v1/payments', body(provider, { environment: 'test' })),
      await stack.api.call(tester.plain, 'POST', '/v1/payments', body(provider)),
    ]
    for (const answer of inTest) expect(answer.json()).toMatchObject({ environment: 'test' })
    expect(live(stack.wire)).toEqual([])
    expect(sandboxed(stack.wire).length).toBeGreaterThan(0)
    stack.wire.length = 0
    const inLive = await merchant.call('POST', '/v1/payments', body(provider))
    expect(inLive.json()).toMatchObject({ environment: 'live' })
    expect(sandboxed(stack.wire)).toEqual([])
    expect(live(stack.wire).length).toBeGreaterThan(0)
  })

  test('a live key follows a service whose active environment is test', async () => {
    const merchant = await stack.merchant({ services: [provider], environment: 'live' })
    await saveLive(merchant.accountId, provider)
    stack.wire.length = 0
    const made = await merchant.call('POST', '/v1/payments', body(provider))
    expect(made.json()).toMatchObject({ environment: 'test' })
    expect(live(stack.wire)).toEqual([])
  })

  test('H29: a payment keeps its environment and its credentials when the service is switched in the middle', async () => {
    const merchant = await stack.merchant({ services: [provider], environment: 'live' })
    const made = (await merchant.call('POST', '/v1/payments', body(provider))).json()
    expect(made.environment).toBe('test')
    await saveLive(merchant.accountId, provider)
    await switchTo(merchant, 'live')
    // And new test credentials besides: the open payment stays with the old ones.
    const tester = await stack.api.newKey({ accountId: merchant.accountId })
    const again = { environment: 'test', sandbox: true }
    await stack.api.call(tester.plain, 'PUT', `/api/services/${provider}/credentials`, again)
    merchant.pay(made)
    stack.wire.length = 0
    const synced = (await merchant.call('POST', `/v1/payments/${made.id}/sync`)).json()
    expect(synced).toMatchObject({ status: 'succeeded', environment: 'test' })
    const refund = await merchant.call('POST', '/v1/refunds', { payment_id: made.id })
    expect(refund.json()).toMatchObject({ environment: 'test', amount: '500.00' })
    expect(live(stack.wire)).toEqual([])
  })

  test('a test key does not see live payments, by id, list, timeline or refund', async () => {
    const merchant = await stack.merchant({ services: [provider], environment: 'live' })
    const tester = await stack.api.newKey({ accountId: merchant.accountId, scopes: ALL_SCOPES })
    await saveLive(merchant.accountId, provider)
    await switchTo(merchant, 'live')
    const made = (await merchant.call('POST', '/v1/payments', body(provider))).json()
    expect(made.environment).toBe('live')
    stack.wire.length = 0
    const ask = (method: 'GET' | 'POST', url: string, more?: object) =>
      stack.api.call(tester.plain, method, url, more)
    for (const answer of [
      await ask('GET', `/v1/payments/${made.id}`),
      await ask('GET', `/v1/payments/${made.id}/timeline`),
      await ask('POST', `/v1/payments/${made.id}/sync`),
      await ask('POST', `/v1/payments/${made.id}/cancel`),
      await ask('POST', '/v1/refunds', { payment_id: made.id }),
    ]) {
      expect(answer.json()).toMatchObject({ status: 404, code: 'not_found' })
    }
    expect((await ask('GET', '/v1/payments')).json().data).toEqual([])
    expect((await ask('GET', '/v1/payments?environment=live')).json().data ?? []).toEqual([])
    expect((await ask('GET', '/v1/events')).json().data).toEqual([])
    expect(stack.wire).toEqual([])
  })
})

describe('accounts never mix', () => {
  const KINDS: readonly (readonly [RegExp, string])[] = [
    [/^\/v1\/payments|\/simulations\/payments/, 'payment'],
    [/payment-links/, 'link'],
    [/saved-payment-methods/, 'saved'],
    [/^\/v1\/refunds/, 'refund'],
    [/^\/v1\/disputes/, 'dispute'],
    [/^\/v1\/events/, 'event'],
    [/^\/api\/keys/, 'key'],
    [/^\/v1\/customers/, 'customer'],
    [/^\/v1\/plans/, 'plan'],
    [/^\/v1\/subscriptions|\/simulations\/subscriptions/, 'subscription'],
  ]
  /** Valid bodies for routes that need one: a refused body would be an answer before the id is looked at. */
  const BODIES: Readonly<Record<string, object>> = {
    updateApiKey: { name: 'mine now' },
    updateCustomer: { name: 'mine now' },
    updateSavedPaymentMethod: { nickname: 'mine now' },
    changeSubscriptionPlan: { quantity: 2 },
    updateWebhookEndpoint: { description: 'mine now' },
    recoverWebhookEndpoint: { since: '2026-01-01T00:00:00Z' },
    resolveReconciliationItem: { note: 'mine now' },
    resolveReview: { outcome: 'did_not_happen', note: 'mine now' },
  }
  const withId = [...ALL_ROUTES.entries()]
    .filter(
      ([, route]) => route.path.includes('{id}') && route.scope !== 'public' && route.scope !== 'session',
    )
    .flatMap(([name, route]) =>
      [route.path, ...(route.aliases ?? [])].map((path) => [name, route.method, path] as const),
    )
  let ids: Readonly<Record<string, string>>
  let stranger: string
  beforeAll(async () => {
    const owner = await stack.merchant({ services: ['stripe'], scopes: ALL_SCOPES })
    const payment = (await owner.call('POST', '/v1/payments', body('stripe'))).json()
    owner.pay(payment)
    await owner.call('POST', `/v1/payments/${payment.id}/sync`)
    const refund = (await owner.call('POST', '/v1/refunds', { payment_id: payment.id, amount: '1' })).json()
    const customer = (await owner.call('POST', '/v1/customers', { name: 'Ada' })).json()
    const keeping = { ...body('stripe'), customer: customer.id, save_payment_method: true }
    owner.pay((await owner.call('POST', '/v1/payments', keeping)).json())
    await stack.settle()
    const saved = `/v1/saved-payment-methods?customer=${customer.id}`
    const method = (await owner.call('GET', saved)).json().data[0]
    const plan = (await owner.call('POST', '/v1/plans', PLAN)).json()
    const wanted = { plan_id: plan.id, customer: customer.id }
    const subscription = (await owner.call('POST', '/v1/subscriptions', wanted)).json()
    const event = (await owner.call('GET', '/v1/events')).json().data[0]
    const link = (await owner.call('POST', '/v1/payment-links', body('stripe'))).json()
    owner.pay(payment, 'dispute')
    await stack.settle()
    const dispute = (await owner.call('GET', '/v1/disputes')).json().data[0]
    ids = {
      payment: payment.id,
      link: link.id,
      refund: refund.id,
      dispute: dispute.id,
      event: event.id,
      key: formatId('key', owner.keyId),
      customer: customer.id,
      plan: plan.id,
      subscription: subscription.id,
      saved: method.id,
    }
    stranger = (await stack.api.newKey({ scopes: ALL_SCOPES })).plain
    const own = await Promise.all([
      owner.call('GET', `/v1/payments/${ids.payment}`),
      owner.call('GET', `/v1/refunds/${ids.refund}`),
      owner.call('GET', `/v1/disputes/${ids.dispute}`),
      owner.call('GET', `/v1/payment-links/${ids.link}`),
      owner.call('GET', `/v1/events/${ids.event}`),
      owner.call('GET', `/api/keys/${ids.key}`),
      owner.call('GET', `/v1/customers/${ids.customer}`),
      owner.call('GET', `/v1/plans/${ids.plan}`),
      owner.call('GET', `/v1/subscriptions/${ids.subscription}`),
      owner.call('GET', `/v1/saved-payment-methods/${ids.saved}`),
    ])
    expect(own.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(200))
  })

  test.each(withId)('%s (%s %s) answers 404 for another account', async (name, method, path) => {
    const kind = KINDS.find(([pattern]) => pattern.test(path))?.[1]
    // A kind this table does not know would go untested in silence.
    if (kind === undefined) expect(path).toMatch(/webhooks|reconciliation|review|sms/)
    const id = ids[kind ?? 'payment'] ?? ''
    const url = path.replace('{id}', id).replace('{action}', 'succeed')
    const unknown = url.replace(
      id,
      id.slice(0, -26) + formatId('key', uuidV7(1, new Uint8Array(10))).slice(4),
    )
    const sent = BODIES[name]
    const answers = [
      await stack.api.call(stranger, method, url, sent),
      await stack.api.call(stranger, method, unknown, sent),
    ]
    for (const answer of answers) {
      expect(answer.json()).toMatchObject({ status: 404, code: 'not_found' })
    }
    // Nor does the answer tell apart what is another's from what is nobody's.
    const [theirs, nobodys] = answers.map((answer) => ({ ...answer.json(), request_id: '' }))
    expect(theirs).toEqual(nobodys)
  })

  test('ids in bodies and cursors are no way round', async () => {
    const refund = await stack.api.call(stranger, 'POST', '/v1/refunds', { payment_id: ids.payment })
    expect(refund.json()).toMatchObject({ status: 404, code: 'not_found' })
    for (const [url, sent] of [
      ['/v1/subscriptions', { plan_id: ids.plan }],
      ['/v1/payments', body('stripe', { customer: ids.customer })],
    ] as const) {
      const answer = await stack.api.call(stranger, 'POST', url, sent)
      expect(answer.json()).toMatchObject({ status: 404, code: 'not_found', errors: [{}] })
    }
    for (const url of [
      `/v1/subscriptions?plan_id=${ids.plan}`,
      `/v1/subscriptions?customer=${ids.customer}`,
      `/v1/subscriptions?starting_after=${ids.subscription}`,
      `/v1/customers?starting_after=${ids.customer}`,
      `/v1/plans?starting_after=${ids.plan}`,
      `/v1/payments?customer=${ids.customer}`,
      `/v1/payments?starting_after=${ids.payment}`,
      `/v1/refunds?payment_id=${ids.payment}`,
      `/v1/refunds?starting_after=${ids.refund}`,
      `/v1/events?starting_after=${ids.event}`,
    ]) {
      const answer = await stack.api.call(stranger, 'GET', url)
      expect(answer.statusCode < 500).toBe(true)
      expect(answer.json().data ?? []).toEqual([])
    }
  })

  test('H6: one idempotency key in two accounts and two environments is four requests', async () => {
    const send = (key: string) =>
      stack.api.app.inject({
        method: 'POST',
        url: '/v1/payments',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': 'the-same',
        },
        payload: JSON.stringify(body('stripe')),
      })
    const keys: string[] = []
    for (let account = 0; account < 2; account++) {
      const merchant = await stack.merchant({ services: ['stripe'], environment: 'live' })
      keys.push(merchant.key, (await stack.api.newKey({ accountId: merchant.accountId })).plain)
    }
    const first = await Promise.all(keys.map(send))
    expect(first.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201, 201])
    expect(new Set(first.map((answer) => answer.json().id)).size).toBe(4)
    const second = await Promise.all(keys.map(send))
    expect(second.map((answer) => answer.body)).toEqual(first.map((answer) => answer.body))
    expect(second.map(({ headers }) => headers['idempotent-replayed'])).toEqual(Array(4).fill('true'))
  })
})

describe('the database keeps accounts apart by itself', () => {
  let client: pg.Client
  beforeAll(async () => {
    client = new pg.Client(stack.api.databaseUrl)
    await client.connect()
  })
  afterAll(() => client.end())

  /** Tables that belong to nobody: known plain texts, how far the sums over all accounts have come, what was migrated. */
  const SHARED = ['encryption_canary', 'rollup_position', 'schema_migration']

  test('every table of an account forces row-level security with a policy for reads and writes', async () => {
    const { rows } = await client.query<{
      name: string
      forced: boolean
      policies: number
      checked: boolean
    }>(
      `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
         (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
         coalesce((SELECT bool_and(p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL AND p.polcmd = '*')
           FROM pg_policy p WHERE p.polrelid = c.oid), false) AS checked
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1`,
    )
    const open = rows.filter(({ forced, policies, checked }) => !forced || policies === 0 || !checked)
    expect(open.map(({ name }) => name)).toEqual(SHARED)
    expect(rows.length).toBeGreaterThan(10)
  })

  test('the role the server works under can neither pass the policies nor own a table', async () => {
    const { rows } = await client.query(
      `SELECT rolsuper, rolbypassrls, rolcreaterole,
         (SELECT count(*)::int FROM pg_tables WHERE tableowner = 'onerouter_app') AS owned
       FROM pg_roles WHERE rolname = 'onerouter_app'`,
    )
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, owned: 0 }])
  })

  test('a session for one account sees its own rows only, and one for nobody gets an error', async () => {
    await client.query('SET ROLE onerouter_app')
    const other = await stack.merchant({ services: ['stripe'] })
    await other.call('POST', '/v1/payments', body('stripe'))
    await client.query(`SELECT set_config('app.account_id', $1, false)`, [other.accountId])
    const { rows } = await client.query('SELECT DISTINCT account_id FROM payment')
    expect(rows).toEqual([{ account_id: other.accountId }])
    await client.query(`SELECT set_config('app.account_id', '', false)`)
    await expect(client.query('SELECT * FROM payment')).rejects.toThrow(/uuid/)
    await client.query('RESET ROLE')
  })
})
