import { reconciliationMetrics } from '../reconciliation/metrics.ts'
import { oldestDueMs } from '../store/deliveries.ts'
import type { Queryable } from '../store/rows.ts'
import type { Family, Sample } from './registry.ts'

interface Gauge {
  readonly name: string
  readonly help: string
  /** Label columns and one column `value`. Each reads a partial index of what is open, never a whole table. */
  readonly sql: string
}

const DUE = [
  ['operation', 'operation'],
  ['inbound', 'inbound'],
  ['delivery', 'delivery'],
  ['sms', 'sms'],
  ['reconciliation_run', 'reconciliation'],
  ['domain_verification', 'domain'],
] as const

const dueOf = (value: string): string =>
  DUE.map(
    ([table, kind]) =>
      `select '${kind}' as kind, ${value} as value from ${table} where due_at <= statement_timestamp()`,
  ).join(' union all ')

const GAUGES: readonly Gauge[] = [
  {
    name: 'onerouter_due_rows',
    help: 'Rows whose time has come and that nobody has taken yet; leases move the time on',
    sql: dueOf('count(*)::float8'),
  },
  {
    name: 'onerouter_due_age_seconds',
    help: 'How long the oldest of them has been waiting',
    sql: dueOf('coalesce(extract(epoch from statement_timestamp() - min(due_at)), 0)::float8'),
  },
  {
    name: 'onerouter_operations_unknown',
    help: 'Calls to move money whose outcome is not known',
    sql: `select provider, environment, state, count(*)::float8 as value from operation
      where due_at is not null and state in ('sent', 'unknown') group by provider, environment, state`,
  },
  {
    name: 'onerouter_operations_unknown_age_seconds',
    help: 'Age of the oldest call whose outcome is not known',
    sql: `select coalesce(extract(epoch from statement_timestamp() - min(recorded_at)), 0)::float8 as value
      from operation where due_at is not null and state in ('sent', 'unknown')`,
  },
  {
    name: 'onerouter_deliveries_pending',
    help: 'Deliveries that are due now or later, by lane',
    sql: `select lane, count(*)::float8 as value from delivery where due_at is not null group by lane`,
  },
  {
    name: 'onerouter_webhook_endpoints',
    help: 'Endpoints by state',
    sql: `select state, count(*)::float8 as value from webhook_endpoint where state <> 'deleted' group by state`,
  },
]

/** What the database knows, over all accounts. Scrapers that come together are answered from one look. */
export function databaseFamilies(db: Queryable, now: () => number): () => Promise<readonly Family[]> {
  const KEPT_MS = 5_000
  let looked: { readonly atMs: number; readonly families: Promise<readonly Family[]> } | null = null
  return () => {
    if (looked === null || now() - looked.atMs >= KEPT_MS || now() < looked.atMs) {
      looked = { atMs: now(), families: look(db) }
    }
    return looked.families
  }
}

async function look(db: Queryable): Promise<readonly Family[]> {
  const gauges = await Promise.all(GAUGES.map((gauge) => read(db, gauge)))
  const reconciliation = await reconciliationMetrics(db)
  const oldest = await oldestDueMs(db)
  return [
    ...gauges,
    {
      name: 'onerouter_delivery_lag_seconds',
      help: 'How late the oldest due delivery to a healthy endpoint is',
      type: 'gauge',
      samples: [{ labels: {}, value: (oldest ?? 0) / 1000 }],
    },
    ...reconciliation.map((family) => ({ ...family, type: 'gauge' as const })),
  ]
}

async function read(db: Queryable, { name, help, sql }: Gauge): Promise<Family> {
  const { rows } = await db.query({ name, text: sql, values: [] })
  const samples = rows.map(
    ({ value, ...labels }): Sample => ({
      labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)])),
      value: typeof value === 'number' ? value : 0,
    }),
  )
  return { name, help, type: 'gauge', samples }
}
