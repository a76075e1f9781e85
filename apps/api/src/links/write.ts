import type { ApiError } from '@onerouter/core'
import { makeEvent } from '../engine/events.ts'
import type { Caller } from '../engine/ports.ts'
import type { EventRow, IdempotencyRow } from '../store/rows.ts'
import type { Plan } from './decide.ts'
import type { Links } from './ports.ts'
import type { LinkRow } from './row.ts'
import type { LinkRef } from './store.ts'

/** Writers that collide read again and decide anew; this many times, then something is wrong. */
export const ROUNDS_MAX = 64

export const worldOf = (links: Links) => ({
  publicUrl: links.publicUrl,
  at: new Date(links.engine.now()),
})

/** The caller a link acts as when a payer uses it: the key that made it, in the link's own environment. */
export const callerFor = (link: LinkRow): Caller => ({
  accountId: link.account_id,
  keyId: link.api_key_id,
  environment: link.environment,
  services: link.services === null ? null : new Set(link.services),
})

/** One commit: the link, its attempts, its events. */
export async function writePlan(
  links: Links,
  plan: Plan,
  claim: IdempotencyRow | null = null,
): Promise<'written' | 'lost' | 'taken'> {
  const events = eventRows(links, plan)
  const result = await links.store.writeLink({ ...plan, events, claim })
  if (result === 'written' && events.length > 0) links.announce()
  return result
}

/** Decides on what is there until what was decided on is still there when it is written. */
export async function change(
  links: Links,
  ref: LinkRef,
  decide: (link: LinkRow) => Plan | null,
): Promise<LinkRow> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const link = await mustGetLink(links, ref)
    const plan = decide(link)
    if (plan === null) return link
    if ((await writePlan(links, plan)) === 'written') return plan.link
  }
  throw new Error(`payment link ${ref.id} changed ${ROUNDS_MAX} times while one change was written`)
}

export function eventRows({ engine }: Links, { link, events }: Plan): readonly EventRow[] {
  return events.map(({ type, sequence, object }) =>
    makeEvent({
      accountId: link.account_id,
      environment: link.environment,
      id: engine.newId(),
      type,
      subject: { kind: 'payment_link', id: link.id },
      sequence,
      object,
      at: link.updated_at,
    }),
  )
}

export async function mustGetLink(links: Links, ref: LinkRef): Promise<LinkRow> {
  const link = await links.store.getLink(ref)
  if (link === null) throw new Error('a payment link that was just read has disappeared')
  return link
}

/** A refusal in a few words, for whoever reads it in an object. */
export const inWords = (error: ApiError) => ({ code: error.code, message: error.message })
