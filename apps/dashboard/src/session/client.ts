import { type CallOptions, OneRouter } from 'onerouter'
import type { Session } from './auth.ts'

export type Environment = 'test' | 'live'

/** The SDK wants the form of a key. This one opens nothing and never leaves the page. */
const NO_KEY = 'unf_test_session'
const RETRIES = 1

const HEADER = 'onerouter-environment'

/**
 * For one call about an environment that may not be the one on view: credentials of both stand on the same page. The
 * API lets a session change what live payments depend on only where the call itself says live.
 */
export const within = (environment: Environment): CallOptions => ({ headers: { [HEADER]: environment } })

/** The SDK under the browser's session: its cookie proves us, its token goes along, and no key does. */
export function sessionClient(
  session: Session,
  environment: Environment,
  onSignedOut: () => void,
): OneRouter {
  return new OneRouter({
    apiKey: NO_KEY,
    baseUrl: window.location.origin,
    maxRetries: RETRIES,
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers)
      headers.delete('authorization')
      headers.set('x-csrf-token', session.csrf_token)
      if (!headers.has(HEADER)) headers.set(HEADER, environment)
      const answer = await fetch(input, { ...init, headers, credentials: 'same-origin' })
      if (answer.status === 401) onSignedOut()
      return answer
    },
  })
}
