import type { DueWork } from '../engine/ports.ts'
import type { Queryable } from '../store/rows.ts'
import { afterLook, judge, recordNames } from './decide.ts'
import type { TxtLookup } from './dns.ts'
import type { DomainRow } from './row.ts'
import { claimDueDomains, nextDomainDueMs, writeLook } from './store.ts'

/** What the proof of a domain needs of the world. */
export interface Domains {
  readonly db: Queryable
  readonly lookup: TxtLookup
  readonly now: () => number
}

/** Asks DNS and writes what it says; `null` when the domain was deleted meanwhile. */
export async function lookAt(domains: Domains, row: DomainRow): Promise<DomainRow | null> {
  const answers = await Promise.all(recordNames(row.domain).map((name) => domains.lookup(name)))
  const evidence = judge(row, answers)
  return writeLook(domains.db, row, afterLook(row, evidence, new Date(domains.now())))
}

/** Domains looked at again: pending ones until they expire, verified ones once a day. */
export function domainWork(domains: Domains): DueWork {
  return {
    async claimDue(limit, leaseMs) {
      const rows = await claimDueDomains(domains.db, limit, leaseMs)
      return rows.map((row) => async () => void (await lookAt(domains, row)))
    },
    nextDueMs: () => nextDomainDueMs(domains.db),
  }
}
