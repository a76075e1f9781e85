import type { Environment, Service } from '@onerouter/core'
import { ApiError } from '@onerouter/core'
import type { ProviderContext, Subscriptions, UnacceptableSubscription } from '@onerouter/providers'
import { contextFor } from '../engine/call-provider.ts'
import type { Caller, ConnectedService, Credential } from '../engine/ports.ts'
import { createPlanOf } from './plans.ts'
import type { Billing } from './ports.ts'
import type { PlanRow, SubscriptionRow } from './rows.ts'

/** A provider's subscriptions and the credentials they are made with. */
export interface Access {
  readonly subscriptions: Subscriptions<object>
  readonly credential: Credential
}

/** What a new subscription asks of a provider. */
export interface Wanted {
  readonly provider?: Service
  readonly quantity: number
  readonly trialDays: number
  readonly startAtMs: number | null
  readonly totalCount: number | null
}

/** Rupees go where rupees are at home; everything else follows this order. As for payments. */
const DEFAULT_ORDER: readonly Service[] = ['stripe', 'paypal', 'razorpay']
const RUPEE_ORDER: readonly Service[] = ['razorpay', 'stripe', 'paypal']

const orderFor = (currency: string): readonly Service[] => (currency === 'INR' ? RUPEE_ORDER : DEFAULT_ORDER)

/**
 * The provider for a new subscription: the one that is named, the plan's own, or the first connected one that can
 * have it. Nothing is recorded yet. @throws ApiError that tells what is missing
 */
export async function accessForNew(
  billing: Billing,
  caller: Caller,
  plan: PlanRow,
  wanted: Wanted,
): Promise<Access> {
  const named = wanted.provider ?? plan.provider
  const connected = await billing.engine.credentials.connected(caller.accountId)
  const reasons: string[] = []
  let refusal: UnacceptableSubscription | null = null
  for (const service of named === null ? orderFor(plan.currency) : [named]) {
    const found = await consider(billing, caller, { service, environment: plan.environment, connected })
    if (typeof found === 'string') {
      if (found === NOT_ALLOWED && named !== null) throw notAllowed(service)
      reasons.push(`${service}: ${found}`)
      continue
    }
    const asked = { ...createPlanOf(plan), planRef: '', refs: {} }
    const refused =
      found.subscriptions.acceptsPlan(asked) ?? found.subscriptions.accepts({ ...wanted, plan: asked })
    if (refused === null) return found
    refusal ??= refused
  }
  if (refusal !== null) throw unacceptable(refusal)
  throw new ApiError(
    'provider_not_configured',
    `No provider can take this subscription (${reasons.join('; ')}). Connect one with PUT /api/services/{service}/credentials.`,
  )
}

const NOT_ALLOWED = 'not allowed for this key'
const notAllowed = (service: Service) =>
  new ApiError('service_not_allowed', `This key may not use ${service}.`)

interface Candidate {
  readonly service: Service
  readonly environment: Environment
  readonly connected: readonly ConnectedService[]
}

/** The candidate's access, or why it has none. */
async function consider(
  { engine }: Billing,
  caller: Caller,
  { service, environment, connected }: Candidate,
): Promise<Access | string> {
  if (caller.services !== null && !caller.services.has(service)) return NOT_ALLOWED
  const subscriptions = engine.provider(service)?.subscriptions
  if (subscriptions === undefined) return 'has no subscriptions'
  // A live key follows its service: while that is in test, nothing live is begun there.
  const active = connected.find((one) => one.service === service)?.activeEnvironment
  if (environment === 'live' && active === 'test') return 'its active environment is test'
  const credential = await engine.credentials.current(caller.accountId, environment, service)
  return credential === null ? `no ${environment} credentials` : { subscriptions, credential }
}

/** The provider a plan is to be made at right away. @throws ApiError */
export async function accessForPlan(
  billing: Billing,
  caller: Caller,
  plan: PlanRow,
  service: Service,
): Promise<Access> {
  const connected = await billing.engine.credentials.connected(caller.accountId)
  const found = await consider(billing, caller, { service, environment: plan.environment, connected })
  if (found === NOT_ALLOWED) throw notAllowed(service)
  if (typeof found === 'string') {
    throw new ApiError('provider_not_configured', `${service} cannot have plans here: ${found}.`, {
      provider: service,
    })
  }
  const refused = found.subscriptions.acceptsPlan(createPlanOf(plan))
  if (refused !== null) throw unacceptable(refused)
  return found
}

/** Where a new plan belongs: a live key follows its services into test, as it does with payments. */
export async function environmentForPlan(
  { engine }: Billing,
  caller: Caller,
  currency: string,
  wanted: { readonly environment?: Environment; readonly provider?: Service },
): Promise<Environment> {
  if (caller.environment === 'test') return 'test'
  if (wanted.environment !== undefined) return wanted.environment
  const connected = await engine.credentials.connected(caller.accountId)
  const services = wanted.provider === undefined ? orderFor(currency) : [wanted.provider]
  for (const service of services) {
    const found = connected.find((one) => one.service === service)
    if (found !== undefined && engine.provider(service)?.subscriptions !== undefined) {
      return found.activeEnvironment
    }
  }
  return 'live'
}

export function unacceptable(refusal: UnacceptableSubscription): ApiError {
  const { code, field, message } = refusal
  return new ApiError(code, message, { errors: [{ pointer: `/${field}`, detail: message }] })
}

/** The very credentials a subscription was made with, whatever is in force today. */
export async function accessFor({ engine }: Billing, row: SubscriptionRow): Promise<Access | null> {
  const subscriptions = engine.provider(row.provider)?.subscriptions
  const credential = await engine.credentials.version(
    row.account_id,
    row.environment,
    row.provider,
    row.credential_version,
  )
  return subscriptions === undefined || credential === null ? null : { subscriptions, credential }
}

export function contextOf(
  { engine }: Billing,
  { credential }: Access,
  send: 'first' | 'later',
  verb: string,
  operationId: string | null = null,
): ProviderContext<object> {
  return contextFor(engine, credential, send, { verb, paymentId: null, operationId })
}
