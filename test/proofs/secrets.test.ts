/** Nothing secret leaves: every secret of a full flow with every kind of failure is looked for everywhere. */
import { ALL_ROUTES } from '@onerouter/contract'
import { formatId, uuidV7 } from '@onerouter/core'
import { providers } from '@onerouter/providers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ENCRYPTION_KEY, SECRET_KEY } from '../../apps/api/src/testing/open-app.ts'
import { type Collector, startCollector } from '../harness/collector.ts'
import { createStack, type Merchant, PAYMENT_SERVICES, type Stack } from './stack.ts'

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const

const COLLECTOR_TOKEN = 'CANARY-collector-token-0123456789'

let collector: Collector
let stack: Stack
let merchant: Merchant
/** Every answer the API gave, whole: headers and body. */
const answers: string[] = []
const secrets = new Map<string, string>()

beforeAll(async () => {
  collector = await startCollector()
  stack = await createStack({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${COLLECTOR_TOKEN}`,
    },
  })
  merchant = await stack.merchant()
  secrets.set('API key', merchant.key)
  secrets.set('token of the collector', COLLECTOR_TOKEN)
  secrets.set('SECRET_KEY', SECRET_KEY)
  secrets.set('ENCRYPTION_KEY', ENCRYPTION_KEY)
  for (const provider of providers) {
    const current = await stack.api.deps.credentials.current(merchant.accountId, 'test', provider.name)
    const values = new Map(Object.entries(current?.credentials ?? {}))
    for (const field of provider.credentials.fields.filter(({ secret }) => secret)) {
      const value = values.get(field.name)
      if (typeof value === 'string') secrets.set(`${provider.name} ${field.name}`, value)
    }
  }
  for (const provider of PAYMENT_SERVICES) await wholeFlow(provider)
  await rejectedCredentials()
  await readEverything()
  await stack.api.deps.telemetry?.stop()
})
afterAll(async () => {
  await stack.close()
  await collector.close()
})

async function ask(method: 'GET' | 'POST' | 'PUT', url: string, body?: unknown) {
  const answer = await merchant.call(method, url, body)
  answers.push(`${method} ${url}\n${JSON.stringify(answer.headers)}\n${answer.body}`)
  return answer
}

const FAULTS = [
  'lost_request',
  'lost_answer',
  'error_before',
  'error_after',
  'html',
  'truncated',
  'rate_limited',
]

async function wholeFlow(provider: (typeof PAYMENT_SERVICES)[number]): Promise<void> {
  const order = { amount: '500.00', currency: CURRENCY[provider], provider }
  const made = (await ask('POST', '/v1/payments', order)).json()
  merchant.pay(made)
  for (const delivery of await stack.collect()) {
    const forged = await stack.hand({ ...delivery, body: `${delivery.body} ` })
    const unsigned = await stack.hand({ ...delivery, headers: { 'content-type': 'application/json' } })
    answers.push(forged.body, unsigned.body, (await stack.hand(delivery)).body)
  }
  await stack.work()
  await ask('POST', '/v1/refunds', { payment_id: made.id, amount: '10.00' })
  await ask('POST', '/v1/refunds', { payment_id: made.id, amount: '5000.00' })
  await ask('POST', `/v1/payments/${made.id}/cancel`)
  const declined = (await ask('POST', '/v1/payments', order)).json()
  if (declined.provider_order_id !== undefined) merchant.pay(declined, 'fail')
  await ask('POST', `/v1/payments/${declined.id}/sync`)
  for (const fault of FAULTS) {
    stack.sandbox.faults.add({ provider, fault: fault as 'html', count: 1 }) // a word of the sandbox's list
    await ask('POST', '/v1/payments', order)
    stack.sandbox.faults.clear()
  }
  // A provider that repeats what it was sent, credentials and all, in an error and where nobody looks.
  stack.intercept = async (wire) =>
    new Response(JSON.stringify({ error: { message: `bad ${wire.authorization}`, code: 'x' }, echo: wire }), {
      status: 400,
      headers: { 'content-type': 'application/json', 'x-echo': wire.authorization ?? '' },
    })
  await ask('POST', '/v1/payments', order)
  stack.intercept = async (wire) =>
    Promise.reject(new Error(`socket hang up ${wire.authorization} ${wire.body}`))
  await ask('POST', '/v1/payments', order)
  stack.intercept = null
}

async function rejectedCredentials(): Promise<void> {
  const wrong = {
    stripe: {
      secret_key: 'sk_test_CANARY0wrong0key0123456789ab',
      webhook_secret: 'whsec_CANARYwrongwhsec0123456789',
    },
    razorpay: { key_id: 'rzp_test_wrongkey012345', key_secret: 'CANARYwrongsecret0123456' },
    paypal: { client_id: 'A'.repeat(80), client_secret: `ECANARYwrong${'E'.repeat(68)}` },
  } as const
  for (const provider of PAYMENT_SERVICES) {
    for (const [name, value] of Object.entries(wrong[provider])) {
      if (!/_id$/.test(name)) secrets.set(`wrong ${provider} ${name}`, value)
    }
    const url = `/api/services/${provider}/credentials`
    await ask('PUT', url, { environment: 'test', credentials: wrong[provider] })
    await ask('PUT', url, { environment: 'live', credentials: wrong[provider] })
    await ask('PUT', url, { environment: 'test', credentials: { ...wrong[provider], extra: 'x' } })
    await ask('PUT', url, JSON.stringify({ environment: 'test', credentials: wrong[provider] }).slice(0, -1))
  }
  const query = await stack.api.app.inject({ url: `/v1/payments?api_key=${merchant.key}` })
  const path = await stack.api.app.inject({ url: `/v1/payments/${merchant.key}` })
  const inBody = await ask('POST', '/v1/payments', { amount: merchant.key, currency: merchant.key })
  answers.push(query.body, path.body, inBody.body)
}

async function readEverything(): Promise<void> {
  for (const route of ALL_ROUTES.values()) {
    if (route.method !== 'GET' || route.path.includes('{id}')) continue
    // Never ends by itself: read below, up to what was written last.
    if (route.answer.media === 'text/event-stream') continue
    for (const service of PAYMENT_SERVICES) await ask('GET', route.path.replace('{service}', service))
  }
  const payments = (await ask('GET', '/v1/payments?limit=100')).json().data
  for (const { id } of payments) {
    await ask('GET', `/v1/payments/${id}`)
    await ask('GET', `/v1/payments/${id}/timeline`)
    await ask('GET', `/v1/payments/${id}/routing`)
  }
  await ask('GET', '/v1/events?limit=100')
  for (const url of ['/docs', '/openapi.json', '/api/health', '/llms.txt', '/metrics']) await ask('GET', url)
  for (const url of ['/api/logs?limit=100', '/api/logs/export.csv', '/api/logs/export.ndjson']) {
    await ask('GET', url)
    const calls = await ask('GET', `${url}${url.includes('?') ? '&' : '?'}kind=provider_call`)
    // What is searched must be there: an empty export holds no secret either.
    expect(calls.body).toContain('provider_call')
  }
  await ask('GET', '/api/audit?limit=100')
  await readStreams()
  const pages = payments.map(({ checkout_url: url }: { checkout_url: string | null }) => url)
  for (const page of pages.filter((url: string | null) => url?.includes('/checkout/'))) {
    answers.push((await stack.api.app.inject({ url: new URL(page).pathname })).body)
  }
}

/** Everything of the last hour, as a listener that was away for as long is told it. */
async function readStreams(): Promise<void> {
  const origin = await stack.api.app.listen({ port: 0, host: '127.0.0.1' })
  const hourAgo = uuidV7(Date.now() - 3_500_000, new Uint8Array(10))
  for (const [path, list, kind] of [
    ['/v1/events/stream', '/v1/events', 'event'],
    ['/api/logs/stream?kind=request', '/api/logs?path=/v1/', 'request'],
    ['/api/logs/stream?kind=provider_call', '/api/logs?kind=provider_call', 'provider_call'],
  ] as const) {
    const [newest] = (await ask('GET', list)).json().data
    const stop = new AbortController()
    const { body } = await fetch(`${origin}${path}`, {
      headers: { authorization: `Bearer ${merchant.key}`, 'last-event-id': formatId(kind, hourAgo) },
      signal: stop.signal,
    })
    let text = ''
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece
      if (text.includes(`id: ${newest.id}\n`)) break
    }
    stop.abort()
    expect(text.match(/^data: /gm)?.length ?? 0, path).toBeGreaterThan(20)
    answers.push(`GET ${path}\n${text}`)
  }
}

/** A secret as it may hide: itself, in base64 with its partner, percent-encoded, in hex. */
function disguises(secret: string): string[] {
  return [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
    encodeURIComponent(secret),
  ]
}

function findings(where: string, text: string): string[] {
  return [...secrets].flatMap(([name, secret]) =>
    disguises(secret).some((form) => text.includes(form))
      ? [`${name} in ${where}: ${around(text, secret)}`]
      : [],
  )
}

const around = (text: string, secret: string): string => {
  const at = Math.max(0, text.indexOf(secret))
  return text.slice(Math.max(0, at - 80), at + 20)
}

test('the flow touched what it should: answers, failures and every provider', () => {
  expect(answers.length).toBeGreaterThan(100)
  expect(answers.some((answer) => answer.includes('provider_unavailable'))).toBe(true)
  expect(new Set(stack.wire.map(({ provider }) => provider)).size).toBe(3)
  expect(secrets.size).toBeGreaterThan(9)
  expect(stack.api.lines.length).toBeGreaterThan(50)
})

test('no secret is in any answer of the API: bodies, headers, problems, timelines, pages, documents', () => {
  expect(answers.flatMap((answer) => findings(answer.split('\n', 1)[0] ?? '', answer))).toEqual([])
})

test('no secret is in any line of the log', () => {
  expect(stack.api.lines.flatMap((line) => findings('log', line))).toEqual([])
})

test('no secret is in any trace or metric that leaves for a collector', () => {
  expect(collector.spans.length).toBeGreaterThan(200)
  expect(collector.points.length).toBeGreaterThan(100)
  expect(collector.bodies.flatMap((body) => findings('telemetry', body))).toEqual([])
})

test('no secret is in any row of the database, whatever the table', async () => {
  const { rows: tables } = await stack.api.deps.db.engine.query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await stack.api.deps.db.engine.query(`SELECT t::text AS text, t.* FROM "${name}" t`)
    for (const row of rows) {
      const bytes = Object.values(row).filter((value) => Buffer.isBuffer(value))
      found.push(...findings(name, row.text), ...bytes.flatMap((b) => findings(name, b.toString('latin1'))))
    }
  }
  expect(found).toEqual([])
})

test('the second half of a Basic header is not found in its encoded form either', () => {
  const basics = stack.wire.flatMap(({ authorization }) => authorization?.match(/^Basic (.+)$/)?.[1] ?? [])
  const bearers = stack.wire.flatMap(({ authorization }) => authorization?.match(/^Bearer (.+)$/)?.[1] ?? [])
  expect(basics.length).toBeGreaterThan(0)
  expect(bearers.length).toBeGreaterThan(0)
  const everything = [...answers, ...stack.api.lines].join('\n')
  for (const value of new Set([...basics, ...bearers])) expect(everything.includes(value)).toBe(false)
})
