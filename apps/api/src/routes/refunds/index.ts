import type { RefundPaymentBody } from '@onerouter/contract'
import { currency, type Uuid } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
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

export function refundRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'createRefund', async ({ body, principal, request, reply }) =>
    refund(engine, { paymentId: idParam('payment', body.payment_id), body, principal, request, reply }),
  )

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
