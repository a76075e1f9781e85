import { ApiError } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { methodsOff, refusalOf } from '../../engine/able.ts'
import type { Engine } from '../../engine/ports.ts'
import { notFound } from '../../http/ids.ts'
import { parseInstant } from '../../http/list.ts'
import { type Call, mount } from '../../http/mount.ts'
import { assertRules } from '../../routing/check-rules.ts'
import { readObservations } from '../../routing/observe.ts'
import { ROUTABLE } from '../../routing/payment.ts'
import { type Refusal, simulate, type Window } from '../../routing/simulate.ts'
import { makeSnapshot, NO_POLICY } from '../../routing/snapshot.ts'
import { findVersion, type PolicyKey } from '../../routing/store.ts'
import { keyOf, type Routing } from './index.ts'

const WINDOW_MS_MAX = 31 * 24 * 3_600_000

type Body = Call<'simulateRouting'>['body']

export function mountSimulate(app: FastifyInstance, routing: Routing): void {
  const { deps, engine } = routing
  mount(app, 'simulateRouting', async ({ body, principal }) => {
    const key = keyOf(principal, body)
    const rules = await rulesOf(routing, key, body)
    const nowMs = deps.now()
    const window = windowOf(body, nowMs)
    const observations = await readObservations(engine.db, key, nowMs)
    const snapshot = makeSnapshot({ version: body.version ?? 0, rules, trial: null }, observations)
    return simulate(engine.db, key, window, { snapshot, refusal: await standing(engine, key) })
  })
}

async function rulesOf({ deps }: Routing, key: PolicyKey, body: Body) {
  const { rules, version } = body
  if ((rules === undefined) === (version === undefined)) {
    throw refused('/rules', 'or version is required, and only one of them')
  }
  if (version === undefined) {
    assertRules({ rules, default: body.default })
    return { rules: rules ?? [], default: body.default ?? null }
  }
  if (body.default !== undefined) throw refused('/default', 'goes with rules; a version has its own')
  if (version === 0) return NO_POLICY.rules
  const stored = await findVersion(deps.db, key, version)
  if (stored === null) throw notFound()
  return stored.rules
}

function windowOf(body: Body, nowMs: number): Window {
  const read = (name: 'from' | 'to', fallback: number): number => {
    const text = body[name]
    if (text === undefined) return fallback
    const instant = parseInstant(text)
    if (instant === undefined) throw refused(`/${name}`, 'must be an RFC 3339 time or Unix seconds')
    return instant.getTime()
  }
  const toMs = read('to', nowMs)
  const fromMs = read('from', toMs - WINDOW_MS_MAX)
  if (toMs <= fromMs) throw refused('/to', 'must be later than from')
  if (toMs - fromMs > WINDOW_MS_MAX) throw refused('/from', 'must be at most 31 days before to')
  return { fromMs, toMs }
}

/** Who could take what as things stand today. */
async function standing(engine: Engine, { accountId, environment }: PolicyKey): Promise<Refusal> {
  const connected = await engine.credentials.connected(accountId)
  const ready = new Set<string>()
  for (const service of ROUTABLE) {
    if ((await engine.credentials.current(accountId, environment, service)) !== null) ready.add(service)
  }
  const off = new Map(ROUTABLE.map((service) => [service, methodsOff(connected, service, environment)]))
  return (service, request) => {
    const payments = engine.provider(service)?.payments
    if (payments === undefined || !ready.has(service)) return 'not connected'
    return refusalOf(payments, request, service, off.get(service) ?? new Set())?.message ?? null
  }
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}
