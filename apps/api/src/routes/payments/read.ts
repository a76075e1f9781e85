import { formatId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { ownPayment } from '../../engine/complete-payment.ts'
import { type Engine, visibleEnvironments } from '../../engine/ports.ts'
import { presentPayment } from '../../engine/present.ts'
import { syncPayment } from '../../engine/sync-payment.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import { listPayments } from '../../store/payments.ts'
import type { PaymentRow } from '../../store/rows.ts'
import { readTimeline } from '../../store/timeline.ts'

export function mountReadPayments(app: FastifyInstance, engine: Engine): void {
  mount(app, 'getPayment', async ({ params, principal }) =>
    presentPayment(await ownPayment(engine, callerOf(principal), idParam('payment', params.id))),
  )

  mount(app, 'listPayments', async ({ query, principal }) => {
    const page = parsePage('payment', query)
    const visible = visibleEnvironments(callerOf(principal))
    const rows = await listPayments(engine.db, {
      accountId: principal.accountId,
      environments:
        query.environment === undefined ? visible : visible.filter((one) => one === query.environment),
      services: principal.services === null ? null : [...principal.services],
      limit: page.limit,
      created: page.created,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.status !== undefined && { status: query.status }),
      ...(query.provider !== undefined && { provider: query.provider }),
      ...(query.currency !== undefined && { currency: query.currency.toUpperCase() }),
      ...(query.receipt !== undefined && { receipt: query.receipt }),
      ...(query.customer !== undefined && { customer: query.customer }),
    })
    return listAnswer(rows, page.limit, presentPayment)
  })

  mount(app, 'syncPayment', async ({ params, principal, request }) => {
    const payment = await ownPayment(engine, callerOf(principal), idParam('payment', params.id))
    const startedMs = engine.now()
    const synced = await syncPayment(engine, payment, 'poll')
    request.providerMs += engine.now() - startedMs
    return presentPayment(synced.payment)
  })

  mount(app, 'getPaymentTimeline', async ({ params, principal }) => {
    const payment = await ownPayment(engine, callerOf(principal), idParam('payment', params.id))
    return { data: await readTimeline(engine.db, payment) }
  })

  mount(app, 'getPaymentRouting', async ({ params, principal }) => {
    const payment = await ownPayment(engine, callerOf(principal), idParam('payment', params.id))
    return presentRouting(payment)
  })
}

function presentRouting({ id, provider, routing }: PaymentRow) {
  return {
    payment_id: formatId('payment', id),
    chosen: provider,
    reason: RULE_IN_WORDS[routing.rule],
    version: routing.version ?? null,
    rule: routing.name ?? null,
    strategy: routing.strategy ?? null,
    trial: routing.trial ?? false,
    candidates: routing.candidates.map((one) => ({
      provider: one.provider,
      accepted: one.chosen,
      reason: one.reason,
      score: one.score ?? null,
      health: one.health ?? null,
    })),
  }
}

const RULE_IN_WORDS = {
  requested: 'The request named the provider.',
  only_candidate: 'It is the only connected provider that can take this payment.',
  default_order: "It comes first in the default order for the payment's currency.",
  rule: 'A routing rule matched and ranked it.',
  default_rule: "No routing rule matched; the rules' default ranked it.",
  saved_method: 'It charges a saved payment method, which this provider keeps.',
  subscription: 'It is the charge of a subscription, which this provider bills.',
} as const
