/** Alert rules and dashboards ask for metrics that exist, by labels that they have. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Collector, startCollector } from '../harness/collector.ts'
import { createStack, type Stack } from '../proofs/stack.ts'

const ROOT = new URL('../../', import.meta.url)

/** Labels by metric, of everything a busy process shows. */
const shown = new Map<string, Set<string>>()
let stack: Stack
let collector: Collector

beforeAll(async () => {
  collector = await startCollector()
  collector.status = 400
  stack = await createStack({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
  const merchant = await stack.merchant()
  const made = (await merchant.call('POST', '/v1/payments', { amount: '5.00', currency: 'USD' })).json()
  merchant.pay(made)
  await stack.settle()
  await stack.api.deps.telemetry?.stop()
  const { body } = await stack.api.app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' })
  for (const [, name] of body.matchAll(/^# TYPE (\S+) /gm)) shown.set(name ?? '', new Set(['le']))
  for (const [, name, labels] of body.matchAll(/^(\w+?)(?:_bucket|_sum|_count)?\{(.*)\} /gm)) {
    for (const [, label] of (labels ?? '').matchAll(/(\w+)="/g)) shown.get(name ?? '')?.add(label ?? '')
  }
})
afterAll(async () => {
  await stack.close()
  await collector.close()
})

async function expressions(file: string): Promise<string[]> {
  const text = await readFile(new URL(file, ROOT), 'utf8')
  const found = file.endsWith('.json')
    ? [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, quoted]) =>
        String(JSON.parse(quoted ?? '""')),
      )
    : [...text.matchAll(/expr: (?:>\n((?: {10}.*\n)+)|(.+))/g)].map(([, folded, one]) => folded ?? one ?? '')
  return found
}

/** A histogram is asked for by its parts. */
const familyOf = (name: string) => (shown.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''))

test.each(['deploy/prometheus/alerts.yaml', 'deploy/grafana/onerouter.json'])('%s', async (file) => {
  const all = await expressions(file)
  expect(all.length).toBeGreaterThan(10)
  const selectors = all.flatMap((expression) => [
    ...expression.matchAll(/\b((?:onerouter|http|process|nodejs)_\w+)(?:\{([^}]*)\})?/g),
  ])
  const unknown = selectors.flatMap(([, name = '', matchers = '']) => {
    const labels = shown.get(familyOf(name))
    if (labels === undefined) return LABELS.has(name) ? [] : [`${name} is no metric`]
    const asked = [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label)
    // A family that has had nothing to show yet has no labels to compare.
    return labels.size > 1
      ? asked.filter((label) => !labels.has(label)).map((label) => `${name}{${label}}`)
      : []
  })
  expect(unknown).toEqual([])
})

/** Names that stand in `by (…)`. */
const LABELS: ReadonlySet<string> = new Set([
  'http_response_status_code',
  'http_route',
  'http_request_method',
])
