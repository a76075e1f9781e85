import type { Environment, Uuid } from '@onerouter/core'
import type { Queryable } from './rows.ts'

/** Requests at a rate-limited endpoint that wait for their time. */
export interface Wanted {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly endpoint_id: Uuid
  readonly rate: number
  readonly count: number
}

export interface Taken {
  readonly endpointId: Uuid
  /** When each may begin, in milliseconds from now. */
  readonly waitsMs: readonly number[]
}

/**
 * Reserves times at which requests may begin, over all processes: no second sees more of them than the endpoint's rate, if
 * each begins within the grace after its time. Locks in one order, so that processes wait for one another in one order.
 */
export async function takePace(db: Queryable, wanted: readonly Wanted[], graceMs: number): Promise<Taken[]> {
  const { rows } = await db.query({
    name: 'take-webhook-pace',
    text: `select w.endpoint_id, webhook_pace_take(w.account_id, w.environment, w.endpoint_id, w.rate, w.count, $2) as waits
      from (select * from jsonb_to_recordset($1::jsonb)
        as w (account_id uuid, environment text, endpoint_id uuid, rate int, count int)
        order by account_id, environment, endpoint_id) w`,
    values: [JSON.stringify(wanted), graceMs],
  })
  return rows.map((row) => ({
    endpointId: String(row['endpoint_id']),
    waitsMs: row['waits'] as number[], // float8[]
  }))
}
