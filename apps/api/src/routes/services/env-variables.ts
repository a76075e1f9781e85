import type { Environment, Service } from '@onerouter/core'

/** What a credential is called in a .env file, the documented name first, then what others call it. */
const NAMES: Readonly<Record<Service, Readonly<Record<string, readonly string[]>>>> = {
  stripe: {
    secret_key: ['STRIPE_SECRET_KEY', 'STRIPE_API_KEY'],
    publishable_key: ['STRIPE_PUBLISHABLE_KEY', 'STRIPE_PUBLIC_KEY', 'NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY'],
    webhook_secret: ['STRIPE_WEBHOOK_SECRET'],
  },
  razorpay: {
    key_id: ['RAZORPAY_KEY_ID'],
    key_secret: ['RAZORPAY_KEY_SECRET'],
    webhook_secret: ['RAZORPAY_WEBHOOK_SECRET'],
  },
  paypal: {
    client_id: ['PAYPAL_CLIENT_ID'],
    client_secret: ['PAYPAL_CLIENT_SECRET', 'PAYPAL_SECRET'],
    webhook_id: ['PAYPAL_WEBHOOK_ID'],
  },
  twilio: {
    account_sid: ['TWILIO_ACCOUNT_SID'],
    auth_token: ['TWILIO_AUTH_TOKEN'],
    from_number: ['TWILIO_FROM_NUMBER', 'TWILIO_PHONE_NUMBER'],
  },
}

/** Files that hold both environments say it after the provider's name: `STRIPE_LIVE_SECRET_KEY`. */
const INFIXES: readonly { readonly word: string; readonly environment: Environment | null }[] = [
  { word: '', environment: null },
  { word: 'TEST_', environment: 'test' },
  { word: 'SANDBOX_', environment: 'test' },
  { word: 'LIVE_', environment: 'live' },
  { word: 'PRODUCTION_', environment: 'live' },
]

/** One set of credentials as it stands in the file. */
export interface FoundCredentials {
  readonly service: Service
  /** As the names say it; `null` where they do not. */
  readonly environment: Environment | null
  readonly credentials: Readonly<Record<string, string>>
  readonly variables: readonly string[]
  /** The documented variable of every credential, as this set spells it. */
  readonly nameOf: (field: string) => string
}

/** Every set of credentials among the variables. `PAYPAL_MODE` says which environment PayPal's are for. */
export function credentialsIn(variables: ReadonlyMap<string, string>): readonly FoundCredentials[] {
  const mode = variables.get('PAYPAL_MODE')?.toLowerCase()
  const modes: Readonly<Record<string, Environment>> = { live: 'live', production: 'live', sandbox: 'test' }
  return Object.entries(NAMES).flatMap(([name, fields]) => {
    const service = name as Service // the keys of the table above
    return INFIXES.flatMap(({ word, environment }): readonly FoundCredentials[] => {
      const nameOf = (field: string) => infixed(service, word, fields[field]?.[0] ?? field)
      const found = Object.entries(fields).flatMap(([field, names]) => {
        const name = names.map((one) => infixed(service, word, one)).find((one) => variables.has(one))
        return name === undefined ? [] : [{ field, name, value: variables.get(name) ?? '' }]
      })
      if (found.length === 0) return []
      const said = environment ?? (service === 'paypal' && mode !== undefined ? (modes[mode] ?? null) : null)
      const credentials = Object.fromEntries(found.map(({ field, value }) => [field, value]))
      return [{ service, environment: said, credentials, variables: found.map(({ name }) => name), nameOf }]
    })
  })
}

function infixed(service: Service, word: string, name: string): string {
  const start = `${service.toUpperCase()}_`
  return name.includes(start) ? name.replace(start, start + word) : name
}
