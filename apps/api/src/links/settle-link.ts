import { decideSettled } from './decide.ts'
import type { Links } from './ports.ts'
import type { LinkRow } from './row.ts'
import type { LinkRef } from './store.ts'
import { mustGetLink, ROUNDS_MAX, worldOf, writePlan } from './write.ts'

const BATCH = 50

/**
 * Brings a link up to what its payments and the clock say. Asks nobody but the database, so every reader may do it;
 * what follows from it at the providers is the worker's (`tend-link.ts`).
 */
export async function settleLink(links: Links, ref: LinkRef): Promise<LinkRow> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const link = await mustGetLink(links, ref)
    const paid = await links.store.listNewlyPaid(link, BATCH)
    const plan = decideSettled(link, paid, worldOf(links))
    if (plan === null) return link
    const written = (await writePlan(links, plan)) === 'written'
    if (written && paid.length < BATCH) return plan.link
  }
  throw new Error(`payment link ${ref.id} could not be settled in ${ROUNDS_MAX} rounds`)
}
