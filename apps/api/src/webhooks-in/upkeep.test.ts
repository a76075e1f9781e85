import type { Service, Uuid } from '@onerouter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../engine/ports.ts'
import { createMoney } from '../money.ts'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { createSandboxWorld, type SandboxWorld } from '../testing/sandbox-transport.ts'
import { lookAfterWebhooks } from './upkeep.ts'

let api: OpenedApp
let world: SandboxWorld
let engine: Engine
beforeAll(async () => {
  world = createSandboxWorld()
  api = await openApp({ world: { transport: world.transport } })
  engine = createMoney(api.deps).engine
})
afterAll(() => api.close())

interface Merchant {
  readonly plain: string
  readonly accountId: Uuid
  readonly service: Service
}

async function connected(service: Service): Promise<Merchant> {
  const { plain, accountId } = await api.newKey()
  const saved = await api.call(plain, 'PUT', `/api/services/${service}/credentials`, {
    environment: 'test',
    sandbox: true,
  })
  expect(saved.statusCode, saved.body).toBe(200)
  return { plain, accountId, service }
}

async function state({ plain, service }: Merchant) {
  const status = await api.call(plain, 'GET', `/api/services/${service}/status`)
  return status.json().credentials.test
}

async function current({ accountId, service }: Merchant) {
  const credential = await api.deps.credentials.current(accountId, 'test', service)
  if (credential === null) throw new Error('nothing is connected')
  return { version: credential.version, fields: credential.credentials as Record<string, string> }
}

/** A look as if its time had come. */
async function look({ accountId }: Merchant, publicUrl = api.config.publicUrl): Promise<void> {
  await engine.db.query({
    text: `update webhook_registration set due_at = now() where account_id = $1`,
    values: [accountId],
  })
  const deps = { ...api.deps, config: { ...api.config, publicUrl } }
  expect(await lookAfterWebhooks({ engine, deps }, 8)).toBe(1)
}

async function atStripe(merchant: Merchant, method: string, path: string, form?: string) {
  const { fields } = await current(merchant)
  const request = new Request(`${world.sandbox.urls.api.stripe}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${fields.secret_key}`,
      ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form !== undefined && { body: form }),
  })
  return (await (await world.sandbox.fetch('stripe')(request)).json()) as {
    data: { id: string; url: string; status: string }[]
  }
}

describe('a registered webhook is looked after', () => {
  test('what is as it was made stays: no new secret, no second webhook', async () => {
    const merchant = await connected('stripe')
    const before = await current(merchant)
    await look(merchant)
    expect(await current(merchant)).toEqual(before)
    expect((await atStripe(merchant, 'GET', '/v1/webhook_endpoints')).data).toHaveLength(1)
  })

  test('deleted at the provider: made again, and its new secret verifies from then on', async () => {
    const merchant = await connected('stripe')
    const before = await current(merchant)
    const [endpoint] = (await atStripe(merchant, 'GET', '/v1/webhook_endpoints')).data
    await atStripe(merchant, 'DELETE', `/v1/webhook_endpoints/${endpoint?.id}`)
    await look(merchant)
    const after = await current(merchant)
    expect(after.version).toBe(before.version + 1)
    expect(after.fields).toEqual({ ...before.fields, webhook_secret: expect.stringMatching(/^whsec_/) })
    expect(after.fields.webhook_secret).not.toBe(before.fields.webhook_secret)
    expect(await state(merchant)).toMatchObject({ webhook_registered: true, webhook_problem: null })
  })

  test('disabled at the provider: enabled again, with the secret it has', async () => {
    const merchant = await connected('stripe')
    const before = await current(merchant)
    const [endpoint] = (await atStripe(merchant, 'GET', '/v1/webhook_endpoints')).data
    await atStripe(merchant, 'POST', `/v1/webhook_endpoints/${endpoint?.id}`, 'disabled=true')
    await look(merchant)
    const [healed] = (await atStripe(merchant, 'GET', '/v1/webhook_endpoints')).data
    expect(healed).toMatchObject({ id: endpoint?.id, status: 'enabled' })
    expect(await current(merchant)).toEqual(before)
  })

  test.each(['stripe', 'paypal', 'razorpay'] as const)(
    '%s: a new public address is told to the provider, under the same registration',
    async (service) => {
      const merchant = await connected(service)
      const before = await current(merchant)
      await look(merchant, 'http://127.0.0.1:9999')
      expect(await current(merchant)).toEqual(before)
      const { rows } = await engine.db.query({
        text: `select state, url from webhook_registration where account_id = $1`,
        values: [merchant.accountId],
      })
      expect(rows).toEqual([
        { state: 'registered', url: expect.stringMatching(`^http://127.0.0.1:9999/webhooks/${service}/`) },
      ])
      if (service !== 'stripe') return
      const { data } = await atStripe(merchant, 'GET', '/v1/webhook_endpoints')
      expect(data.map(({ url }) => url)).toEqual(rows.map(({ url }) => url))
    },
  )

  test('credentials that were taken away are not looked after any more', async () => {
    const merchant = await connected('paypal')
    await api.call(merchant.plain, 'DELETE', '/api/services/paypal/credentials')
    await look(merchant)
    const { rows } = await engine.db.query({
      text: `select 1 from webhook_registration where account_id = $1`,
      values: [merchant.accountId],
    })
    expect(rows).toEqual([])
  })

  test('a provider that is away is asked again soon; the status says so and what to paste meanwhile', async () => {
    const merchant = await connected('stripe')
    world.sandbox.faults.add({
      provider: 'stripe',
      fault: 'lost_answer',
      count: 1,
      match: 'webhook_endpoints',
    })
    await look(merchant)
    const shown = await state(merchant)
    expect(shown).toMatchObject({ webhook_registered: false })
    expect(shown.webhook_problem).toContain('it is asked again')
    expect(shown.webhook_instructions).toContain('Developers')
    const { rows } = await engine.db.query({
      text: `select due_at < now() + interval '2 minutes' as soon from webhook_registration where account_id = $1`,
      values: [merchant.accountId],
    })
    expect(rows).toEqual([{ soon: true }])
    await look(merchant)
    expect(await state(merchant)).toMatchObject({ webhook_registered: true, webhook_instructions: null })
  })
})

