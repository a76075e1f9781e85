import { type Outcome, unknown } from '@onerouter/core'
import type {
  ChangePlan,
  CreateSubscription,
  SubscriptionHandle,
  SubscriptionSnapshot,
  SubscriptionVerb,
} from '@onerouter/providers'
import { type Access, contextOf } from './access.ts'
import { knownPlan } from './ensure-plan.ts'
import { getPlan } from './plan-store.ts'
import { createPlanOf } from './plans.ts'
import type { Billing } from './ports.ts'
import type { SubscriptionOperationRow, SubscriptionRow } from './rows.ts'

export const VERB = {
  create: 'create',
  cancel: 'cancel',
  pause: 'pause',
  resume: 'resume',
  change_plan: 'changePlan',
} as const satisfies Record<SubscriptionOperationRow['kind'], SubscriptionVerb>

export function handleOf(row: SubscriptionRow): SubscriptionHandle {
  return {
    reference: row.reference,
    orderRef: row.provider_order_id,
    subscriptionRef: row.provider_subscription_id,
    refs: row.provider_refs,
  }
}

/**
 * A recorded call as it goes to the provider. The resolver sends exactly the same again: everything comes from
 * the rows, and the operation's reference is its key for ever.
 */
export async function sendOperation(
  billing: Billing,
  access: Access,
  operation: SubscriptionOperationRow,
  row: SubscriptionRow,
  order: 'first' | 'later',
): Promise<Outcome<SubscriptionSnapshot>> {
  const { subscriptions } = access
  const { kind, request, reference: key } = operation
  const ctx = contextOf(billing, access, order, `subscriptions.${kind}`, operation.id)
  const handle = handleOf(row)
  switch (kind) {
    case 'create': {
      const asked = await creationOf(billing, access, row)
      return asked === null ? unknown('the plan is not known') : subscriptions.create(ctx, asked, key)
    }
    case 'cancel':
      return subscriptions.cancel(ctx, handle, request.when ?? 'now', key)
    case 'pause':
      return subscriptions.pause?.(ctx, handle, key) ?? missing(operation)
    case 'resume':
      return subscriptions.resume?.(ctx, handle, key) ?? missing(operation)
    case 'change_plan': {
      const change = await changeOf(billing, access, operation, row)
      if (change === null) return unknown('the plan is not known')
      return subscriptions.changePlan?.(ctx, handle, change, key) ?? missing(operation)
    }
  }
}

function missing({ provider, kind }: SubscriptionOperationRow): never {
  throw new Error(`${provider} cannot ${kind}; it should not have been recorded`)
}

/** The plan as the subscription's provider holds it; `null` = that is not known. */
export async function planAtProvider(
  billing: Billing,
  { credential }: Access,
  row: SubscriptionRow,
  planId: string,
): Promise<ChangePlan['plan'] | null> {
  const plan = await getPlan(billing.db, { ...row, id: planId })
  if (plan === null) return null
  const known = await knownPlan(billing, credential, plan)
  return known.kind === 'ready' ? { ...createPlanOf(plan), planRef: known.planRef, refs: known.refs } : null
}

async function creationOf(
  billing: Billing,
  access: Access,
  row: SubscriptionRow,
): Promise<CreateSubscription | null> {
  const plan = await planAtProvider(billing, access, row, row.plan_id)
  if (plan === null) return null
  return {
    reference: row.reference,
    plan,
    quantity: row.quantity,
    trialDays: row.trial_days,
    startAtMs: row.start_at?.getTime() ?? null,
    totalCount: row.total_count,
    returnUrl: billing.pages.returnUrl(row.id),
    cancelUrl: billing.pages.cancelUrl(row.id),
    ...(row.description !== null && { description: row.description }),
    ...(row.customer !== null && { customer: row.customer }),
  }
}

async function changeOf(
  billing: Billing,
  access: Access,
  { request }: SubscriptionOperationRow,
  row: SubscriptionRow,
): Promise<ChangePlan | null> {
  const plan = await planAtProvider(billing, access, row, request.plan_id ?? row.plan_id)
  if (plan === null) return null
  return { plan, quantity: request.quantity ?? row.quantity, prorate: request.prorate ?? false }
}
