import { ApiError, type Environment } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { acting, actorOf } from '../../audit/acting.ts'
import type { Deps } from '../../deps.ts'
import type { Engine } from '../../engine/ports.ts'
import { notFound } from '../../http/ids.ts'
import { listAnswer } from '../../http/list.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { assertRules } from '../../routing/check-rules.ts'
import { OBSERVED_MS, readObservations } from '../../routing/observe.ts'
import { ROUTABLE } from '../../routing/payment.ts'
import {
  activateVersion,
  type Change,
  listVersions,
  type PolicyKey,
  readPolicy,
  saveVersion,
} from '../../routing/store.ts'
import { assertEnvironment } from '../services/allowed.ts'
import { presentPolicy, presentVersion } from './present.ts'
import { mountSimulate } from './simulate.ts'

export interface Routing {
  readonly deps: Pick<Deps, 'db' | 'invalidation' | 'now'>
  readonly engine: Engine
}

export function routingRoutes(app: FastifyInstance, routing: Routing): void {
  const { deps } = routing
  mount(app, 'getRouting', async ({ query, principal }) => answer(routing, keyOf(principal, query)))

  mount(app, 'saveRouting', (call) => save(routing, call))

  mount(app, 'listRoutingVersions', async ({ query, principal }) => {
    const key = keyOf(principal, query)
    const limit = query.limit ?? 20
    const before = query.starting_after === undefined ? null : Number(query.starting_after)
    const { row } = await readPolicy(deps.db, key)
    const rows = await listVersions(deps.db, key, { limit, before })
    return listAnswer(rows, limit, (version) => presentVersion(version, row))
  })

  mount(app, 'activateRoutingVersion', async ({ params, body, principal, request }) => {
    const key = keyOf(principal, body ?? {})
    const percent = body?.percent ?? 100
    const wanted = { version: Number(params.version), trialPercent: percent === 100 ? null : percent }
    const found = await activateVersion(
      acting(deps.db, actorOf(principal, request)),
      key,
      wanted,
      changeBy(deps, principal),
    )
    if (!found) throw notFound()
    deps.invalidation.here({ kind: 'routing', ...key })
    return answer(routing, key)
  })

  mount(app, 'getRoutingObservations', async ({ query, principal }) => {
    const key = keyOf(principal, query)
    return observations(routing, key)
  })

  mountSimulate(app, routing)
}

async function save(routing: Routing, { body, principal, request }: Call<'saveRouting'>) {
  const { deps } = routing
  const key = keyOf(principal, body)
  assertRules(body)
  const made = {
    rules: { rules: body.rules, default: body.default ?? null },
    comment: body.comment ?? null,
    trialPercent: body.trial_percent ?? null,
    base: body.base_version ?? null,
  }
  await saveVersion(acting(deps.db, actorOf(principal, request)), key, made, changeBy(deps, principal))
  deps.invalidation.here({ kind: 'routing', ...key })
  return answer(routing, key)
}

async function answer({ deps }: Routing, key: PolicyKey) {
  return presentPolicy(key, await readPolicy(deps.db, key))
}

/** A key that is restricted to some services must not move the payments of others. */
export function keyOf(
  principal: Principal,
  { environment }: { readonly environment?: Environment },
): PolicyKey {
  const key = { accountId: principal.accountId, environment: environment ?? principal.environment }
  assertEnvironment(principal, key.environment)
  if (principal.services === null || ROUTABLE.every((service) => principal.services?.has(service))) return key
  throw new ApiError(
    'service_not_allowed',
    'Routing concerns every provider; this key is restricted to some of them.',
  )
}

const changeBy = (deps: Pick<Deps, 'now'>, principal: Principal): Change => ({
  who: principal.kind === 'session' ? `person ${principal.personId ?? ''}` : `key ${principal.hint}`,
  at: new Date(deps.now()),
})

async function observations({ deps, engine }: Routing, key: PolicyKey) {
  const nowMs = deps.now()
  const found = await readObservations(engine.db, key, nowMs)
  return {
    object: 'routing_observations' as const,
    environment: key.environment,
    since: new Date(nowMs - OBSERVED_MS).toISOString(),
    data: found.map(({ paid, fees, ...one }) => ({
      ...one,
      paid_minor: Number(paid),
      fees_minor: Number(fees),
    })),
    health: await healthOf(engine, key),
  }
}

async function healthOf(engine: Engine, { accountId, environment }: PolicyKey) {
  const credentials = await Promise.all(
    ROUTABLE.map((service) => engine.credentials.current(accountId, environment, service)),
  )
  return credentials.flatMap((credential) =>
    credential === null
      ? []
      : [{ provider: credential.service, state: engine.routing?.health(credential) ?? ('closed' as const) }],
  )
}
