import { ApiError, type Uuid } from '@onerouter/core'
import type { Limiter } from '../limits/limiter.ts'
import type { Db } from '../store/db.ts'
import { type Passwords, SALT_BYTES } from './password.ts'
import { changePassword, findPerson, firstAccountOf, insertOwner, installOwner, passwordOf } from './store.ts'

/** Signing up and signing in: who somebody is, before there is a session. */
export interface People {
  /** @throws ApiError invalid_request when the address is taken, rate_limit_exceeded */
  signUp(asked: SignUp, stranger: string): Promise<Member>
  /** @throws ApiError unauthenticated whatever was wrong, rate_limit_exceeded */
  signIn(asked: Credentials, stranger: string): Promise<Member>
  /** @throws ApiError invalid_request when it is not their password, rate_limit_exceeded */
  assertPassword(personId: Uuid, password: string): Promise<void>
  /** Their sessions end, but for the one that is named. @throws as `assertPassword` */
  changePassword(personId: Uuid, asked: PasswordChange): Promise<void>
  /** Gives an existing account its owner, with this password from now on. */
  installOwner(asked: SignUp, accountId: Uuid): Promise<void>
}

export interface Credentials {
  readonly email: string
  readonly password: string
}
export interface SignUp extends Credentials {
  readonly name: string
}
export interface PasswordChange {
  readonly password: string
  readonly newPassword: string
  readonly keptSession: Uuid
}
export interface Member {
  readonly personId: Uuid
  readonly accountId: Uuid
}

export interface PeopleDeps {
  readonly db: Db
  readonly limiter: Limiter
  readonly passwords: Passwords
  readonly newId: () => Uuid
  readonly random: (bytes: number) => Uint8Array
}

/** Attempts, right or wrong: guesses that run side by side count too. */
const PER_ADDRESS = { perMinute: 10, perDay: 200 }
export const PER_STRANGER = { perMinute: 30, perDay: 2_000 }
export const SIGN_UPS = { perMinute: 10, perDay: 200 }

export function createPeople(deps: PeopleDeps): People {
  const assertPassword = async (personId: Uuid, password: string) => {
    await admit(deps.limiter, `password:${personId}`, PER_ADDRESS)
    const stored = await passwordOf(deps.db, personId)
    if (!(await deps.passwords.verify(password, stored))) throw wrong('/password', 'is not your password')
  }
  const personOf = async (asked: SignUp) => ({
    id: deps.newId(),
    email: foldAddress(asked.email),
    name: asked.name,
    passwordHash: await deps.passwords.hash(asked.password, deps.random(SALT_BYTES)),
  })
  return {
    async signUp(asked, stranger) {
      await admit(deps.limiter, `sign-up:${stranger}`, SIGN_UPS)
      const person = await personOf(asked)
      const account = { id: deps.newId(), name: asked.name }
      if (await insertOwner(deps.db, person, account)) return { personId: person.id, accountId: account.id }
      throw wrong('/email', 'cannot be used for a new account; sign in if you have one')
    },
    async signIn(asked, stranger) {
      const email = foldAddress(asked.email)
      await admit(deps.limiter, `sign-in:ip:${stranger}`, PER_STRANGER)
      await admit(deps.limiter, `sign-in:email:${email}`, PER_ADDRESS)
      const person = await findPerson(deps.db, email)
      const known = await deps.passwords.verify(asked.password, person?.password_hash ?? null)
      const accountId = known && person !== null ? await firstAccountOf(deps.db, person.id) : null
      if (person === null || accountId === null) {
        throw new ApiError('unauthenticated', 'The e-mail address or the password is not right.')
      }
      return { personId: person.id, accountId }
    },
    assertPassword,
    async changePassword(personId, { password, newPassword, keptSession }) {
      await assertPassword(personId, password)
      const hash = await deps.passwords.hash(newPassword, deps.random(SALT_BYTES))
      await changePassword(deps.db, personId, { hash, keptSession })
    },
    async installOwner(asked, accountId) {
      await installOwner(deps.db, await personOf(asked), accountId)
    },
  }
}

/** One field of the request is not right. */
export function wrong(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}

/** One person, however the address is typed. */
export function foldAddress(email: string): string {
  return email.normalize('NFC').toLowerCase()
}

/** @throws ApiError rate_limit_exceeded */
export async function admit(limiter: Limiter, id: string, limits: typeof SIGN_UPS): Promise<void> {
  const decision = await limiter.take(id, limits)
  if (decision.allowed) return
  throw new ApiError('rate_limit_exceeded', 'Too many attempts; wait before the next one.', {
    retry_after_s: decision.retryAfterS,
  })
}
