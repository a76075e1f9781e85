import type { Environment, SaveCredentialsParams, Service, ServiceListItem } from 'onerouter'
import { type Command, CommandError, EXIT, type Invocation, usageError, type World } from './command.ts'
import { connect } from './connection.ts'
import { oneOf } from './parse.ts'

const SERVICES: readonly Service[] = ['stripe', 'razorpay', 'paypal', 'twilio']

/** The variables of the environment, by credential. */
const VARIABLES = {
  stripe: {
    secret_key: 'STRIPE_SECRET_KEY',
    publishable_key: 'STRIPE_PUBLISHABLE_KEY',
    webhook_secret: 'STRIPE_WEBHOOK_SECRET',
  },
  razorpay: {
    key_id: 'RAZORPAY_KEY_ID',
    key_secret: 'RAZORPAY_KEY_SECRET',
    webhook_secret: 'RAZORPAY_WEBHOOK_SECRET',
  },
  paypal: {
    client_id: 'PAYPAL_CLIENT_ID',
    client_secret: 'PAYPAL_CLIENT_SECRET',
    webhook_id: 'PAYPAL_WEBHOOK_ID',
  },
  twilio: {
    account_sid: 'TWILIO_ACCOUNT_SID',
    auth_token: 'TWILIO_AUTH_TOKEN',
    from_number: 'TWILIO_FROM_NUMBER',
  },
} as const satisfies Record<Service, Readonly<Record<string, string>>>

/** Without these there is nothing to try. */
const REQUIRED = {
  stripe: ['secret_key'],
  razorpay: ['key_id', 'key_secret'],
  paypal: ['client_id', 'client_secret'],
  twilio: ['account_sid', 'auth_token', 'from_number'],
} as const satisfies Record<Service, readonly string[]>

/** `onerouter connect`: a provider's credentials, tried before they are saved. */
export const connectProvider: Command = {
  name: 'connect',
  summary: 'connects a provider: the sandbox, or your own account there',
  args: ['PROVIDER'],
  options: {
    sandbox: { help: 'an account at the provider sandbox, made on the spot' },
    'from-env': { help: 'the credentials from the environment or .env' },
    environment: { value: 'NAME', help: "test or live; else what the credentials' own form says, else test" },
  },
  details: [
    `PROVIDER is one of ${SERVICES.join(', ')}. The credentials are tried at the provider before they are saved.`,
    'With neither --sandbox nor --from-env they are asked for at the terminal; where nobody sits at one, that is an error.',
  ],
  examples: ['connect stripe --sandbox', 'connect razorpay --from-env', 'connect paypal --environment live'],
  async run(invocation) {
    const { flag, option, args, show } = invocation
    const service = oneOf('PROVIDER', args[0] ?? '', SERVICES)
    if (flag('sandbox') && flag('from-env')) throw usageError('Give either --sandbox or --from-env.')
    const asked = option('environment')
    const environment =
      asked === undefined ? undefined : oneOf('--environment', asked, ['test', 'live'] as const)
    if (flag('sandbox') && environment === 'live')
      throw usageError('The sandbox belongs to the test environment.')
    const { client } = await connect(invocation)
    const params = flag('sandbox')
      ? ({ environment: 'test', sandbox: true } as const)
      : await own(invocation, service, environment, async () => {
          for await (const known of client.services.list()) if (known.serviceName === service) return known
          throw new CommandError(`This OneRouter does not know ${service}.`)
        })
    const status = await client.services.saveCredentials(service, params)
    const state = status.credentials[params.environment]
    const webhooks = state.webhookRegistered
      ? ['Its webhooks are registered.']
      : [
          state.webhookProblem,
          state.webhookUrl === null ? null : `The address for its webhooks: ${state.webhookUrl}`,
          state.webhookInstructions,
        ].filter((line) => line !== null)
    show(
      {
        service_name: service,
        environment: params.environment,
        hint: state.hint,
        sandbox: state.sandbox,
        webhook_url: state.webhookUrl,
        webhook_registered: state.webhookRegistered,
        webhook_problem: state.webhookProblem,
        webhook_instructions: state.webhookInstructions,
      },
      [`${status.label} is connected (${params.environment}, ${state.hint ?? 'no hint'}).`, ...webhooks].join(
        '\n',
      ),
    )
    return EXIT.ok
  },
}

async function own(
  { world, flag }: Invocation,
  service: Service,
  environment: Environment | undefined,
  describe: () => Promise<ServiceListItem>,
): Promise<SaveCredentialsParams> {
  const credentials = flag('from-env')
    ? fromEnvironment(world, service)
    : await fromTerminal(world, await describe())
  return { environment: environment ?? environmentOf(world, service, credentials), credentials }
}

type Credentials = Readonly<Record<string, string>>

function fromEnvironment({ env }: World, service: Service): Credentials {
  const names: Readonly<Record<string, string>> = VARIABLES[service]
  const found = Object.entries(names).flatMap(([field, name]) => {
    const value = env[name]?.trim()
    return value === undefined || value === '' ? [] : [[field, value] as const]
  })
  const credentials = Object.fromEntries(found)
  const missing = REQUIRED[service].filter((field) => credentials[field] === undefined)
  if (missing.length === 0) return credentials
  throw usageError(`Set ${missing.map((field) => names[field]).join(' and ')}, here or in .env.`)
}

async function fromTerminal({ ask }: World, { fields, label }: ServiceListItem): Promise<Credentials> {
  if (ask === undefined) {
    throw usageError(`Nobody can be asked for the credentials of ${label}: give --sandbox or --from-env.`)
  }
  const entered: [string, string][] = []
  for (const field of fields) {
    const question = `${field.label}${field.required ? '' : ' (optional)'}: `
    const value = (await ask(question, { secret: field.secret })).trim()
    if (value !== '') entered.push([field.name, value])
    else if (field.required) throw usageError(`${field.label} is needed.`)
  }
  return Object.fromEntries(entered)
}

/** Stripe's and Razorpay's keys say it themselves; PayPal's do not, there PAYPAL_MODE does. */
function environmentOf({ env }: World, service: Service, credentials: Credentials): Environment {
  const key = credentials.secret_key ?? credentials.key_id ?? ''
  const live =
    /^(?:[sr]k|rzp)_live_/.test(key) || (service === 'paypal' && env.PAYPAL_MODE?.trim() === 'live')
  return live ? 'live' : 'test'
}
