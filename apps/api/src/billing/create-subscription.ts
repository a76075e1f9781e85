import { ApiError, formatId, parseId, type Uuid } from '@onerouter/core'
import type { Customer } from '@onerouter/providers'
import { type Caller, type Claim, type Reply, TAKEOVER_MS } from '../engine/ports.ts'
import { replyOf } from '../engine/replay.ts'
import { sqlState } from '../store/rows.ts'
import { type Access, accessForNew, type Wanted } from './access.ts'
import { findPlan, refusalOf } from './create-plan.ts'
import { CUSTOMER_GONE } from './customer-store.ts'
import { type NamedCustomer, noCustomer, readCustomer } from './customers.ts'
import { ensurePlan } from './ensure-plan.ts'
import { subscriptionEvents } from './events.ts'
import type { Billing } from './ports.ts'
import { recordSubscription } from './record.ts'
import { claimRow, once, replay } from './replay.ts'
import { makeCall } from './resolve.ts'
import type { PlanRow, SubscriptionOperationRow, SubscriptionRow } from './rows.ts'

export interface CreateSubscriptionInput extends Wanted {
  readonly planId: string
  readonly customer?: string | Customer
  readonly description?: string
  readonly metadata: Readonly<Record<string, string>>
  readonly returnUrl?: string
  readonly cancelUrl?: string
}

/**
 * Makes a subscription that waits for its payer to agree: plan, record, call, settle. The provider's plan comes
 * first and charges nobody, so that a plan it refuses leaves nothing behind.
 */
export async function createSubscription(
  billing: Billing,
  caller: Caller,
  input: CreateSubscriptionInput,
  claim: Claim,
): Promise<Reply> {
  return await once(billing, caller, claim, () => createOnce(billing, caller, input, claim))
}

async function createOnce(
  billing: Billing,
  caller: Caller,
  input: CreateSubscriptionInput,
  claim: Claim,
): Promise<Reply> {
  const { engine, db } = billing
  const startedMs = engine.now()
  const plan = await planNamed(billing, caller, input.planId)
  const named = input.customer === undefined ? null : await readCustomer(db, caller, input.customer)
  if (named?.row != null && named.row.environment !== plan.environment) throw noCustomer()
  const access = await accessForNew(billing, caller, plan, input)
  const refusal = refusalOf(await ensurePlan(billing, access, plan), access)
  if (refusal !== null) throw refusal
  const subscription = newSubscription(billing, caller, input, { plan, access, named })
  const operation = creation(billing, subscription)
  const recorded = await recordSubscription(db, {
    idempotency: claimRow(caller, claim, subscription, {
      operationId: operation.id,
      at: operation.created_at,
    }),
    subscription,
    operation,
    takeoverMs: TAKEOVER_MS,
    events: subscriptionEvents(billing, subscription, [{ type: 'subscription.created', chargeId: null }]),
  }).catch((error: unknown) => {
    // Deleted while the plan was made ready.
    throw sqlState(error) === CUSTOMER_GONE ? noCustomer() : error
  })
  if (!recorded) return await replay(billing, caller, claim)
  billing.announce()
  const waiting = { ...claim, environment: caller.environment }
  const { answered } = await makeCall(billing, access, operation, subscription, waiting)
  return replyOf(answered, { providerMs: engine.now() - startedMs })
}

/** @throws ApiError not_found with a pointer */
export async function planNamed(
  billing: Billing,
  caller: Caller,
  text: string,
  pointer = '/plan_id',
): Promise<PlanRow> {
  const id = parseId('plan', text)
  const plan = id === undefined ? null : await findPlan(billing, caller, id)
  if (plan !== null) return plan
  throw new ApiError('not_found', 'There is no such plan.', {
    errors: [{ pointer, detail: 'names no plan of this account and environment' }],
  })
}

function creation({ engine }: Billing, row: SubscriptionRow): SubscriptionOperationRow {
  const id: Uuid = engine.newId()
  return {
    account_id: row.account_id,
    environment: row.environment,
    id,
    subscription_id: row.id,
    kind: 'create',
    provider: row.provider,
    credential_version: row.credential_version,
    reference: row.reference,
    state: 'sent',
    request: {},
    failure: null,
    tries: 0,
    due_at: null,
    sent_at: row.created_at,
    created_at: row.created_at,
    finished_at: null,
  }
}

interface Parts {
  readonly plan: PlanRow
  readonly access: Access
  readonly named: NamedCustomer | null
}

function newSubscription(
  { engine }: Billing,
  caller: Caller,
  input: CreateSubscriptionInput,
  { plan, access, named }: Parts,
): SubscriptionRow {
  const at = new Date(engine.now())
  return {
    account_id: caller.accountId,
    environment: plan.environment,
    id: engine.newId(),
    version: 1,
    sequence: 1,
    status: 'created',
    plan_id: plan.id,
    pending_plan_id: null,
    pending_quantity: null,
    quantity: input.quantity,
    trial_days: input.trialDays,
    start_at: input.startAtMs === null ? null : new Date(input.startAtMs),
    total_count: input.totalCount,
    customer_id: named?.row?.id ?? null,
    customer: named?.customer ?? null,
    description: input.description ?? null,
    metadata: input.metadata,
    provider: access.credential.service,
    credential_version: access.credential.version,
    reference: formatId('operation', engine.newId()),
    attempts: 1,
    ...NOT_KNOWN_YET,
    return_url: input.returnUrl ?? null,
    cancel_url: input.cancelUrl ?? null,
    currency: plan.currency,
    api_key_id: caller.keyId,
    created_at: at,
    updated_at: at,
  }
}

/** What only the provider can tell. */
const NOT_KNOWN_YET = {
  provider_order_id: null,
  provider_subscription_id: null,
  provider_refs: {},
  provider_status: null,
  provider_customer_id: null,
  approval_url: null,
  current_period_start: null,
  current_period_end: null,
  trial_end: null,
  next_charge_at: null,
  cancel_at_period_end: false,
  cancel_asked: false,
  cancel_scheduled_at: null,
  ended_at: null,
  paid_count: 0,
  failed_count: 0,
  charged: 0n,
  refunded: 0n,
  latest_charge_id: null,
  failure: null,
  tries: 0,
  due_at: null,
} as const
