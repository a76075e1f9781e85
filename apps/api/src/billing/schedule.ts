import { isSubscriptionFinal } from '@onerouter/core'
import { exposedDelayMs } from '../engine/schedule.ts'
import type { SubscriptionRow } from './rows.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long a payer may take to agree before nobody looks after it any more; webhooks still tell. */
const APPROVAL_WATCH_MS = 45 * DAY
/** A charge is there a little after its time; then it is asked for ever less often. */
const CHARGE_MS = [15 * MINUTE, HOUR, 6 * HOUR, DAY]
/** What was done in the provider's dashboard is seen after this long, should its webhook be lost. */
const ROUND_MS = 7 * DAY
/** Providers try a failed charge again after days. */
const DUNNING_MS = 6 * HOUR
/** After the end a last charge, or a refund of one, can still come. */
const AFTER_END_MS = [HOUR, DAY, 5 * DAY]

const stepOf = (steps: readonly number[], tries: number): number =>
  steps[Math.min(tries, steps.length - 1)] ?? DAY

/** When a subscription is looked at again should no webhook tell; `null` = there is nothing more to see. */
export function nextLookMs(row: SubscriptionRow, tries: number, nowMs: number): number | null {
  if (row.provider_order_id === null && row.provider_subscription_id === null) return null
  if (row.status === 'created' || row.status === 'pending_approval') {
    return nowMs - row.created_at.getTime() < APPROVAL_WATCH_MS ? exposedDelayMs(tries) : null
  }
  if (isSubscriptionFinal(row.status)) return AFTER_END_MS[tries] ?? null
  if (row.status === 'past_due') return DUNNING_MS
  if (row.status === 'paused') return ROUND_MS
  const expectedMs = (row.next_charge_at ?? row.current_period_end)?.getTime()
  if (expectedMs === undefined) return DAY
  const leftMs = expectedMs - nowMs
  return leftMs > 0 ? Math.min(ROUND_MS, leftMs + MINUTE * 15) : stepOf(CHARGE_MS, tries)
}

/** Ahead of the period's end, so that the charge that follows it is never made. */
const CANCEL_LEAD_MS = HOUR

/** When a cancellation at the period's end is made where the provider only ends at once. */
export const cancelAtMs = (periodEndMs: number): number => periodEndMs - CANCEL_LEAD_MS
