import { LINK_ATTEMPT_STATES, nextPaymentLinkStatuses, PAYMENT_LINK_STATUSES, parseId } from '@onerouter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AttemptRow, LinkRow } from './row.ts'
import { type Merchant, openStand, type Stand } from './testing/stand.ts'

let stand: Stand
let merchant: Merchant
beforeAll(async () => {
  stand = await openStand()
  merchant = await stand.merchant(['stripe', 'twilio'])
})
afterAll(() => stand.close())

const body = (more: object = {}) => ({ amount: '20.00', currency: 'USD', ...more })
const post = (more: object = {}, who = merchant) => who.call('POST', '/v1/payment-links', body(more))
const YEAR = 366 * 86_400_000

describe('creating a link', () => {
  test('answers both addresses, the QR code, and the customer under either spelling', async () => {
    const made = await post({
      customer_email: 'a@example.com',
      customer_phone: '+14155550123',
      notes: { a: 'b' },
    })
    expect(made.statusCode).toBe(201)
    const link = made.json()
    expect(link.short_url).toMatch(/^http:\/\/localhost:8000\/l\/[0-9a-z]{12}$/)
    expect(link).toMatchObject({
      object: 'payment_link',
      checkout_url: link.short_url,
      qr_url: `${link.short_url}/qr.svg`,
      customer: { email: 'a@example.com', phone: '+14155550123' },
      metadata: { a: 'b' },
      amount: '20.00',
      amount_minor: 2000,
      notify: null,
      expires_at: null,
      reusable: false,
    })
  })

  test('takes the end as a time or as Unix seconds, under either name', async () => {
    const at = Math.floor(Date.now() / 1000) + 3600
    const iso = new Date(at * 1000).toISOString()
    for (const more of [
      { expires_at: iso },
      { expires_at: at },
      { expire_by: at },
      { expire_by: String(at) },
    ]) {
      const made = await post(more)
      expect(made.json().expires_at, made.body).toBe(iso)
    }
  })

  test.each([
    [{ amount: '0' }, 'invalid_amount', '/amount'],
    [{ amount: '1.001' }, 'invalid_amount', '/amount'],
    [{ amount_minor: 5 }, 'invalid_amount', '/amount_minor'],
    [{ currency: 'XYZ' }, 'unsupported_currency', '/currency'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'invalid_request', '/expires_at'],
    [{ expires_at: '2026-02-30T00:00:00Z' }, 'invalid_request', '/expires_at'],
    [{ expires_at: new Date(Date.now() + 6 * YEAR).toISOString() }, 'invalid_request', '/expires_at'],
    [{ expires_at: '2030-01-01', expire_by: 1_900_000_000 }, 'invalid_request', '/expire_by'],
    [{ callback_url: 'javascript:alert(1)' }, 'invalid_request', '/callback_url'],
    [{ callback_url: 'https://shop.example\\@evil.example' }, 'invalid_request', '/callback_url'],
    [{ callback_url: 'https://u:p@shop.example/' }, 'invalid_request', '/callback_url'],
    [{ callback_url: '//evil.example' }, 'invalid_request', '/callback_url'],
    [{ notify: { sms: true } }, 'invalid_request', '/customer_phone'],
    [{ customer: { email: 'a@b.c' }, customer_email: 'a@b.c' }, 'invalid_request', '/customer_email'],
    [{ metadata: {}, notes: {} }, 'invalid_request', '/notes'],
    [{ surprise: 1 }, 'invalid_request', '/surprise'],
    [{ provider: 'paypal' }, 'provider_not_configured', null],
    [{ environment: 'live' }, 'environment_not_allowed', '/environment'],
  ])('refuses %o with %s', async (more, code, pointer) => {
    const before = (await merchant.call('GET', '/v1/payment-links?limit=1')).json().data[0]?.id
    const answer = await post(more)
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.json(), answer.body).toMatchObject({ code })
    if (pointer !== null) {
      expect(answer.json().errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer)
    }
    expect((await merchant.call('GET', '/v1/payment-links?limit=1')).json().data[0]?.id).toBe(before)
  })

  test('happens once per idempotency key, however many ask at once, and the answer is the same to the byte', async () => {
    const ask = () => post({ idempotency_key: 'once', description: 'Order 9' })
    const answers = await Promise.all(Array.from({ length: 8 }, ask))
    expect(new Set(answers.map((one) => one.body)).size).toBe(1)
    expect(answers.map((one) => one.statusCode)).toEqual(Array(8).fill(201))
    const other = await post({ idempotency_key: 'once', description: 'Order 10' })
    expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency_key_reused'])
    const { data } = (await merchant.call('GET', '/v1/payment-links?limit=100')).json()
    expect(data.filter((one: { description: string }) => one.description === 'Order 9')).toHaveLength(1)
  })

  test('needs its scope, and shows nothing to another account', async () => {
    const link = (await post()).json()
    const stranger = await stand.merchant([])
    for (const [method, url] of [
      ['GET', `/v1/payment-links/${link.id}`],
      ['POST', `/v1/payment-links/${link.id}/deactivate`],
      ['POST', `/v1/simulations/payment-links/${link.id}/pay`],
    ] as const) {
      expect((await stranger.call(method, url, method === 'POST' ? {} : undefined)).statusCode).toBe(404)
    }
    const reader = await stand.api.newKey({ accountId: merchant.accountId, scopes: ['payment_links:read'] })
    const refused = await stand.api.call(reader.plain, 'POST', '/v1/payment-links', body())
    expect(refused.json()).toMatchObject({
      code: 'insufficient_scope',
      required_scope: 'payment_links:write',
    })
    const writer = await stand.api.newKey({ accountId: merchant.accountId, scopes: ['payment_links:write'] })
    const sms = { customer_phone: '+14155550123', notify: { sms: true } }
    const silent = await stand.api.call(writer.plain, 'POST', '/v1/payment-links', body(sms))
    expect(silent.json()).toMatchObject({ code: 'insufficient_scope', required_scope: 'sms:write' })
  })

  test('keeps to the services of its key when the payer comes', async () => {
    const shop = await stand.merchant(['stripe', 'paypal'], {})
    const narrow = await stand.api.newKey({ accountId: shop.accountId, services: ['paypal'] })
    const link = (await stand.api.call(narrow.plain, 'POST', '/v1/payment-links', body())).json()
    await stand.browser().press(link)
    expect((await shop.payments(link)).map((one) => one.provider)).toEqual(['paypal'])
  })
})