describe('a provider about to give up on us', () => {
  const send = async (url: string, headers: Record<string, string>) =>
    api.app.inject({
      method: 'POST',
      url: new URL(url).pathname,
      headers: { 'content-type': 'application/json', ...headers },
      payload: '{"event":"payment.captured"}',
    })

  test('is told of with a date: Razorpay stops after a day; a delivery that holds ends the alarm', async () => {
    const merchant = await connected('razorpay')
    const { webhook_url: url } = await state(merchant)
    const { accountId } = merchant
    const count = async () =>
      (
        await engine.db.query({
          text: `select refused, refused_reason from webhook_registration where account_id = $1`,
          values: [accountId],
        })
      ).rows[0]
    const answer = await send(url, { 'x-razorpay-signature': 'f'.repeat(64) })
    expect(answer.statusCode).toBe(401)
    await expect.poll(count).toEqual({ refused: 1, refused_reason: 'bad_signature' })
    expect((await state(merchant)).webhook_problem).toBeNull()
    await engine.db.query({
      text: `update webhook_registration set refused = 7 where account_id = $1`,
      values: [accountId],
    })
    const shown = await state(merchant)
    expect(shown.webhook_problem).toMatch(
      /^7 deliveries of Razorpay were refused since .* Razorpay stops sending/,
    )
    const dayMs = Date.parse(shown.webhook_gives_up_at) - Date.now()
    expect(dayMs).toBeGreaterThan(23.9 * 3_600_000)
    expect(dayMs).toBeLessThanOrEqual(24 * 3_600_000)
    await storeOne(accountId)
    expect(await state(merchant)).toMatchObject({ webhook_problem: null, webhook_gives_up_at: null })
  })

  test('a forgery at the address without a token alarms nobody', async () => {
    const merchant = await connected('razorpay')
    const answer = await send('http://x/webhooks/razorpay', { 'x-razorpay-signature': 'f'.repeat(64) })
    expect(answer.statusCode).toBeGreaterThanOrEqual(401)
    expect((await state(merchant)).webhook_problem).toBeNull()
  })
})

async function storeOne(accountId: Uuid): Promise<void> {
  const at = new Date()
  const row = {
    account_id: accountId,
    environment: 'test' as const,
    id: api.deps.newId(),
    provider: 'razorpay' as const,
    event_id: 'evt',
    event_type: 'payment.captured',
    state: 'ignored' as const,
    reason: null,
    payment_id: null,
    body: Buffer.from('{}'),
    tries: 0,
    due_at: null,
    received_at: at,
    applied_at: at,
  }
  expect(await engine.store.storeInbound(row, ['one'])).toBe(true)
}
