import { ApiError, type Environment, parseId, type Service } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { actingStatements, actorOf } from '../../audit/acting.ts'
import type { Deps } from '../../deps.ts'
import { PENDING_DAYS } from '../../domains/decide.ts'
import { parseDomain } from '../../domains/domain-name.ts'
import { type Domains, lookAt } from '../../domains/look.ts'
import { inWords, presentDomain } from '../../domains/present.ts'
import type { DomainRow } from '../../domains/row.ts'
import { claimDomain, deleteDomain, listDomains } from '../../domains/store.ts'
import { visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { notFound, serviceParam } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { assertEnvironment, assertService } from '../services/allowed.ts'

const FIRST_LOOK_MS = 300_000

export function domainRoutes(app: FastifyInstance, deps: Deps, domains: Domains): void {
  mount(app, 'verifyDomain', async ({ params, body, principal, request }) => {
    const place = placeOf(principal, params.service, body.environment)
    const db = actingStatements(deps.db.engine, actorOf(principal, request))
    return presentDomain(await claimDomain(db, newClaim(deps, place, domainOf(body.domain))))
  })

  mount(app, 'confirmDomain', async ({ params, body, principal, request }) => {
    const place = placeOf(principal, params.service, body.environment)
    const domain = domainOf(body.domain)
    const [row] = await listDomains(domains.db, {
      ...place,
      environments: [place.environment],
      domain,
      limit: 1,
    })
    if (row === undefined) {
      throw new ApiError('not_found', `Ask for the record of ${domain} first, with verify-domain.`)
    }
    const looked = await lookAt(
      { ...domains, db: actingStatements(deps.db.engine, actorOf(principal, request)) },
      row,
    )
    if (looked === null) throw notFound()
    if (looked.reason !== null) throw unproven(looked, looked.reason)
    return presentDomain(looked)
  })

  mount(app, 'listDomains', async ({ params, query, principal }) => {
    const service = ownService(principal, params.service)
    const page = parsePage('domain', query)
    const rows = await listDomains(domains.db, {
      accountId: principal.accountId,
      environments: visibleEnvironments(callerOf(principal)),
      service,
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
    })
    return listAnswer(rows, page.limit, presentDomain)
  })

  mount(app, 'deleteDomain', async ({ params, principal, request }) => {
    const row = await ownDomain(domains, principal, ownService(principal, params.service), params.domain)
    assertEnvironment(principal, row.environment)
    if (!(await deleteDomain(actingStatements(deps.db.engine, actorOf(principal, request)), row)))
      throw notFound()
    return { id: presentDomain(row).id, object: 'domain' as const, deleted: true as const }
  })
}

interface Place {
  readonly accountId: string
  readonly environment: Environment
  readonly service: Service
}

function placeOf(principal: Principal, service: string, wanted: Environment | undefined): Place {
  const environment = wanted ?? principal.environment
  assertEnvironment(principal, environment)
  return { accountId: principal.accountId, environment, service: ownService(principal, service) }
}

/** Only PayPal's buttons have ever been said to need one; nobody is sent to publish a record for nothing. */
function ownService(principal: Principal, text: string): Service {
  const service = serviceParam(text)
  assertService(principal, service)
  if (service === 'paypal') return service
  throw new ApiError('capability_unsupported', `${service} has no domains to verify.`, { provider: service })
}

function domainOf(text: string): string {
  const parsed = parseDomain(text)
  if (parsed.ok) return parsed.ascii
  throw new ApiError('invalid_request', `/domain ${parsed.detail}.`, {
    errors: [{ pointer: '/domain', detail: parsed.detail }],
  })
}

function newClaim(deps: Deps, place: Place, domain: string): DomainRow {
  const nowMs = deps.now()
  return {
    account_id: place.accountId,
    environment: place.environment,
    id: deps.newId(),
    service: place.service,
    domain,
    token: Buffer.from(deps.random(20)).toString('hex'),
    state: 'pending',
    reason: null,
    misses: 0,
    tries: 0,
    created_at: new Date(nowMs),
    checked_at: null,
    verified_at: null,
    expires_at: new Date(nowMs + PENDING_DAYS * 86_400_000),
    due_at: new Date(nowMs + FIRST_LOOK_MS),
  }
}

/** Named by its id, or by the domain itself. */
async function ownDomain(domains: Domains, principal: Principal, service: Service, text: string) {
  const id = parseId('domain', text)
  const parsed = parseDomain(text)
  if (id === undefined && !parsed.ok) throw notFound()
  const [row] = await listDomains(domains.db, {
    accountId: principal.accountId,
    environments: id === undefined ? [principal.environment] : visibleEnvironments(callerOf(principal)),
    service,
    ...(id !== undefined ? { id } : parsed.ok && { domain: parsed.ascii }),
    limit: 1,
  })
  if (row === undefined) throw notFound()
  return row
}

const UNAVAILABLE: ReadonlySet<string> = new Set(['timeout', 'servfail', 'refused', 'unreachable'])
const RETRY_S = 30

function unproven(row: DomainRow, reason: NonNullable<DomainRow['reason']>): ApiError {
  const extra = { reason, domain: presentDomain(row) }
  const detail = `${row.domain} is not proven: ${inWords(reason)}`
  return UNAVAILABLE.has(reason)
    ? new ApiError('dns_unavailable', detail, { retry_after_s: RETRY_S, extra })
    : new ApiError('domain_not_verified', detail, { extra })
}
