/** What one run does, from the command line. */
import { parseArgs } from 'node:util'
import { PROVIDERS, type ProviderName } from './installation.ts'

export interface ChaosOptions {
  readonly seed: number
  /** How long load and faults last; healing and comparing come on top. */
  readonly minutes: number
  readonly killsApi: number
  readonly killsWorker: number
  readonly pgRestarts: number
  /** Waves of pg_terminate_backend over every connection. */
  readonly storms: number
  /** Clients at once, each with one payment at a time. */
  readonly clients: number
  /** API processes behind one address; two need Redis. */
  readonly apis: 1 | 2
  readonly faults: boolean
  /** Processes' clocks are wrong by up to this many seconds, where the machine has faketime. */
  readonly clockSkewS: number
  /** Providers that clients name; shared by every story. */
  readonly providers: readonly [ProviderName, ...ProviderName[]]
  /**
   * Also loses requests on their way to a provider. What a provider without idempotency keys never received is
   * only known to be absent minutes later, so a run that must be short goes without.
   */
  readonly losesRequests: boolean
}

const DEFAULTS: ChaosOptions = {
  seed: 1,
  minutes: 5,
  killsApi: 30,
  killsWorker: 30,
  pgRestarts: 6,
  storms: 15,
  clients: 8,
  apis: 2,
  faults: true,
  clockSkewS: 45,
  providers: PROVIDERS,
  losesRequests: true,
}

const FLAGS = {
  seed: { type: 'string' },
  minutes: { type: 'string' },
  'kills-api': { type: 'string' },
  'kills-worker': { type: 'string' },
  'pg-restarts': { type: 'string' },
  storms: { type: 'string' },
  clients: { type: 'string' },
  apis: { type: 'string' },
  'clock-skew': { type: 'string' },
  'no-faults': { type: 'boolean' },
} as const

/** @throws Error in words when an option is unknown or no number. */
export function readOptions(args: readonly string[], freshSeed: () => number): ChaosOptions {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true })
  const number = (name: Exclude<keyof typeof FLAGS, 'no-faults'>, fallback: number): number => {
    const text = values[name]
    if (text === undefined) return fallback
    if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`--${name} must be a number, not "${text}"`)
    return Number(text)
  }
  return {
    seed: number('seed', freshSeed()),
    minutes: number('minutes', DEFAULTS.minutes),
    killsApi: number('kills-api', DEFAULTS.killsApi),
    killsWorker: number('kills-worker', DEFAULTS.killsWorker),
    pgRestarts: number('pg-restarts', DEFAULTS.pgRestarts),
    storms: number('storms', DEFAULTS.storms),
    clients: number('clients', DEFAULTS.clients),
    apis: number('apis', DEFAULTS.apis) >= 2 ? 2 : 1,
    clockSkewS: number('clock-skew', DEFAULTS.clockSkewS),
    faults: values['no-faults'] !== true,
    providers: DEFAULTS.providers,
    losesRequests: DEFAULTS.losesRequests,
  }
}

export function optionsOf(some: Partial<ChaosOptions>): ChaosOptions {
  return { ...DEFAULTS, ...some }
}
