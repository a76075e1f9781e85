import { createHash } from 'node:crypto'
import type { Engine } from '../engine/ports.ts'
import type { PaymentRow } from '../store/rows.ts'
import { oursFacts, type Theirs, theirsFacts } from './compare.ts'
import type { Bucket, ItemRow, RunRow } from './rows.ts'

export interface Finding {
  readonly subject: string
  readonly bucket: Bucket
  readonly reasons: readonly string[]
  readonly ours: PaymentRow | null
  readonly theirs: Theirs | null
  /** `repaired`: it differed and agrees now; kept so that somebody can see how often that happens. */
  readonly state: 'open' | 'repaired'
}

export function itemOf(engine: Engine, run: RunRow, finding: Finding): ItemRow {
  const at = new Date(engine.now())
  const { subject, bucket, reasons, state } = finding
  const ours = finding.ours === null ? null : oursFacts(finding.ours)
  const theirs = finding.theirs === null ? null : theirsFacts(finding.theirs)
  return {
    account_id: run.account_id,
    environment: run.environment,
    id: engine.newId(),
    run_id: run.id,
    provider: run.provider,
    subject,
    bucket,
    reasons,
    payment_id: finding.ours?.id ?? null,
    ours,
    theirs,
    digest: createHash('sha256')
      .update(JSON.stringify([bucket, reasons, ours, theirs]))
      .digest('hex'),
    state,
    note: null,
    resolved_by: null,
    created_at: at,
    seen_at: at,
    closed_at: state === 'repaired' ? at : null,
  }
}
