import { currency } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { cancelPayment, capturePayment } from '../../engine/complete-payment.ts'
import type { Engine } from '../../engine/ports.ts'
import { requireAmount } from '../../http/amount.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { idParam } from '../../http/ids.ts'
import { mount } from '../../http/mount.ts'

export function mountCapturePayment(app: FastifyInstance, engine: Engine): void {
  mount(app, 'capturePayment', async ({ params, body, principal, request, reply }) => {
    const claim = claimOf(request)
    const partial = body?.amount !== undefined || body?.amount_minor !== undefined
    const made = await capturePayment(
      engine,
      callerOf(principal),
      idParam('payment', params.id),
      partial ? (payment) => requireAmount(body ?? {}, currency(payment.currency)).minor : null,
      claim,
    )
    return sendReply(request, reply, claim, made)
  })
}

export function mountCancelPayment(app: FastifyInstance, engine: Engine): void {
  mount(app, 'cancelPayment', async ({ params, principal, request, reply }) => {
    const claim = claimOf(request)
    const made = await cancelPayment(engine, callerOf(principal), idParam('payment', params.id), claim)
    return sendReply(request, reply, claim, made)
  })
}
