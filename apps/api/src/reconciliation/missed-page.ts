import type { Outcome } from '@onerouter/core'
import { currency, money, ok } from '@onerouter/core'
import type { ListedEvent, ListedRefund, PaymentHandle } from '@onerouter/providers'
import { guarded } from '../engine/call-provider.ts'
import { followRefund } from '../engine/follow-refund.ts'
import { paymentOfRefund, paymentToldOf } from '../engine/payment-told-of.ts'
import { syncPayment } from '../engine/sync-payment.ts'
import type { Checked } from './check-payment.ts'
import { SETTLE_MS } from './check-payment.ts'
import { inParallel } from './in-parallel.ts'
import { type Access, after, isOurs, listCtx, orphan, PARALLEL, pageOf, windowOf } from './page.ts'
import type { Verdict } from './rows.ts'
import { knownInboundKeys, knownRefunds, type PageResult, paymentsByReference } from './store.ts'

type Named = Extract<ListedEvent['event']['about'], { kind: 'payment' | 'refund' }>

/** One page of the provider's events: those that never arrived are put where deliveries are put. */
export async function eventsPage(access: Access): Promise<Outcome<PageResult>> {
  const { engine, run, provider } = access
  const { listEvents } = provider.webhooks
  if (listEvents === undefined) return ok({ seen: [], items: [], next: { phase: 'refunds', cursor: null } })
  const ctx = listCtx(access, 'webhooks.list')
  const { outcome } = await guarded(engine, () => listEvents(ctx, windowOf(run)))
  if (outcome.kind !== 'ok') return outcome
  const { items } = outcome.value
  const known = await knownInboundKeys(
    engine.db,
    run,
    items.flatMap(({ dedupeKeys }) => dedupeKeys),
  )
  const missed = items.filter(
    (item) => !item.dedupeKeys.some((key) => known.has(key)) && isLate(access, item),
  )
  const checked = await inParallel(PARALLEL, missed, (item) => takeIn(access, item))
  const orphans = await orphansAmong(access, items)
  return ok(pageOf(access, [...checked.flat(), ...orphans], after('events', outcome.value, 'refunds')))
}

/** A delivery that is still on its way is not missed. */
function isLate({ engine }: Access, { event }: ListedEvent): boolean {
  return event.occurredAtMs !== null && engine.now() - event.occurredAtMs > SETTLE_MS
}

/** Nothing for what concerns no payment of ours: a provider's account may sell past OneRouter. */
async function takeIn(access: Access, { event, dedupeKeys, body }: ListedEvent): Promise<Checked[]> {
  const { engine, run } = access
  const { about } = event
  if (about.kind !== 'payment' && about.kind !== 'refund' && about.kind !== 'dispute') return []
  const payment =
    about.kind === 'refund'
      ? await paymentOfRefund(engine, run, about)
      : await paymentToldOf(engine, run, about)
  // Whose it was could not be asked: the next run looks at the same days again.
  if (payment === null || payment === 'unnamed') return []
  const at = new Date(engine.now())
  const stored = await engine.store.storeInbound(
    {
      account_id: run.account_id,
      environment: run.environment,
      id: engine.newId(),
      provider: run.provider,
      event_id: event.id,
      event_type: event.type,
      state: 'received',
      reason: 'fetched from the provider, its delivery was missed',
      payment_id: payment.id,
      body: Buffer.from(body),
      tries: 0,
      due_at: at,
      received_at: at,
      applied_at: null,
    },
    dedupeKeys,
  )
  if (stored) engine.wake(0, 'inbound')
  return stored ? [{ subject: `event:${event.id}`, verdict: 'event_recovered', finding: null }] : []
}

/** Where the provider has no list, its events are the one place where an order nobody recorded shows. */
async function orphansAmong(access: Access, items: readonly ListedEvent[]): Promise<Checked[]> {
  if (access.provider.payments?.listSince !== undefined) return []
  const named = new Map<string, Named>()
  for (const { about } of items.map(({ event }) => event)) {
    if (about.kind === 'payment' && about.orderRef !== null && isOurs(about.reference)) {
      named.set(about.reference, about)
    }
  }
  const known = await paymentsByReference(access.engine.db, access.run, [...named.keys()])
  const unknown = [...named].filter(([reference]) => !known.has(reference))
  const checked = await inParallel(PARALLEL, unknown, ([reference, about]) =>
    fetchOrphan(access, reference, about.orderRef),
  )
  return checked.flat()
}

async function fetchOrphan(access: Access, reference: string, orderRef: string | null): Promise<Checked[]> {
  const payments = access.provider.payments
  if (payments === undefined || orderRef === null) return []
  // We never asked for it, so nothing is known of it but its id: whatever is reported is the provider's word.
  const handle: PaymentHandle = {
    reference: '',
    amount: money(0n, currency('USD')),
    capture: 'automatic',
    orderRef,
    paymentRef: null,
    refs: {},
  }
  const ctx = listCtx(access, 'payments.fetch')
  const { outcome } = await guarded(access.engine, () => payments.fetch(ctx, handle))
  if (outcome.kind !== 'ok' || outcome.value.reference !== reference) return []
  return [orphan(reference, outcome.value)]
}

/** One page of the provider's refunds: a payment with one we do not know is brought up to date. */
export async function refundsPage(access: Access): Promise<Outcome<PageResult>> {
  const { engine, run, provider } = access
  const listSince = provider.refunds?.listSince
  if (listSince === undefined) return ok({ seen: [], items: [], next: { phase: 'disputes', cursor: null } })
  const ctx = listCtx(access, 'refunds.list')
  const { outcome } = await guarded(engine, () => listSince(ctx, windowOf(run)))
  if (outcome.kind !== 'ok') return outcome
  const { items } = outcome.value
  const known = await knownRefunds(
    engine.db,
    run,
    items.map(({ refundRef }) => refundRef),
  )
  const strangers = items.filter(({ refundRef }) => !known.has(refundRef))
  const byPayment = Map.groupBy(strangers, ({ paymentRef }) => paymentRef)
  const checked = await inParallel(PARALLEL, [...byPayment], ([paymentRef, refunds]) =>
    takeRefundsIn(access, paymentRef, refunds),
  )
  return ok(pageOf(access, checked.flat(), after('refunds', outcome.value, 'disputes')))
}

/** The payment is looked at, and then each refund by itself: not every payment can list its own. */
async function takeRefundsIn(
  { engine, run }: Access,
  paymentRef: string,
  refunds: readonly ListedRefund[],
): Promise<Checked[]> {
  const payment = await paymentToldOf(engine, run, { reference: null, orderRef: null, paymentRef })
  if (payment === null) return []
  const synced = await syncPayment(engine, payment, 'poll')
  const checked: Checked[] = []
  for (const { refundRef } of refunds) {
    const followed =
      synced.kind === 'quarantine' || synced.kind === 'unreachable'
        ? 'unreachable'
        : await followRefund(engine, synced.payment, refundRef)
    const changed = followed === 'changed' || synced.kind === 'applied'
    const verdict: Verdict =
      followed === 'unreachable' ? 'unverified' : changed ? 'refund_followed' : 'explained'
    checked.push({ subject: `refund:${refundRef}`, verdict, finding: null })
  }
  return checked
}
