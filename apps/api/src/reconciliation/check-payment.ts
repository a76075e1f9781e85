import type { OperationState, Outcome } from '@onerouter/core'
import { formatId, unknown } from '@onerouter/core'
import type { PaymentSnapshot } from '@onerouter/providers'
import { accessFor, contextFor, guarded, handleOf } from '../engine/call-provider.ts'
import { mustRead } from '../engine/follow-up.ts'
import type { Engine } from '../engine/ports.ts'
import { syncPayment } from '../engine/sync-payment.ts'
import type { PaymentRow } from '../store/rows.ts'
import { differencesOf, oursFacts, type Reason, theirsFacts } from './compare.ts'
import type { Finding } from './item.ts'
import type { Verdict } from './rows.ts'

export interface Checked {
  readonly subject: string
  readonly verdict: Verdict
  readonly finding: Finding | null
}

/** How long after its last change a payment may differ without anybody having to know. */
export const SETTLE_MS = 10 * 60_000

/** The payment as its provider has it now, with the credentials it was made with. */
async function fetchNow(
  engine: Engine,
  payment: PaymentRow,
): Promise<{ readonly outcome: Outcome<PaymentSnapshot>; readonly gone: boolean }> {
  const access = await accessFor(engine, payment)
  const payments = access?.provider.payments
  if (access === null || payments === undefined) {
    return { outcome: unknown('the credentials are gone'), gone: false }
  }
  const call = { verb: 'payments.fetch', paymentId: payment.id, operationId: null }
  const ctx = contextFor(engine, access.credential, 'later', call)
  const { outcome } = await guarded(engine, () => payments.fetch(ctx, handleOf(payment)))
  if (outcome.kind === 'rejected') return { outcome, gone: outcome.reason === 'not_found' }
  const { isGone } = payments
  if (outcome.kind === 'ok' || isGone === undefined || payment.provider_payment_id === null) {
    return { outcome, gone: false }
  }
  const looked = await guarded(engine, () => isGone(ctx, handleOf(payment)))
  return { outcome, gone: looked.outcome.kind === 'ok' && looked.outcome.value }
}

/** A payment the provider's list did not show, or whose provider has no list: asked for by itself. */
export async function checkByFetch(engine: Engine, payment: PaymentRow): Promise<Checked> {
  const { outcome, gone } = await fetchNow(engine, payment)
  if (gone) return missingThere(payment)
  if (outcome.kind !== 'ok') return { subject: payment.reference, verdict: 'unverified', finding: null }
  const reasons = differencesOf(payment, outcome.value, 'listed')
  return reasons.length === 0 ? matched(payment) : await settleDifference(engine, payment, reasons)
}

/** Nothing there explains itself as long as nothing was paid here: providers forget unpaid orders. */
function missingThere(payment: PaymentRow): Checked {
  const subject = payment.reference
  if (payment.captured === 0n && payment.status !== 'authorized') {
    return { subject, verdict: 'explained', finding: null }
  }
  const verdict = 'missing_there'
  const finding: Finding = {
    subject,
    bucket: verdict,
    reasons: ['missing'],
    ours: payment,
    theirs: null,
    state: 'open',
  }
  return { subject, verdict, finding }
}

const matched = (payment: PaymentRow): Checked => ({
  subject: payment.reference,
  verdict: 'matched',
  finding: null,
})

/**
 * A difference gets one chance to be only our being late: the payment is brought up to date and compared with a
 * fresh answer. What still differs then is reported, unless something is under way.
 */
export async function settleDifference(
  engine: Engine,
  before: PaymentRow,
  first: readonly Reason[],
): Promise<Checked> {
  const subject = before.reference
  await syncPayment(engine, before, 'poll')
  const { outcome, gone } = await fetchNow(engine, before)
  const payment = await mustRead(engine.store.getPayment(before))
  if (gone) return missingThere(payment)
  if (outcome.kind !== 'ok') return { subject, verdict: 'unverified', finding: null }
  const theirs = outcome.value
  const reasons = differencesOf(payment, theirs, 'synced')
  if (reasons.length > 0) {
    if (await isUnderWay(engine, payment)) {
      const sides = { ours: oursFacts(payment), theirs: theirsFacts(theirs) }
      const about = { payment: formatId('payment', payment.id), reasons, ...sides }
      engine.log.info(about, 'differs, while something is under way')
      return { subject, verdict: 'in_flight', finding: null }
    }
    const finding: Finding = { subject, bucket: 'differs', reasons, ours: payment, theirs, state: 'open' }
    return { subject, verdict: 'differs', finding }
  }
  if (payment.version === before.version) return matched(payment)
  const repaired = { bucket: 'differs', reasons: first, ours: payment, theirs, state: 'repaired' } as const
  return { subject, verdict: 'repaired', finding: { subject, ...repaired } }
}

/** What came twice goes back by itself; a provider that refuses it this often is a person's business. */
const RETURN_TRIES_MAX = 6
const GOING_BACK: readonly OperationState[] = ['late_succeeded', 'compensating']

async function isUnderWay(engine: Engine, payment: PaymentRow): Promise<boolean> {
  if (engine.now() - payment.updated_at.getTime() < SETTLE_MS) return true
  const operations = await engine.store.listOperations(payment)
  return operations.some(({ state, tries }) =>
    GOING_BACK.includes(state) ? tries <= RETURN_TRIES_MAX : state === 'sent' || state === 'unknown',
  )
}
