import type { IncomingHttpHeaders } from 'node:http'
import type { Uuid } from '@onerouter/core'
import { deriveKey } from '../secrets/derive.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Db } from '../store/db.ts'
import { readCookie } from './cookie.ts'
import type { Member } from './people.ts'
import { hashToken, mintToken } from './token.ts'

/** Between the right password and the right code: a person who is not signed in yet. */
export interface SignInSteps {
  /** @returns the text for the cookie, which opens nothing by itself */
  begin(member: Member): Promise<string>
  /** Whose code the cookie's owner may try now, or `null`. Every call is one try. */
  attempt(headers: IncomingHttpHeaders): Promise<Member | null>
  /** Forgets the step of the cookie. */
  end(headers: IncomingHttpHeaders): Promise<void>
}

export interface SignInStepDeps {
  readonly db: Db
  readonly secretKey: Secret
  readonly production: boolean
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly newId: () => Uuid
}

const LASTS_MS = 10 * 60_000
export const STEP_MAX_AGE_S = LASTS_MS / 1000
/** Then the password is asked for again, whatever the limits say. */
const TRIES = 5

export function createSignInSteps(deps: SignInStepDeps): SignInSteps {
  const tokenKey = deriveKey(deps.secretKey, 'sign-in-step')
  const cookieHash = (headers: IncomingHttpHeaders): Buffer | undefined =>
    hashToken(tokenKey, readCookie(headers.cookie, deps.production) ?? '')
  return {
    async begin({ accountId, personId }) {
      const token = mintToken(deps.random)
      const at = new Date(deps.now())
      await deps.db.engine.query({
        text: `WITH old AS (DELETE FROM sign_in_step WHERE account_id = $1 AND person_id = $3 AND created_at < $6)
               INSERT INTO sign_in_step (account_id, id, person_id, token_hash, created_at)
               VALUES ($1, $2, $3, $4, $5)`,
        values: [accountId, deps.newId(), personId, hashToken(tokenKey, token), at, since(deps.now())],
      })
      return token
    },
    async attempt(headers) {
      const tokenHash = cookieHash(headers)
      if (tokenHash === undefined) return null
      const { rows } = await deps.db.engine.query<{ account_id: Uuid; person_id: Uuid }>({
        text: `UPDATE sign_in_step SET tries = tries + 1
               WHERE token_hash = $1 AND created_at > $2 AND tries < $3 RETURNING account_id, person_id`,
        values: [tokenHash, since(deps.now()), TRIES],
      })
      const [row] = rows
      return row === undefined ? null : { accountId: row.account_id, personId: row.person_id }
    },
    async end(headers) {
      const tokenHash = cookieHash(headers)
      if (tokenHash === undefined) return
      await deps.db.engine.query({
        text: 'DELETE FROM sign_in_step WHERE token_hash = $1',
        values: [tokenHash],
      })
    },
  }
}

const since = (nowMs: number): Date => new Date(nowMs - LASTS_MS)
