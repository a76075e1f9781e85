import { ApiError, parseCurrency } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { createPlan, findPlan } from '../../billing/create-plan.ts'
import { listPlans, providerPlansOf } from '../../billing/plan-store.ts'
import type { Billing } from '../../billing/ports.ts'
import { presentPlan } from '../../billing/present.ts'
import { requireAmount } from '../../http/amount.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import { environmentOf, seen } from '../customers/index.ts'
import { readMetadata } from '../metadata.ts'

export function planRoutes(app: FastifyInstance, billing: Billing): void {
  mount(app, 'createPlan', async ({ body, principal, request, reply }) => {
    const claim = claimOf(request)
    const currency = parseCurrency(body.currency)
    if (currency === undefined) {
      throw new ApiError('unsupported_currency', `${body.currency} is no ISO 4217 currency.`, {
        errors: [{ pointer: '/currency', detail: 'an ISO 4217 code such as USD' }],
      })
    }
    const environment = environmentOf(principal, body.environment)
    const made = await createPlan(
      billing,
      callerOf(principal),
      {
        name: body.name,
        amount: requireAmount(body, currency),
        interval: body.interval,
        intervalCount: body.interval_count ?? 1,
        metadata: readMetadata(body),
        // Left out, a live key's plan goes where its services are.
        ...(body.environment !== undefined && { environment }),
        ...(body.description !== undefined && { description: body.description }),
        ...(body.provider !== undefined && { provider: body.provider }),
      },
      claim,
    )
    return sendReply(request, reply, claim, made)
  })

  mount(app, 'listPlans', async ({ query, principal }) => {
    const page = parsePage('plan', query)
    const rows = await listPlans(billing.db, {
      accountId: principal.accountId,
      environments: seen(principal, query.environment),
      created: page.created,
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.currency !== undefined && { currency: query.currency.toUpperCase() }),
    })
    const atProviders = await providerPlansOf(billing.db, rows)
    return listAnswer(rows, page.limit, (row) =>
      presentPlan(
        row,
        atProviders.filter((one) => one.plan_id === row.id),
      ),
    )
  })

  mount(app, 'getPlan', async ({ params, principal }) => {
    const plan = await findPlan(billing, callerOf(principal), idParam('plan', params.id))
    if (plan === null) throw notFound()
    return presentPlan(plan, await providerPlansOf(billing.db, [plan]))
  })
}
