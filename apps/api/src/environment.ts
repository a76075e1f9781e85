import { once } from 'node:events'

/** Far above what a first database takes to be made; whoever started this process gives up long before. */
const WITHIN_MS = 600_000

/**
 * `npm start` runs this program before its database is up, so that it loads while that starts. With
 * `ONEROUTER_ENV_FOLLOWS` what is missing of the environment comes as a message, and is put where the rest is.
 * @throws Error when it does not come, or is something else
 */
export async function restOfEnvironment(): Promise<void> {
  const { env } = process
  if (env['ONEROUTER_ENV_FOLLOWS'] === undefined) return
  delete env['ONEROUTER_ENV_FOLLOWS']
  const [message] = await once(process, 'message', { signal: AbortSignal.timeout(WITHIN_MS) })
  Object.assign(env, envOf(message))
}

function envOf(message: unknown): Readonly<Record<string, string>> {
  const isEnvironment =
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'environment' &&
    'env' in message &&
    typeof message.env === 'object' &&
    message.env !== null
  if (!isEnvironment) throw new Error('The first message to this process was not its environment.')
  return { ...(message.env as Readonly<Record<string, string>>) } // only the supervisor has this channel
}
