import type { ServerResponse } from 'node:http'

/** What holds for every answer of the dashboard's own server. */
export const HEADERS: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/**
 * The content security policy of one page: only scripts that carry this page's nonce run, and what they load.
 * Nothing comes from another origin, unless people sign in with Clerk: then its script talks to its own.
 */
export function policyOf(nonce: string, clerkOrigin: string | null): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    clerkOrigin === null ? "connect-src 'self'" : `connect-src 'self' ${clerkOrigin}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export function secure(response: ServerResponse, policy: string): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
  response.setHeader('content-security-policy', policy)
}

/**
 * The origin of the Clerk instance that a publishable key names: a host in base 64 with a `$` behind it. `null` for
 * anything else: it goes into the policy, and must not be able to say more there.
 */
export function clerkOriginOf(publishableKey: string | undefined): string | null {
  const encoded = /^pk_(?:test|live)_([A-Za-z0-9+/=]{4,400})$/.exec(publishableKey ?? '')?.[1]
  const text = Buffer.from(encoded ?? '', 'base64').toString('latin1')
  const host = /^((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})\$$/.exec(text)?.[1]
  return host === undefined ? null : `https://${host}`
}
