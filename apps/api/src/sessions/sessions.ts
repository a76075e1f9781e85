import type { IncomingHttpHeaders } from 'node:http'
import { ApiError, type Environment, type Uuid } from '@onerouter/core'
import type { Config } from '../config.ts'
import type { Limits, Principal } from '../http/principal.ts'
import { deriveKey } from '../secrets/derive.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Db } from '../store/db.ts'
import { readCookie } from './cookie.ts'
import type { Member } from './people.ts'
import { scopesOf } from './roles.ts'
import { assertOwnPage, isSafe, ownOrigins } from './same-site.ts'
import {
  deleteSession,
  findSession,
  insertSession,
  type Origin,
  type SessionRow,
  touchSession,
} from './store.ts'
import { csrfMatches, csrfToken, hashToken, mintToken } from './token.ts'

/** What sessions need of the world. */
export interface SessionDeps {
  readonly config: Pick<Config, 'environment' | 'frontendUrl' | 'publicUrl'>
  readonly db: Db
  readonly secretKey: Secret
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly newId: () => Uuid
}

/** A session that was proven by its cookie. */
export interface OpenSession {
  readonly row: SessionRow
  readonly tokenHash: Buffer
  readonly csrfToken: string
}

export interface Sessions {
  readonly production: boolean
  /** Makes a session of its own at every call, never one that the caller brought along. */
  begin(member: Member, origin: Origin): Promise<{ readonly token: string; readonly csrfToken: string }>
  /** The session of the request's cookie, or `null`; a session that is over is none. */
  find(headers: IncomingHttpHeaders): Promise<OpenSession | null>
  end(session: OpenSession): Promise<void>
  /** Ends whatever session the cookie names, without asking how old it is. */
  forget(headers: IncomingHttpHeaders): Promise<void>
  /** @throws ApiError csrf_failed for a write that another site's page may have caused. */
  assertOwnPage(headers: IncomingHttpHeaders): void
  /** @throws ApiError csrf_failed for a write without the session's own token. */
  assertOwnWrite(session: OpenSession, headers: IncomingHttpHeaders): void
  /**
   * Whoever the cookie proves, or `null`.
   * @throws ApiError csrf_failed, second_factor_required, or unauthenticated when the session is too old for live payments
   */
  principal(request: {
    readonly method: string
    readonly headers: IncomingHttpHeaders
  }): Promise<Principal | null>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

interface Lifetime {
  readonly idleMs: number
  readonly absoluteMs: number
}
/** Real money asks for a fresher sign-in than the sandbox does (OWASP ASVS 5.0, 7.3). */
const LIFETIMES: Readonly<Record<Environment, Lifetime>> = {
  test: { idleMs: 24 * HOUR_MS, absoluteMs: 7 * 24 * HOUR_MS },
  live: { idleMs: 30 * MINUTE_MS, absoluteMs: 12 * HOUR_MS },
}
export const COOKIE_MAX_AGE_S = LIFETIMES.test.absoluteMs / 1000
const TOUCH_EVERY_MS = MINUTE_MS

/** A dashboard looks again every few seconds, in several tabs. */
const LIMITS: Limits = { perMinute: 600, perDay: 200_000 }

export function createSessions(deps: SessionDeps): Sessions {
  const production = deps.config.environment === 'production'
  const origins = ownOrigins(deps.config.frontendUrl, deps.config.publicUrl)
  const tokenKey = deriveKey(deps.secretKey, 'session')
  const csrfKey = deriveKey(deps.secretKey, 'csrf')
  const cookieHash = (headers: IncomingHttpHeaders): Buffer | undefined =>
    hashToken(tokenKey, readCookie(headers.cookie, production) ?? '')

  async function begin({ accountId, personId }: Member, origin: Origin) {
    const token = mintToken(deps.random)
    const tokenHash = hashToken(tokenKey, token)
    if (tokenHash === undefined) throw new Error('a new session token has the wrong form')
    const at = new Date(deps.now())
    const over = new Date(deps.now() - LIFETIMES.test.absoluteMs)
    await insertSession(deps.db, { id: deps.newId(), accountId, personId, tokenHash, at, ...origin }, over)
    return { token, csrfToken: csrfToken(csrfKey, tokenHash) }
  }

  async function find(headers: IncomingHttpHeaders): Promise<OpenSession | null> {
    const tokenHash = cookieHash(headers)
    if (tokenHash === undefined) return null
    const row = await findSession(deps.db, tokenHash)
    if (row === null || !isFresh(row, LIFETIMES.test, deps.now())) return null
    return { row, tokenHash, csrfToken: csrfToken(csrfKey, tokenHash) }
  }

  function assertOwnWrite(session: OpenSession, headers: IncomingHttpHeaders): void {
    assertOwnPage(headers, origins, true)
    const given = headers['x-csrf-token']
    if (typeof given === 'string' && csrfMatches(csrfKey, session.tokenHash, given)) return
    throw new ApiError('csrf_failed', 'Send the token of GET /api/auth/csrf as X-CSRF-Token.')
  }

  return {
    production,
    begin,
    find,
    assertOwnWrite,
    end: (session) => deleteSession(deps.db, session.tokenHash),
    async forget(headers) {
      const tokenHash = cookieHash(headers)
      if (tokenHash !== undefined) await deleteSession(deps.db, tokenHash)
    },
    // Programs that are no browser send neither Origin nor a cookie: nobody's session can be abused through them.
    assertOwnPage: (headers) => assertOwnPage(headers, origins, headers.cookie !== undefined),
    async principal({ method, headers }) {
      const session = await find(headers)
      if (session === null) return null
      if (!isSafe(method)) assertOwnWrite(session, headers)
      assertSecondFactor(session.row)
      const environment = environmentOf(headers)
      if (!isFresh(session.row, LIFETIMES[environment], deps.now())) {
        throw new ApiError('unauthenticated', 'Sign in again to work with live payments.')
      }
      await touch(deps, session.row)
      return toPrincipal(session.row, environment)
    },
  }
}

/** Whether the account asks for a second factor that this person does not have. */
export const lacksSecondFactor = (row: SessionRow): boolean =>
  row.second_factor_required && !row.second_factor

/** @throws ApiError second_factor_required */
export function assertSecondFactor(row: SessionRow): void {
  if (!lacksSecondFactor(row)) return
  throw new ApiError('second_factor_required', 'Your account asks for a second factor; set yours up first.')
}

function isFresh(row: SessionRow, lifetime: Lifetime, nowMs: number): boolean {
  const idleMs = nowMs - row.last_used_at.getTime()
  return idleMs < lifetime.idleMs && nowMs - row.created_at.getTime() < lifetime.absoluteMs
}

async function touch(deps: SessionDeps, row: SessionRow): Promise<void> {
  const nowMs = deps.now()
  if (nowMs - row.last_used_at.getTime() >= TOUCH_EVERY_MS) await touchSession(deps.db, row, new Date(nowMs))
}

/** @throws ApiError invalid_request */
function environmentOf(headers: IncomingHttpHeaders): Environment {
  const asked = headers['onerouter-environment'] ?? 'test'
  if (asked === 'test' || asked === 'live') return asked
  throw new ApiError('invalid_request', 'The header OneRouter-Environment is test or live.')
}

function toPrincipal(row: SessionRow, environment: Environment): Principal {
  return {
    kind: 'session',
    accountId: row.account_id,
    keyId: null,
    personId: row.person_id,
    hint: 'session',
    environment,
    scopes: scopesOf(row.role, environment),
    services: null,
    limits: LIMITS,
  }
}