describe('delivery by SMS', () => {
  const sms = { customer_phone: '+14155550123', notify: { sms: true } }

  test('sends the link in the same call, and says which message it was', async () => {
    const link = (await post({ ...sms, description: 'Lunch' })).json()
    expect(link.notify.sms).toMatchObject({ status: 'accepted', error: null })
    const message = (await merchant.call('GET', `/v1/sms/${link.notify.sms.sms_id}`)).json()
    expect(message).toMatchObject({ to: sms.customer_phone })
    expect(message.body).toBe(`Pay 20.00 USD for Lunch: ${link.short_url}`)
  })

  test.each([
    ['a number the provider refuses', { customer_phone: '+15005550001' }, 'provider_rejected'],
    ['a number that is none', { customer_phone: 'call me' }, 'invalid_request'],
  ])('%s leaves the link as it is, and says so', async (_, more, code) => {
    const made = await post({ ...sms, ...more })
    expect(made.statusCode).toBe(201)
    expect(made.json()).toMatchObject({
      status: 'active',
      notify: { sms: { status: 'failed', error: { code } } },
    })
  })

  test('no service for messages leaves the link as it is, and says so', async () => {
    const shop = await stand.merchant(['stripe'])
    const made = await post(sms, shop)
    expect(made.statusCode).toBe(201)
    expect(made.json().notify.sms).toMatchObject({
      status: 'failed',
      error: { code: 'provider_not_configured' },
    })
  })

  test('a message whose answer was lost is not sent again by the same request', async () => {
    stand.world.sandbox.faults.add({ provider: 'twilio', fault: 'lost_answer', count: 1 })
    const ask = () => post({ ...sms, idempotency_key: 'lost-sms' })
    const first = await ask()
    expect(first.json().notify.sms.status).toBe('unknown')
    expect((await ask()).body).toBe(first.body)
    const to = encodeURIComponent(sms.customer_phone)
    const { data } = (await merchant.call('GET', `/v1/sms?to=${to}&limit=100`)).json()
    expect(data.filter((one: { body: string }) => one.body.includes(first.json().short_url))).toHaveLength(1)
  })
})

