import type { Queryable } from '../store/rows.ts'

/** One number of a metric family, in the words of the text format that scrapers read. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly help: string
  readonly samples: readonly Sample[]
}

interface Gauge {
  readonly name: string
  readonly help: string
  /** Label columns and one column `n`. */
  readonly sql: string
}

const GAUGES: readonly Gauge[] = [
  {
    name: 'onerouter_reconciliation_mismatches',
    help: 'Differences between our books and the providers’ that nobody has explained; the goal is 0',
    sql: `select provider, environment, bucket, count(*)::int as n from reconciliation_item
      where state = 'open' group by provider, environment, bucket`,
  },
  {
    name: 'onerouter_reconciliation_subjects',
    help: 'What the last finished comparison of each kind came to: matched, missing_here, missing_there, differs …',
    sql: `select provider, environment, kind, c.key as verdict, sum(c.value::int)::int as n
      from (select distinct on (account_id, environment, provider, kind) * from reconciliation_run
        where state = 'done' and finished_at > clock_timestamp() - interval '3 days'
        order by account_id, environment, provider, kind, window_from desc, id desc) r,
        jsonb_each_text(r.counts) c
      group by provider, environment, kind, c.key`,
  },
  {
    name: 'onerouter_reconciliation_runs_unfinished',
    help: 'Comparisons that are waiting, under way or have failed within a day',
    sql: `select provider, environment, state, count(*)::int as n from reconciliation_run
      where state = 'running' or (state = 'failed' and finished_at > clock_timestamp() - interval '1 day')
      group by provider, environment, state`,
  },
  {
    name: 'onerouter_review_waiting',
    help: 'Calls and messages that wait for a person',
    sql: `select provider, environment, 'operation' as kind, count(*)::int as n from operation
        where state = 'needs_review' group by provider, environment
      union all select provider, environment, 'webhook', count(*)::int from inbound
        where state = 'quarantined' group by provider, environment`,
  },
]

/** The counts of reconciliation and review, over all accounts. */
export async function reconciliationMetrics(db: Queryable): Promise<readonly Family[]> {
  return await Promise.all(
    GAUGES.map(async ({ name, help, sql }) => {
      const { rows } = await db.query({ name, text: sql, values: [] })
      const samples = rows.map(({ n, ...labels }) => ({
        labels: Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)])),
        value: typeof n === 'number' ? n : 0,
      }))
      return { name, help, samples }
    }),
  )
}
