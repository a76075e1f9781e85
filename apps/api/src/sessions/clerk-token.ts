import type { KeyObject } from 'node:crypto'
import { ApiError } from '@onerouter/core'
import { errors, jwtVerify } from 'jose'

/** Which Clerk instance people sign in with, and whose pages may ask for it. */
export interface ClerkInstance {
  readonly publishableKey: string
  /** Clerk's Frontend API of the instance: who issues its session tokens. */
  readonly issuer: string
  /** The instance's public key. With it nothing needs to be asked of Clerk's servers. */
  readonly jwtKey: KeyObject
}

export interface ClerkVerifier {
  /** @throws ApiError unauthenticated, whatever is wrong with the token */
  verify(token: string): Promise<ClerkUser>
}

export interface ClerkUser {
  readonly issuer: string
  readonly subject: string
  /** For people to read; proves nothing. */
  readonly name: string
  /** Whether Clerk has seen a second factor in this session. */
  readonly secondFactor: boolean
}

export interface ClerkVerifierDeps {
  readonly instance: ClerkInstance
  /** Origins of our own pages: a token made for another page of the same instance is not for us. */
  readonly authorizedParties: ReadonlySet<string>
  readonly now: () => number
}

const SKEW_S = 5
/** Clerk's tokens live for a minute. An old one that says it lives longer is not made by Clerk's defaults. */
const AGE_MAX_S = 300
const NAME_LENGTH = 200

/**
 * Session tokens of Clerk (https://clerk.com/docs/guides/sessions/session-tokens): RS256 under the instance's key and
 * nothing else, `iss` the instance, `azp` one of our pages and never absent.
 */
export function createClerkVerifier({ instance, authorizedParties, now }: ClerkVerifierDeps): ClerkVerifier {
  const refused = () => new ApiError('unauthenticated', 'Clerk’s token is not valid here; sign in again.')
  return {
    async verify(token) {
      const { payload } = await jwtVerify(token, instance.jwtKey, {
        algorithms: ['RS256'],
        issuer: instance.issuer,
        clockTolerance: SKEW_S,
        maxTokenAge: AGE_MAX_S,
        requiredClaims: ['exp', 'nbf', 'iat', 'iss', 'sub', 'azp', 'sid'],
        currentDate: new Date(now()),
      }).catch((error: unknown) => {
        if (error instanceof errors.JOSEError) throw refused()
        throw error
      })
      const { azp, sub, sts } = payload
      if (typeof azp !== 'string' || !authorizedParties.has(azp)) throw refused()
      // A session with tasks that the person has not finished yet counts as signed out.
      if (typeof sub !== 'string' || sub === '' || (sts !== undefined && sts !== 'active')) throw refused()
      return {
        issuer: instance.issuer,
        subject: sub,
        name: nameIn(payload) ?? sub,
        secondFactor: Array.isArray(payload['fva']) && Number(payload['fva'][1]) >= 0,
      }
    },
  }
}

/** Only tokens that were made to carry it have one. */
function nameIn(payload: Readonly<Record<string, unknown>>): string | undefined {
  return [payload['name'], payload['email']]
    .filter((one): one is string => typeof one === 'string' && one.trim() !== '')
    .map((one) => one.slice(0, NAME_LENGTH))[0]
}
