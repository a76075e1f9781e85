import type { Environment, FieldProblem, Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import type { CredentialSpec, CredentialsParsed } from '../spec.ts'
import { ask, type RazorpayContext } from './call.ts'
import { readItems } from './wire.ts'

export interface RazorpayCredentials {
  readonly key_id: string
  readonly key_secret: string
  /** What Razorpay signs webhooks with; never the key secret. */
  readonly webhook_secret?: string
  /** The shop's name as Checkout shows it to the payer. */
  readonly brand_name?: string
}

const fields = [
  {
    name: 'key_id',
    label: 'Key ID',
    secret: false,
    required: true,
    help: 'Razorpay Dashboard, Account & Settings, API keys. Test and live mode have a pair each.',
  },
  {
    name: 'key_secret',
    label: 'Key secret',
    secret: true,
    required: true,
    help: 'Shown once, when the key pair is generated.',
  },
  {
    name: 'webhook_secret',
    label: 'Webhook secret',
    secret: true,
    required: false,
    help: 'Filled in by itself when OneRouter registers the webhook; otherwise the secret you typed there.',
  },
  {
    name: 'brand_name',
    label: 'Brand name',
    secret: false,
    required: false,
    help: 'What the payer reads on the checkout instead of the account’s business name.',
  },
] as const

const KEY_ID = /^rzp_(test|live)_[A-Za-z0-9]{6,64}$/

const SHAPES = {
  key_id: { shape: KEY_ID, detail: 'must be a key id such as rzp_test_… or rzp_live_…' },
  key_secret: { shape: /^[\x21-\x7e]{8,256}$/, detail: 'must be the key secret, without spaces' },
  webhook_secret: { shape: /^[\x20-\x7e]{1,256}$/, detail: 'must be plain text of at most 256 characters' },
  brand_name: { shape: /^[^\p{Cc}]{1,127}$/u, detail: 'must be text of at most 127 characters' },
} as const satisfies Record<keyof RazorpayCredentials, { shape: RegExp; detail: string }>

function parse(
  input: Readonly<Record<string, unknown>>,
  environment: Environment,
): CredentialsParsed<RazorpayCredentials> {
  const errors: FieldProblem[] = []
  const read = (name: keyof typeof SHAPES, required: boolean): string | undefined => {
    const value = input[name]
    const text = typeof value === 'string' ? value.trim() : value
    if (text === undefined || text === null || text === '') {
      if (required) errors.push({ pointer: `/${name}`, detail: 'is required' })
      return undefined
    }
    if (typeof text === 'string' && SHAPES[name].shape.test(text)) return text
    errors.push({ pointer: `/${name}`, detail: SHAPES[name].detail })
    return undefined
  }
  const keyId = read('key_id', true)
  const keySecret = read('key_secret', true)
  const webhookSecret = read('webhook_secret', false)
  const brandName = read('brand_name', false)
  // Both modes answer on the same host: the prefix alone tells real money from play money.
  if (keyId !== undefined && modeOf(keyId) !== environment) {
    errors.push({ pointer: '/key_id', detail: `is a ${modeOf(keyId)} key, not a ${environment} key` })
  }
  if (keyId === undefined || keySecret === undefined || errors.length > 0) return { ok: false, errors }
  return {
    ok: true,
    credentials: {
      key_id: keyId,
      key_secret: keySecret,
      ...(webhookSecret === undefined ? {} : { webhook_secret: webhookSecret }),
      ...(brandName === undefined ? {} : { brand_name: brandName }),
    },
  }
}

function modeOf(keyId: string): Environment {
  return keyId.startsWith('rzp_live_') ? 'live' : 'test'
}

/** Reads one order: Razorpay has no call that only checks a key pair, and none that names the account. */
async function check(ctx: RazorpayContext): Promise<Outcome<{ readonly accountRef: string | null }>> {
  const { outcome } = await ask(ctx, { method: 'GET', path: '/v1/orders?count=1' }, readItems)
  return outcome.kind === 'ok' ? ok({ accountRef: null }) : outcome
}

export const credentials: CredentialSpec<RazorpayCredentials> = {
  fields,
  parse,
  hint: ({ key_id: id }) => `${id.slice(0, 'rzp_test_'.length)}…${id.slice(-4)}`,
  check,
}
