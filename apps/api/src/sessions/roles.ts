import { ROLES, type Role, SCOPES, type Scope } from '@onerouter/contract'
import type { Environment } from '@onerouter/core'

const ALL: ReadonlySet<Scope> = new Set(SCOPES)
const READING: ReadonlySet<Scope> = new Set(SCOPES.filter((scope) => scope.endsWith(':read')))

/** Developers try everything out in test, and look at what happens in live. */
const SCOPES_OF = {
  owner: { test: ALL, live: ALL },
  admin: { test: ALL, live: ALL },
  developer: { test: ALL, live: READING },
  viewer: { test: READING, live: READING },
} as const satisfies Record<Role, Record<Environment, ReadonlySet<Scope>>>

export const scopesOf = (role: Role, environment: Environment): ReadonlySet<Scope> =>
  SCOPES_OF[role][environment]

const MAY_GIVE = {
  owner: ROLES,
  admin: ['admin', 'developer', 'viewer'],
  developer: [],
  viewer: [],
} as const satisfies Record<Role, readonly Role[]>

/** Whether `actor` may give this role to somebody, or take it away: nobody reaches above themselves. */
export const mayGive = (actor: Role, role: Role): boolean => MAY_GIVE[actor].some((one: Role) => one === role)
