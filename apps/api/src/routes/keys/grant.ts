import { DEFAULT_SCOPES, expandScopes, type Scope } from '@onerouter/contract'
import { ApiError, type Environment, type FieldProblem, type Service } from '@onerouter/core'
import { parseRange } from '../../http/address.ts'
import { parseInstant } from '../../http/list.ts'
import type { Principal } from '../../http/principal.ts'

/**
 * What a caller may hand on: never more than it has itself. Live keys open live money, so no key can make
 * one; that takes a person with a session.
 */
export function assertMayMint(principal: Principal, environment: Environment): void {
  if (environment === 'test') return
  // A session that works in test has the rights of its role there, which may be more than in live.
  if (principal.kind === 'session' && principal.environment === 'live') return
  throw new ApiError('environment_not_allowed', 'Live keys are made in the dashboard, never by another key.')
}

/** @throws ApiError insufficient_scope naming what the caller cannot give. */
export function grantScopes(principal: Principal, asked: readonly string[] | undefined): readonly Scope[] {
  if (asked === undefined) return DEFAULT_SCOPES.filter((scope) => principal.scopes.has(scope))
  const scopes = expandScopes(asked)
  const missing = scopes.filter((scope) => !principal.scopes.has(scope))
  if (missing.length === 0) return scopes
  throw new ApiError('insufficient_scope', `You cannot give what you lack: ${missing.join(', ')}.`, {
    extra: { required_scope: missing[0] },
  })
}

/** @throws ApiError service_not_allowed */
export function grantServices(
  principal: Principal,
  asked: readonly Service[] | null | undefined,
): readonly Service[] | null {
  const own = principal.services
  if (own === null) return asked ?? null
  const wanted = asked ?? [...own]
  const missing = wanted.filter((service) => !own.has(service))
  if (missing.length === 0) return wanted
  throw new ApiError('service_not_allowed', `You cannot give what you lack: ${missing.join(', ')}.`)
}

/** @throws ApiError invalid_request */
export function readExpiry(text: string | null | undefined, nowMs: number): Date | null {
  if (text === undefined || text === null) return null
  const date = parseInstant(text)
  if (date === undefined || date.getTime() <= nowMs)
    throw refused('/expires_at', 'must be a time in the future')
  return date
}

/** @throws ApiError invalid_request with a pointer to each range that is none. */
export function readAllowlist(ranges: readonly string[] | null | undefined): readonly string[] | null {
  if (ranges === undefined || ranges === null) return null
  const errors = ranges.flatMap((range, i): FieldProblem[] =>
    parseRange(range) === undefined
      ? [{ pointer: `/ip_allowlist/${i}`, detail: 'is neither an address nor a CIDR range' }]
      : [],
  )
  if (errors.length > 0) throw new ApiError('invalid_request', 'The address list is not valid.', { errors })
  return ranges
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}
