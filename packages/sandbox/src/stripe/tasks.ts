import type { World } from '../kernel/types.ts'
import {
  invoiceDue,
  RESUME_COLLECTION_TASK,
  resumeCollection,
  subscriptionDue,
  TRIAL_NOTICE_TASK,
  trialNotice,
} from './billing/cycle.ts'
import { INVOICE_TASK } from './billing/invoice-machine.ts'
import { SUBSCRIPTION_TASK } from './billing/subscription-state.ts'
import { BALANCE_TRANSACTION_TASK, completeCapture } from './charges.ts'
import { DISPUTE_TASK, type DisputeKind, openDispute } from './disputes.ts'
import { BANK_TASK, cancel, HOLD_TASK, settleBankDebit } from './intent-machine.ts'
import { REFUND_TASK, settleRefund } from './refunds.ts'
import { EXPIRE_TASK, expireSession, followIntent } from './session-flow.ts'
import { type Context, type Owner, type Store, systemContext } from './state.ts'

/** What happens later on the clock. Each handler looks at the present state: the plan may be stale. */
export function registerTasks(world: World, store: Store): void {
  function onRow<R extends Owner>(
    kind: string,
    rows: Map<string, R>,
    name: string,
    act: (context: Context, row: R, data: Readonly<Record<string, unknown>>) => void,
  ): void {
    world.onTask(kind, (data) => {
      const row = rows.get(String(data[name]))
      if (row !== undefined) act(systemContext(world, store, row), row, data)
    })
  }
  onRow(EXPIRE_TASK, store.sessions, 'session', expireSession)
  onRow(BALANCE_TRANSACTION_TASK, store.charges, 'charge', completeCapture)
  onRow(REFUND_TASK, store.refunds, 'refund', settleRefund)
  onRow(HOLD_TASK, store.intents, 'intent', (context, row) => {
    if (row.object.status === 'requires_capture') cancel(context, row, 'automatic')
  })
  onRow(BANK_TASK, store.intents, 'intent', (context, row) => {
    const before = row.object.status
    if (before !== 'processing') return
    settleBankDebit(context, row)
    followIntent(context, row, before)
  })
  onRow(SUBSCRIPTION_TASK, store.subscriptions, 'subscription', (context, row, data) =>
    subscriptionDue(context, row, Number(data.at)),
  )
  onRow(INVOICE_TASK, store.invoices, 'invoice', (context, row, data) =>
    invoiceDue(context, row, Number(data.at)),
  )
  onRow(TRIAL_NOTICE_TASK, store.subscriptions, 'subscription', (context, row, data) =>
    trialNotice(context, row, Number(data.at)),
  )
  onRow(RESUME_COLLECTION_TASK, store.subscriptions, 'subscription', (context, row, data) =>
    resumeCollection(context, row, Number(data.at)),
  )
  onRow(DISPUTE_TASK, store.charges, 'charge', (context, row, data) => {
    if (!row.object.disputed) openDispute(context, row, kindOf(data.dispute))
  })
}

function kindOf(value: unknown): DisputeKind {
  return value === 'inquiry' || value === 'product_not_received' ? value : 'fraudulent'
}
