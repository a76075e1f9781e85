import type { ProviderEvent } from '@onerouter/providers'
import type { InboundRow, PaymentRow } from '../store/rows.ts'
import { followRefund } from './follow-refund.ts'
import { applied, comesBack, ignored, notKnownYet, quarantined } from './inbound-outcome.ts'
import { leftBehindAttempt, lookAtLeftBehind } from './left-behind.ts'
import { paymentOfRefund } from './payment-told-of.ts'
import type { Engine, InboundOutcome } from './ports.ts'
import { syncPayment } from './sync-payment.ts'

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
  (error: unknown): InboundOutcome => {
    engine.log.error({ err: error, inbound: row.id }, 'a webhook could not be applied')
    return comesBack(row, engine.now(), 'internal error')
  }

async function outcomeOf(engine: Engine, row: InboundRow, event: ProviderEvent): Promise<InboundOutcome> {
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
  if (payment === 'unnamed') {
    return comesBack(row, engine.now(), 'the provider has not said whose payment went back')
  }
  if (payment === null) {
    return notKnownYet(row, 'object not known yet', ignored('concerns no payment of this account'))
  }
  const away = (reason: string) => comesBack(row, engine.now(), reason, payment.id)
  const attempt = await leftBehindAttempt(engine, payment, event.about)
  if (attempt !== null) {
    return (await lookAtLeftBehind(engine, payment, attempt, event.about))
      ? applied('about an attempt that was left behind', payment.id)
      : away('the provider could not be asked about an attempt that was left behind')
  }
  const synced = await syncPayment(engine, payment, 'payer')
  // It overtook the answer that names its order; taken as done, what it tells would wait for the next poll.
  if (synced.payment.provider_order_id === null) {
    return isDeclined(synced.payment)
      ? applied('about a charge that was declined', payment.id)
      : notKnownYet(row, 'order not known yet', quarantined('the payment has no order', payment.id))
  }
  const { about } = event
  if (about.kind === 'refund' && synced.kind !== 'quarantine' && synced.kind !== 'unreachable') {
    const followed = await followRefund(engine, synced.payment, about.refundRef)
    if (followed === 'unreachable') return away('the refund could not be fetched')
  }
  switch (synced.kind) {
    case 'applied':
    case 'unchanged':
      return applied(null, payment.id)
    case 'stale':
      return applied('older than what is known', payment.id)
    case 'quarantine':
      return quarantined(synced.why ?? null, payment.id)
    case 'unreachable':
      return away(synced.why ?? 'provider unreachable')
  }
}

/** What a charge of a subscription tells of itself its subscription is told; what went back of it, its payment. */
const paymentOf = (
  engine: Engine,
  row: InboundRow,
  about: AboutPayment,
): Promise<PaymentRow | null | 'unnamed'> =>
  about.kind === 'refund'
    ? paymentOfRefund(engine, row, about)
    : engine.store.findPaymentByProviderIds(row, about)

type AboutPayment = Extract<ProviderEvent['about'], { readonly kind: 'payment' | 'refund' }>

/** A kept method that was declined leaves no order that anybody could still pay. */
const isDeclined = ({ status, failure, routing }: PaymentRow): boolean =>
  routing.rule === 'saved_method' && status === 'failed' && failure?.code === 'payment_declined'
