/** Which API a command talks to, and under which key. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OneRouter } from 'onerouter'
import { type DevSettings, readSettings } from '../dev/settings.ts'
import { CommandError, EXIT, type Invocation, usageError, type World } from './command.ts'

export interface Connection {
  /** Without trailing slash. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly keyFrom: 'option' | 'environment' | 'demo'
  readonly client: OneRouter
}

/** Said here, too, so that a command with a wrong key fails before it does anything else. */
const API_KEY = /^unf_(?:test|live)_[0-9A-Za-z]{1,200}$/

/** Options win over the environment, which wins over the installation of this clone. @throws CommandError */
export async function connect(invocation: Invocation): Promise<Connection> {
  const { world, option } = invocation
  const baseUrl = baseUrlOf(invocation)
  const [apiKey, keyFrom] = await keyOf(world, option('api-key'), baseUrl)
  if (!API_KEY.test(apiKey)) {
    throw new CommandError('The API key must look like unf_test_… or unf_live_…, without spaces or quotes.', {
      exit: EXIT.usage,
      code: 'api_key_malformed',
    })
  }
  const client = new OneRouter({ apiKey, baseUrl, fetch: world.fetch })
  return { baseUrl, apiKey, keyFrom, client }
}

/** @throws CommandError when it is no address, or the settings of this clone are wrong. */
export function baseUrlOf({ world, option }: Invocation): string {
  const text = option('base-url') ?? (world.env.ONEROUTER_BASE_URL || undefined)
  if (text === undefined) return localApi(localSettings(world))
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw usageError(`--base-url (or ONEROUTER_BASE_URL) must be an http or https address, not "${text}".`)
  }
  return text.replace(/\/+$/, '')
}

/** The settings `npm start` uses in this clone. @throws CommandError with every problem. */
export function localSettings(world: World): DevSettings {
  const settings = readSettings(world.env, world.root)
  if ('problems' in settings) throw usageError(settings.problems.join('\n'))
  return settings
}

function localApi({ apiHost, apiPort }: DevSettings): string {
  const everywhere = apiHost === '0.0.0.0' || apiHost === '::'
  const host = everywhere ? '127.0.0.1' : apiHost.includes(':') ? `[${apiHost}]` : apiHost
  return `http://${host}:${apiPort}`
}

async function keyOf(
  world: World,
  given: string | undefined,
  baseUrl: string,
): Promise<readonly [string, Connection['keyFrom']]> {
  if (given !== undefined) return [given, 'option']
  if (world.env.ONEROUTER_API_KEY) return [world.env.ONEROUTER_API_KEY, 'environment']
  // The demo key belongs to this machine: it is never sent anywhere else.
  const demo = isLoopback(baseUrl) ? await demoKey(localSettings(world).dataDir) : undefined
  if (demo !== undefined) return [demo, 'demo']
  throw new CommandError(
    'There is no API key. Give --api-key, set ONEROUTER_API_KEY, or run `npm start`, which makes a demo key.',
    { exit: EXIT.usage, code: 'api_key_missing' },
  )
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

async function demoKey(dataDir: string): Promise<string | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8'))
    if (typeof value !== 'object' || value === null || !('api_key' in value)) return undefined
    return typeof value.api_key === 'string' ? value.api_key : undefined
  } catch {
    return undefined
  }
}
