import { ApiError, formatId } from '@onerouter/core'
import { createRefund } from '../engine/create-refund.ts'
import { mustRead } from '../engine/follow-up.ts'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import type { Links } from './ports.ts'
import type { AttemptRow, LinkRow } from './row.ts'
import { ownClaim } from './withdraw-attempt.ts'
import { callerFor } from './write.ts'

const REASON = 'the payment link had been paid before'

/** A provider that refuses or returns this many refunds will not take the next one either: a person must look. */
const REFUNDS_MAX = 12

/**
 * Gives back what a second payment brought to a single-use link, until it is back: a refund may still be under way,
 * or come to nothing days later, and is then made again. `false`: it is not back yet.
 */
export async function returnSurplus(links: Links, link: LinkRow, attempt: AttemptRow): Promise<boolean> {
  const { engine, store } = links
  const read = () => mustRead(engine.store.getPayment({ ...attempt, id: attempt.payment_id }))
  const payment = await read()
  if (payment.refunded + payment.refund_pending < payment.captured) {
    const made = (await engine.store.listOperations(payment)).filter((one) => one.request.reason === REASON)
    if (made.filter(reachedItsProvider).length >= REFUNDS_MAX) {
      const id = formatId('payment', payment.id)
      engine.log.error({ payment: id, link: link.id }, 'a second payment of a link could not be refunded')
      await store.moveAttempt(attempt, 'needs_review')
      return true
    }
    await refundRest(links, link, payment, made.length)
  }
  const after = await read()
  if (after.refunded < after.captured) return false
  await store.moveAttempt(attempt, 'returned')
  return true
}

const reachedItsProvider = ({ state }: OperationRow): boolean => state !== 'not_sent' && state !== 'absent'

/** Each refund has a key of its own; none can exceed what is left. */
async function refundRest(links: Links, link: LinkRow, payment: PaymentRow, made: number): Promise<void> {
  const id = formatId('payment', payment.id)
  links.engine.log.warn(
    { payment: id, link: link.id },
    'a payment link was paid twice: refunding the second payment',
  )
  try {
    await createRefund(
      links.engine,
      callerFor(link),
      { paymentId: payment.id, amount: null, reason: REASON, speed: 'normal', metadata: {} },
      ownClaim('surplus', made === 0 ? payment.id : `${payment.id}_${made + 1}`),
    )
  } catch (error) {
    // Refused for now: somebody else gave it back meanwhile, or an earlier call is not settled yet.
    if (!(error instanceof ApiError)) throw error
  }
}
