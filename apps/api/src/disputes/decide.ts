import { type DisputeStatus, type EventType, isDisputeOpen, stepDispute, type Uuid } from '@onerouter/core'
import type { DisputeSnapshot } from '@onerouter/providers'
import type { PaymentRow } from '../store/rows.ts'
import type { DisputeRow } from './row.ts'

/** Nobody waits for a bank by the minute; webhooks tell sooner, and a day is what a missed one costs. */
const LOOK_EVERY_MS = 24 * 3_600_000

/** A dispute's next version and what it is to be told of; `changed: false` = nothing but the schedule. */
export interface Plan {
  readonly kind: 'plan'
  readonly dispute: DisputeRow
  readonly events: readonly EventType[]
  readonly dueMs: number | null
  readonly changed: boolean
}

/** What the provider says cannot be so, and why. */
export interface Contradiction {
  readonly kind: 'contradiction'
  readonly why: string
}

/** What is fixed when a dispute is first heard of. */
export interface Birth {
  readonly id: Uuid
  readonly payment: PaymentRow
  readonly evidenceUrl: string
}

const DECISION = {
  open: null,
  under_review: null,
  won: 'dispute.won',
  lost: 'dispute.lost',
  closed: 'dispute.closed',
} as const satisfies Record<DisputeStatus, EventType | null>

/** Where the provider's word takes a dispute; `before: null` = it is heard of for the first time. Pure. */
export function decideSnapshot(
  before: DisputeRow | null,
  snapshot: DisputeSnapshot,
  birth: Birth,
  nowMs: number,
): Plan | Contradiction {
  const { status } = snapshot
  if (status === 'unrecognised') {
    return contradiction(`the provider calls the dispute "${snapshot.providerStatus}", which is not known`)
  }
  if (before !== null && stepDispute(before.status, status).kind === 'impossible') {
    return contradiction(`a dispute that is ${before.status} cannot become ${status}`)
  }
  if (before !== null && before.currency !== snapshot.amount.currency) {
    return contradiction('the currency of the dispute changed')
  }
  const events = eventsFor(before?.status ?? null, status)
  const now = new Date(nowMs)
  const stated = statedBy(snapshot, status)
  const unchanged = before !== null && same(before, stated)
  const decidedAt = before !== null && before.status === status ? before.closed_at : now
  const dispute: DisputeRow = {
    ...fixedBy(before, snapshot, birth, now),
    ...stated,
    version: (before?.version ?? 0) + 1,
    sequence: (before?.sequence ?? 0) + events.length,
    closed_at: isDisputeOpen(status) ? null : decidedAt,
    tries: 0,
    due_at: null,
    updated_at: now,
  }
  const dueMs = isDisputeOpen(status) ? LOOK_EVERY_MS : null
  return { kind: 'plan', dispute, events, dueMs, changed: !unchanged }
}

const contradiction = (why: string): Contradiction => ({ kind: 'contradiction', why })

/** Whatever it is when we first hear of it, it was opened; an inquiry that comes back is opened again. */
function eventsFor(from: DisputeStatus | null, to: DisputeStatus): readonly EventType[] {
  if (from === to) return []
  const opened: readonly EventType[] =
    from === null || (from === 'closed' && isDisputeOpen(to)) ? ['dispute.opened'] : []
  const decision = DECISION[to]
  return decision === null ? opened : [...opened, decision]
}

function fixedBy(before: DisputeRow | null, snapshot: DisputeSnapshot, birth: Birth, now: Date) {
  if (before !== null) return before
  const { payment } = birth
  return {
    account_id: payment.account_id,
    environment: payment.environment,
    id: birth.id,
    payment_id: payment.id,
    provider: payment.provider,
    provider_dispute_id: snapshot.disputeRef,
    evidence_url: birth.evidenceUrl,
    opened_at: snapshot.openedAtMs === 0 ? now : new Date(snapshot.openedAtMs),
    created_at: now,
  }
}

function statedBy(snapshot: DisputeSnapshot, status: DisputeStatus) {
  const { deducted, fee, respondByMs } = snapshot
  return {
    status,
    provider_status: snapshot.providerStatus,
    stage: snapshot.stage,
    reason: snapshot.reason,
    provider_reason: snapshot.providerReason,
    amount: snapshot.amount.minor,
    currency: snapshot.amount.currency as string,
    deducted: deducted?.minor ?? null,
    deducted_currency: deducted?.currency ?? null,
    fee: fee?.minor ?? null,
    fee_currency: fee?.currency ?? null,
    evidence_due_at: respondByMs === null ? null : new Date(respondByMs),
  }
}

function same(before: DisputeRow, stated: ReturnType<typeof statedBy>): boolean {
  const { evidence_due_at: due, ...plain } = stated
  const names = Object.keys(plain) as (keyof typeof plain)[] // an object's own keys
  return (
    names.every((name) => before[name] === plain[name]) &&
    (before.evidence_due_at?.getTime() ?? null) === (due?.getTime() ?? null)
  )
}
