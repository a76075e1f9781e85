import { returnDelayMs, unknownDelayMs } from '../engine/schedule.ts'
import { decideMoved } from './decide.ts'
import { notifyPayer } from './notify.ts'
import type { Links } from './ports.ts'
import { type Returning, returnSurplus, seeReturned } from './return-surplus.ts'
import type { LinkRow } from './row.ts'
import { settleLink } from './settle-link.ts'
import { withdrawAttempt } from './withdraw-attempt.ts'
import { worldOf, writePlan } from './write.ts'

const BATCH = 20

/** Everything that is due for a link: what is paid, what ended, what must be withdrawn, given back or told. */
export async function tendLink(links: Links, due: LinkRow): Promise<void> {
  const settled = await settleLink(links, due)
  const link = await notifyPayer(links, settled)
  // Nobody may pay what has been paid, or what its merchant has withdrawn. What merely expired may be finished.
  const over = link.status === 'deactivated' || (link.status === 'paid' && !link.reusable)
  const withdrawn = !over || (await withdrawAll(links, link))
  const { next, lookMs } = await returnAll(links, link, due.tries)
  // What it was decided on has changed: a refund may have come back. It is due, or will be when its lease ends.
  if (next === null) return
  const decided = !(await links.store.hasUndecided(link))
  const waits = withdrawn && decided ? [] : [returnDelayMs(unknownDelayMs(due.tries))]
  const again = [...lookMs, ...waits]
  if (again.length > 0) await links.store.scheduleLink(next, Math.min(...again), due.tries)
  else await links.store.scheduleLink(next, untilExpiryMs(links, next), 0)
}

/** Until a link expires by itself; `null` = it does not, or has ended. */
export function untilExpiryMs({ engine }: Pick<Links, 'engine'>, link: LinkRow): number | null {
  if (link.status !== 'active' || link.expires_at === null) return null
  return Math.max(0, link.expires_at.getTime() - engine.now())
}

/** `false`: something is left to do. */
async function withdrawAll(links: Links, link: LinkRow): Promise<boolean> {
  const attempts = await links.store.listAttempts(link, 'open', BATCH)
  let all = attempts.length < BATCH
  for (const attempt of attempts) if (!(await withdrawAttempt(links, link, attempt))) all = false
  return all
}

/**
 * Gives back all that came too often. What has arrived is written in the version of the link in which it was looked
 * for: when a refund is reversed meanwhile nothing is believed, and `next` is null.
 */
async function returnAll(
  links: Links,
  link: LinkRow,
  looks: number,
): Promise<{ readonly next: LinkRow | null; readonly lookMs: readonly number[] }> {
  const found: Returning[] = []
  for (const attempt of await links.store.listAttempts(link, 'surplus', BATCH)) {
    found.push(await returnSurplus(links, link, attempt, looks))
  }
  // As many again may wait behind a full page.
  if (found.length === BATCH) found.push({ lookMs: returnDelayMs(unknownDelayMs(looks)) })
  for (const attempt of await links.store.listAttempts(link, 'needs_review', BATCH)) {
    const seen = await seeReturned(links, attempt)
    if (seen !== null) found.push(seen)
  }
  const moves = found.flatMap((one) => ('state' in one ? [one] : []))
  const lookMs = found.flatMap((one) => ('lookMs' in one ? [one.lookMs] : []))
  if (moves.length === 0) return { next: link, lookMs }
  const plan = decideMoved(link, moves, worldOf(links))
  return { next: (await writePlan(links, plan)) === 'written' ? plan.link : null, lookMs }
}
