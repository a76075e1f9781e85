import type { ProviderEvent } from '@onerouter/providers'
import type { InboundRow, PaymentRow } from '../store/rows.ts'
import { applyRefundSnapshot } from './apply-evidence.ts'
import { accessFor, contextFor, guarded, handleOf } from './call-provider.ts'
import { leftBehindAttempt, lookAtLeftBehind } from './left-behind.ts'
import { paymentToldOf } from './payment-told-of.ts'
import type { Engine, InboundOutcome as Outcome } from './ports.ts'
import { inboundDelayMs } from './schedule.ts'
import { syncPayment } from './sync-payment.ts'

/** An event may come before the answer that names its object; after this many looks it is nobody's. */
const UNMATCHED_TRIES_MAX = 6
/**
 * Through an outage of more than a day, however often `INBOUND_MS` makes it try.
 * One count for all reasons: a database that is away for a moment after that outage is no reason to give up.
 */
const TRIES_MAX = 112

/** Works out what a stored delivery means. Only ids are taken from it: the provider is asked for the rest. */
export async function applyInbound(engine: Engine, row: InboundRow): Promise<void> {
  const event = engine.provider(row.provider)?.webhooks.parse(row.body) ?? null
  const outcome =
    event === null ? ignored('unreadable') : await outcomeOf(engine, row, event).catch(broken(engine, row))
  await engine.store.finishInbound(row, outcome)
}

/** A delivery that cannot be worked off must not come back for ever, nor be lost. */
const broken =
  (engine: Engine, row: InboundRow) =>
  (error: unknown): Outcome => {
    engine.log.error({ err: error, inbound: row.id }, 'a webhook could not be applied')
    return row.tries < TRIES_MAX
      ? { state: 'received', reason: 'internal error', paymentId: null, dueMs: inboundDelayMs(row.tries) }
      : { state: 'quarantined', reason: 'internal error', paymentId: null, dueMs: null }
  }

const ignored = (reason: string, paymentId: string | null = null): Outcome => ({
  state: 'ignored',
  reason,
  paymentId,
  dueMs: null,
})

async function outcomeOf(engine: Engine, row: InboundRow, event: ProviderEvent): Promise<Outcome> {
  if (event.about.kind === 'other') return ignored('type not used')
  if (event.about.kind === 'message') {
    return (await engine.messages?.apply(row, event.about.messageRef)) ?? ignored('type not used')
  }
  if (event.about.kind === 'dispute') {
    return (await engine.disputes?.apply(row, event.about)) ?? ignored('type not used')
  }
  if (event.about.kind === 'subscription') {
    return (await engine.subscriptions?.apply(row, event.about)) ?? ignored('type not used')
  }
  const payment = await paymentOf(engine, row, event.about)
  if (payment === null) {
    return row.tries < UNMATCHED_TRIES_MAX
      ? {
          state: 'received',
          reason: 'object not known yet',
          paymentId: null,
          dueMs: inboundDelayMs(row.tries),
        }
      : ignored('concerns no payment of this account')
  }
  const attempt = await leftBehindAttempt(engine, payment, event.about)
  if (attempt !== null) {
    return (await lookAtLeftBehind(engine, payment, attempt, event.about))
      ? {
          state: 'applied',
          reason: 'about an attempt that was left behind',
          paymentId: payment.id,
          dueMs: null,
        }
      : unreachable(row, payment.id, 'the provider could not be asked about an attempt that was left behind')
  }
  const synced = await syncPayment(engine, payment, 'payer')
  // It overtook the answer that names its order; taken as done, what it tells would wait for the next poll.
  if (synced.payment.provider_order_id === null) {
    return isDeclined(synced.payment) ? declinedTry(payment.id) : orderNotKnown(row, payment.id)
  }
  const { about } = event
  if (about.kind === 'refund' && synced.kind !== 'quarantine' && synced.kind !== 'unreachable') {
    const fetched = await applyRefund(engine, synced.payment, about.refundRef)
    if (!fetched) return unreachable(row, payment.id, 'the refund could not be fetched')
  }
  switch (synced.kind) {
    case 'applied':
    case 'unchanged':
      return { state: 'applied', reason: null, paymentId: payment.id, dueMs: null }
    case 'stale':
      return { state: 'applied', reason: 'older than what is known', paymentId: payment.id, dueMs: null }
    case 'quarantine':
      return { state: 'quarantined', reason: synced.why ?? null, paymentId: payment.id, dueMs: null }
    case 'unreachable':
      return unreachable(row, payment.id, synced.why ?? 'provider unreachable')
  }
}

/** What a charge of a subscription tells of itself its subscription is told; what went back of it, its payment. */
const paymentOf = (engine: Engine, row: InboundRow, about: AboutPayment): Promise<PaymentRow | null> =>
  about.kind === 'refund'
    ? paymentToldOf(engine, row, about)
    : engine.store.findPaymentByProviderIds(row, about)

type AboutPayment = Extract<ProviderEvent['about'], { readonly kind: 'payment' | 'refund' }>

function unreachable(row: InboundRow, paymentId: string, reason: string): Outcome {
  return row.tries < TRIES_MAX
    ? {
        state: 'received',
        reason,
        paymentId,
        dueMs: inboundDelayMs(row.tries),
      }
    : { state: 'quarantined', reason, paymentId, dueMs: null }
}

/** A kept method that was declined leaves no order that anybody could still pay. */
const isDeclined = ({ status, failure, routing }: PaymentRow): boolean =>
  routing.rule === 'saved_method' && status === 'failed' && failure?.code === 'payment_declined'

const declinedTry = (paymentId: string): Outcome => ({
  state: 'applied',
  reason: 'about a charge that was declined',
  paymentId,
  dueMs: null,
})

function orderNotKnown(row: InboundRow, paymentId: string): Outcome {
  return row.tries < UNMATCHED_TRIES_MAX
    ? { state: 'received', reason: 'order not known yet', paymentId, dueMs: inboundDelayMs(row.tries) }
    : { state: 'quarantined', reason: 'the payment has no order', paymentId, dueMs: null }
}

/** Fetches and applies one refund; `false` when the provider could not be asked. */
async function applyRefund(engine: Engine, payment: PaymentRow, refundRef: string): Promise<boolean> {
  const access = await accessFor(engine, payment)
  const refunds = access?.provider.refunds
  if (access === null || refunds === undefined) return false
  const call = { verb: 'refunds.fetch', paymentId: payment.id, operationId: null }
  const ctx = contextFor(engine, access.credential, 'later', call)
  const { outcome } = await guarded(engine, () => refunds.fetch(ctx, handleOf(payment), refundRef))
  if (outcome.kind !== 'ok') return false
  await applyRefundSnapshot(engine, payment, outcome.value)
  return true
}
