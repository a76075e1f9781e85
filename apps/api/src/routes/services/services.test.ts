import { SERVICES } from '@onerouter/core'
import { providers } from '@onerouter/providers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../../testing/open-app.ts'
import { createSandboxWorld, type SandboxWorld } from '../../testing/sandbox-transport.ts'

let api: OpenedApp
let world: SandboxWorld
beforeAll(async () => {
  world = createSandboxWorld()
  api = await openApp({ world: { transport: world.transport } })
})
beforeEach(() => {
  world.calls.length = 0
})
afterAll(() => api.close())

const CONNECTABLE = providers.map((provider) => provider.name)
const connect = (key: string, service: string, body: object = { environment: 'test', sandbox: true }) =>
  api.call(key, 'PUT', `/api/services/${service}/credentials`, body)

/** Live credentials cannot be tried here: they are put into the database as the server would. */
async function saveLive(accountId: string, service: 'stripe' | 'paypal' | 'razorpay'): Promise<void> {
  const { insertCredential, webhookToken } = await import('../../store/credentials.ts')
  const { seal } = await import('../../secrets/seal.ts')
  const { credentialPlace } = await import('../../secrets/credential-place.ts')
  const key = { accountId, environment: 'live', service } as const
  await webhookToken(api.deps.db, key, 'x'.repeat(20) + Math.random().toString(36).padEnd(20, 'y'))
  const credentials = {
    stripe: { secret_key: 'sk_live_0123456789abcdefghijklmn' },
    razorpay: { key_id: 'rzp_live_0123456789abcd', key_secret: '0123456789abcdefghijklmn' },
    paypal: { client_id: 'A'.repeat(80), client_secret: 'E'.repeat(80) },
  }[service]
  const summary = { hint: 'live', providerAccount: null, sandbox: false, webhookRef: null }
  await insertCredential(api.deps.db, key, summary, (version) =>
    seal(
      api.deps.encryption,
      credentialPlace({ account_id: accountId, environment: 'live', service, version }),
      Buffer.from(JSON.stringify(credentials)),
      api.deps.random(12),
    ),
  )
  api.deps.invalidation.here({ kind: 'credentials', ...key })
}

