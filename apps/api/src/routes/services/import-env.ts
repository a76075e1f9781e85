import { parseEnv } from 'node:util'
import { ApiError, type Environment } from '@onerouter/core'
import type { Provider } from '@onerouter/providers'
import type { Deps } from '../../deps.ts'
import type { Call } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { listServices } from '../../store/services.ts'
import { assertEnvironment, assertService } from './allowed.ts'
import { credentialsIn, type FoundCredentials } from './env-variables.ts'
import { connectService } from './save.ts'

const SERVER_OWN = new Set(['PAYPAL_MODE'])
const IGNORED_MAX = 200

/** Connects what a .env text has, one provider after another: one that is refused holds up no other. */
export async function importEnv(deps: Deps, { body, principal }: Call<'importEnv'>) {
  const variables = new Map(
    Object.entries(parseEnv(body.env)).flatMap(([name, value]) =>
      value === undefined || value.trim() === '' ? [] : [[name, value.trim()] as const],
    ),
  )
  for (const service of body.services ?? []) assertService(principal, service)
  const found = credentialsIn(variables).filter(({ service }) => body.services?.includes(service) ?? true)
  const services = []
  for (const one of found) services.push(await importOne(deps, principal, body, one))
  const used = new Set(found.flatMap((one) => one.variables))
  const ignored = [...variables.keys()].filter((name) => !used.has(name) && !SERVER_OWN.has(name))
  return { object: 'env_import' as const, services, ignored: ignored.slice(0, IGNORED_MAX) }
}

type Options = Pick<Call<'importEnv'>['body'], 'environment' | 'dry_run'>

async function importOne(deps: Deps, principal: Principal, options: Options, found: FoundCredentials) {
  const { service, credentials } = found
  const provider = deps.provider(service)
  const environment = found.environment ?? options.environment ?? guessed(provider, credentials)
  const missing = (provider?.credentials.fields ?? [])
    .filter(({ name, required }) => required && credentials[name] === undefined)
    .map(({ name }) => found.nameOf(name))
  const told = { service_name: service, environment, variables: [...found.variables], missing }
  if (missing.length > 0) return { ...told, status: 'incomplete' as const, hint: null, error: null }
  if (options.dry_run === true) return { ...told, status: 'found' as const, hint: null, error: null }
  try {
    assertService(principal, service)
    assertEnvironment(principal, environment)
    await connectService(deps, { accountId: principal.accountId, service, environment, credentials })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const refusal = { code: error.code, detail: error.message }
    return { ...told, status: 'refused' as const, hint: null, error: refusal }
  }
  const rows = await listServices(deps.db, principal.accountId)
  const hint = rows.find((row) => row.service === service)?.credentials[environment]?.hint ?? null
  return { ...told, status: 'connected' as const, hint, error: null }
}

/** Stripe's and Razorpay's keys are of one environment only; what does not say belongs to test. */
function guessed(provider: Provider | undefined, credentials: Readonly<Record<string, string>>): Environment {
  if (provider === undefined || provider.credentials.parse(credentials, 'test').ok) return 'test'
  return provider.credentials.parse(credentials, 'live').ok ? 'live' : 'test'
}
