/** The product's own comparison with the providers' lists, over the whole run; what it cannot explain is counted. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Violation } from './books.ts'
import type { Client } from './client.ts'
import { PROVIDERS } from './installation.ts'

export interface Reconciled {
  /** Subjects by verdict, over all providers. */
  readonly counts: ReadonlyMap<string, number>
  /** What is neither the same on both sides nor a known difference; the goal is 0. */
  readonly unexplained: number
  readonly violations: readonly Violation[]
}

interface Run {
  readonly id: string
  readonly state: 'running' | 'done' | 'failed'
  readonly counts: Readonly<Record<string, number>>
  readonly reason: string | null
}

interface Item {
  readonly bucket: string
  readonly reference: string
  readonly reasons: readonly string[]
}

const UNEXPLAINED = ['missing_here', 'missing_there', 'differs', 'in_flight', 'unverified']
const LOOK_EVERY_MS = 500
const WITHIN_MS = 600_000
const ITEMS_SHOWN = 20

export async function reconcile(client: Client, window: { from: Date; to: Date }): Promise<Reconciled> {
  const counts = new Map<string, number>()
  const violations: Violation[] = []
  const runs = await Promise.all(PROVIDERS.map((provider) => runOf(client, provider, window)))
  for (const [n, run] of runs.entries()) {
    if (run === null || run.state !== 'done') {
      const what = `${PROVIDERS[n]}: the comparison did not end (${run?.state ?? 'no answer'}: ${run?.reason ?? ''})`
      violations.push({ verdict: 'misstated', what })
      continue
    }
    for (const [verdict, count] of Object.entries(run.counts)) {
      counts.set(verdict, (counts.get(verdict) ?? 0) + count)
    }
  }
  const unexplained = UNEXPLAINED.reduce((sum, verdict) => sum + (counts.get(verdict) ?? 0), 0)
  if (unexplained > 0) {
    const open = await read<{ data: readonly Item[] }>(
      client,
      '/api/reconciliation/items?state=open&limit=100',
    )
    const items = (open?.data ?? []).slice(0, ITEMS_SHOWN)
    const shown = items.map(
      ({ bucket, reference, reasons }) => `${bucket} ${reference} (${reasons.join(', ')})`,
    )
    // What is in flight has no item: the API's log (CHAOS_VERBOSE=1) has both sides of it.
    const verdicts = UNEXPLAINED.filter((one) => counts.has(one)).map((one) => `${counts.get(one)} ${one}`)
    violations.push({
      verdict: 'misstated',
      what: `reconciliation: ${verdicts.join(', ')}: ${shown.join('; ')}`,
    })
  }
  return { counts, unexplained, violations }
}

async function runOf(
  client: Client,
  provider: string,
  { from, to }: { from: Date; to: Date },
): Promise<Run | null> {
  const body = { provider, environment: 'test', from: from.toISOString(), to: to.toISOString() }
  const started = await client.call('POST', '/api/reconciliation/runs', body)
  if (started === null || started.status !== 202) return null
  const { id } = JSON.parse(started.text) as Run // our own API's answer; the contract's tests hold its shape
  const deadline = performance.now() + WITHIN_MS
  while (performance.now() < deadline) {
    const page = await read<{ data: readonly Run[] }>(client, '/api/reconciliation/runs?limit=50')
    const run = page?.data.find((one) => one.id === id)
    if (run !== undefined && run.state !== 'running') return run
    await sleep(LOOK_EVERY_MS)
  }
  return null
}

async function read<T>(client: Client, path: string): Promise<T | null> {
  const answer = await client.call('GET', path)
  return answer === null || answer.status !== 200 ? null : (JSON.parse(answer.text) as T) // as above
}
