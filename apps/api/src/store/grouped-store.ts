import { groupCommit } from './group-commit.ts'
import type { StoredDelivery } from './inbound.ts'
import { storeInbounds } from './inbound-many.ts'
import type { MoneyStore } from './money-store.ts'
import { recordCreates } from './record-many.ts'
import type { Queryable } from './rows.ts'
import { settlePayments } from './settle-many.ts'

/**
 * The same store, whose busiest transactions are committed for many payments, or deliveries of providers, at once. Each caller is answered after the
 * commit of its own row, as before. A row alone takes the same way, so that one way is what the tests hold.
 * @param lanes connections with pinned plans (`Db.lanes`)
 * @param promised told after a commit that owes some endpoint a delivery; most accounts have none
 */
export function grouped(
  store: MoneyStore,
  lanes: Queryable,
  promised: () => void = () => undefined,
): MoneyStore {
  const keep = groupCommit<StoredDelivery, boolean>({
    nameOf: ({ row }) => row.id,
    many: (deliveries) => storeInbounds(lanes, deliveries),
    one: ({ row, dedupeKeys }) => store.storeInbound(row, dedupeKeys),
  })
  return {
    ...store,
    recordCreate: groupCommit({
      nameOf: ({ idempotency: { account_id, environment, key } }) => `${account_id}/${environment}/${key}`,
      many: (rows) => recordCreates(lanes, rows, promised),
      one: store.recordCreate,
    }),
    settlePayment: groupCommit({
      nameOf: ({ payment }) => payment.id,
      many: (rows) => settlePayments(lanes, rows, promised),
      one: store.settlePayment,
    }),
    storeInbound: (row, dedupeKeys) => keep({ row, dedupeKeys }),
  }
}
