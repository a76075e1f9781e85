import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorkerApp } from '../app.ts'
import { createMoney } from '../money.ts'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { createRegistry, renderText } from './registry.ts'

describe('the text format', () => {
  test('histograms are cumulative, labels are escaped, and series have an end', () => {
    const registry = createRegistry()
    const took = registry.histogram('took_seconds', 'How long\nit took', [0.1, 1])
    for (const value of [0.05, 0.1, 0.5, 7]) took.record({ what: 'a "b"\\\n' }, value)
    expect(renderText(registry.families())).toBe(
      [
        '# HELP took_seconds How long\\nit took',
        '# TYPE took_seconds histogram',
        'took_seconds_bucket{what="a \\"b\\"\\\\\\n",le="0.1"} 2',
        'took_seconds_bucket{what="a \\"b\\"\\\\\\n",le="1"} 3',
        'took_seconds_bucket{what="a \\"b\\"\\\\\\n",le="+Inf"} 4',
        'took_seconds_sum{what="a \\"b\\"\\\\\\n"} 7.65',
        'took_seconds_count{what="a \\"b\\"\\\\\\n"} 4',
        '',
      ].join('\n'),
    )
    const many = registry.counter('many_total', 'x')
    for (let i = 0; i < 10_000; i++) many.add({ label: String(i) })
    const samples = registry.families()[1]?.samples ?? []
    expect(samples.length).toBe(2_001)
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(10_000)
  })
})

describe('GET /metrics', () => {
  let api: OpenedApp
  beforeAll(async () => {
    api = await openApp({ env: { METRICS_TOKEN: 'scrape-me-0123456789' } })
  })
  afterAll(() => api.close())

  const scrape = (headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
    api.app.inject({ url: '/metrics', headers, remoteAddress })

  test('opens on loopback or with the token, and to nobody who came by a proxy', async () => {
    const token = { authorization: 'Bearer scrape-me-0123456789' }
    expect((await scrape()).statusCode).toBe(200)
    expect((await scrape({}, '10.1.2.3')).statusCode).toBe(401)
    expect((await scrape({ 'x-forwarded-for': '10.1.2.3' })).statusCode).toBe(401)
    expect((await scrape({ authorization: 'Bearer scrape-me-0123456788' }, '10.1.2.3')).statusCode).toBe(401)
    expect((await scrape({ ...token, 'x-forwarded-for': '1.2.3.4' }, '10.1.2.3')).statusCode).toBe(200)
  })

  test('a worker answers who watches it, under the same rules, and has no API', async () => {
    const worker = await createWorkerApp(api.deps, createMoney(api.deps).routes)
    const status = async (url: string, remoteAddress = '127.0.0.1') =>
      (await worker.inject({ url, remoteAddress })).statusCode
    expect(await status('/api/health/live', '10.1.2.3')).toBe(200)
    expect(await status('/api/health/ready')).toBe(200)
    expect(await status('/metrics')).toBe(200)
    expect(await status('/metrics', '10.1.2.3')).toBe(401)
    expect(await status('/v1/payments')).toBe(404)
    await worker.close()
  })

  test('tells requests by route and status, backlog, pools and build; no account, no key, no address', async () => {
    const { plain, accountId } = await api.newKey()
    await api.call(plain, 'GET', '/v1/payments')
    await api.call(plain, 'GET', '/v1/payments/pay_00000000000000000000000000')
    const { body } = await scrape()
    expect(body).toContain(
      'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/v1/payments/:id",http_response_status_code="404"} 1',
    )
    for (const family of [
      'onerouter_overhead_seconds_bucket',
      'onerouter_due_rows{kind="operation"} 0',
      'onerouter_due_age_seconds{kind="delivery"} 0',
      'onerouter_operations_unknown_age_seconds 0',
      'onerouter_database_connections{pool="engine",state="waiting"} 0',
      'onerouter_database_up 1',
      'onerouter_build_info{version=',
      'onerouter_log_dropped_total{log="requests"} 0',
      '# TYPE onerouter_reconciliation_mismatches gauge',
    ]) {
      expect(body).toContain(family)
    }
    for (const never of [accountId, plain, 'pay_0000']) expect(body).not.toContain(never)
  })
})
