import type { KeyCreateParams, ScopePattern, Service } from 'onerouter'
import { type Command, EXIT } from './command.ts'
import { connect } from './connection.ts'
import { listOption, oneOf, wholeNumber } from './parse.ts'

/** `onerouter keys create` */
export const keysCreate: Command = {
  name: 'keys create',
  summary: 'creates an API key and shows it, this once',
  args: ['NAME'],
  options: {
    environment: { value: 'NAME', help: 'test or live; test by default' },
    scopes: { value: 'LIST', help: 'such as payments:*,refunds:write; by default all but keys:*' },
    services: { value: 'LIST', help: 'only these providers; by default all' },
    'rate-limit-per-minute': { value: 'N', help: '60 by default' },
    'rate-limit-per-day': { value: 'N', help: '10000 by default' },
    'expires-at': { value: 'TIME', help: 'RFC 3339; by default never' },
    ip: { value: 'LIST', help: 'only from these addresses or CIDR ranges' },
  },
  details: ['The key that calls needs keys:write, which the demo key of `npm start` has.'],
  examples: [
    'keys create shop',
    'keys create reports --scopes payments:read,analytics:read --services stripe',
    'keys create ci --json',
  ],
  async run(invocation) {
    const { args, option, show } = invocation
    const { client } = await connect(invocation)
    const key = await client.keys.create({
      name: args[0] ?? '',
      environment: oneOf('--environment', option('environment') ?? 'test', ['test', 'live'] as const),
      ...given({
        // What is no scope or service is refused by the API, which names it.
        scopes: listOption(invocation, 'scopes') as readonly ScopePattern[] | undefined,
        services: listOption(invocation, 'services') as readonly Service[] | undefined,
        rateLimitPerMinute: wholeNumber(invocation, 'rate-limit-per-minute'),
        rateLimitPerDay: wholeNumber(invocation, 'rate-limit-per-day'),
        expiresAt: option('expires-at'),
        ipAllowlist: listOption(invocation, 'ip'),
      }),
    })
    show(
      { id: key.id, api_key: key.apiKey, name: key.name, environment: key.environment, scopes: key.scopes },
      `${key.apiKey}\n\n${key.name} (${key.environment}, ${key.id}). It is not shown again.`,
    )
    return EXIT.ok
  },
}

type Limits = Omit<KeyCreateParams, 'name' | 'environment'>

/** Without the members that nobody gave: the API has its own defaults for them. */
function given(limits: { readonly [K in keyof Limits]: Limits[K] | undefined }): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
}
