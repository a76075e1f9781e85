import { parseId } from '@onerouter/core'
import { redactPath } from '@onerouter/providers/redact'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Instruments } from '../observe/instruments.ts'
import type { RequestLog } from './request-log.ts'

const PATH_MAX = 300
const QUERY_MAX = 1_000

/** Counts an answered request and writes it to the log of its account; a stranger's has none. */
export function observeRequest(
  world: { readonly instruments: Instruments; readonly requests: RequestLog; readonly now: () => number },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { method, principal, providerMs } = request
  const route = request.routeOptions.url ?? 'none'
  const ms = reply.elapsedTime
  const status = reply.statusCode
  world.instruments.answered({ method, route, status, ms, ownMs: Math.max(0, ms - providerMs) })
  const id = parseId('request', request.id)
  if (principal === null || id === undefined) return
  const address = redactPath(request.url)
  const at = address.indexOf('?')
  world.requests.add({
    account_id: principal.accountId,
    environment: principal.environment,
    id,
    method,
    route,
    path: (at < 0 ? address : address.slice(0, at)).slice(0, PATH_MAX),
    query: at < 0 ? null : address.slice(at + 1).slice(0, QUERY_MAX),
    status,
    code: request.errorCode,
    key_id: principal.keyId,
    person_id: principal.personId,
    duration_ms: round(ms),
    provider_ms: round(Math.min(ms, providerMs)),
    created_at: new Date(world.now()),
  })
}

const round = (ms: number): number => Math.round(ms * 10) / 10