describe('connecting', () => {
  test.each(CONNECTABLE)(
    '%s: the sandbox gives an account, the credentials work, the webhook is registered',
    async (service) => {
      const { plain, accountId } = await api.newKey()
      const before = await api.call(plain, 'GET', `/api/services/${service}/status`)
      expect(before.json()).toMatchObject({
        service_name: service,
        environment: 'test',
        active: false,
        configured: false,
      })
      const saved = await connect(plain, service)
      expect(saved.statusCode, saved.body).toBe(200)
      const status = (await api.call(plain, 'GET', `/services/${service}/status`)).json()
      expect(status).toEqual(saved.json())
      expect(status).toMatchObject({
        service_name: service,
        environment: 'test',
        active: true,
        configured: true,
        can_switch: false,
        credentials: { test: { configured: true, sandbox: true, version: 1 }, live: { configured: false } },
      })
      expect(status.credentials.test.webhook_url).toMatch(
        new RegExp(`^http://localhost:8000/webhooks/${service}/[\\w-]{43}$`),
      )
      const current = await api.deps.credentials.current(accountId, 'test', service)
      expect(current).toMatchObject({ version: 1, sandbox: true, baseUrl: world.sandbox.urls.api[service] })
      expect(await api.deps.credentials.current(accountId, 'live', service)).toBeNull()
    },
  )

  test('no secret is ever answered, logged or stored in the clear', async () => {
    const { plain, accountId } = await api.newKey()
    const canaries: string[] = []
    for (const provider of providers) {
      await connect(plain, provider.name)
      const current = await api.deps.credentials.current(accountId, 'test', provider.name)
      const values = Object.entries(current?.credentials ?? {})
      const secret = new Set(
        provider.credentials.fields.filter((field) => field.secret).map((field) => field.name),
      )
      for (const [name, value] of values) if (secret.has(name)) canaries.push(String(value))
    }
    expect(canaries.length).toBeGreaterThan(1)
    const { rows } = await api.deps.db.engine.query('SELECT * FROM credential')
    const stored = rows.map((row) =>
      Object.values(row)
        .map((v) => (Buffer.isBuffer(v) ? v.toString('latin1') : String(v)))
        .join(),
    )
    const shown = [
      (await api.call(plain, 'GET', '/api/services')).body,
      api.lines.join('\n'),
      stored.join('\n'),
    ]
    for (const canary of canaries) for (const text of shown) expect(text).not.toContain(canary)
  })

  test('H30: saving again makes a new version; the old one stays usable for what was begun with it', async () => {
    const { plain, accountId } = await api.newKey()
    await connect(plain, 'stripe')
    const first = await api.deps.credentials.current(accountId, 'test', 'stripe')
    await connect(plain, 'stripe')
    const second = await api.deps.credentials.current(accountId, 'test', 'stripe')
    expect([first?.version, second?.version]).toEqual([1, 2])
    expect(second?.credentials).not.toEqual(first?.credentials)
    expect(await api.deps.credentials.version(accountId, 'test', 'stripe', 1)).toEqual(first)
  })

  test('disconnecting takes effect at once and keeps the past', async () => {
    const { plain, accountId } = await api.newKey()
    await connect(plain, 'stripe')
    expect(await api.deps.credentials.current(accountId, 'test', 'stripe')).not.toBeNull()
    const gone = await api.call(plain, 'DELETE', '/api/services/stripe/credentials')
    expect(gone.json()).toMatchObject({ configured: false, active: false })
    expect(await api.deps.credentials.current(accountId, 'test', 'stripe')).toBeNull()
    expect(await api.deps.credentials.version(accountId, 'test', 'stripe', 1)).not.toBeNull()
  })

  test.each([
    ['neither credentials nor sandbox', { environment: 'test' }, 400, 'invalid_request', '/credentials'],
    ['both', { environment: 'test', sandbox: true, credentials: {} }, 400, 'invalid_request', '/credentials'],
    [
      'unknown fields',
      { environment: 'test', credentials: { secret_key: 'sk_test_x', foo: '1' } },
      422,
      'credentials_invalid',
      '/credentials/foo',
    ],
    [
      'A13: live credentials as test ones',
      { environment: 'test', credentials: { secret_key: 'sk_live_0123456789abcdefghijklmn' } },
      422,
      'credentials_invalid',
      '/credentials/secret_key',
    ],
    [
      'an environment that is none',
      { environment: 'prod', sandbox: true },
      400,
      'invalid_request',
      '/environment',
    ],
  ])('refused: %s', async (_, body, status, code, pointer) => {
    const { plain } = await api.newKey()
    const answer = await connect(plain, 'stripe', body)
    expect(answer.statusCode, answer.body).toBe(status)
    expect(answer.json()).toMatchObject({ code, errors: [{ pointer }] })
    expect(answer.body).not.toContain('0123456789abcdef')
  })

  test('credentials that the provider refuses are not saved', async () => {
    const { plain } = await api.newKey()
    const answer = await connect(plain, 'paypal', {
      environment: 'test',
      credentials: { client_id: 'A'.repeat(80), client_secret: 'E'.repeat(80) },
    })
    // Real PayPal cannot be reached from here; nothing is believed about credentials nobody could try.
    expect(answer.json().code).toBe('provider_unavailable')
    expect((await api.call(plain, 'GET', '/api/services/paypal/status')).json().configured).toBe(false)
  })

  test('a test key cannot touch the live environment', async () => {
    const { plain, accountId } = await api.newKey()
    await connect(plain, 'stripe')
    await saveLive(accountId, 'stripe')
    const live = { environment: 'live', credentials: { secret_key: 'sk_live_0123456789abcdefghijklmn' } }
    for (const answer of [
      await connect(plain, 'stripe', live),
      await api.call(plain, 'DELETE', '/api/services/stripe/credentials?environment=live'),
      await api.call(plain, 'POST', '/api/services/stripe/switch-environment', { environment: 'live' }),
    ]) {
      expect(answer.json()).toMatchObject({ status: 403, code: 'environment_not_allowed' })
    }
    await api.call(plain, 'DELETE', '/api/services/stripe/credentials')
    expect(await api.deps.credentials.current(accountId, 'live', 'stripe')).not.toBeNull()
  })

  test('a key restricted to other services is told so', async () => {
    const { plain } = await api.newKey({ services: ['paypal'] })
    expect((await connect(plain, 'stripe')).json().code).toBe('service_not_allowed')
    const listed = (await api.call(plain, 'GET', '/api/services')).json().data
    expect(listed.map((item: { service_name: string }) => item.service_name)).toEqual(['paypal'])
  })
})

