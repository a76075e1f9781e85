import { type Environment, SERVICES, type Service } from '@onerouter/core'
import { type PaymentMethod, provenOperations } from '@onerouter/providers'
import type { FastifyInstance } from 'fastify'
import { acting, actorOf } from '../../audit/acting.ts'
import type { Deps } from '../../deps.ts'
import { notFound, serviceParam } from '../../http/ids.ts'
import { type Call, mount } from '../../http/mount.ts'
import { listDisabledMethods, setMethodEnabled } from '../../store/payment-methods.ts'
import { listServices } from '../../store/services.ts'
import { assertEnvironment, assertService } from '../services/allowed.ts'
import { reaches } from './reach.ts'

export function paymentMethodRoutes(app: FastifyInstance, deps: Deps): void {
  mount(app, 'listPaymentMethods', (call) => list(deps, call))
  mount(app, 'updatePaymentMethod', (call) => update(deps, call))
}

async function list(deps: Deps, { query, principal }: Call<'listPaymentMethods'>) {
  const environment = query.environment ?? principal.environment
  assertEnvironment(principal, environment)
  const { accountId } = principal
  const [rows, disabled] = await Promise.all([
    listServices(deps.db, accountId),
    listDisabledMethods(deps.db, accountId),
  ])
  const visible = SERVICES.filter(
    (service) =>
      (principal.services?.has(service) ?? true) &&
      (query.provider === undefined || query.provider === service),
  )
  const data = visible.flatMap((service) => {
    const row = rows.find((candidate) => candidate.service === service)
    const connected = row?.credentials[environment] !== undefined
    const payments = deps.provider(service)?.payments
    if (payments === undefined) return []
    return payments.methods
      .filter((method) => query.kind === undefined || method.kind === query.kind)
      .filter((method) => reaches(payments, method, query))
      .map((method) => present(service, environment, method, { connected, disabled }))
  })
  return { data, has_more: false, next_cursor: null }
}

const methodsOf = (deps: Deps, service: Service): readonly PaymentMethod[] =>
  deps.provider(service)?.payments?.methods ?? []

async function update(deps: Deps, { params, body, principal, request }: Call<'updatePaymentMethod'>) {
  const service = serviceParam(params.provider)
  assertService(principal, service)
  const environment = body.environment ?? principal.environment
  assertEnvironment(principal, environment)
  const method = methodsOf(deps, service).find(({ name }) => name === params.method)
  if (method === undefined) throw notFound()
  const key = { accountId: principal.accountId, environment, service }
  await setMethodEnabled(acting(deps.db, actorOf(principal, request)), key, method.name, body.enabled)
  deps.invalidation.here({ kind: 'services', accountId: principal.accountId })
  const rows = await listServices(deps.db, principal.accountId)
  const row = rows.find((candidate) => candidate.service === service)
  const disabled = await listDisabledMethods(deps.db, principal.accountId)
  const connected = row?.credentials[environment] !== undefined
  return present(service, environment, method, { connected, disabled })
}

function present(
  service: Service,
  environment: Environment,
  method: PaymentMethod,
  here: { readonly connected: boolean; readonly disabled: ReadonlySet<string> },
) {
  const enabled = !here.disabled.has(`${environment}/${service}/${method.name}`)
  return {
    id: `${service}.${method.name}`,
    object: 'payment_method' as const,
    provider: service,
    method: method.name,
    label: method.label,
    kind: method.kind,
    currencies: method.currencies === null ? null : [...method.currencies],
    countries: method.countries === null ? null : [...method.countries],
    environment,
    connected: here.connected,
    enabled,
    available: here.connected && enabled,
    proof: proofOf(service, method),
  }
}

function proofOf(service: Service, { name }: PaymentMethod) {
  const proof = provenOperations(service).find(({ operation }) => operation === `methods.${name}`)
  return proof === undefined ? null : { test: proof.test, since: proof.since, last_run: proof.lastRun }
}
