import { applyTogether, companiesOf } from '../engine/apply-inbound.ts'
import { compensateCanceled } from '../engine/compensate.ts'
import { mustRead, nextLookOrDebtMs } from '../engine/follow-up.ts'
import { giveBack } from '../engine/give-back.ts'
import type { DueKind, Engine } from '../engine/ports.ts'
import { resolveOperation } from '../engine/resolve-operation.ts'
import { exposedDelayMs, unknownDelayMs } from '../engine/schedule.ts'
import { syncPayment } from '../engine/sync-payment.ts'
import { watched } from '../observe/spans.ts'
import { paymentRefOf } from '../store/operations.ts'
import type { ClaimedOperation, OperationRow } from '../store/rows.ts'

export type Job = () => Promise<void>

/** Whatever has a time at which it is due. */
export interface Kind {
  readonly name: DueKind
  readonly nextDueMs: () => Promise<number | null>
  readonly claim: (limit: number, leaseMs: number) => Promise<readonly Job[]>
}

export function kindsOf(engine: Engine): readonly Kind[] {
  const { store, messages, disputes, domains, links, subscriptions, saved } = engine
  const beside = { messages, disputes, domains, links, subscriptions, saved }
  return [
    {
      name: 'inbound',
      nextDueMs: () => store.nextInboundDueMs(),
      claim: async (limit, leaseMs) =>
        companiesOf(engine, await store.claimDueInbound(limit, leaseMs)).map((rows) =>
          shown(engine, 'apply webhook', () => applyTogether(engine, rows)),
        ),
    },
    {
      name: 'operations',
      nextDueMs: () => store.nextOperationDueMs(),
      claim: async (limit, leaseMs) =>
        (await store.claimDueOperations(limit, leaseMs)).map((one) =>
          shown(engine, `tend ${one.kind} ${one.state}`, () => tendOrPostpone(engine, one)),
        ),
    },
    ...Object.entries(beside).flatMap(([name, work]) =>
      work === undefined
        ? []
        : {
            name: name as keyof typeof beside, // its own entries
            nextDueMs: () => work.nextDueMs(),
            claim: async (limit: number, leaseMs: number) =>
              (await work.claimDue(limit, leaseMs)).map((run) => shown(engine, name, run)),
          },
    ),
  ]
}

/** Work under the name by which traces show it. */
function shown({ spans }: Engine, what: string, run: Job): Job {
  return spans === undefined
    ? run
    : () => watched(spans, { name: `worker: ${what}`, kind: 'inner', facts: {} }, run)
}

/** Work that fails comes back later and later, so that a poisoned row costs ever less. */
async function tendOrPostpone(engine: Engine, operation: ClaimedOperation): Promise<void> {
  try {
    await tend(engine, operation)
  } catch (error) {
    engine.log.error({ err: error, operation: operation.reference }, 'an operation could not be tended')
    await engine.store.postponeOperation(operation, operation.state, unknownDelayMs(operation.tries))
  }
}

async function tend(engine: Engine, operation: ClaimedOperation): Promise<void> {
  if (operation.state === 'sent' || operation.state === 'unknown') {
    await resolveOperation(engine, operation)
    // A refund that came to nothing may have been what a canceled payment owes its payer.
    if (operation.kind === 'refund') {
      await compensateCanceled(engine, await mustRead(engine.store.getPayment(paymentRefOf(operation))))
    }
    return
  }
  if (operation.state === 'late_succeeded' || operation.state === 'compensating') {
    return await giveBack(engine, operation)
  }
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  await syncPayment(engine, payment, 'poll')
  const after = await mustRead(engine.store.getOperation(operation))
  // Settled, taken over, or given another time by what the look brought.
  if (after.due_at?.getTime() !== operation.due_at?.getTime() || after.tries !== operation.tries) return
  if (after.due_at === null || after.state !== operation.state) return
  await engine.store.postponeOperation(operation, after.state, await lookAgainMs(engine, after))
}

async function lookAgainMs(engine: Engine, operation: OperationRow): Promise<number | null> {
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  if (operation.kind === 'refund') return payment.refund_pending > 0n ? exposedDelayMs(operation.tries) : null
  return await nextLookOrDebtMs(engine, payment, operation.tries)
}