const VERBS = (
  'create fetch find confirm capture cancel list listSince send remove paymentOf ' +
  'createPlan findPlan pause resume changePlan listCharges'
).split(' ')
const GROUPS = ['payments', 'refunds', 'disputes', 'savedMethods', 'subscriptions', 'messages'] as const

test('the capability matrix says what the adapters have, and where they are connected', async () => {
  const { plain } = await api.newKey()
  await connect(plain, 'stripe')
  const { data } = (await api.call(plain, 'GET', '/v1/providers')).json()
  expect(data.map((item: { name: string }) => item.name).sort()).toEqual([...CONNECTABLE].sort())
  for (const item of data) {
    const provider = providers.find((candidate) => candidate.name === item.name)
    expect(item.connected).toEqual({ test: item.name === 'stripe', live: false })
    expect(item.capabilities.capture).toBe(provider?.payments?.capture !== undefined)
    expect(item.capabilities.refund_speeds).toEqual(provider?.refunds?.speeds ?? [])
    // Whatever an adapter can do has been seen done.
    const proven = item.proofs.map(({ operation }: { operation: string }) => operation)
    for (const group of GROUPS) {
      const verbs = Object.entries(provider?.[group] ?? {}).filter(([name]) => VERBS.includes(name))
      expect(proven).toEqual(expect.arrayContaining(verbs.map(([name]) => `${group}.${name}`)))
    }
    const methods = provider?.payments?.methods ?? []
    expect(proven).toEqual(expect.arrayContaining(methods.map(({ name }) => `methods.${name}`)))
    expect(item.payment_methods).toEqual(methods.map(({ name }) => name))
    for (const { test: by, since, last_run } of item.proofs) {
      expect(by).not.toBe('')
      expect([since, last_run]).toEqual([expect.stringMatching(DAY), expect.stringMatching(DAY)])
      expect(since <= last_run).toBe(true)
    }
  }
})

const DAY = /^\d{4}-\d\d-\d\d$/

test('the matrix is asked by country and currency: who reaches it, and how its payers pay there', async () => {
  const { plain } = await api.newKey()
  const ask = async (query: string): Promise<Record<string, string[]>> => {
    const { data } = (await api.call(plain, 'GET', `/v1/providers?${query}`)).json()
    return Object.fromEntries(
      data.map((item: { name: string; payment_methods: string[] }) => [item.name, item.payment_methods]),
    )
  }
  const india = await ask('country=in&currency=inr')
  expect(Object.keys(india).sort()).toEqual(['razorpay', 'stripe'])
  expect(india.razorpay).toEqual(expect.arrayContaining(['upi', 'netbanking', 'emi', 'card']))
  expect(india.stripe).toEqual(expect.arrayContaining(['card', 'upi']))
  const dutch = await ask('country=NL&currency=EUR')
  expect(dutch.stripe).toContain('ideal')
  expect(dutch.paypal).toEqual(expect.arrayContaining(['paypal']))
  expect(dutch.razorpay).not.toContain('upi')
  expect(await ask('currency=XXX')).toEqual({})
  const bad = await api.call(plain, 'GET', '/v1/providers?currency=dollars')
  expect(bad.json()).toMatchObject({ status: 400, code: 'invalid_request' })
})

