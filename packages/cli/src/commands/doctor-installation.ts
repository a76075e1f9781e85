/** The half of `doctor` that needs no key: this machine, and whether the API answers. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DevSettings, portUses, takenPort } from '../dev/settings.ts'
import { isPortFree } from '../postgres/free-port.ts'
import type { Invocation, World } from './command.ts'
import { isLoopback, localSettings } from './connection.ts'
import { type Check, failed, good, skipped, warning } from './doctor.ts'
import { type Health, probe } from './health.ts'

/** Signed times are believed for five minutes in either direction (Standard Webhooks 1.0.0; Stripe's signatures). */
const SKEW_FAILS_MS = 300_000
const SKEW_WARNS_MS = 30_000

export async function installationChecks(
  { world }: Invocation,
  baseUrl: string,
  health: Health | null,
): Promise<readonly Check[]> {
  const settings = localSettings(world)
  const local = isLoopback(baseUrl)
  return [
    node(world),
    local ? await ports(settings, health) : skipped('ports', 'the API runs elsewhere'),
    api(baseUrl, health),
    database(settings, health, local),
    redis(health),
    clock(health),
    local ? await sandbox(world, settings) : skipped('sandbox', 'the API runs elsewhere'),
  ]
}

function node({ nodeVersion, nodeFrom }: World): Check {
  const major = Number.parseInt(nodeVersion.replace(/^v/, ''), 10)
  if (major >= nodeFrom) return good('node', nodeVersion)
  return failed(
    'node',
    nodeVersion,
    `OneRouter runs on Node ${nodeFrom}: use \`npm start\` or \`npx onerouter\`.`,
  )
}

async function ports(settings: DevSettings, health: Health | null): Promise<Check> {
  if (health !== null) return good('ports', `in use by the running OneRouter (API on ${settings.apiPort})`)
  const uses = portUses(settings, true)
  const free = await Promise.all(uses.map(({ port, host }) => isPortFree(port, host)))
  const taken = uses.filter((_, index) => !free[index])
  if (taken.length === 0) return good('ports', `free: ${uses.map(({ port }) => port).join(', ')}`)
  const numbers = taken.map(({ port }) => port).join(', ')
  return failed('ports', `taken by other programs: ${numbers}`, taken.map(takenPort).join(' '))
}

function api(baseUrl: string, health: Health | null): Check {
  if (health === null) {
    return failed(
      'api',
      `no OneRouter answers at ${baseUrl}`,
      'Run `npm start`, or give --base-url its address.',
    )
  }
  const detail = `${baseUrl}, version ${health.version}, ${health.environment}`
  if (health.status === 'ok') return good('api', detail)
  return failed('api', `${detail}: ${health.status}`, 'Its own lines say why; the checks below say where.')
}

function database({ databaseUrl, dataDir }: DevSettings, health: Health | null, local: boolean): Check {
  const known = health?.checks.database
  if (known?.status === 'ok') {
    const { status, detail } = health?.checks.migrations ?? { status: 'unknown', detail: null }
    if (status === 'ok') return good('database', `answers; migrated to ${detail ?? 'nothing yet'}`)
    return failed('database', 'answers, but its migrations are not known', 'Run `onerouter migrate`.')
  }
  if (known !== undefined) {
    return failed('database', 'the API cannot reach it', 'Check DATABASE_URL and that PostgreSQL runs there.')
  }
  if (!local) return skipped('database', 'only the API can tell')
  if (databaseUrl !== undefined) return skipped('database', 'DATABASE_URL is set; the API would use it')
  const exists = existsSync(join(dataDir, 'postgres', 'data'))
  return skipped('database', `embedded, ${exists ? 'stopped' : 'made by the first start'}`)
}

function redis(health: Health | null): Check {
  const status = health?.checks.redis?.status ?? 'unknown'
  if (status === 'ok') return good('redis', 'answers')
  if (status === 'off') return good('redis', 'not used; limits hold within this one process')
  if (status === 'unknown') return skipped('redis', 'only the API can tell')
  return warning(
    'redis',
    'does not answer; limits hold per process',
    'Check REDIS_URL and that Redis runs there.',
  )
}

function clock(health: Health | null): Check {
  if (health === null || health.skewMs === null) return skipped('clock', 'only with a running API')
  const seconds = Math.round(health.skewMs / 1000)
  const detail = `the API's clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} this one`
  const advice =
    'Set both machines by NTP: signatures carry a time, and are refused when it is five minutes off.'
  const off = Math.abs(health.skewMs)
  if (off >= SKEW_FAILS_MS) return failed('clock', detail, advice)
  if (off >= SKEW_WARNS_MS) return warning('clock', detail, advice)
  return good('clock', 'agrees with this one')
}

async function sandbox(world: World, settings: DevSettings): Promise<Check> {
  if (!settings.sandbox) return skipped('sandbox', 'switched off (ONEROUTER_SANDBOX)')
  const url = world.env.SANDBOX_URL || `http://127.0.0.1:${settings.sandboxPort}`
  const response = await probe(world, url)
  const index: unknown = await response?.json().catch(() => null)
  if (typeof index === 'object' && index !== null && 'providers' in index) return good('sandbox', url)
  return failed(
    'sandbox',
    `does not answer at ${url}`,
    'Run `npm start`; SANDBOX_PORT or SANDBOX_URL moves it.',
  )
}
