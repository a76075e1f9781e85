import type { CreateSubscriptionBody } from '@onerouter/contract'
import { ApiError } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Change, changeSubscription, ownSubscription } from '../../billing/change-subscription.ts'
import { type CreateSubscriptionInput, createSubscription } from '../../billing/create-subscription.ts'
import type { Billing } from '../../billing/ports.ts'
import { presentCharge, presentSubscription } from '../../billing/present.ts'
import { listCharges, listSubscriptions } from '../../billing/subscription-store.ts'
import { syncSubscription } from '../../billing/sync.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { idParam } from '../../http/ids.ts'
import { listAnswer, parseInstant, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { readReturnUrl } from '../../http/return-url.ts'
import { seen } from '../customers/index.ts'
import { readMetadata } from '../metadata.ts'
import { agreed, flagOf } from './aliases.ts'

export function subscriptionRoutes(app: FastifyInstance, billing: Billing): void {
  mountChanges(app, billing)

  mount(app, 'createSubscription', async ({ body, principal, request, reply }) => {
    const claim = claimOf(request)
    const input = readInput(body, principal, billing.engine.now())
    return sendReply(
      request,
      reply,
      claim,
      await createSubscription(billing, callerOf(principal), input, claim),
    )
  })

  mount(app, 'listSubscriptions', async ({ query, principal }) => {
    const page = parsePage('subscription', query)
    const rows = await listSubscriptions(billing.db, {
      accountId: principal.accountId,
      environments: seen(principal, query.environment),
      services: principal.services === null ? null : [...principal.services],
      created: page.created,
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.status !== undefined && { status: query.status }),
      ...(query.plan_id !== undefined && { planId: idParam('plan', query.plan_id) }),
      ...(query.customer !== undefined && { customerId: idParam('customer', query.customer) }),
      ...(query.provider !== undefined && { provider: query.provider }),
    })
    return listAnswer(rows, page.limit, presentSubscription)
  })

  mount(app, 'getSubscription', async ({ params, principal }) =>
    presentSubscription(
      await ownSubscription(billing, callerOf(principal), idParam('subscription', params.id)),
    ),
  )

  mount(app, 'syncSubscription', async ({ params, principal, request }) => {
    const row = await ownSubscription(billing, callerOf(principal), idParam('subscription', params.id))
    const startedMs = billing.engine.now()
    const synced = await syncSubscription(billing, row)
    request.providerMs += billing.engine.now() - startedMs
    return presentSubscription(synced.subscription)
  })

  mount(app, 'listSubscriptionCharges', async ({ params, query, principal }) => {
    const owner = await ownSubscription(billing, callerOf(principal), idParam('subscription', params.id))
    const page = parsePage('subscription_charge', query)
    const rows = await listCharges(billing.db, owner, {
      startingAfter: page.after,
      limit: page.limit,
      ...(query.status !== undefined && { status: query.status }),
    })
    return listAnswer(rows, page.limit, presentCharge)
  })
}

function mountChanges(app: FastifyInstance, billing: Billing): void {
  const run = async (
    call: {
      readonly params: { readonly id: string }
      readonly principal: Principal
      readonly request: FastifyRequest
      readonly reply: FastifyReply
    },
    change: Change,
  ) => {
    const { request, reply } = call
    const claim = claimOf(request)
    const id = idParam('subscription', call.params.id)
    const asked = { caller: callerOf(call.principal), id, change, claim }
    return sendReply(request, reply, claim, await changeSubscription(billing, asked))
  }

  mount(app, 'cancelSubscription', (call) => {
    const { body, query } = call
    const atPeriodEnd = agreed<boolean>('at_period_end', {
      '/at_period_end': body?.at_period_end,
      '/cancel_at_cycle_end': body?.cancel_at_cycle_end,
      '?at_period_end': flagOf(query.at_period_end),
      '?cancel_at_cycle_end': flagOf(query.cancel_at_cycle_end),
    })
    return run(call, {
      kind: 'cancel',
      atPeriodEnd: atPeriodEnd ?? false,
      ...(body?.reason !== undefined && { reason: body.reason }),
    })
  })
  mount(app, 'pauseSubscription', (call) => run(call, { kind: 'pause' }))
  mount(app, 'resumeSubscription', (call) => run(call, { kind: 'resume' }))
  mount(app, 'changeSubscriptionPlan', (call) => {
    const { body, query } = call
    const planId = agreed<string>('plan_id', {
      '/plan_id': body?.plan_id,
      '/new_plan_id': body?.new_plan_id,
      '?new_plan_id': query.new_plan_id,
    })
    const prorate = agreed<boolean>('prorate', {
      '/prorate': body?.prorate,
      '?prorate': flagOf(query.prorate),
    })
    const quantity = body?.quantity
    if (planId === undefined && quantity === undefined) {
      throw new ApiError('invalid_request', 'Send plan_id, quantity, or both.', {
        errors: [{ pointer: '/plan_id', detail: 'is required, unless quantity is given' }],
      })
    }
    return run(call, {
      kind: 'change_plan',
      ...(planId !== undefined && { planId }),
      ...(quantity !== undefined && { quantity }),
      ...(prorate !== undefined && { prorate }),
    })
  })
}

function readInput(
  body: CreateSubscriptionBody,
  principal: Principal,
  nowMs: number,
): CreateSubscriptionInput {
  const returnUrl = readReturnUrl('return_url', body.return_url, principal.environment)
  const cancelUrl = readReturnUrl('cancel_url', body.cancel_url, principal.environment)
  return {
    planId: body.plan_id,
    quantity: body.quantity ?? 1,
    trialDays: body.trial_days ?? 0,
    startAtMs: readStart(body, nowMs),
    totalCount: body.total_count ?? null,
    metadata: readMetadata(body),
    ...(body.customer !== undefined && { customer: body.customer }),
    ...(body.description !== undefined && { description: body.description }),
    ...(body.provider !== undefined && { provider: body.provider }),
    ...(returnUrl !== undefined && { returnUrl }),
    ...(cancelUrl !== undefined && { cancelUrl }),
  }
}

const START_MAX_MS = 2 * 366 * 86_400_000

function readStart({ start_date, trial_days }: CreateSubscriptionBody, nowMs: number): number | null {
  if (start_date === undefined) return null
  const refuse = (detail: string) =>
    new ApiError('invalid_request', `start_date ${detail}.`, { errors: [{ pointer: '/start_date', detail }] })
  const at = parseInstant(start_date)?.getTime()
  if (at === undefined) throw refuse('must be an RFC 3339 time or Unix seconds')
  if (trial_days !== undefined && trial_days > 0) throw refuse('cannot be combined with trial_days')
  if (at <= nowMs) throw refuse('must be in the future')
  if (at > nowMs + START_MAX_MS) throw refuse('must be within two years')
  return at
}
