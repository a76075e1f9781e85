import { HANDED, type Handover, handedValues, handingInserts, handOver } from './handed-over.ts'
import { operationFrom, type recordCreate } from './record.ts'
import { columnsOf, idempotencyColumns, type Queryable } from './rows.ts'

/**
 * `recordCreate` for many at once. Who lost the claim writes nothing: the other arms keep to the payments of the claims that
 * were won. The memberships are wrapped in CASE so that they stay hashed lookups whatever the planner believes.
 */
const WON = (id: string) => `case when ${id} in (select payment_id from claim) then true else false end`

export const CREATE_MANY = `with claim as (
  insert into idempotency select r.* from json_populate_recordset(null::idempotency, $1::json) r
  on conflict (account_id, environment, key) do nothing returning payment_id
), p as (
  insert into payment select r.* from json_populate_recordset(null::payment, $2::json) r where ${WON('r.id')}
), ${operationFrom(`json_populate_recordset(null::operation, $3::json) r where ${WON('r.payment_id')}`, '$4')},
${handingInserts(`json_populate_recordset(null::event, $5::json) r where ${WON('r.subject_id')}`, 6)}
select payment_id, ${HANDED} from claim`

type Create = Parameters<typeof recordCreate>[1]

/** For each whether it was recorded. `false`: its idempotency key is taken. */
export async function recordCreates(
  db: Queryable,
  creates: readonly Create[],
  handover: Handover,
): Promise<boolean[]> {
  // By key, so that two processes that claim the same keys wait for one another in one order.
  const sorted = creates.toSorted((a, b) => (a.idempotency.key < b.idempotency.key ? -1 : 1))
  const events = sorted.flatMap((create) => create.events)
  const { rows } = await db.query({
    name: 'record-creates',
    text: CREATE_MANY,
    values: [
      JSON.stringify(sorted.map(({ idempotency }) => idempotencyColumns(idempotency))),
      JSON.stringify(sorted.map(({ payment }) => columnsOf(payment))),
      JSON.stringify(sorted.map(({ operation }) => columnsOf(operation))),
      Math.max(...creates.map(({ takeoverMs }) => takeoverMs)),
      JSON.stringify(events),
      ...handedValues(handover, events),
    ],
  })
  const won = new Set(rows.map((row) => row['payment_id']))
  handOver(handover, events, rows[0])
  return creates.map(({ payment }) => won.has(payment.id))
}
