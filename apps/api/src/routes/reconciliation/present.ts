import type { ReconciliationItem, ReconciliationRun, ReviewEntry } from '@onerouter/contract'
import { formatId } from '@onerouter/core'
import { presentPayment } from '../../engine/present.ts'
import type { Waiting } from '../../reconciliation/list.ts'
import type { DecisionRow, ItemRow, RunRow } from '../../reconciliation/rows.ts'
import type { PaymentRow } from '../../store/rows.ts'
import type { TimelineEntry } from '../../store/timeline.ts'

export function presentRun(row: RunRow): ReconciliationRun {
  return {
    id: formatId('reconciliation_run', row.id),
    object: 'reconciliation_run',
    environment: row.environment,
    provider: row.provider,
    kind: row.kind,
    state: row.state,
    from: row.window_from.toISOString(),
    to: row.window_to.toISOString(),
    phase: row.phase,
    counts: row.counts,
    reason: row.reason,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  }
}

export function presentItem(row: ItemRow): ReconciliationItem {
  return {
    id: formatId('reconciliation_item', row.id),
    object: 'reconciliation_item',
    environment: row.environment,
    provider: row.provider,
    run_id: formatId('reconciliation_run', row.run_id),
    bucket: row.bucket,
    state: row.state,
    reference: row.subject,
    payment_id: row.payment_id === null ? null : formatId('payment', row.payment_id),
    reasons: [...row.reasons],
    ours: row.ours,
    theirs: row.theirs,
    note: row.note,
    resolved_by: row.resolved_by,
    created_at: row.created_at.toISOString(),
    seen_at: row.seen_at.toISOString(),
    closed_at: row.closed_at?.toISOString() ?? null,
  }
}

const ENTRIES_MAX = 20

export interface Bundle {
  readonly payment: PaymentRow | null
  readonly timeline: readonly TimelineEntry[]
  readonly decisions: readonly DecisionRow[]
}

/** Everything a person needs to decide, in one object. */
export function presentReview(waiting: Waiting, bundle: Bundle): ReviewEntry {
  const isCall = (entry: TimelineEntry): boolean => entry.kind === 'provider_call'
  const newest = (entries: readonly TimelineEntry[]) => entries.slice(-ENTRIES_MAX)
  return {
    ...headOf(waiting),
    object: 'review',
    kind: waiting.kind,
    environment: waiting.row.environment,
    provider: waiting.row.provider,
    payment: bundle.payment === null ? null : presentPayment(bundle.payment),
    timeline: newest(bundle.timeline.filter((entry) => !isCall(entry))),
    provider_calls: newest(bundle.timeline.filter(isCall)),
    decisions: bundle.decisions.map(({ outcome, note, decided_by, evidence, created_at }) => ({
      outcome,
      note,
      decided_by,
      evidence,
      created_at: created_at.toISOString(),
    })),
  }
}

function headOf(waiting: Waiting): Pick<ReviewEntry, 'id' | 'why' | 'created_at' | 'subject'> {
  if (waiting.kind === 'operation') {
    const { row } = waiting
    return {
      id: formatId('operation', row.id),
      why: row.failure?.message ?? 'No evidence could be had in time.',
      created_at: row.created_at.toISOString(),
      subject: {
        operation: row.kind,
        attempt: row.n,
        reference: row.reference,
        amount_minor: row.amount.toString(),
        currency: row.currency,
        tries: row.tries,
        refund_id: row.refund_id === null ? null : formatId('refund', row.refund_id),
      },
    }
  }
  const { row } = waiting
  return {
    id: formatId('inbound', row.id),
    why: row.reason,
    created_at: row.received_at.toISOString(),
    subject: { event_id: row.event_id, type: row.event_type, tries: row.tries },
  }
}
