import type { Environment, FieldProblem, Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import type { CredentialSpec, ProviderContext } from '../spec.ts'
import { call } from './call.ts'
import { fields, text } from './wire.ts'

export interface StripeCredentials {
  readonly secret_key: string
  readonly publishable_key?: string
  readonly webhook_secret?: string
}

/** Prefixes: Stripe documentation, "API keys". Organisation keys (`sk_org_`) need a context we do not send. */
const SHAPES = {
  secret_key: { pattern: /^[sr]k_(test|live)_[A-Za-z0-9_]+$/, looks: 'sk_test_…, sk_live_… or rk_…' },
  publishable_key: { pattern: /^pk_(test|live)_[A-Za-z0-9_]+$/, looks: 'pk_test_… or pk_live_…' },
  webhook_secret: { pattern: /^whsec_[A-Za-z0-9_+/=-]+$/, looks: 'whsec_…' },
} as const
type FieldName = keyof typeof SHAPES

const LENGTH_MAX = 255

export const credentials: CredentialSpec<StripeCredentials> = {
  fields: [
    {
      name: 'secret_key',
      label: 'Secret key',
      secret: true,
      required: true,
      help: 'Developers → API keys. A restricted key (rk_…) needs write access to Checkout Sessions, PaymentIntents and Refunds.',
    },
    {
      name: 'publishable_key',
      label: 'Publishable key',
      secret: false,
      required: false,
      help: 'Only needed to embed Stripe in your own page.',
    },
    {
      name: 'webhook_secret',
      label: 'Webhook signing secret',
      secret: true,
      required: false,
      help: 'Filled in for you when OneRouter registers its endpoint; otherwise shown on the endpoint’s page.',
    },
  ],

  parse(input, environment) {
    const errors: FieldProblem[] = []
    const secretKey = readField(input, 'secret_key', environment, errors)
    const publishableKey = readField(input, 'publishable_key', environment, errors)
    const webhookSecret = readField(input, 'webhook_secret', environment, errors)
    if (secretKey === undefined && errors.length === 0) {
      errors.push({ pointer: '/secret_key', detail: 'is required' })
    }
    if (secretKey === undefined || errors.length > 0) return { ok: false, errors }
    return {
      ok: true,
      credentials: {
        secret_key: secretKey,
        ...(publishableKey === undefined ? {} : { publishable_key: publishableKey }),
        ...(webhookSecret === undefined ? {} : { webhook_secret: webhookSecret }),
      },
    }
  },

  hint: ({ secret_key: key }) => `${key.slice(0, 8)}…${key.slice(-4)}`,

  check: checkCredentials,
}

/** `undefined` for an absent field and for one whose problem has been noted. */
function readField(
  input: Readonly<Record<string, unknown>>,
  name: FieldName,
  environment: Environment,
  errors: FieldProblem[],
): string | undefined {
  const value = input[name]
  if (value === undefined || value === null || value === '') return undefined
  // A key pasted with a line end verifies nothing and takes hours to find.
  const trimmed = typeof value === 'string' ? value.trim() : ''
  const match = trimmed.length > LENGTH_MAX ? null : SHAPES[name].pattern.exec(trimmed)
  if (match === null) {
    errors.push({ pointer: `/${name}`, detail: `must look like ${SHAPES[name].looks}` })
    return undefined
  }
  const belongsTo = match[1]
  if (belongsTo !== undefined && belongsTo !== environment) {
    errors.push({
      pointer: `/${name}`,
      detail: `is a ${belongsTo} key, but this is the ${environment} environment`,
    })
    return undefined
  }
  return trimmed
}

async function checkCredentials(
  ctx: ProviderContext<StripeCredentials>,
): Promise<Outcome<{ readonly accountRef: string | null }>> {
  const account = await call(ctx, { method: 'GET', path: '/v1/account' }, (body) => {
    const id = text(fields(body)?.id)
    return id === null ? undefined : { accountRef: id }
  })
  if (account.kind !== 'rejected' || account.providerCode !== '403') return account
  // A restricted key may be good for payments without being allowed to read the account.
  const balance = await call(ctx, { method: 'GET', path: '/v1/balance' }, (body) =>
    fields(body)?.object === 'balance' ? true : undefined,
  )
  return balance.kind === 'ok' ? ok({ accountRef: null }) : balance
}
