import type { Environment, FieldProblem, Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import type { CredentialSpec, CredentialsParsed } from '../spec.ts'
import { ask, type TwilioContext } from './call.ts'
import { TEST_CREDENTIALS } from './errors.ts'
import { accountPath, E164 } from './to-wire.ts'
import { readAccount } from './wire.ts'

export interface TwilioCredentials {
  readonly account_sid: string
  /** Also what Twilio signs callbacks with: an API key could send, but nothing could be verified. */
  readonly auth_token: string
  /** Sends where the caller names no sender. */
  readonly from_number: string
}

const fields = [
  {
    name: 'account_sid',
    label: 'Account SID',
    secret: false,
    required: true,
    help: 'Twilio Console, Account Info. Test credentials have an Account SID of their own.',
  },
  {
    name: 'auth_token',
    label: 'Auth token',
    secret: true,
    required: true,
    help: 'Beside the Account SID. Not an API key: Twilio signs its callbacks with this token.',
  },
  {
    name: 'from_number',
    label: 'From number',
    secret: false,
    required: true,
    help: 'A number of the account that can send SMS, such as +14155550100.',
  },
] as const

const SHAPES = {
  account_sid: { shape: /^AC[0-9a-fA-F]{32}$/, detail: 'must be an Account SID: AC and 32 hex digits' },
  auth_token: { shape: /^[0-9a-zA-Z]{32}$/, detail: 'must be the auth token: 32 letters and digits' },
  from_number: { shape: E164, detail: 'must be a number in E.164 form, such as +14155550100' },
} as const satisfies Record<keyof TwilioCredentials, { shape: RegExp; detail: string }>

function parse(
  input: Readonly<Record<string, unknown>>,
  _environment: Environment,
): CredentialsParsed<TwilioCredentials> {
  const errors: FieldProblem[] = []
  const read = (name: keyof TwilioCredentials): string => {
    const value = input[name]
    const text = typeof value === 'string' ? value.trim() : ''
    if (text === '') errors.push({ pointer: `/${name}`, detail: 'is required' })
    else if (!SHAPES[name].shape.test(text)) errors.push({ pointer: `/${name}`, detail: SHAPES[name].detail })
    return text
  }
  const credentials = {
    account_sid: read('account_sid'),
    auth_token: read('auth_token'),
    from_number: read('from_number'),
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, credentials }
}

/**
 * Reads the account. Nothing in the shape of credentials tells test from live, but Twilio's test credentials
 * may not read it (Twilio docs, Test Credentials), so that refusal proves them where they belong.
 */
async function check(ctx: TwilioContext): Promise<Outcome<{ readonly accountRef: string | null }>> {
  const { account_sid: sid } = ctx.credentials
  const { outcome, code } = await ask(ctx, { method: 'GET', path: accountPath(sid) }, readAccount)
  if (code === TEST_CREDENTIALS) {
    return ctx.environment === 'test'
      ? ok({ accountRef: sid })
      : refused('These are Twilio test credentials; they never send a message.', code)
  }
  if (outcome.kind !== 'ok') return outcome
  const { status } = outcome.value
  if (status !== 'active') return refused(`The Twilio account is ${status.slice(0, 20)}.`, null)
  return ok({ accountRef: outcome.value.sid })
}

const refused = (message: string, providerCode: string | null): Outcome<never> => ({
  kind: 'rejected',
  reason: 'account_problem',
  providerCode,
  message,
})

export const credentials: CredentialSpec<TwilioCredentials> = {
  fields,
  parse,
  hint: ({ account_sid: sid }) => `${sid.slice(0, 4)}…${sid.slice(-4)}`,
  check,
}
