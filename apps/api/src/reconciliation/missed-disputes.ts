import { isDisputeOpen, type Outcome, ok } from '@onerouter/core'
import type { ListedDispute } from '@onerouter/providers'
import { knownStatuses } from '../disputes/store.ts'
import { guarded } from '../engine/call-provider.ts'
import type { PaymentRow } from '../store/rows.ts'
import type { Checked } from './check-payment.ts'
import { inParallel } from './in-parallel.ts'
import { type Access, after, listCtx, PARALLEL, PATIENCE, pageOf, windowOf } from './page.ts'
import type { Verdict } from './rows.ts'
import type { PageResult } from './store.ts'

/** One page of the provider's disputes: one we do not know, or know otherwise, is looked at. */
export async function disputesPage(access: Access): Promise<Outcome<PageResult>> {
  const { engine, run, provider } = access
  const { disputes } = provider
  if (disputes === undefined) return ok({ seen: [], items: [], next: { phase: 'payments', cursor: null } })
  const ctx = listCtx(access, 'disputes.list')
  const { outcome } = await guarded(engine, () => disputes.listSince(ctx, windowOf(run)))
  if (outcome.kind !== 'ok') {
    // Accounts may lack the permission to read disputes; their payments are compared all the same.
    return outcome.kind === 'rejected' || run.tries >= PATIENCE ? ok(WITHOUT) : outcome
  }
  const { items } = outcome.value
  const known = await knownStatuses(
    engine.db,
    run,
    items.map(({ disputeRef }) => disputeRef),
  )
  const strangers = items.filter(({ disputeRef, status }) => {
    const ours = known.get(disputeRef)
    // A list that does not tell how it ended is no news about one that has.
    return ours === undefined || (status === 'unrecognised' ? isDisputeOpen(ours) : ours !== status)
  })
  const checked = await inParallel(PARALLEL, strangers, (one) => follow(access, one))
  return ok(pageOf(access, checked.flat(), after('disputes', outcome.value, 'payments')))
}

const WITHOUT: PageResult = {
  seen: [{ subject: 'disputes', verdict: 'unverified' }],
  items: [],
  next: { phase: 'payments', cursor: null },
}

/** Nothing for what concerns no payment of ours: a provider's account may sell past OneRouter. */
async function follow(access: Access, listed: ListedDispute): Promise<Checked[]> {
  const { engine } = access
  const subject = `dispute:${listed.disputeRef}`
  const payment = await paymentOf(access, listed)
  if (payment === 'unknown') return [{ subject, verdict: 'unverified', finding: null }]
  if (payment === null || engine.disputes === undefined) return []
  const { kind } = await engine.disputes.follow(payment, listed.disputeRef)
  return [{ subject, verdict: VERDICT[kind], finding: null }]
}

const VERDICT = {
  applied: 'dispute_followed',
  unchanged: 'explained',
  unreachable: 'unverified',
  contradiction: 'unverified',
} as const satisfies Record<string, Verdict>

async function paymentOf(
  access: Access,
  { disputeRef, paymentRef }: ListedDispute,
): Promise<PaymentRow | null | 'unknown'> {
  const { engine, run, provider } = access
  const find = (ids: { reference: string | null; paymentRef: string | null }) =>
    engine.disputes?.paymentOf(run, { ...ids, orderRef: null }) ?? null
  if (paymentRef !== null) return await find({ reference: null, paymentRef })
  const ctx = listCtx(access, 'disputes.fetch')
  const asked = await guarded(engine, async () => provider.disputes?.fetch(ctx, disputeRef) ?? ok(null))
  if (asked.outcome.kind !== 'ok') return 'unknown'
  return asked.outcome.value === null ? null : await find(asked.outcome.value)
}
