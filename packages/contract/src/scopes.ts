/** What a key may do. A route names one of them; a key that lacks it gets 403 with the name. */
export const SCOPES = [
  'payments:read',
  'payments:write',
  'refunds:write',
  'customers:read',
  'customers:write',
  'subscriptions:read',
  'subscriptions:write',
  'payment_links:read',
  'payment_links:write',
  'sms:read',
  'sms:write',
  'services:read',
  'services:write',
  'webhooks:read',
  'webhooks:write',
  'analytics:read',
  'routing:read',
  'routing:write',
  'providers:write',
  'keys:read',
  'keys:write',
] as const
export type Scope = (typeof SCOPES)[number]

/** A new key may do everything but manage keys and call a provider's own API past the unified one. */
export const DEFAULT_SCOPES: readonly Scope[] = SCOPES.filter((scope) => !/^(?:keys|providers):/.test(scope))

const FAMILIES = [...new Set(SCOPES.map((scope) => scope.slice(0, scope.indexOf(':'))))]

/** What a request may write where scopes are asked for: a scope, or `family:*` for all of its family. */
export const SCOPE_PATTERNS: readonly string[] = [...SCOPES, ...FAMILIES.map((family) => `${family}:*`)]

/** Turns `payments:*` into the scopes it stands for; sorted and free of repeats. */
export function expandScopes(patterns: readonly string[]): readonly Scope[] {
  return SCOPES.filter((scope) =>
    patterns.some(
      (pattern) => pattern === scope || (pattern.endsWith(':*') && scope.startsWith(pattern.slice(0, -1))),
    ),
  )
}
