import { Buffer } from 'node:buffer'
import type { SandboxAccount, World } from '../kernel/types.ts'
import { badParameter, forbidden, unauthorized } from './errors.ts'
import { publicAccountId, type Store } from './state.ts'
import { API_VERSION } from './wire.ts'

const NO_KEY =
  'You did not provide an API key. You need to provide your API key in the Authorization header, using ' +
  'Bearer ' +
  "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for " +
  'details, or we can help at https://support.stripe.com/.'
const PUBLISHABLE =
  'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a ' +
  'list of ' +
  'your API keys at https://dashboard.stripe.com/account/apikeys.'

export interface Caller {
  readonly account: SandboxAccount
  readonly livemode: boolean
}

/**
 * Whose key this is, by Bearer or Basic. An account's live key is its test key with `live` in place of
 * `test`; restricted keys (`rk_`) have every permission here.
 */
export function authenticateCaller(world: World, headers: Headers): Caller {
  const key = keyOf(headers.get('authorization'))
  if (key === undefined) throw unauthorized(NO_KEY)
  if (key.startsWith('pk_')) throw forbidden(PUBLISHABLE, 'secret_key_required')
  const parts = /^(?:sk|rk)_(test|live)_([A-Za-z0-9]+)$/.exec(key)
  const account = parts && world.accountByCredential('stripe', 'secret_key', `sk_test_${parts[2]}`)
  if (!parts || !account) throw unauthorized(`Invalid API Key provided: ${redacted(key)}`)
  return { account, livemode: parts[1] === 'live' }
}

function keyOf(header: string | null): string | undefined {
  const [scheme = '', value = ''] = (header ?? '').trim().split(/\s+/, 2)
  if (scheme.toLowerCase() === 'bearer' && value !== '') return value
  if (scheme.toLowerCase() !== 'basic') return undefined
  const user = Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0]
  return user === '' ? undefined : user
}

/** `sk_test_***…6789`: enough to recognise a key, too little to use it. */
function redacted(key: string): string {
  const prefix = /^[a-z]{2}_(?:test|live)_/.exec(key)?.[0] ?? ''
  const rest = key.slice(prefix.length)
  const shown = rest.length > 8 ? rest.slice(-4) : ''
  return `${prefix}${'*'.repeat(Math.max(3, rest.length - shown.length))}${shown}`
}

/** `Stripe-Account` may name the caller's own account only: the sandbox has no connected accounts. */
export function checkConnectedAccount(world: World, store: Store, caller: Caller, headers: Headers): void {
  const named = headers.get('stripe-account')
  if (named === null || named === publicAccountId(world, store, caller.account)) return
  const message =
    `The provided key does not have access to account '${named}' (or that account does not exist). ` +
    'Application access may have been revoked.'
  throw forbidden(message, 'account_invalid')
}

/** The version asked for, the account's default without one. Answers always have the default's shape. */
export function versionOf(headers: Headers): string {
  const version = headers.get('stripe-version') ?? API_VERSION
  if (/^20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:\.[a-z_]+)?$/.test(version)) return version
  throw badParameter(`Invalid Stripe API version: ${version}`, 'stripe_version')
}
