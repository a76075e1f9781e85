import { ApiError } from '@onerouter/core'
import type { Caller, Claim, Reply } from '../engine/ports.ts'
import { replyOf } from '../engine/replay.ts'
import { decideDeactivated } from './decide.ts'
import type { Links } from './ports.ts'
import { presentLink } from './present.ts'
import { claimRow, replayIfClaimed, replayLink } from './replay-link.ts'
import type { LinkRow } from './row.ts'
import { settleLink } from './settle-link.ts'
import type { LinkRef } from './store.ts'
import { ROUNDS_MAX, worldOf, writePlan } from './write.ts'

/**
 * Ends a link: nobody can start to pay it. Payments that were started are canceled by the worker; one that had
 * already been made when the merchant said stop still counts.
 */
export async function deactivateLink(
  links: Links,
  caller: Caller,
  found: LinkRef,
  claim: Claim,
): Promise<Reply> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const earlier = await replayIfClaimed(links, caller, claim)
    if (earlier !== null) return earlier
    const link = await settleLink(links, found)
    const world = worldOf(links)
    const plan = decideDeactivated(link, world)
    if (plan === null) throw ended(links, link)
    const reply = answered(links, plan.link)
    const row = claimRow(caller, claim, plan.link, reply, world.at)
    const result = await writePlan(links, plan, row)
    if (result === 'taken') return await replayLink(links, caller, claim)
    if (result === 'lost') continue
    links.engine.wake()
    return reply
  }
  throw new ApiError('conflict', 'The link keeps changing; try again in a moment.', { retry_after_s: 1 })
}

const answered = (links: Links, link: LinkRow): Reply =>
  replyOf({
    answer: { status: 200, body: JSON.stringify(presentLink(link, links.publicUrl)) },
    keep: 'freeze',
  })

const ended = (links: Links, link: LinkRow): ApiError =>
  new ApiError('invalid_state', `A payment link that is ${link.status} cannot be deactivated.`, {
    extra: { payment_link: presentLink(link, links.publicUrl) },
  })
