import { ApiError, currency, formatId, money } from '@onerouter/core'
import { type CreatePaymentInput, createPayment } from '../engine/create-payment.ts'
import { cancellationOf } from '../engine/follow-up.ts'
import { syncPayment } from '../engine/sync-payment.ts'
import type { PaymentRow } from '../store/rows.ts'
import { sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import { linkAddress } from './code.ts'
import type { Links } from './ports.ts'
import type { AttemptRow, LinkRow } from './row.ts'
import { settleLink } from './settle-link.ts'
import type { LinkRef } from './store.ts'
import { closeUnmade, ownClaim, withdrawAttempt } from './withdraw-attempt.ts'
import { callerFor } from './write.ts'

/** What a payer who wants to pay a link is shown next. */
export type Opening =
  | { readonly kind: 'checkout'; readonly payment: PaymentRow; readonly url: string }
  /** Their payment, which needs nothing of them now. */
  | { readonly kind: 'payment'; readonly payment: PaymentRow }
  /** Somebody else is paying it. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'ended'; readonly link: LinkRow }
  /** Nothing was started; they may try again. */
  | { readonly kind: 'unavailable' }

/** How long an unfinished attempt keeps other browsers out of a single-use link. */
export const HOLD_MS = 10 * 60_000
const ROUNDS_MAX = 8
/** A payer waits this long for the provider's word on an attempt they come back to. */
const SYNC_WAIT_MS = 10_000

/**
 * Starts a payment for a link, or brings its payer back to the one they have started. However many press the button
 * at once, a single-use link has one payment that can be paid: the attempt is recorded first, where the database
 * admits one, and only then is the payment made, under an id and a key that belong to the attempt.
 */
export async function payLink(links: Links, ref: LinkRef, visitor: string): Promise<Opening> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const link = await settleLink(links, ref)
    if (link.status !== 'active') return { kind: 'ended', link }
    const open = await links.store.openAttempt(link, visitor)
    const next = open === null ? await begin(links, link, visitor) : await resume(links, link, open, visitor)
    if (next !== 'again') return next
  }
  return { kind: 'taken' }
}

async function begin(links: Links, link: LinkRow, visitor: string): Promise<Opening | 'again'> {
  const at = links.engine.now()
  const attempt: AttemptRow = {
    account_id: link.account_id,
    environment: link.environment,
    link_id: link.id,
    payment_id: links.engine.newId(),
    visitor,
    state: 'open',
    single_use: !link.reusable,
    held_until: new Date(at + HOLD_MS),
    created_at: new Date(at),
  }
  try {
    if (!(await links.store.recordAttempt(link, attempt))) return 'again'
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) return 'again'
    throw error
  }
  return await launch(links, link, attempt)
}

/** Makes the attempt's payment. Done again after a crash it finds the one it made. */
async function launch(links: Links, link: LinkRow, attempt: AttemptRow): Promise<Opening> {
  const { engine } = links
  const claim = ownClaim('pay', attempt.payment_id)
  try {
    await createPayment(engine, callerFor(link), inputFor(links, link, attempt), claim)
  } catch (error) {
    // Another tab of the same browser is at it, with the same key and the same id.
    const busy = error instanceof ApiError && error.code.startsWith('idempotency_')
    if (busy || sqlState(error) === UNIQUE_VIOLATION) return { kind: 'taken' }
    if (!(error instanceof ApiError)) throw error
    engine.log.warn({ err: error, link: link.id }, 'a payment link could not be paid')
  }
  const made = () => engine.store.getPayment({ ...attempt, id: attempt.payment_id })
  let payment = await made()
  if (payment === null) {
    // Another tab may be about to make it with the same key, whenever it wakes up; or has done so just now.
    if (await closeUnmade(links, link, attempt)) return { kind: 'unavailable' }
    payment = await made()
  }
  if (payment === null) return { kind: 'unavailable' }
  if (!isOver(payment)) return shown(payment)
  await links.store.moveAttempt(attempt, 'closed')
  return { kind: 'unavailable' }
}

async function resume(
  links: Links,
  link: LinkRow,
  attempt: AttemptRow,
  visitor: string,
): Promise<Opening | 'again'> {
  const { engine } = links
  const nowMs = engine.now()
  const mine = attempt.visitor === visitor
  const known = await engine.store.getPayment({ ...attempt, id: attempt.payment_id })
  if (known !== null && isOver(known)) {
    await links.store.moveAttempt(attempt, 'closed')
    return 'again'
  }
  if (!mine && attempt.held_until.getTime() > nowMs) return { kind: 'taken' }
  if (known === null) {
    // Its process died before it made the payment: nobody has been shown anything.
    const held = await links.store.holdAttempt(attempt, visitor, new Date(nowMs + HOLD_MS))
    return held ? await launch(links, link, attempt) : 'again'
  }
  const payment = await freshOf(links, known)
  if (isOver(payment)) return 'again'
  if (payment.status === 'succeeded') return await receipt(links, link, attempt, payment, mine)
  if (!mine) return (await withdrawAttempt(links, link, attempt)) ? 'again' : { kind: 'taken' }
  await links.store.holdAttempt(attempt, visitor, new Date(nowMs + HOLD_MS))
  return shown(payment)
}

/** An attempt that has been paid belongs to the link now, unless it was canceled and its money is on its way back. */
async function receipt(
  links: Links,
  link: LinkRow,
  attempt: AttemptRow,
  payment: PaymentRow,
  mine: boolean,
): Promise<Opening | 'again'> {
  await settleLink(links, link)
  const after = await links.store.getAttempt(link, attempt.payment_id)
  if (after?.state !== 'open') return mine ? { kind: 'payment', payment } : 'again'
  const canceled = cancellationOf(await links.engine.store.listOperations(payment))
  // Still being canceled: whose money it is, is not known yet, and nobody else may pay meanwhile.
  if (canceled === undefined) return mine ? { kind: 'payment', payment } : { kind: 'taken' }
  await links.store.moveAttempt(after, 'closed')
  return 'again'
}

const isOver = ({ status }: PaymentRow): boolean =>
  status === 'failed' || status === 'canceled' || status === 'expired'

const shown = (payment: PaymentRow): Opening =>
  payment.status === 'requires_action' && payment.checkout_url !== null
    ? { kind: 'checkout', payment, url: payment.checkout_url }
    : { kind: 'payment', payment }

/** What the provider says of a payment now, if it says it soon. */
export async function freshOf({ engine }: Links, payment: PaymentRow): Promise<PaymentRow> {
  const synced = syncPayment(engine, payment, 'payer').then(
    (done) => done.payment,
    (error: unknown) => {
      engine.log.error({ err: error }, 'a payer of a link could not be told the newest state')
      return payment
    },
  )
  return await Promise.race([synced, engine.sleep(SYNC_WAIT_MS).then(() => payment)])
}

function inputFor(links: Links, link: LinkRow, attempt: AttemptRow): CreatePaymentInput {
  const address = linkAddress(links.publicUrl, link.code)
  return {
    id: attempt.payment_id,
    amount: money(link.amount, currency(link.currency)),
    capture: 'automatic',
    environment: link.environment,
    // A payment's receipt tells which link it belongs to, and lists can be filtered by it.
    receipt: formatId('payment_link', link.id),
    metadata: link.metadata,
    returnUrl: `${address}/return`,
    cancelUrl: `${address}/cancel`,
    ...(link.provider !== null && { provider: link.provider }),
    ...(link.method !== null && { method: link.method }),
    ...(link.description !== null && { description: link.description }),
    ...(link.customer !== null && { customer: link.customer }),
  }
}
