import type { Deps } from '../deps.ts'
import { VERSION } from '../routes/health/index.ts'
import type { BreakerCount } from '../routing/source.ts'
import type { Queryable } from '../store/rows.ts'
import { databaseFamilies } from './database.ts'
import { processFamilies } from './process.ts'
import type { Family } from './registry.ts'

export interface Watched {
  readonly dropped: Readonly<Record<string, () => number>>
  readonly breakers: () => readonly BreakerCount[]
}

/** Everything a scrape shows. A database that does not answer leaves out its part and says so. */
export function metricFamilies(
  deps: Deps,
  db: Queryable,
  { dropped, breakers }: Watched,
): () => Promise<readonly Family[]> {
  const own = processFamilies({ version: VERSION, role: deps.config.role, pools: deps.db.pools, dropped })
  const database = databaseFamilies(db, deps.now)
  return async () => {
    const there = await database().catch((error: unknown) => {
      deps.log.warn({ err: error }, 'the database could not be looked at for metrics')
      return null
    })
    const up: Family = {
      name: 'onerouter_database_up',
      help: 'Whether the database answered this scrape',
      type: 'gauge',
      samples: [{ labels: {}, value: there === null ? 0 : 1 }],
    }
    return [
      ...own(),
      ...deps.instruments.registry.families(),
      breakerFamily(breakers()),
      up,
      ...(there ?? []),
    ]
  }
}

function breakerFamily(breakers: readonly BreakerCount[]): Family {
  return {
    name: 'onerouter_provider_breakers',
    help: 'Provider accounts by the state of their circuit breaker, as this process has found out',
    type: 'gauge',
    samples: breakers.map(({ service, environment, health, accounts }) => ({
      labels: { provider: service, environment, state: health },
      value: accounts,
    })),
  }
}
