import type { Service, Uuid } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/ports.ts'
import { createMoney } from '../money.ts'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { createSandboxWorld, type SandboxWorld } from '../testing/sandbox-transport.ts'
import { removeWebhooks } from './remove-webhook.ts'

let api: OpenedApp
let world: SandboxWorld
let engine: Engine
beforeAll(async () => {
  world = createSandboxWorld()
  const { stripe, paypal, razorpay } = world.sandbox.urls.api
  // Credentials that a merchant has at hand reach the emulators too.
  const env = {
    PUBLIC_URL: 'https://pay.example.com',
    STRIPE_API_BASE: stripe,
    PAYPAL_API_BASE: paypal,
    RAZORPAY_API_BASE: razorpay,
  }
  api = await openApp({ env, world: { transport: world.transport } })
  engine = createMoney(api.deps).engine
})
afterAll(() => api.close())

const PROVIDERS = ['stripe', 'paypal', 'razorpay'] as const

interface Merchant {
  readonly plain: string
  readonly accountId: Uuid
  readonly service: Service
}

const connect = async ({ plain, service }: Pick<Merchant, 'plain' | 'service'>, credentials?: object) => {
  const body = { environment: 'test', ...(credentials === undefined ? { sandbox: true } : { credentials }) }
  const saved = await api.call(plain, 'PUT', `/api/services/${service}/credentials`, body)
  expect(saved.statusCode, saved.body).toBe(200)
}

async function connected(service: Service): Promise<Merchant> {
  const merchant = { ...(await api.newKey()), service }
  await connect(merchant)
  return merchant
}

const fieldsOf = async ({ accountId, service }: Merchant) => {
  const credential = await api.deps.credentials.current(accountId, 'test', service)
  if (credential === null) throw new Error('nothing is connected')
  return { ...credential.credentials } as Record<string, string>
}

const disconnect = async ({ plain, service }: Merchant) => {
  const gone = await api.call(plain, 'DELETE', `/api/services/${service}/credentials?environment=test`)
  expect(gone.statusCode, gone.body).toBe(200)
}

/** Webhooks that the provider would send to, asked with credentials of the account. */
async function active(service: Service, fields: Record<string, string>): Promise<string[]> {
  const fetch = world.sandbox.fetch(service)
  const base = world.sandbox.urls.api[service]
  const basic = (user = '', password = '') => `Basic ${btoa(`${user}:${password}`)}`
  const get = async (path: string, authorization: string) => {
    const answer = await fetch(new Request(`${base}${path}`, { headers: { authorization } }))
    return (await answer.json()) as Record<string, Record<string, unknown>[]>
  }
  if (service === 'stripe') {
    const { data } = await get('/v1/webhook_endpoints', `Bearer ${fields['secret_key']}`)
    return (data ?? []).map(({ id }) => String(id))
  }
  if (service === 'razorpay') {
    const { items } = await get('/v1/webhooks', basic(fields['key_id'], fields['key_secret']))
    return (items ?? []).filter((webhook) => webhook['active'] === true).map(({ id }) => String(id))
  }
  const asked = await fetch(
    new Request(`${base}/v1/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: basic(fields['client_id'], fields['client_secret']),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    }),
  )
  const { access_token: token } = (await asked.json()) as { access_token: string }
  const { webhooks } = await get('/v1/notifications/webhooks', `Bearer ${token}`)
  return (webhooks ?? []).map(({ id }) => String(id))
}

const noted = async ({ accountId }: Merchant) => {
  const text = 'select state, reason from webhook_removal where account_id = $1 order by created_at'
  return (await engine.db.query({ text, values: [accountId] })).rows
}

/** A round as if the time of what waits had come. */
async function round({ accountId }: Merchant): Promise<number> {
  const text = `update webhook_removal set due_at = now() where account_id = $1 and due_at is not null`
  await engine.db.query({ text, values: [accountId] })
  return await removeWebhooks(engine, 8)
}

test.each(PROVIDERS)('%s: credentials that are deleted take our webhook there with them', async (service) => {
  const merchant = await connected(service)
  const fields = await fieldsOf(merchant)
  expect(await active(service, fields)).toHaveLength(1)
  await disconnect(merchant)
  expect(await active(service, fields), 'nobody waits for the provider').toHaveLength(1)
  expect(await round(merchant)).toBe(1)
  expect(await active(service, fields)).toEqual([])
  expect(await noted(merchant)).toEqual([{ state: 'removed', reason: null }])
  expect(await round(merchant)).toBe(0)
})

test.each(PROVIDERS)('%s: other credentials leave no webhook at the account of before', async (service) => {
  const merchant = await connected(service)
  const before = await fieldsOf(merchant)
  await connect(merchant)
  const after = await fieldsOf(merchant)
  await round(merchant)
  expect(await active(service, before)).toEqual([])
  expect(await active(service, after)).toHaveLength(1)
  expect(await noted(merchant)).toEqual([{ state: 'removed', reason: null }])
})

test.each(PROVIDERS)('%s: the same credentials, saved again or anew, keep their webhook', async (service) => {
  const merchant = await connected(service)
  const fields = await fieldsOf(merchant)
  await connect(merchant, fields)
  await round(merchant)
  expect(await active(service, fields)).toHaveLength(1)
  await disconnect(merchant)
  await connect(merchant, fields)
  await round(merchant)
  expect(await active(service, await fieldsOf(merchant))).toHaveLength(1)
})

test('a provider that is away is asked again, and in the end the note says why it stays', async () => {
  const merchant = await connected('paypal')
  await disconnect(merchant)
  world.sandbox.faults.add({ provider: 'paypal', fault: 'lost_answer', count: 100, match: 'webhooks' })
  await round(merchant)
  expect(await noted(merchant)).toMatchObject([{ state: 'pending' }])
  for (let tries = 0; tries < 6; tries++) await round(merchant)
  expect(await noted(merchant)).toEqual([{ state: 'failed', reason: expect.stringContaining('no answer') }])
  world.sandbox.faults.clear()
})

test('a webhook somebody deleted before counts as removed', async () => {
  const merchant = await connected('stripe')
  const { secret_key: key } = await fieldsOf(merchant)
  const [id] = await active('stripe', await fieldsOf(merchant))
  const url = `${world.sandbox.urls.api.stripe}/v1/webhook_endpoints/${id}`
  await world.sandbox.fetch('stripe')(
    new Request(url, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } }),
  )
  await disconnect(merchant)
  await round(merchant)
  expect(await noted(merchant)).toEqual([{ state: 'removed', reason: 'it was gone already' }])
})
