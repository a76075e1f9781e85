/** The half of `doctor` that needs a key: the account, its providers, and the way back from them. */
import type { CredentialState, Environment, ServiceListItem } from 'onerouter'
import { CommandError, type Invocation, type World } from './command.ts'
import { type Connection, connect, isLoopback } from './connection.ts'
import { type Check, failed, good, skipped, warning } from './doctor.ts'
import { explain } from './explain.ts'
import { type Health, probe } from './health.ts'

const FROM = { option: '--api-key', environment: 'ONEROUTER_API_KEY', demo: 'the demo key' } as const

export async function accountChecks(
  invocation: Invocation,
  health: Health | null,
): Promise<readonly Check[]> {
  const connection = await connectOr(invocation)
  if ('advice' in connection) return [connection]
  if (health === null) return [skipped('key', `${FROM[connection.keyFrom]}; only the API can tell`)]
  const services: ServiceListItem[] = []
  try {
    for await (const service of connection.client.services.list()) services.push(service)
  } catch (error) {
    const { message } = explain(error)
    const advice = 'Give a key of this installation; `onerouter keys create` or the dashboard makes one.'
    return [failed('key', `${FROM[connection.keyFrom]}: ${message}`, advice)]
  }
  return [
    good('key', `${FROM[connection.keyFrom]} (${environmentOf(connection.apiKey)})`),
    ...services.map(provider),
    ...(await webhooks(invocation.world, services)),
  ]
}

async function connectOr(invocation: Invocation): Promise<Connection | Check> {
  try {
    return await connect(invocation)
  } catch (error) {
    if (error instanceof CommandError && error.code === 'api_key_missing') {
      return warning('key', 'none', 'Run `npm start` once, or set ONEROUTER_API_KEY.')
    }
    return failed('key', explain(error).message, 'Copy the key again, whole.')
  }
}

function environmentOf(apiKey: string): Environment {
  return apiKey.startsWith('unf_live_') ? 'live' : 'test'
}

function provider({ serviceName, label, credentials, configured }: ServiceListItem): Check {
  const name = `provider ${serviceName}`
  if (!configured) return skipped(name, `${label} is not connected`)
  const parts = (['test', 'live'] as const).flatMap((environment) => {
    const state = credentials[environment]
    if (!state.configured) return []
    return `${environment}: ${state.sandbox ? 'sandbox' : (state.hint ?? 'connected')}`
  })
  return good(name, parts.join(', '))
}

/** Whether providers can reach us: their address answers from here, and is none that only this machine knows. */
async function webhooks(world: World, services: readonly ServiceListItem[]): Promise<readonly Check[]> {
  const real = services.flatMap(({ serviceName, credentials }) =>
    (['test', 'live'] as const).flatMap((environment) => {
      const state: CredentialState = credentials[environment]
      return state.configured && !state.sandbox && state.webhookUrl !== null
        ? [{ name: `webhooks ${serviceName}`, environment, url: state.webhookUrl, state }]
        : []
    }),
  )
  if (real.length === 0)
    return [skipped('webhooks', 'only the sandbox is connected; it reaches the API by itself')]
  return Promise.all(
    real.map(async ({ name, environment, url, state }) => {
      const detail = `${environment}: ${new URL(url).origin}`
      if (isLoopback(url)) {
        return warning(
          name,
          `${detail} is this machine alone`,
          'Set PUBLIC_URL to an address the provider can reach (a tunnel will do). Until then OneRouter asks the provider.',
        )
      }
      if ((await probe(world, `${new URL(url).origin}/api/health/live`))?.status !== 200) {
        return failed(
          name,
          `${detail} does not answer`,
          'Check PUBLIC_URL, DNS, the proxy and its certificate.',
        )
      }
      const paste = `The webhook's address is ${url}. ${state.webhookInstructions ?? ''}`.trimEnd()
      if (state.webhookProblem !== null) return warning(name, state.webhookProblem, paste)
      if (state.webhookRegistered) return good(name, `${detail} answers, registered at the provider`)
      return warning(name, `${detail} answers, not registered by us`, paste)
    }),
  )
}
