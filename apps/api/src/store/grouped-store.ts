import { type After, groupCommit, spaced } from './group-commit.ts'
import { type Handover, NOBODY } from './handed-over.ts'
import type { FinishedInbound, StoredDelivery } from './inbound.ts'
import { finishInbounds, storeInbounds } from './inbound-many.ts'
import type { MoneyStore } from './money-store.ts'
import { isPlain, recordCreates } from './record-many.ts'
import type { Queryable } from './rows.ts'
import { settlePayments } from './settle-many.ts'

/** Providers wait for seconds, payers do not: what they send within so long is kept, and then finished, by one statement. */
const KEEP_EVERY_MS = 5
const FINISH_EVERY_MS = 20

/**
 * The same store, whose busiest transactions are committed for many payments, or deliveries of providers, at once. Each caller is answered after the
 * commit of its own row, as before. A row alone takes the same way, so that one way is what the tests hold.
 * @param lanes connections with pinned plans (`Db.lanes`)
 * @param handover where deliveries of a commit go; most accounts have no endpoints
 * @param after by which a flush is known to hang; without it none does
 */
export function grouped(
  store: MoneyStore,
  lanes: Queryable,
  handover: Handover = NOBODY,
  after?: After,
): MoneyStore {
  const patience = after === undefined ? {} : { after }
  const keep = groupCommit<StoredDelivery, boolean>({
    nameOf: ({ row }) => row.id,
    lanes: 1,
    defer: spaced(KEEP_EVERY_MS),
    many: (deliveries) => storeInbounds(lanes, deliveries),
    one: ({ row, dedupeKeys }) => store.storeInbound(row, dedupeKeys),
  })
  const finish = groupCommit<FinishedInbound, void>({
    nameOf: ({ row }) => row.id,
    lanes: 1,
    defer: spaced(FINISH_EVERY_MS),
    many: async (finished) => {
      await finishInbounds(lanes, finished)
      return finished.map(() => undefined)
    },
    one: ({ row, outcome }) => store.finishInbound(row, outcome),
  })
  const record = groupCommit<Parameters<MoneyStore['recordCreate']>[0], boolean>({
    nameOf: ({ idempotency: { account_id, environment, key } }) => `${account_id}/${environment}/${key}`,
    many: (rows) => recordCreates(lanes, rows, handover),
    one: store.recordCreate,
    ...patience,
  })
  return {
    ...store,
    recordCreate: (intent) => (isPlain(intent) ? record(intent) : store.recordCreate(intent)),
    settlePayment: groupCommit({
      nameOf: ({ payment }) => payment.id,
      many: (rows) => settlePayments(lanes, rows, handover),
      one: store.settlePayment,
      ...patience,
    }),
    storeInbound: (row, dedupeKeys) => keep({ row, dedupeKeys }),
    finishInbound: (row, outcome) => finish({ row, outcome }),
  }
}
