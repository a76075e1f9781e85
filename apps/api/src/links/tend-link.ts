import { returnDelayMs, unknownDelayMs } from '../engine/schedule.ts'
import { notifyPayer } from './notify.ts'
import type { Links } from './ports.ts'
import { returnSurplus } from './return-surplus.ts'
import type { AttemptRow, LinkRow } from './row.ts'
import { settleLink } from './settle-link.ts'
import { withdrawAttempt } from './withdraw-attempt.ts'

const BATCH = 20

/** Everything that is due for a link: what is paid, what ended, what must be withdrawn, given back or told. */
export async function tendLink(links: Links, due: LinkRow): Promise<void> {
  const settled = await settleLink(links, due)
  const link = await notifyPayer(links, settled)
  // Nobody may pay what has been paid, or what its merchant has withdrawn. What merely expired may be finished.
  const over = link.status === 'deactivated' || (link.status === 'paid' && !link.reusable)
  const withdrawn = !over || (await each(links, link, 'open', withdrawAttempt))
  const returned = await each(links, link, 'surplus', returnSurplus)
  const decided = !(await links.store.hasUndecided(link))
  if (withdrawn && returned && decided) await links.store.scheduleLink(link, untilExpiryMs(links, link), 0)
  else await links.store.scheduleLink(link, returnDelayMs(unknownDelayMs(due.tries)), due.tries)
}

/** Until a link expires by itself; `null` = it does not, or has ended. */
export function untilExpiryMs({ engine }: Pick<Links, 'engine'>, link: LinkRow): number | null {
  if (link.status !== 'active' || link.expires_at === null) return null
  return Math.max(0, link.expires_at.getTime() - engine.now())
}

/** `false`: something is left to do. */
async function each(
  links: Links,
  link: LinkRow,
  state: AttemptRow['state'],
  act: (links: Links, link: LinkRow, attempt: AttemptRow) => Promise<boolean>,
): Promise<boolean> {
  const attempts = await links.store.listAttempts(link, state, BATCH)
  let all = attempts.length < BATCH
  for (const attempt of attempts) if (!(await act(links, link, attempt))) all = false
  return all
}
