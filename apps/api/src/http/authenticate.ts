import { SCOPES } from '@onerouter/contract'
import { ApiError } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { limitHeaders } from '../limits/headers.ts'
import type { Limiter } from '../limits/limiter.ts'
import type { KeyLookup } from '../secrets/key-lookup.ts'
import type { ReadKey } from '../secrets/key-reader.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { ApiKeyRow } from '../store/api-keys.ts'
import { addressAllowed, strangerOf } from './address.ts'
import type { Principal } from './principal.ts'

export interface Authentication {
  /** `undefined`: never was a key. */
  readonly readKey: (text: string) => ReadKey | undefined
  readonly keys: KeyLookup
  readonly sessions: Pick<Sessions, 'principal'>
  readonly limiter: Limiter
  /** Counts failures per stranger; per process, because it only has to be cheap. */
  readonly failures: Limiter
  readonly touch: (row: ApiKeyRow) => void
  readonly now: () => number
}

/** Guesses a stranger gets before the answer becomes 429. A valid key from the same address still works. */
const GUESSES = { perMinute: 30, perDay: 10_000 }

/**
 * Guards every route of this context before its body is read: key or session, address, rate limit, scope, in that
 * order.
 * What is wrong with a key is never told: unknown, revoked and expired look the same.
 */
export function installAuthentication(app: FastifyInstance, auth: Authentication): void {
  app.addHook('onRequest', async (request, reply) => {
    const { scope } = request.routeOptions.config
    if (scope === undefined || scope === 'public' || scope === 'session') return
    const { principal, row } = await authenticate(auth, request)
    if (row !== null && row.ip_allowlist !== null && !addressAllowed(request.ip, row.ip_allowlist)) {
      throw new ApiError('ip_not_allowed', 'This key may not be used from your address.')
    }
    await limit(auth, principal, reply)
    if (!principal.scopes.has(scope)) {
      throw new ApiError(
        'insufficient_scope',
        `This needs the scope ${scope}, which ${nameOf(principal)} lacks.`,
        {
          extra: { required_scope: scope },
        },
      )
    }
    if (row !== null) auth.touch(row)
    request.principal = principal
  })
}

interface Caller {
  readonly principal: Principal
  /** The key's row; `null` for a session. */
  readonly row: ApiKeyRow | null
}

/** By key, or else by the cookie of a session: a request that carries both means its key. */
async function authenticate(auth: Authentication, request: FastifyRequest): Promise<Caller> {
  if (request.headers.authorization === undefined && request.headers.cookie !== undefined) {
    const principal = await auth.sessions.principal(request)
    if (principal !== null) return { principal, row: null }
  }
  const key = bearerOf(request)
  const read = key === undefined ? undefined : auth.readKey(key)
  if (read !== undefined) {
    const row = await auth.keys.find(read.hash)
    const alive = row !== null && row.revoked_at === null && !isOver(row.expires_at, auth.now())
    if (alive && row.environment === read.environment) return { principal: toPrincipal(row), row }
    if (row === null) await countGuess(auth, request.ip)
  }
  throw new ApiError('unauthenticated', 'Send a valid API key as "Authorization: Bearer unf_…".')
}

/** Only a well-formed key that does not exist is a guess; typing errors and keys that ended are not. */
async function countGuess(auth: Authentication, address: string): Promise<void> {
  const guesses = await auth.failures.take(`ip:${strangerOf(address)}`, GUESSES)
  if (guesses.allowed) return
  throw new ApiError('rate_limit_exceeded', 'Too many failed attempts from your address.', {
    retry_after_s: guesses.retryAfterS,
  })
}

const nameOf = (principal: Principal): string =>
  principal.kind === 'key' ? `the key ${principal.hint}` : 'your session'

function isOver(at: Date | null, nowMs: number): boolean {
  return at !== null && at.getTime() <= nowMs
}

const AUTHORIZATION = 'authorization'

/** Two Authorization headers are two claims: neither is believed. */
function bearerOf(request: FastifyRequest): string | undefined {
  const { rawHeaders } = request.raw
  let given = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]
    if (name?.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) given += 1
  }
  if (given !== 1) return undefined
  return /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

async function limit(auth: Authentication, principal: Principal, reply: FastifyReply): Promise<void> {
  const decision = await auth.limiter.take(
    `${principal.kind}:${principal.keyId ?? principal.personId}`,
    principal.limits,
  )
  reply.headers(limitHeaders(decision, auth.now()))
  if (decision.allowed) return
  const daily = decision.day.remaining === 0
  const what = daily
    ? `${decision.day.limit} requests per day`
    : `${decision.minute.limit} requests per minute`
  throw new ApiError('rate_limit_exceeded', `${what} reached for ${nameOf(principal)}.`, {
    retry_after_s: decision.retryAfterS,
    extra: { 'violated-policies': [daily ? 'daily' : 'minute'] },
  })
}

const principals = new WeakMap<ApiKeyRow, Principal>()

/** Rows never change: a key's is read anew every few seconds, and names the same caller meanwhile. */
export function toPrincipal(row: ApiKeyRow): Principal {
  const known = principals.get(row)
  if (known !== undefined) return known
  const made: Principal = {
    kind: 'key',
    accountId: row.account_id,
    keyId: row.id,
    personId: null,
    hint: row.hint,
    environment: row.environment,
    scopes: new Set(SCOPES.filter((scope) => row.scopes.includes(scope))),
    services: row.services === null ? null : new Set(row.services),
    limits: { perMinute: row.rate_limit_per_minute, perDay: row.rate_limit_per_day },
  }
  principals.set(row, made)
  return made
}
