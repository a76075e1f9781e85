import type { ProviderEvent } from '@onerouter/providers'
import type { InboundRow, PaymentRow } from '../store/rows.ts'
import { followRefund } from './follow-refund.ts'
import { applied, comesBack, ignored, notKnownYet, quarantined } from './inbound-outcome.ts'
import { leftBehindAttempt, lookAtLeftBehind } from './left-behind.ts'
import { paymentOfRefund } from './payment-told-of.ts'
import type { Engine, InboundOutcome } from './ports.ts'
import { syncPayment } from './sync-payment.ts'

/** What a look came to, for each delivery that asked for it: when one comes back depends on its own tries. */
type Verdict = (row: InboundRow) => InboundOutcome

/** Works out what a stored delivery means. Only ids are taken from it: the provider is asked for the rest. */
export const applyInbound = (engine: Engine, row: InboundRow): Promise<void> => applyTogether(engine, [row])

/**
 * The same for deliveries that name the same object: they were all here before the provider is asked, so that one
 * answer holds for each of them.
 */
export async function applyTogether(
  engine: Engine,
  rows: readonly [InboundRow, ...InboundRow[]],
): Promise<void> {
  const [first] = rows
  const event = eventOf(engine, first)
  const verdict =
    event === null
      ? always(ignored('unreadable'))
      : await verdictOn(engine, first, event).catch(broken(engine, first))
  await Promise.all(rows.map((row) => engine.store.finishInbound(row, verdict(row))))
}

/** Deliveries in the companies in which they are applied: a provider tells of one payment several times in a second. */
export function companiesOf(
  engine: Engine,
  rows: readonly InboundRow[],
): (readonly [InboundRow, ...InboundRow[]])[] {
  const companies = new Map<string, [InboundRow, ...InboundRow[]]>()
  for (const row of rows) {
    const about = eventOf(engine, row)?.about
    const shared = about?.kind === 'payment' || about?.kind === 'refund'
    const { account_id, environment, provider, id } = row
    const name = shared ? JSON.stringify([account_id, environment, provider, about]) : id
    const company = companies.get(name)
    if (company === undefined) companies.set(name, [row])
    else company.push(row)
  }
  return [...companies.values()]
}

const eventOf = (engine: Engine, row: InboundRow): ProviderEvent | null =>
  engine.provider(row.provider)?.webhooks.parse(row.body) ?? null

const always =
  (outcome: InboundOutcome): Verdict =>
  () =>
    outcome

/** A delivery that cannot be worked off must not come back for ever, nor be lost. */
const broken =
  (engine: Engine, { id }: InboundRow) =>
  (error: unknown): Verdict => {
    engine.log.error({ err: error, inbound: id }, 'a webhook could not be applied')
    return (row) => comesBack(row, engine.now(), 'internal error')
  }

async function verdictOn(engine: Engine, row: InboundRow, event: ProviderEvent): Promise<Verdict> {
  const { about } = event
  switch (about.kind) {
    case 'other':
      return always(ignored('type not used'))
    case 'message':
      return always((await engine.messages?.apply(row, about.messageRef)) ?? ignored('type not used'))
    case 'dispute':
      return always((await engine.disputes?.apply(row, about)) ?? ignored('type not used'))
    case 'subscription':
      return always((await engine.subscriptions?.apply(row, about)) ?? ignored('type not used'))
    case 'payment':
    case 'refund':
      return await verdictOnPayment(engine, row, about)
  }
}

async function verdictOnPayment(engine: Engine, owner: InboundRow, about: AboutPayment): Promise<Verdict> {
  const away =
    (reason: string, paymentId: string | null = null): Verdict =>
    (row) =>
      comesBack(row, engine.now(), reason, paymentId)
  const notYet =
    (reason: string, ended: InboundOutcome): Verdict =>
    (row) =>
      notKnownYet(row, reason, ended)
  const payment = await paymentOf(engine, owner, about)
  if (payment === 'unnamed') return away('the provider has not said whose payment went back')
  if (payment === null) {
    return notYet('object not known yet', ignored('concerns no payment of this account'))
  }
  const attempt = await leftBehindAttempt(engine, payment, about)
  if (attempt !== null) {
    return (await lookAtLeftBehind(engine, payment, attempt, about))
      ? always(applied('about an attempt that was left behind', payment.id))
      : away('the provider could not be asked about an attempt that was left behind', payment.id)
  }
  const synced = await syncPayment(engine, payment, 'payer')
  // It overtook the answer that names its order; taken as done, what it tells would wait for the next poll.
  if (synced.payment.provider_order_id === null) {
    return isDeclined(synced.payment)
      ? always(applied('about a charge that was declined', payment.id))
      : notYet('order not known yet', quarantined('the payment has no order', payment.id))
  }
  if (about.kind === 'refund' && synced.kind !== 'quarantine' && synced.kind !== 'unreachable') {
    const followed = await followRefund(engine, synced.payment, about.refundRef)
    if (followed === 'unreachable') return away('the refund could not be fetched', payment.id)
  }
  switch (synced.kind) {
    case 'applied':
    case 'unchanged':
      return always(applied(null, payment.id))
    case 'stale':
      return always(applied('older than what is known', payment.id))
    case 'quarantine':
      return always(quarantined(synced.why ?? null, payment.id))
    case 'unreachable':
      return away(synced.why ?? 'provider unreachable', payment.id)
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
