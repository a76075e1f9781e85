import { ROLES } from '../roles.ts'
import { Nullable, NullableString, OneOf, type Static, Strict, Timestamp, Type } from '../schema.ts'

/** Long enough to resist guessing at the rate that is allowed; the upper bound keeps hashing cheap. */
export const NewPassword = Type.String({ minLength: 8, maxLength: 128 })
/** What is compared with a password that exists. */
const Password = Type.String({ maxLength: 128 })
export const Email = Type.String({
  minLength: 3,
  maxLength: 320,
  pattern: '^[^\\s@\\p{Cc}]+@[^\\s@\\p{Cc}]+$',
})
export const PersonName = Type.String({ minLength: 1, maxLength: 200 })
const Code = Type.String({
  minLength: 6,
  maxLength: 32,
  description: 'Six digits of the authenticator app, or a recovery code',
})

export const SignUpBody = Strict({ email: Email, password: NewPassword, name: Type.Optional(PersonName) })
export const SignInBody = Strict({ email: Email, password: Password })
export const SecondStepBody = Strict({ code: Code })
export const NoBody = Strict({})

const SESSION = {
  user: Strict({ id: Type.String(), email: Type.String(), name: Type.String() }),
  account: Strict({ id: Type.String(), name: Type.String() }),
  role: OneOf(ROLES),
  csrf_token: Type.String({ description: 'Sent back as X-CSRF-Token with every write' }),
  second_factor: OneOf(
    ['off', 'on', 'missing'],
    'missing: the account asks for one, and only setting it up is open until there is one',
  ),
}
export const Session = Strict(SESSION)
export type Session = Static<typeof Session>

/** After the password: the session, or the question for the second factor. */
export const SignedIn = Type.Union([
  Session,
  Strict({
    second_factor: OneOf(
      ['due'],
      'Send a code to /api/auth/sign-in/second-factor; until then nobody is signed in',
    ),
  }),
])
export type SignedIn = Static<typeof SignedIn>

/** How people sign in here: one way or the other. */
export const SignInOptions = Strict({
  password: Type.Boolean(),
  clerk: Nullable(
    Strict({ publishable_key: Type.String(), frontend_api: Type.String({ description: 'Origin' }) }),
  ),
})
export const SignInClerkBody = Strict({
  token: Type.String({ maxLength: 8_000, description: 'Session token of the Clerk instance' }),
  invitation: Type.Optional(Type.String({ maxLength: 100, description: 'Token of an invitation' })),
})

export const CsrfToken = Strict({ csrf_token: Type.String() })
export const Done = Strict({ success: Type.Boolean() })

export const OpenSessionItem = Strict({
  id: Type.String(),
  current: Type.Boolean({ description: 'The one that asks' }),
  device: NullableString('Browser and system, as the browser named itself'),
  address: NullableString('Where it was begun from'),
  created_at: Timestamp,
  last_used_at: Timestamp,
})
export const OpenSessionList = Strict({ data: Type.Array(OpenSessionItem) })
export const EndedSessions = Strict({ ended: Type.Integer() })

export const SecondFactor = Strict({
  enabled: Type.Boolean(),
  enabled_at: Nullable(Timestamp),
  recovery_codes_left: Type.Integer(),
  required: Type.Boolean({ description: 'By the account' }),
})
export type SecondFactor = Static<typeof SecondFactor>
export const BeginSecondFactorBody = Strict({ password: Password })
/** Shown this once. */
export const SecondFactorSecret = Strict({
  secret: Type.String({ description: 'Base32, for typing by hand' }),
  otpauth_url: Type.String(),
  qr_svg: Type.String({ description: 'The same as a picture, made here' }),
})
export const ConfirmSecondFactorBody = Strict({
  code: Type.String({ pattern: '^[0-9]{6}$', description: 'Of the authenticator app' }),
})
const RecoveryCodes = Type.Array(Type.String(), {
  description: 'Each opens the account once in place of a code; shown this once',
})
/** The session is a new one, and the person's others have ended. */
export const ConfirmedSecondFactor = Strict({ ...SESSION, recovery_codes: RecoveryCodes })
export const PasswordAndCodeBody = Strict({ password: Password, code: Code })
export const NewRecoveryCodes = Strict({ recovery_codes: RecoveryCodes })

export const ChangePasswordBody = Strict({ password: Password, new_password: NewPassword })
