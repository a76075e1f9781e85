/**
 * What `server/server.ts` does for every page, where that server is not: on Vercel, Next.js answers by itself. Other builds leave
 * this file out (next.config.mjs).
 */
import { type NextRequest, NextResponse } from 'next/server'
import { clerkOriginOf, HEADERS, policyOf } from './server/security.ts'

export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(crypto.randomUUID())
  const policy = policyOf(nonce, clerkOriginOf(process.env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY))
  // Next.js reads the nonce for its own scripts from here; what a caller sent under this name is replaced.
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  const answer = NextResponse.next({ request: { headers } })
  for (const [name, value] of Object.entries(HEADERS)) answer.headers.set(name, value)
  answer.headers.set('content-security-policy', policy)
  return answer
}

/** Pages only: the API has headers of its own, and files of the build carry no scripts that a policy could name. */
export const config = { matcher: '/((?!api/|v1/|l/|_next/).*)' }
