import type { FieldProblem, Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import type { CredentialSpec, CredentialsParsed, ProviderContext } from '../spec.ts'
import { requestToken, tokenFailure } from './oauth.ts'

export interface PaypalCredentials {
  readonly client_id: string
  readonly client_secret: string
  /** PayPal's id of our endpoint; part of what every delivery's signature covers. */
  readonly webhook_id?: string
  /** The shop's name as PayPal shows it to the payer. */
  readonly brand_name?: string
}

/** What PayPal's public webhook simulator signs with: accepting it would accept anybody's events. */
export const SIMULATOR_WEBHOOK_ID = 'WEBHOOK_ID'

const fields = [
  {
    name: 'client_id',
    label: 'Client ID',
    secret: false,
    required: true,
    help: 'PayPal Developer Dashboard, Apps & Credentials, your app. Sandbox and live apps differ.',
  },
  {
    name: 'client_secret',
    label: 'Client secret',
    secret: true,
    required: true,
    help: 'Shown below the client ID; keep it out of browsers and apps.',
  },
  {
    name: 'webhook_id',
    label: 'Webhook ID',
    secret: false,
    required: false,
    help: 'Filled in by itself when OneRouter registers the webhook; otherwise copy it from the app page.',
  },
  {
    name: 'brand_name',
    label: 'Brand name',
    secret: false,
    required: false,
    help: 'What the payer reads on PayPal’s page instead of the account’s business name.',
  },
] as const

// The client ID is the user name of HTTP Basic, which ends at the first colon (RFC 7617, section 2).
const CLIENT_ID = /^[\x21-\x39\x3b-\x7e]{1,256}$/
const CLIENT_SECRET = /^[\x21-\x7e]{1,256}$/
const WEBHOOK_ID = /^[A-Z0-9]{8,36}$/
const BRAND_NAME = /^[^\p{Cc}]{1,127}$/u

const SHAPES = {
  client_id: { shape: CLIENT_ID, detail: 'must be the client ID as PayPal shows it, without spaces' },
  client_secret: { shape: CLIENT_SECRET, detail: 'must be the secret as PayPal shows it, without spaces' },
  webhook_id: { shape: WEBHOOK_ID, detail: 'must be the webhook’s own ID: capital letters and digits' },
  brand_name: { shape: BRAND_NAME, detail: 'must be text of at most 127 characters' },
} as const satisfies Record<keyof PaypalCredentials, { shape: RegExp; detail: string }>

function parse(input: Readonly<Record<string, unknown>>): CredentialsParsed<PaypalCredentials> {
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
  const clientId = read('client_id', true)
  const clientSecret = read('client_secret', true)
  const webhookId = read('webhook_id', false)
  const brandName = read('brand_name', false)
  if (clientId === undefined || clientSecret === undefined || errors.length > 0) return { ok: false, errors }
  return {
    ok: true,
    credentials: {
      client_id: clientId,
      client_secret: clientSecret,
      ...(webhookId === undefined ? {} : { webhook_id: webhookId }),
      ...(brandName === undefined ? {} : { brand_name: brandName }),
    },
  }
}

/** One token call: PayPal's client IDs carry no environment, so only PayPal can tell a sandbox app from a live one. */
async function check(
  ctx: ProviderContext<PaypalCredentials>,
): Promise<Outcome<{ readonly accountRef: string | null }>> {
  const answer = await requestToken(ctx)
  // The token names the app, and all sandbox apps share one name, so it identifies no account.
  return answer.ok ? ok({ accountRef: null }) : tokenFailure(ctx, answer)
}

export const credentials: CredentialSpec<PaypalCredentials> = {
  fields,
  parse,
  hint: ({ client_id: id }) => (id.length < 12 ? '…' : `${id.slice(0, 4)}…${id.slice(-4)}`),
  check,
}
