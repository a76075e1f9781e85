import type { Environment, Money, Service, Uuid } from '@onerouter/core'
import { ApiError } from '@onerouter/core'
import type { Customer, Payments, Provider, Unacceptable } from '@onerouter/providers'
import { type Decision, decide } from '../routing/decide.ts'
import { type Candidate, defaultOrder, type RoutedPayment } from '../routing/payment.ts'
import { recordOf } from '../routing/record.ts'
import { NO_RULES } from '../routing/snapshot.ts'
import type { RoutingRecord } from '../store/rows.ts'
import { methodsOff, refusalOf } from './able.ts'
import type { Caller, ConnectedService, Credential, Engine } from './ports.ts'

export interface RouteRequest {
  /** Decides draws; a link, which is no payment yet, has none. */
  readonly id?: Uuid
  readonly amount: Money
  readonly capture: 'automatic' | 'manual'
  readonly method?: string
  readonly provider?: Service
  /** A live key may ask for the test environment; nobody may ask for live. */
  readonly environment?: Environment
  readonly customer?: Customer & { readonly id?: string }
  readonly metadata?: Readonly<Record<string, string>>
  /** What pays is to be kept: only where the provider keeps methods. */
  readonly keeps?: boolean
}

export interface Route {
  readonly provider: Provider
  readonly payments: Payments<object>
  readonly credential: Credential
  readonly record: RoutingRecord
}

/**
 * The providers that can take a new payment, best first, and why. At least one; throws the `ApiError` that tells
 * what is missing otherwise. Who can is found out before any rule is asked.
 */
export async function routePayment(
  engine: Engine,
  caller: Caller,
  request: RouteRequest,
): Promise<readonly [Route, ...Route[]]> {
  const order = defaultOrder(request.amount.currency)
  const wanted = request.provider === undefined ? order : [request.provider]
  const connected = await engine.credentials.connected(caller.accountId)
  const considered: Judged[] = []
  const usable: Usable[] = []
  for (const service of wanted) {
    const found = await consider(engine, caller, request, service, connected)
    if (found.kind === 'usable') usable.push(found.route)
    considered.push({ service, found })
  }
  const [first] = usable
  if (first === undefined) throw noRoute(request, considered)
  const { environment } = first.credential
  const snapshot =
    engine.routing === undefined || request.provider !== undefined
      ? NO_RULES
      : await engine.routing.snapshot(caller.accountId, environment)
  const candidates = considered.map((one) => candidateOf(engine, one, environment))
  const decision = decide(snapshot, routedPayment(engine, request), candidates)
  const [best, ...others] = inOrder(decision.ranked, usable)
  if (best === undefined) throw nobodyAllowed(decision)
  const healthOf = (one: Usable) => candidates.find(({ provider }) => provider === one.provider.name)?.health
  // A link is only being made: its payment will probe.
  if (request.id !== undefined && healthOf(best) === 'half_open') engine.routing?.probe(best.credential)
  const named = request.provider !== undefined
  const routeOf = (one: Usable, place: number): Route => ({
    ...one,
    record: recordOf({ decision, candidates, named }, place),
  })
  return [routeOf(best, 0), ...others.map((one, i) => routeOf(one, i + 1))]
}

type Usable = Omit<Route, 'record'>
interface Judged {
  readonly service: Service
  readonly found: Considered
}

/** A payment has one environment for ever, so only providers in the first one's may take its place. */
function candidateOf(engine: Engine, { service, found }: Judged, environment: Environment): Candidate {
  if (found.kind !== 'usable') return { provider: service, refusal: found.reason, health: 'closed' }
  const { credential } = found.route
  if (credential.environment !== environment) {
    return { provider: service, refusal: `active in ${credential.environment}`, health: 'closed' }
  }
  return { provider: service, refusal: null, health: engine.routing?.health(credential) ?? 'closed' }
}

function routedPayment(engine: Engine, request: RouteRequest): RoutedPayment {
  const { customer } = request
  return {
    id: request.id ?? '',
    amount: request.amount,
    method: request.method ?? null,
    country: customer?.country?.toUpperCase() ?? null,
    customerId: customer?.id ?? null,
    email: customer?.email?.toLowerCase() ?? null,
    metadata: request.metadata ?? {},
    atMs: engine.now(),
  }
}

