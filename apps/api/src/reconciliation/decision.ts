import { ApiError } from '@onerouter/core'
import type { Engine } from '../engine/ports.ts'
import type { OperationRow } from '../store/rows.ts'
import { insertDecision } from './list.ts'
import type { DecisionRow, Facts } from './rows.ts'

/** What a person decides about a call that waits for them. */
export interface Decision {
  readonly outcome: DecisionRow['outcome']
  readonly note: string
  /** The key or person who decides. */
  readonly who: string
}

export const refused = (message: string) => new ApiError('invalid_state', message)

export const unavailable = (why: string) =>
  new ApiError(
    'provider_unavailable',
    `The provider could not be asked (${why}); without its answer nothing is booked.`,
  )

/** Who decided, why, and what the provider said: kept before anything changes. */
export async function keepDecision(
  engine: Engine,
  operation: OperationRow,
  decision: Decision,
  evidence: Facts,
): Promise<void> {
  await insertDecision(engine.db, {
    account_id: operation.account_id,
    environment: operation.environment,
    id: engine.newId(),
    operation_id: operation.id,
    outcome: decision.outcome,
    note: decision.note,
    decided_by: decision.who,
    evidence,
    created_at: new Date(engine.now()),
  })
  const by = { operation: operation.reference, outcome: decision.outcome, by: decision.who }
  engine.log.warn(by, 'a person settled a call')
}
