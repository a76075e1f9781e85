import type { Environment, Outcome, Service, Uuid } from '@onerouter/core'
import type { Stale } from '../store/invalidation.ts'
import type { Queryable } from '../store/rows.ts'
import { type Breakers, isHealthy } from './breaker.ts'
import { readObservations } from './observe.ts'
import type { Health } from './payment.ts'
import { makeSnapshot, needsObservations, type Snapshot } from './snapshot.ts'
import { type PolicyKey, readStoredPolicy } from './store.ts'

/** The credential whose calls are judged together. */
export interface Account {
  readonly accountId: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly version: number
}

/** What routing asks at the moment of a payment; everything answers from memory once it is warm. */
export interface RoutingSource {
  snapshot(accountId: Uuid, environment: Environment): Promise<Snapshot>
  health(account: Account): Health
  /** The payment goes to a provider that is tried again. */
  probe(account: Account): void
  note(account: Account, outcome: Outcome<unknown>): void
}

export interface RoutingCache extends RoutingSource {
  /** How many provider accounts stand how, as this process has found out. */
  breakers(): readonly BreakerCount[]
  forget(stale: Stale): void
}

export interface BreakerCount {
  readonly service: Service
  readonly environment: Environment
  readonly health: Health
  readonly accounts: number
}

const FRESH_MS = 60_000
const ENTRIES_MAX = 5_000

interface Entry {
  readonly snapshot: Promise<Snapshot>
  freshUntilMs: number
}

export interface RoutingCacheOptions {
  readonly db: Queryable
  readonly now: () => number
  readonly breakers: Breakers
  readonly log: { warn(fields: object, message: string): void }
}

/**
 * Compiled snapshots per account and environment. A change of rules drops its snapshot at once, in every process;
 * age only lets the next one be made in the background while the old one goes on deciding.
 */
export function createRoutingCache({ db, now, breakers, log }: RoutingCacheOptions): RoutingCache {
  const entries = new Map<string, Entry>()
  const load = async (key: PolicyKey): Promise<Snapshot> => {
    const policy = await readStoredPolicy(db, key)
    return makeSnapshot(policy, needsObservations(policy) ? await readObservations(db, key, now()) : [])
  }
  const begin = (name: string, key: PolicyKey): Promise<Snapshot> => {
    const entry: Entry = { snapshot: load(key), freshUntilMs: now() + FRESH_MS }
    if (entries.size >= ENTRIES_MAX) for (const oldest of entries.keys()) if (entries.delete(oldest)) break
    entries.set(name, entry)
    entry.snapshot.catch(() => {
      if (entries.get(name) === entry) entries.delete(name)
    })
    return entry.snapshot
  }
  const refresh = (name: string, key: PolicyKey, old: Entry): void => {
    old.freshUntilMs = now() + FRESH_MS
    load(key).then(
      (snapshot) => {
        // Dropped meanwhile: what was read may be from before the change.
        if (entries.get(name) !== old) return
        entries.set(name, { snapshot: Promise.resolve(snapshot), freshUntilMs: now() + FRESH_MS })
      },
      (error: unknown) => log.warn({ err: error }, 'routing goes on by what it knew'),
    )
  }
  return {
    snapshot(accountId, environment) {
      const name = `${accountId}/${environment}`
      const entry = entries.get(name)
      if (entry === undefined) return begin(name, { accountId, environment })
      if (entry.freshUntilMs <= now()) refresh(name, { accountId, environment }, entry)
      return entry.snapshot
    },
    health: (account) => breakers.health(breakerKey(account), now()),
    probe: (account) => breakers.probe(breakerKey(account), now()),
    note: (account, outcome) => breakers.note(breakerKey(account), isHealthy(outcome), now()),
    breakers: () => counted(breakers.all(now())),
    forget(stale) {
      if (stale.kind === 'everything') entries.clear()
      if (stale.kind === 'routing') entries.delete(`${stale.accountId}/${stale.environment}`)
    },
  }
}

const breakerKey = ({ accountId, environment, service, version }: Account): string =>
  `${accountId}/${environment}/${service}/${version}`

const HEALTH: readonly Health[] = ['closed', 'half_open', 'open']

/** Every state of every provider that has any, so that one nobody is in shows as none. */
function counted(all: readonly { readonly key: string; readonly health: Health }[]): BreakerCount[] {
  const groups = Map.groupBy(all, ({ key }) => key.split('/', 3).slice(1).join('/'))
  return [...groups].flatMap(([group, members]) => {
    const [environment, service] = group.split('/') as [Environment, Service] // as breakerKey writes them
    return HEALTH.map((health) => {
      const accounts = members.filter((one) => one.health === health).length
      return { service, environment, health, accounts }
    })
  })
}
