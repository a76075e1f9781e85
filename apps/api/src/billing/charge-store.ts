import type { Environment, Service, Uuid } from '@onerouter/core'
import { conditions } from '../store/created.ts'
import { after, operationFrom } from '../store/record.ts'
import type { OperationRow, PaymentRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { SubscriptionChargeRow, SubscriptionRow } from './rows.ts'
import { getSubscription } from './subscription-store.ts'

/** A charge and the subscription it was made for. */
export interface ChargedBy {
  readonly charge: SubscriptionChargeRow
  readonly subscription: SubscriptionRow
}

export interface ChargeQuery {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  readonly by: { readonly chargeId: Uuid } | { readonly provider: Service; readonly paymentRef: string }
}

/** At most one: ids are unique, and one payment of a provider pays for one period. */
export async function findCharged(
  db: Queryable,
  { accountId, environments, by }: ChargeQuery,
): Promise<ChargedBy[]> {
  const all = conditions(['account_id = $1', 'environment = any($2::text[])'], [accountId, environments])
  if ('chargeId' in by) all.add((p) => `id = ${p}`, by.chargeId)
  else {
    all.add((p) => `provider = ${p}`, by.provider)
    all.add((p) => `provider_payment_id = ${p}`, by.paymentRef)
    all.where.push(`status = 'succeeded'`)
  }
  const { rows } = await db.query({
    text: `select * from subscription_charge where ${all.where.join(' and ')} limit 1`,
    values: all.values,
  })
  const [charge] = rows as unknown as SubscriptionChargeRow[] // columns and rows are held equal by a test
  if (charge === undefined) return []
  const subscription = await getSubscription(db, { ...charge, id: charge.subscription_id })
  return subscription === null ? [] : [{ charge, subscription }]
}

const INSERT = `with p as (
  insert into payment select r.* from jsonb_populate_record(null::payment, $1::jsonb) r
  on conflict (account_id, environment, id) do nothing returning 1
), ${operationFrom(after('p', '$2'), '$3')}
select count(*)::int as written from o`

/** `false`: the charge is a payment already. */
export async function insertChargePayment(
  db: Queryable,
  payment: PaymentRow,
  operation: OperationRow,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'insert-charge-payment',
    text: INSERT,
    values: [rowJson(payment), rowJson(operation), null],
  })
  return rows[0]?.['written'] === 1
}
