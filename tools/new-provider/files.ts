/** The first files of an adapter. They claim nothing: a capability is there when its member is. */

/** Names are folder names, identifiers and URL parts at once. */
export function isProviderName(name: string): boolean {
  return /^[a-z][a-z0-9]{1,30}$/.test(name)
}

/** File name → text. */
export function providerFiles(name: string): Readonly<Record<string, string>> {
  const title = `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`
  return {
    'README.md': readme(title),
    'credentials.ts': credentials(title),
    'webhooks.ts': webhooks(title),
    'index.ts': index(name, title),
    'conformance.test.ts': conformance(name),
  }
}

const readme = (title: string) => `# ${title}

What is particular about this provider, each line with its source: which object a payer pays, where our reference is
kept and how a payment is found by it, how long idempotency keys live, how amounts are written, when fees are known,
what a webhook's signature covers.
`

const credentials = (title: string) => `import type { FieldProblem } from '@onerouter/core'
import type { CredentialSpec } from '../spec.ts'

export interface ${title}Credentials {
  readonly secret_key: string
  readonly webhook_secret?: string
}

const LENGTH_MAX = 255

export const credentials: CredentialSpec<${title}Credentials> = {
  fields: [
    {
      name: 'secret_key',
      label: 'Secret key',
      secret: true,
      required: true,
      help: 'Where the provider shows it.',
    },
    {
      name: 'webhook_secret',
      label: 'Webhook secret',
      secret: true,
      required: false,
      help: 'Where the provider shows it.',
    },
  ],

  parse(input) {
    const errors: FieldProblem[] = []
    const secretKey = readField(input, 'secret_key', errors)
    const webhookSecret = readField(input, 'webhook_secret', errors)
    if (secretKey === undefined && errors.length === 0) {
      errors.push({ pointer: '/secret_key', detail: 'is required' })
    }
    if (secretKey === undefined || errors.length > 0) return { ok: false, errors }
    return {
      ok: true,
      credentials: {
        secret_key: secretKey,
        ...(webhookSecret === undefined ? {} : { webhook_secret: webhookSecret }),
      },
    }
  },

  hint: ({ secret_key: key }) => \`…\${key.slice(-4)}\`,

  // Until the adapter can ask the provider, no credentials pass: none are stored unseen.
  check: async () => ({ kind: 'not_sent', reason: 'this adapter cannot ask the provider yet' }),
}

function readField(
  input: Readonly<Record<string, unknown>>,
  name: keyof ${title}Credentials,
  errors: FieldProblem[],
): string | undefined {
  const value = input[name]
  if (value === undefined || value === null || value === '') return undefined
  const trimmed = typeof value === 'string' ? value.trim() : ''
  if (trimmed !== '' && trimmed.length <= LENGTH_MAX) return trimmed
  errors.push({ pointer: \`/\${name}\`, detail: \`must be a text of at most \${LENGTH_MAX} characters\` })
  return undefined
}
`

const webhooks = (title: string) => `import type { Webhooks } from '../spec.ts'
import type { ${title}Credentials } from './credentials.ts'

export const webhooks: Webhooks<${title}Credentials> = {
  // Until signatures are checked, every delivery is refused.
  verify: async () => ({ ok: false, reason: 'no_secret' }),
  parse: () => null,
  instructions: 'Where in ${title}’s dashboard the address of OneRouter is entered.',
}
`

/** In the order that the formatter wants. */
function credentialNames(title: string): string {
  const type = `type ${title}Credentials`
  return title.toLowerCase() < 'credentials' ? `${type}, credentials` : `credentials, ${type}`
}

const index = (name: string, title: string) => `import { defineProvider } from '../spec.ts'
import { ${credentialNames(title)} } from './credentials.ts'
import { webhooks } from './webhooks.ts'

export type { ${title}Credentials } from './credentials.ts'

export const ${name} = defineProvider<${title}Credentials>({
  name: '${name}',
  label: '${title}',
  origin: { test: 'https://api.${name}.example', live: 'https://api.${name}.example' },
  credentials,
  webhooks,
})
`

const conformance = (name: string) => `import { createSandbox } from '@onerouter/sandbox'
import { providerConformance } from '../conformance.ts'
import { ${name} } from './index.ts'

providerConformance(
  '${name}',
  {
    currency: 'USD',
    // Amounts as the provider's documentation writes them; \`null\` where it cannot.
    wire: [{ minor: 50_000n, currency: 'USD', wire: 50_000n }],
    staleAfterMs: null,
    replaysCreate: true,
  },
  (host) => ({ provider: ${name}, sandbox: createSandbox(host) }),
)
`
