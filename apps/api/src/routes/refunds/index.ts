import type { CreateRefundBody, RefundPaymentBody } from '@onerouter/contract'
import { ApiError, currency, type Uuid } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { paymentOfCharge } from '../../billing/charge-payment.ts'
import type { Billing } from '../../billing/ports.ts'
import { createRefund } from '../../engine/create-refund.ts'
import { type Engine, visibleEnvironments } from '../../engine/ports.ts'
import { presentRefund } from '../../engine/present.ts'
import { requireAmount } from '../../http/amount.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { listRefunds } from '../../store/refunds.ts'
import { readMetadata } from '../metadata.ts'

export function refundRoutes(app: FastifyInstance, engine: Engine, billing: Billing): void {
  mount(app, 'createRefund', async ({ body, principal, request, reply }) => {
    const paymentId = await refunded(billing, body, principal)
    return refund(engine, { paymentId, body, principal, request, reply })
  })

  mount(app, 'refundPayment', async ({ params, body, principal, request, reply }) =>
    refund(engine, {
      paymentId: idParam('payment', params.id),
      body: body ?? {},
      principal,
      request,
      reply,
    }),
  )

  mount(app, 'getRefund', async ({ params, principal }) => {
    const environments = visibleEnvironments(callerOf(principal))
    const id = idParam('refund', params.id)
    const row = await engine.store.getRefundOfAccount(principal.accountId, environments, id)
    if (row === null) throw notFound()
    return presentRefund(row)
  })

  mount(app, 'listRefunds', async ({ query, principal }) => {
    const page = parsePage('refund', query)
    const visible = visibleEnvironments(callerOf(principal))
    const rows = await listRefunds(engine.db, {
      accountId: principal.accountId,
      environments:
        query.environment === undefined ? visible : visible.filter((one) => one === query.environment),
      services: principal.services === null ? null : [...principal.services],
      limit: page.limit,
      created: page.created,
      ...(query.payment_id !== undefined && { paymentId: idParam('payment', query.payment_id) }),
      ...(query.status !== undefined && { status: query.status }),
      ...(page.after !== null && { startingAfter: page.after }),
    })
    return listAnswer(rows, page.limit, presentRefund)
  })
}

/** A payment, or the charge of a subscription, which becomes one. */
async function refunded(billing: Billing, body: CreateRefundBody, principal: Principal): Promise<Uuid> {
  const { payment_id: paymentId, charge_id: chargeId } = body
  if (paymentId !== undefined && chargeId === undefined) return idParam('payment', paymentId)
  if (chargeId !== undefined && paymentId === undefined) {
    return await paymentOfCharge(billing, callerOf(principal), idParam('subscription_charge', chargeId))
  }
  throw new ApiError('invalid_request', 'Name what is refunded: payment_id or charge_id, one of them.', {
    errors: [{ pointer: '/payment_id', detail: 'exactly one of payment_id and charge_id' }],
  })
}

interface RefundCall {
  readonly paymentId: Uuid
  readonly body: RefundPaymentBody
  readonly principal: Principal
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

async function refund(engine: Engine, call: RefundCall): Promise<FastifyReply> {
  const { body, request, reply } = call
  const claim = claimOf(request)
  const partial = body.amount !== undefined || body.amount_minor !== undefined
  const input = {
    paymentId: call.paymentId,
    amount: partial
      ? (payment: { currency: string }) => requireAmount(body, currency(payment.currency))
      : null,
    speed: body.speed ?? 'normal',
    metadata: readMetadata(body),
    ...(body.reason !== undefined && { reason: body.reason }),
  } as const
  const made = await createRefund(engine, callerOf(call.principal), input, claim)
  return sendReply(request, reply, claim, made)
}