function inOrder(ranked: Decision['ranked'], usable: readonly Usable[]): readonly Usable[] {
  return ranked.flatMap((one) => usable.filter(({ provider }) => provider.name === one.provider))
}

type Considered =
  | { readonly kind: 'usable'; readonly route: Omit<Route, 'record'> }
  | { readonly kind: 'refused'; readonly refusal: Unacceptable; readonly reason: string }
  | { readonly kind: 'absent'; readonly reason: string }

async function consider(
  engine: Engine,
  caller: Caller,
  request: RouteRequest,
  service: Service,
  connected: readonly ConnectedService[],
): Promise<Considered> {
  if (caller.services !== null && !caller.services.has(service)) {
    if (request.provider === service) {
      throw new ApiError('service_not_allowed', `This key may not use ${service}.`)
    }
    return { kind: 'absent', reason: 'not allowed for this key' }
  }
  const provider = engine.provider(service)
  const payments = provider?.payments
  if (provider === undefined || payments === undefined) return { kind: 'absent', reason: 'takes no payments' }
  if (request.keeps === true) {
    const refusal = keepingRefused(provider, request)
    if (refusal !== null) return refusal
  }
  const environment = environmentFor(caller, request, service, connected)
  const credential = await engine.credentials.current(caller.accountId, environment, service)
  const off = methodsOff(connected, service, environment)
  if (credential === null) return { kind: 'absent', reason: `no ${environment} credentials` }
  const refusal = refusalOf(payments, request, service, off)
  if (refusal !== null) return { kind: 'refused', refusal, reason: refusal.message }
  return { kind: 'usable', route: { provider, payments, credential } }
}

/** @throws ApiError capability_unsupported, for a provider that was named and keeps nothing */
function keepingRefused(provider: Provider, request: RouteRequest): Considered | null {
  const { savedMethods, name } = provider
  if (savedMethods === undefined) {
    if (request.provider !== name) return { kind: 'absent', reason: 'keeps no payment methods' }
    throw new ApiError('capability_unsupported', `${provider.label} keeps no payment methods for later.`, {
      errors: [{ pointer: '/save_payment_method', detail: `not offered with ${name}` }],
    })
  }
  const refusal = savedMethods.accepts(request)
  return refusal === null ? null : { kind: 'refused', refusal, reason: refusal.message }
}

function environmentFor(
  caller: Caller,
  request: RouteRequest,
  service: Service,
  connected: readonly ConnectedService[],
): Environment {
  if (caller.environment === 'test') return 'test'
  if (request.environment !== undefined) return request.environment
  return connected.find((one) => one.service === service)?.activeEnvironment ?? 'live'
}

function noRoute(request: RouteRequest, considered: readonly Judged[]): ApiError {
  const [first] = considered.flatMap(({ found }) => (found.kind === 'refused' ? [found.refusal] : []))
  if (first !== undefined) return refused(first)
  const what = request.provider ?? 'any provider'
  const why = considered
    .flatMap(({ service, found }) => (found.kind === 'usable' ? [] : [`${service}: ${found.reason}`]))
    .join('; ')
  return new ApiError(
    'provider_not_configured',
    `No credentials are stored for ${what} in this environment (${why}). Connect one with PUT /api/services/{service}/credentials.`,
  )
}

function nobodyAllowed(decision: Decision): ApiError {
  const by = decision.rule === null ? 'the routing default' : `the routing rule ${decision.rule}`
  const able = decision.leftOut.join(', ')
  return new ApiError(
    'provider_not_configured',
    `None of the providers that ${by} allows can take this payment; ${able} could. Change the rule with PUT /api/routing.`,
  )
}

/** What is answered where a provider cannot take the payment. */
export const refused = (refusal: Unacceptable): ApiError =>
  new ApiError(refusal.code, refusal.message, { errors: [pointerOf(refusal)] })

function pointerOf(refusal: Unacceptable): { pointer: string; detail: string } {
  const field = { unsupported_currency: 'currency', invalid_amount: 'amount', unsupported_method: 'method' }
  return { pointer: `/${field[refusal.code]}`, detail: refusal.message }
}
