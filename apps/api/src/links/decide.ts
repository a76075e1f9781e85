import type { Uuid } from '@onerouter/core'
import { presentLink } from './present.ts'
import type { AttemptRow, LinkRow } from './row.ts'

/** A link's next version: what happened, in order, each with the link as it was right after. */
export interface Plan {
  readonly link: LinkRow
  readonly attempts: readonly Pick<AttemptRow, 'payment_id' | 'state'>[]
  readonly events: readonly { readonly type: string; readonly sequence: number; readonly object: object }[]
}

/** Clicks past this many are counted without an event: strangers must not be able to flood a merchant's endpoints. */
export const CLICK_EVENTS_MAX = 100

interface World {
  readonly publicUrl: string
  readonly at: Date
}

/** A link as it is made, with its first event. */
export function decideCreated(link: LinkRow, world: World): Plan {
  return { link, attempts: [], events: [eventOf('payment_link.created', link, world)] }
}

/** A person has opened it. */
export function decideClicked(before: LinkRow, world: World): Plan {
  const counted = { ...before, clicks: before.clicks + 1 }
  if (before.clicks >= CLICK_EVENTS_MAX) return { link: nextOf(counted, world), attempts: [], events: [] }
  return happened(counted, 'payment_link.clicked', world)
}

/**
 * The merchant wants no more payments; `null` = it has ended otherwise. Where that was wished before nothing happens,
 * but the answer to this wish is kept with a version of its own.
 */
export function decideDeactivated(before: LinkRow, world: World): Plan | null {
  if (before.status === 'deactivated') {
    return { link: { ...before, version: before.version + 1 }, attempts: [], events: [] }
  }
  if (before.status !== 'active') return null
  return happened({ ...before, status: 'deactivated' }, 'payment_link.deactivated', world)
}

/** The text message was taken, or will not be sent. */
export function decideNotice(before: LinkRow, notice: LinkRow['notice'], world: World): Plan {
  return { link: nextOf({ ...before, notice }, world), attempts: [], events: [] }
}

/** What came too often is back, or waits for a person. */
export function decideMoved(before: LinkRow, attempts: Plan['attempts'], world: World): Plan {
  return { link: nextOf(before, world), attempts, events: [] }
}

/**
 * What payments that succeeded and time that passed make of a link; `null` = nothing. A single-use link is paid
 * by one payment: every other one is marked to be given back.
 */
export function decideSettled(before: LinkRow, paid: readonly Uuid[], world: World): Plan | null {
  let link: LinkRow | null = null
  const attempts: Plan['attempts'][number][] = []
  const events: Plan['events'][number][] = []
  for (const paymentId of paid) {
    const current: LinkRow = link ?? before
    const surplus = !current.reusable && current.payments_count > 0
    attempts.push({ payment_id: paymentId, state: surplus ? 'surplus' : 'paid' })
    if (surplus) {
      link = { ...current, updated_at: world.at }
      continue
    }
    link = paidBy(current, paymentId, world.at)
    events.push(eventOf('payment_link.paid', link, world))
  }
  const last: LinkRow = link ?? before
  if (last.status === 'active' && isOver(last, world.at)) {
    link = { ...last, status: 'expired', sequence: last.sequence + 1, updated_at: world.at }
    events.push(eventOf('payment_link.expired', link, world))
  }
  return link === null ? null : { link: { ...link, version: before.version + 1 }, attempts, events }
}

export const isOver = (link: LinkRow, at: Date): boolean => link.expires_at !== null && link.expires_at <= at

function paidBy(before: LinkRow, paymentId: Uuid, at: Date): LinkRow {
  return {
    ...before,
    sequence: before.sequence + 1,
    status: before.reusable ? before.status : 'paid',
    payments_count: before.payments_count + 1,
    amount_paid: before.amount_paid + before.amount,
    payment_id: paymentId,
    paid_at: at,
    updated_at: at,
  }
}

const nextOf = (link: LinkRow, { at }: World): LinkRow => ({
  ...link,
  version: link.version + 1,
  updated_at: at,
})

function happened(change: LinkRow, type: string, world: World): Plan {
  const link = { ...nextOf(change, world), sequence: change.sequence + 1 }
  return { link, attempts: [], events: [eventOf(type, link, world)] }
}

function eventOf(type: string, link: LinkRow, { publicUrl }: World): Plan['events'][number] {
  return { type, sequence: link.sequence, object: presentLink(link, publicUrl) }
}