describe('switching', () => {
  test('live without live credentials is refused with the reason; with them every path switches', async () => {
    const { plain, accountId } = await api.newKey({ environment: 'live' })
    await connect(plain, 'stripe')
    const refused = await api.call(plain, 'POST', '/services/stripe/switch-environment', {
      environment: 'live',
    })
    expect(refused.json()).toMatchObject({
      status: 403,
      code: 'live_credentials_missing',
      services: ['stripe'],
    })
    expect((await api.call(plain, 'GET', '/api/services/can-go-live')).json()).toMatchObject({
      can_go_live: false,
      services_with_test: ['stripe'],
      services_missing_live: ['stripe'],
    })
    await saveLive(accountId, 'stripe')
    expect((await api.call(plain, 'GET', '/services/can-go-live')).json().can_go_live).toBe(true)
    const switched = await api.call(plain, 'POST', '/services/stripe/switch-environment', {
      environment: 'live',
    })
    expect(switched.json()).toMatchObject({ status: 'switched', service_name: 'stripe', environment: 'live' })
    const status = (await api.call(plain, 'GET', '/api/services/stripe/status')).json()
    expect(status).toMatchObject({
      service_name: 'stripe',
      environment: 'live',
      active: true,
      configured: true,
    })
    expect(await api.deps.credentials.connected(accountId)).toEqual([
      { service: 'stripe', activeEnvironment: 'live' },
    ])
    const back = await api.call(plain, 'POST', '/api/services/switch-all-environments', {
      environment: 'test',
    })
    expect(back.json()).toMatchObject({ environment: 'test', switched_services: ['stripe'] })
  })

  test('switching all is all or nothing', async () => {
    const { plain, accountId } = await api.newKey({ environment: 'live' })
    await connect(plain, 'stripe')
    await connect(plain, 'paypal')
    await saveLive(accountId, 'paypal')
    const answer = await api.call(plain, 'POST', '/api/services/switch-all-environments', {
      environment: 'live',
    })
    expect(answer.json()).toMatchObject({ code: 'live_credentials_missing', services: ['stripe'] })
    const connected = await api.deps.credentials.connected(accountId)
    expect(connected.map((service) => service.activeEnvironment)).toEqual(['test', 'test'])
  })
})

describe('environments never mix', () => {
  const order = { amount: '500.00', currency: 'USD', provider: 'stripe' }

  test('D14: a test key with only live credentials gets provider_not_configured, and nobody is called', async () => {
    const { plain, accountId } = await api.newKey()
    await saveLive(accountId, 'stripe')
    const answer = await api.call(plain, 'POST', '/v1/payments', order)
    expect(answer.json()).toMatchObject({ status: 422, code: 'provider_not_configured' })
    expect(world.calls).toEqual([])
  })

  test('D14: a live key whose service is live without live credentials does not fall back to test ones', async () => {
    const { plain, accountId } = await api.newKey({ environment: 'live' })
    await connect(plain, 'stripe')
    await api.deps.db.engine.query(`UPDATE service SET active_environment = 'live' WHERE account_id = $1`, [
      accountId,
    ])
    api.deps.invalidation.here({ kind: 'services', accountId })
    world.calls.length = 0
    const answer = await api.call(plain, 'POST', '/v1/payments', order)
    expect(answer.json().code).toBe('provider_not_configured')
    expect(world.calls).toEqual([])
  })

  test('D15: provider credentials in the environment of the server belong to nobody', async () => {
    const names = {
      STRIPE_SECRET_KEY: 'sk_test_operator',
      PAYPAL_CLIENT_ID: 'op',
      PAYPAL_CLIENT_SECRET: 'op',
    }
    const own = await openApp({ env: names, world: { transport: world.transport } })
    const { plain, accountId } = await own.newKey()
    expect(JSON.stringify(own.config)).not.toContain('sk_test_operator')
    for (const service of SERVICES)
      expect(await own.deps.credentials.current(accountId, 'test', service)).toBeNull()
    expect((await own.call(plain, 'POST', '/v1/payments', order)).json().code).toBe('provider_not_configured')
    expect(world.calls).toEqual([])
    await own.close()
  })

  test('D19: with both test and live credentials each environment uses its own', async () => {
    const { accountId } = await api.newKey()
    const { plain } = await api.newKey({ accountId, environment: 'live' })
    await connect(plain, 'stripe')
    await saveLive(accountId, 'stripe')
    const [test, live] = [
      await api.deps.credentials.current(accountId, 'test', 'stripe'),
      await api.deps.credentials.current(accountId, 'live', 'stripe'),
    ]
    expect(test).toMatchObject({ environment: 'test', sandbox: true, baseUrl: world.sandbox.urls.api.stripe })
    expect(live).toMatchObject({ environment: 'live', sandbox: false, baseUrl: 'https://api.stripe.com' })
    expect((await api.call(plain, 'POST', '/v1/payments', order)).statusCode).toBe(201)
  })

  test('D1: a key alone opens every /v1 route it has the scope for', async () => {
    const { plain } = await api.newKey()
    await connect(plain, 'stripe')
    const made = await api.call(plain, 'POST', '/v1/payments', order)
    expect(made.statusCode, made.body).toBe(201)
    expect((await api.call(plain, 'GET', `/v1/payments/${made.json().id}`)).json().id).toBe(made.json().id)
  })
})
