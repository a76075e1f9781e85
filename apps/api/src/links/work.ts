import type { DueWork } from '../engine/ports.ts'
import { unknownDelayMs } from '../engine/schedule.ts'
import type { Links } from './ports.ts'
import type { LinkRow } from './row.ts'
import { tendLink } from './tend-link.ts'

/** What the worker does for payment links. */
export function linkWork(links: Links): DueWork {
  return {
    async claimDue(limit, leaseMs) {
      const rows = await links.store.claimDueLinks(limit, leaseMs)
      return rows.map((row) => () => tendOrPostpone(links, row))
    },
    nextDueMs: () => links.store.nextLinkDueMs(),
  }
}

/** Work that fails comes back later and later, so that a poisoned row costs ever less. */
async function tendOrPostpone(links: Links, row: LinkRow): Promise<void> {
  try {
    await tendLink(links, row)
  } catch (error) {
    links.engine.log.error({ err: error, link: row.id }, 'a payment link could not be tended')
    await links.store.scheduleLink(row, unknownDelayMs(row.tries), row.tries)
  }
}
