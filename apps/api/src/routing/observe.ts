import type { OperationState, Service } from '@onerouter/core'
import { uuidV7 } from '@onerouter/core'
import type { Queryable } from '../store/rows.ts'
import type { Observation } from './statistics.ts'
import type { PolicyKey } from './store.ts'

/** How far back observations go, and how many of the newest charges are counted at most. */
export const OBSERVED_MS = 7 * 24 * 3_600_000
const CHARGES_MAX = 20_000
const GROUPS_MAX = 2_000
/** A charge that is still in the dark by then counts as one that did not succeed. */
const DARK_AFTER_MS = 3_600_000

const SUCCEEDED: readonly OperationState[] = ['succeeded']
/** Whoever canceled did not want to pay; everything else that ended without money was an attempt in vain. */
const IN_VAIN: readonly OperationState[] = [
  'declined',
  'rejected',
  'not_sent',
  'absent',
  'abandoned',
  'expired',
]
const IN_THE_DARK: readonly OperationState[] = ['sent', 'unknown', 'needs_review']

/** Ids sort by time: the smallest one that could have been made at a moment. */
export const idAt = (ms: number): string => uuidV7(Math.max(0, ms), new Uint8Array(10))

/**
 * What came of the account's newest charges, from the payments' own rows: one bounded statement along the primary
 * key. A charge that was left for another provider counts against the one it was left at. Fees in another currency
 * than the payment's are not compared with it.
 */
export async function readObservations(
  db: Queryable,
  { accountId, environment }: PolicyKey,
  nowMs: number,
): Promise<readonly Observation[]> {
  const { rows } = await db.query({
    name: 'routing_observations',
    text: `select o.provider, o.method, o.currency, upper(p.customer ->> 'country') as country,
        (count(*) filter (where o.state = any ($4) or o.state = any ($5)
          or (o.state = any ($6) and o.created_at < $7)))::integer as attempts,
        (count(*) filter (where o.state = any ($4)))::integer as succeeded,
        (count(*) filter (where priced.yes))::integer as priced,
        coalesce(sum(p.captured) filter (where priced.yes), 0)::text as paid,
        coalesce(sum(p.fee_amount) filter (where priced.yes), 0)::text as fees
      from (
        select payment_id, provider, currency, state, created_at, request ->> 'method' as method
        from operation
        where account_id = $1 and environment = $2 and id >= $3 and kind = 'charge'
        order by id desc limit ${CHARGES_MAX}
      ) o
      join payment p on p.account_id = $1 and p.environment = $2 and p.id = o.payment_id
        and p.routing ->> 'rule' is distinct from 'subscription'
      cross join lateral (select o.state = any ($4) and p.provider = o.provider and p.captured > 0
        and p.fee_amount is not null and p.fee_currency = p.currency as yes) priced
      group by 1, 2, 3, 4
      order by attempts desc
      limit ${GROUPS_MAX}`,
    values: [
      accountId,
      environment,
      idAt(nowMs - OBSERVED_MS),
      SUCCEEDED,
      IN_VAIN,
      IN_THE_DARK,
      new Date(nowMs - DARK_AFTER_MS),
    ],
  })
  return rows.map((row) => {
    const { paid, fees, ...rest } = row as unknown as Counted // the columns of the statement above
    return { ...rest, paid: BigInt(paid), fees: BigInt(fees) }
  })
}

interface Counted {
  readonly provider: Service
  readonly method: string | null
  readonly currency: string
  readonly country: string | null
  readonly attempts: number
  readonly succeeded: number
  readonly priced: number
  readonly paid: string
  readonly fees: string
}
