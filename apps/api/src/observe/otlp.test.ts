import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { formatId } from '@onerouter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Collector, startCollector } from '../../../../test/harness/collector.ts'
import { createStack, type Merchant, type Stack } from '../../../../test/proofs/stack.ts'
import { secret } from '../secrets/secret.ts'
import type { Family } from './registry.ts'
import { startTelemetry } from './telemetry.ts'

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const ORDER = { amount: '20.00', currency: 'USD', provider: 'stripe' }

describe('a payment over the whole stack, with a collector', () => {
  let collector: Collector
  let stack: Stack
  let merchant: Merchant
  let paymentId = ''

  beforeAll(async () => {
    collector = await startCollector()
    stack = await createStack({
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20tell-me,x-tenant=shop',
        OTEL_SERVICE_NAME: 'shop-payments',
      },
    })
    merchant = await stack.merchant()
    const made = await stack.api.app.inject({
      method: 'POST',
      url: '/v1/payments',
      headers: {
        authorization: `Bearer ${merchant.key}`,
        traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01`,
      },
      payload: ORDER,
    })
    expect(made.statusCode).toBe(201)
    paymentId = made.json().id
    merchant.pay(made.json())
    await stack.settle()
    stack.intercept = () => Promise.reject(Object.assign(new Error('gone'), { sent: true }))
    await merchant.call('POST', '/v1/payments', ORDER)
    stack.intercept = null
    await stack.api.app.inject({ url: '/api/health' })
    await stack.api.deps.telemetry?.stop()
  })
  afterAll(async () => {
    await stack.close()
    await collector.close()
  })

  const ofCaller = () => collector.spans.filter(({ traceId }) => traceId === CALLER.traceId)
  const find = (name: string) => ofCaller().find((span) => span.name === name)

  test('the request continues the caller’s trace; store, engine and provider are parts of it', () => {
    const request = find('POST /v1/payments')
    expect(request?.parentSpanId).toBe(CALLER.spanId)
    expect(request?.facts).toMatchObject({
      'http.route': '/v1/payments',
      'http.response.status_code': 201,
      'onerouter.account_id': formatId('account', merchant.accountId),
      'onerouter.environment': 'test',
    })
    const asked = find('ask provider')
    expect(asked?.parentSpanId).toBe(request?.spanId)
    expect(asked?.facts['onerouter.outcome']).toBe('ok')
    const call = find('stripe payments.create')
    expect(call?.parentSpanId).toBe(asked?.spanId)
    expect(call?.facts).toMatchObject({
      'onerouter.provider': 'stripe',
      'onerouter.operation': 'payments.create',
      'onerouter.payment_id': paymentId,
      'http.response.status_code': 200,
    })
    expect(call?.facts['server.address']).toMatch(/^[a-z0-9.-]+$/)
    for (const name of ['store recordCreate', 'store settlePayment']) {
      expect(find(name)?.parentSpanId).toBe(request?.spanId)
    }
  })

  test('what the worker does has traces of its own, and a call that gets no answer is a failed span', () => {
    const applied = collector.spans.find(({ name }) => name === 'worker: apply webhook')
    expect(applied?.parentSpanId ?? '').toBe('')
    const inside = collector.spans.filter(({ traceId }) => traceId === applied?.traceId)
    expect(inside.map(({ name }) => name)).toContain('stripe payments.fetch')
    const lost = collector.spans.find((span) => span.name === 'stripe payments.create' && span.failed)
    expect(lost?.facts).toMatchObject({ 'error.type': 'reset', 'onerouter.sent': true })
    const asked = collector.spans.find(({ spanId }) => spanId === lost?.parentSpanId)
    expect(asked?.facts['onerouter.outcome']).toBe('unknown')
  })

  test('providers are told nothing of traces, and health checks have none', () => {
    expect(JSON.stringify(stack.wire)).not.toContain(CALLER.traceId)
    expect(collector.spans.filter(({ name }) => name.includes('health'))).toEqual([])
  })

  test('the headers reach the collector, and metrics bear the names and numbers of /metrics', async () => {
    for (const headers of collector.headers) {
      expect(headers).toMatchObject({ authorization: 'Bearer tell-me', 'x-tenant': 'shop' })
    }
    expect(collector.bodies.every((body) => body.includes('shop-payments'))).toBe(true)
    const { body } = await stack.api.app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' })
    const scraped = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]))
    for (const name of new Set(collector.points.map((point) => point.name))) expect(scraped).toContain(name)
    const created = collector.points.find(
      ({ name, labels }) =>
        name === 'http_server_request_duration_seconds' &&
        labels.http_route === '/v1/payments' &&
        labels.http_response_status_code === '201',
    )
    expect(created?.histogram.count).toBe(1)
    expect(created?.histogram.buckets.reduce((sum, one) => sum + one, 0)).toBe(1)
  })
})

const FAMILY: Family = { name: 'x_total', help: 'x', type: 'counter', samples: [{ labels: {}, value: 3 }] }

function telemetryTo(endpoint: string, told: unknown[] = []) {
  const config = {
    endpoint,
    headers: secret({}),
    serviceName: 'x',
    sampler: 'parentbased_always_on',
    ratio: 1,
    metricIntervalMs: 60_000,
  } as const
  const failures: string[] = []
  const world = {
    version: '0',
    role: 'all',
    instance: 'one',
    now: () => 0,
    after: () => () => {},
    failures: {
      add: (labels: Readonly<Record<string, string>>) => void failures.push(String(labels.signal)),
    },
    log: { warn: (fields: object, message: string) => void told.push({ ...fields, message }) },
  }
  return { failures, opened: startTelemetry(config, world) }
}

test('a collector that refuses costs spans, never work: failures are counted, and told once', async () => {
  const collector = await startCollector()
  collector.status = 400
  const told: unknown[] = []
  const { failures, opened } = telemetryTo(collector.url, told)
  const telemetry = await opened
  telemetry.export(async () => [FAMILY])
  const done: number[] = []
  for (let i = 0; i < 10_000; i++) {
    const work = { name: 'w', kind: 'inner', facts: {} } as const
    await telemetry.spans.within(work, async () => void done.push(i))
  }
  await telemetry.stop()
  expect(done).toHaveLength(10_000)
  expect(new Set(failures)).toEqual(new Set(['traces', 'metrics']))
  expect(told).toHaveLength(1)
  await collector.close()
})

test('what work throws goes on, and its message is in no span', async () => {
  const collector = await startCollector()
  const telemetry = await telemetryTo(collector.url).opened
  const failing = telemetry.spans.within({ name: 'w', kind: 'inner', facts: {} }, async () => {
    throw new TypeError('a secret word')
  })
  await expect(failing).rejects.toThrow('a secret word')
  await telemetry.spans.part({ name: 'alone', kind: 'inner', facts: {} }, async () => {})
  await telemetry.stop()
  expect(collector.spans).toMatchObject([{ name: 'w', failed: true, facts: { 'error.type': 'TypeError' } }])
  expect(collector.bodies.join()).not.toContain('secret word')
  await collector.close()
})

test('a parent that is no traceparent begins a trace of its own', async () => {
  const collector = await startCollector()
  const telemetry = await telemetryTo(collector.url).opened
  for (const parent of ['', 'x'.repeat(5_000), `00-${'0'.repeat(32)}-${CALLER.spanId}-01`]) {
    telemetry.spans.begin({ name: 'r', kind: 'server', facts: {} }, parent).end()
  }
  await telemetry.stop()
  expect(collector.spans.map(({ parentSpanId }) => parentSpanId ?? '')).toEqual(['', '', ''])
  expect(collector.spans.filter(({ traceId }) => /^0+$/.test(traceId))).toEqual([])
  await collector.close()
})

test('without a collector no package of OpenTelemetry is loaded', async () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    await import('./apps/api/src/serve.ts')
    console.log(JSON.stringify({ all: loaded.length, telemetry: loaded.filter((url) => url.includes('opentelemetry')) }))`
  const root = new URL('../../../../', import.meta.url)
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
  })
  const { all, telemetry } = JSON.parse(stdout)
  expect(all).toBeGreaterThan(100)
  expect(telemetry).toEqual([])
})
