import { createHash } from 'node:crypto'
import { ApiError, formatId, type Uuid } from '@onerouter/core'
import { cancelPayment } from '../engine/complete-payment.ts'
import { createRefund } from '../engine/create-refund.ts'
import { type Claim, TAKEOVER_MS } from '../engine/ports.ts'
import type { Links } from './ports.ts'
import type { AttemptRow, LinkRow } from './row.ts'
import { callerFor } from './write.ts'

/** A key of our own for one thing that is done once, to a payment of a link or to the link. */
export function ownClaim(what: 'pay' | 'withdraw' | 'surplus' | 'sms', id: Uuid): Claim {
  const key = `payment_link_${what}_${id}`
  return { key, fingerprint: createHash('sha256').update(key).digest(), requestId: key }
}

/**
 * Makes sure that an attempt can no longer be paid, or that what is paid late is given back: a payment that was
 * canceled and is paid all the same is refunded by the engine. `false`: not yet, or it is being paid.
 */
export async function withdrawAttempt(links: Links, link: LinkRow, attempt: AttemptRow): Promise<boolean> {
  const { engine } = links
  const payment = await engine.store.getPayment({ ...attempt, id: attempt.payment_id })
  if (payment === null) {
    // Its process may still be about to make the payment.
    if (engine.now() - attempt.created_at.getTime() < 2 * TAKEOVER_MS) return false
    await links.store.moveAttempt(attempt, 'closed')
    return true
  }
  switch (payment.status) {
    case 'failed':
    case 'canceled':
    case 'expired':
      await links.store.moveAttempt(attempt, 'closed')
      return true
    case 'succeeded':
    case 'processing':
    case 'authorized':
      return false
    case 'created':
    case 'requires_action': {
      if (!(await canceled(links, link, payment.id))) return false
      await links.store.moveAttempt(attempt, 'closed')
      return true
    }
  }
}

async function canceled(links: Links, link: LinkRow, paymentId: Uuid): Promise<boolean> {
  try {
    const claim = ownClaim('withdraw', paymentId)
    const reply = await cancelPayment(links.engine, callerFor(link), paymentId, claim)
    return reply.status === 200
  } catch (error) {
    // It moved meanwhile, or its provider cannot be asked: whoever wanted it gone looks again.
    if (error instanceof ApiError) return false
    throw error
  }
}

const REASON = 'the payment link had been paid before'

/** Gives back what a second payment brought to a single-use link. `false`: could not be done now. */
export async function returnSurplus(links: Links, link: LinkRow, attempt: AttemptRow): Promise<boolean> {
  const { engine } = links
  const payment = formatId('payment', attempt.payment_id)
  engine.log.warn({ payment, link: link.id }, 'a payment link was paid twice: refunding the second payment')
  try {
    const reply = await createRefund(
      engine,
      callerFor(link),
      { paymentId: attempt.payment_id, amount: null, reason: REASON, speed: 'normal', metadata: {} },
      ownClaim('surplus', attempt.payment_id),
    )
    if (reply.status === 503) return false
    const done = reply.status < 300
    if (!done) engine.log.error({ payment, status: reply.status }, 'a second payment could not be refunded')
    await links.store.moveAttempt(attempt, done ? 'returned' : 'needs_review')
    return true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // Somebody has given it back already.
    if (error.code === 'amount_exceeds_captured') {
      await links.store.moveAttempt(attempt, 'returned')
      return true
    }
    return false
  }
}
