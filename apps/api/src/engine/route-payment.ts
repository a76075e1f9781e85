import type { Environment, Money, Service } from '@onerouter/core'
import { ApiError } from '@onerouter/core'
import type { Payments, Provider, Unacceptable } from '@onerouter/providers'
import type { RoutingCandidate, RoutingRecord } from '../store/rows.ts'
import type { Caller, ConnectedService, Credential, Engine } from './ports.ts'

export interface RouteRequest {
  readonly amount: Money
  readonly capture: 'automatic' | 'manual'
  readonly method?: string
  readonly provider?: Service
  /** A live key may ask for the test environment; nobody may ask for live. */
  readonly environment?: Environment
}

export interface Route {
  readonly provider: Provider
  readonly payments: Payments<object>
  readonly credential: Credential
  readonly record: RoutingRecord
}

/** Rupees go where rupees are at home; everything else follows this order. */
const DEFAULT_ORDER: readonly Service[] = ['stripe', 'paypal', 'razorpay']
const ORDER_BY_CURRENCY: Readonly<Record<string, readonly Service[]>> = {
  INR: ['razorpay', 'stripe', 'paypal'],
}

/**
 * The providers that can take a new payment, best first, and why. At least one; throws the `ApiError` that tells
 * what is missing otherwise.
 */
export async function routePayment(
  engine: Engine,
  caller: Caller,
  request: RouteRequest,
): Promise<readonly [Route, ...Route[]]> {
  const order = ORDER_BY_CURRENCY[request.amount.currency] ?? DEFAULT_ORDER
  const wanted = request.provider === undefined ? order : [request.provider]
  const connected = await engine.credentials.connected(caller.accountId)
  const candidates: Candidate[] = []
  const refusals: Unacceptable[] = []
  const usable: Omit<Route, 'record'>[] = []
  for (const service of wanted) {
    const found = await consider(engine, caller, request, service, connected)
    if (found.kind === 'refused') refusals.push(found.refusal)
    if (found.kind === 'usable') usable.push(found.route)
    candidates.push({ provider: service, reason: found.kind === 'usable' ? 'usable' : found.reason })
  }
  const [first, ...rest] = usable
  if (first === undefined) throw noRoute(request, candidates, refusals)
  // A payment has one environment for ever, so only providers in the first one's may take its place.
  const others = rest.filter((one) => one.credential.environment === first.credential.environment)
  const rule =
    request.provider !== undefined ? 'requested' : others.length === 0 ? 'only_candidate' : 'default_order'
  const routeOf = (one: Omit<Route, 'record'>, place: number): Route => ({
    ...one,
    record: { rule, candidates: candidates.map((candidate) => judged(candidate, usable, place)) },
  })
  return [routeOf(first, 0), ...others.map((one, i) => routeOf(one, i + 1))]
}

type Candidate = Omit<RoutingCandidate, 'chosen'>

/** How a candidate stands when the `place`-th usable one is in charge. */
function judged(
  candidate: Candidate,
  usable: readonly Omit<Route, 'record'>[],
  place: number,
): RoutingCandidate {
  const own = usable.findIndex((one) => one.provider.name === candidate.provider)
  if (own < 0) return { ...candidate, chosen: false }
  if (own === place) return { ...candidate, chosen: true, reason: 'first usable in order' }
  const reason = own < place ? 'tried before, took nothing' : 'usable, later in order'
  return { ...candidate, chosen: false, reason }
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
  const environment = environmentFor(caller, request, service, connected)
  const credential = await engine.credentials.current(caller.accountId, environment, service)
  const off = disabledIn(connected, service, environment)
  if (credential === null) return { kind: 'absent', reason: `no ${environment} credentials` }
  const refusal = payments.accepts(request) ?? disabled(payments, request, service, off)
  if (refusal !== null) return { kind: 'refused', refusal, reason: refusal.message }
  return { kind: 'usable', route: { provider, payments, credential } }
}

function disabledIn(
  connected: readonly ConnectedService[],
  service: Service,
  environment: Environment,
): ReadonlySet<string> {
  const all = connected.find((one) => one.service === service)?.disabledMethods ?? []
  const start = `${environment}/`
  return new Set(all.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length)))
}

/** A method that is off is refused; without one the provider is out only when all of its methods are. */
function disabled(
  { methods }: Payments<object>,
  { method }: RouteRequest,
  service: Service,
  off: ReadonlySet<string>,
): Unacceptable | null {
  const all = methods.length > 0 && methods.every(({ name }) => off.has(name))
  if (method === undefined ? !all : !off.has(method)) return null
  const what = method === undefined ? 'Every payment method' : `The payment method ${method}`
  return { code: 'unsupported_method', message: `${what} of ${service} is turned off for this account.` }
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

function noRoute(
  request: RouteRequest,
  candidates: readonly Candidate[],
  refusals: readonly Unacceptable[],
): ApiError {
  const [first] = refusals
  if (first !== undefined) return new ApiError(first.code, first.message, { errors: [pointerOf(first)] })
  const what = request.provider ?? 'any provider'
  const why = candidates.map((candidate) => `${candidate.provider}: ${candidate.reason}`).join('; ')
  return new ApiError(
    'provider_not_configured',
    `No credentials are stored for ${what} in this environment (${why}). Connect one with PUT /api/services/{service}/credentials.`,
  )
}

function pointerOf(refusal: Unacceptable): { pointer: string; detail: string } {
  const field = { unsupported_currency: 'currency', invalid_amount: 'amount', unsupported_method: 'method' }
  return { pointer: `/${field[refusal.code]}`, detail: refusal.message }
}
