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

/** `--settle`: how long outcomes stay unknown once their providers answer again. */
export interface SettleOptions {
  readonly seed: number
  /** Calls made while every provider is away. */
  readonly unknowns: number
  /** How long the providers stay away after the last of these calls. */
  readonly outageS: number
}

const SETTLE_DEFAULTS = { unknowns: 600, outageS: 120 } as const

const FLAGS = {
  settle: { type: 'boolean' },
  unknowns: { type: 'string' },
  'outage-s': { type: 'string' },
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

export type Order =
  | { readonly kind: 'chaos'; readonly options: ChaosOptions }
  | { readonly kind: 'settle'; readonly options: SettleOptions }

type NumberFlag = Exclude<keyof typeof FLAGS, 'no-faults' | 'settle'>

/** @throws Error in words when an option is unknown or no number. */
export function readOrder(args: readonly string[], freshSeed: () => number): Order {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true })
  const number = (name: NumberFlag, fallback: number): number => {
    const text = values[name]
    if (text === undefined) return fallback
    if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`--${name} must be a number, not "${text}"`)
    return Number(text)
  }
  const seed = number('seed', freshSeed())
  if (values.settle === true) {
    const unknowns = number('unknowns', SETTLE_DEFAULTS.unknowns)
    return {
      kind: 'settle',
      options: { seed, unknowns, outageS: number('outage-s', SETTLE_DEFAULTS.outageS) },
    }
  }
  const options: ChaosOptions = {
    seed,
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
  return { kind: 'chaos', options }
}

export function optionsOf(some: Partial<ChaosOptions>): ChaosOptions {
  return { ...DEFAULTS, ...some }
}