describe('ending a link', () => {
  test('can be asked again, and under one key is answered alike', async () => {
    const link = (await post()).json()
    const end = (more: object) => merchant.call('POST', `/v1/payment-links/${link.id}/deactivate`, more)
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => end({ idempotency_key: `end-${link.id}` })),
    )
    expect(new Set(answers.map((one) => one.body)).size).toBe(1)
    const other = () => end({ idempotency_key: `again-${link.id}` })
    const again = await other()
    expect(again.json()).toMatchObject({ status: 'deactivated' })
    // Whatever is changed about the link later, this key has its answer.
    await stand.api.deps.db.engine.query(
      "update payment_link set updated_at = now() + interval '1 day' where id = $1",
      [parseId('payment_link', link.id)],
    )
    expect((await other()).body).toBe(again.body)
    expect(await merchant.events(link)).toEqual(['created', 'deactivated'])
  })

  test('is refused once it has been paid', async () => {
    const link = (await post()).json()
    await merchant.call('POST', `/v1/simulations/payment-links/${link.id}/pay`, {})
    const refused = await merchant.call('POST', `/v1/payment-links/${link.id}/deactivate`, {})
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'invalid_state'])
  })
})

describe('the tables', () => {
  const link = {
    account_id: 'uuid',
    environment: 'text',
    id: 'uuid',
    version: 'int4',
    sequence: 'int4',
    status: 'text',
    code: 'text',
    amount: 'int8',
    currency: 'text',
    description: 'text?',
    customer: 'jsonb?',
    metadata: 'jsonb',
    callback_url: 'text?',
    provider: 'text?',
    method: 'text?',
    services: '_text?',
    reusable: 'bool',
    expires_at: 'timestamptz?',
    clicks: 'int4',
    payments_count: 'int4',
    amount_paid: 'int8',
    payment_id: 'uuid?',
    paid_at: 'timestamptz?',
    notice: 'jsonb?',
    api_key_id: 'uuid?',
    tries: 'int4',
    due_at: 'timestamptz?',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  } satisfies Record<keyof LinkRow, string>
  const attempt = {
    account_id: 'uuid',
    environment: 'text',
    link_id: 'uuid',
    payment_id: 'uuid',
    visitor: 'text',
    state: 'text',
    single_use: 'bool',
    held_until: 'timestamptz',
    created_at: 'timestamptz',
  } satisfies Record<keyof AttemptRow, string>

  test.each([
    ['payment_link', link],
    ['payment_link_attempt', attempt],
  ])('the types of %s are what the migration made', async (table, columns) => {
    const { rows } = await stand.api.deps.db.engine.query<{ name: string; kind: string }>(
      `select column_name as name, udt_name || case is_nullable when 'YES' then '?' else '' end as kind
       from information_schema.columns where table_schema = 'public' and table_name = $1`,
      [table],
    )
    expect(Object.fromEntries(rows.map((row) => [row.name, row.kind]))).toEqual(columns)
  })

  test('know the same words and moves as the code', async () => {
    for (const from of PAYMENT_LINK_STATUSES) {
      for (const to of PAYMENT_LINK_STATUSES) {
        const { rows } = await stand.api.deps.db.engine.query<{ may: boolean }>(
          'select payment_link_may_move($1, $2) as may',
          [from, to],
        )
        const expected = from === to || nextPaymentLinkStatuses(from).includes(to)
        expect([from, to, rows[0]?.may]).toEqual([from, to, expected])
      }
    }
    const { rows } = await stand.api.deps.db.engine.query<{ definition: string }>(
      `select pg_get_constraintdef(oid) as definition from pg_constraint
       where conrelid in ('payment_link'::regclass, 'payment_link_attempt'::regclass) and contype = 'c'`,
      [],
    )
    const text = rows.map((row) => row.definition).join('\n')
    for (const word of [...PAYMENT_LINK_STATUSES, ...LINK_ATTEMPT_STATES]) expect(text).toContain(`'${word}'`)
  })
})
