import { isIP } from 'node:net'
import type { Service } from '@onerouter/core'
import type { VariableName } from './config-variables.ts'
import { parseRange } from './http/address.ts'
import { parseKeySet } from './secrets/key-set.ts'
import { type Secret, secret } from './secrets/secret.ts'
import { readClerk } from './sessions/clerk-config.ts'
import type { ClerkInstance } from './sessions/clerk-token.ts'

/** What the processes know about their surroundings. Frozen; nothing else reads the environment. */
export interface Config {
  readonly environment: 'development' | 'test' | 'production'
  readonly debug: boolean
  readonly role: 'all' | 'api' | 'worker'
  readonly host: string
  readonly port: number
  /** Where a process without an API answers who watches it. */
  readonly workerMetricsPort: number
  readonly workers: number
  readonly trustedProxyHops: number
  /** Origin without trailing slash. */
  readonly publicUrl: string
  readonly frontendUrl: string
  readonly dataDir: string
  readonly databaseUrl: Secret
  readonly databasePoolSize: number
  readonly redisUrl: Secret | null
  /** `null` only in development, where keys are generated in the data folder. */
  readonly secretKey: Secret | null
  readonly encryptionKey: Secret | null
  readonly metricsToken: Secret | null
  /** `null`: people sign in with the built-in sign-in. */
  readonly clerk: ClerkInstance | null
  readonly logRetentionDays: number
  readonly telemetry: TelemetryConfig | null
  /** Private networks that webhooks may be sent to. */
  readonly webhookAllowCidrs: readonly string[]
  /** Address, or address and port; none = the machine's resolvers. */
  readonly dnsServers: readonly string[]
  /** Origin of the provider sandbox, or `null` where there is none. */
  readonly sandboxUrl: string | null
  readonly demo: boolean
  /** Origins that replace a provider's own. */
  readonly apiBase: Readonly<Partial<Record<Service, string>>>
}

/** Where traces and metrics go, by OpenTelemetry's own variables. */
export interface TelemetryConfig {
  /** Without the path of a signal and without trailing slash. */
  readonly endpoint: string
  readonly headers: Secret<Record<string, string>>
  readonly serviceName: string
  readonly sampler: (typeof SAMPLERS)[number]
  /** For the samplers that keep a share. */
  readonly ratio: number
  readonly metricIntervalMs: number
}

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** Thrown with every problem at once, in words. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}

type Env = Readonly<Record<string, string | undefined>>

interface Reader {
  readonly problems: string[]
  text(name: VariableName): string | undefined
  choice<T extends string>(name: VariableName, choices: readonly T[], fallback: T): T
  integer(name: VariableName, fallback: number, range: readonly [number, number]): number
  flag(name: VariableName, fallback: boolean): boolean
  origin(name: VariableName, fallback: string): string
}

const PORTS = [1, 65_535] as const

/** Reads and checks the environment. @throws ConfigError naming all problems. */
export function loadConfig(env: Env = process.env): Config {
  const read = reader(env)
  const environment = read.choice('ENVIRONMENT', ['development', 'test', 'production'], 'development')
  const production = environment === 'production'
  const port = read.integer('API_PORT', 8000, [0, 65_535])
  const dashboardPort = read.integer('DASHBOARD_PORT', 3000, PORTS)
  const sandboxPort = read.integer('SANDBOX_PORT', 8010, PORTS)
  const sandbox = read.flag('ONEROUTER_SANDBOX', !production)
  const sandboxOrigin = read.origin('SANDBOX_URL', `http://127.0.0.1:${sandboxPort}`)
  const config: Config = {
    environment,
    debug: read.flag('DEBUG', false),
    role: read.choice('ONEROUTER_ROLE', ['all', 'api', 'worker'], 'all'),
    host: read.text('API_HOST') ?? '127.0.0.1',
    port,
    workerMetricsPort: read.integer('WORKER_METRICS_PORT', 9464, [0, 65_535]),
    workers: read.integer('API_WORKERS', 1, [1, 256]),
    trustedProxyHops: read.integer('TRUSTED_PROXY_HOPS', 0, [0, 10]),
    publicUrl: read.origin('PUBLIC_URL', `http://localhost:${port}`),
    frontendUrl: read.origin('FRONTEND_URL', `http://localhost:${dashboardPort}`),
    dataDir: read.text('ONEROUTER_DATA_DIR') ?? '.onerouter',
    databaseUrl: secret(databaseUrl(read)),
    databasePoolSize: read.integer('DATABASE_POOL_SIZE', 20, [2, 500]),
    redisUrl: optionalSecret(read, 'REDIS_URL'),
    secretKey: optionalSecret(read, 'SECRET_KEY'),
    encryptionKey: optionalSecret(read, 'ENCRYPTION_KEY'),
    logRetentionDays: read.integer('LOG_RETENTION_DAYS', 90, [1, 3650]),
    telemetry: telemetry(read),
    metricsToken: optionalSecret(read, 'METRICS_TOKEN'),
    clerk: clerk(read),
    webhookAllowCidrs: cidrs(read, 'WEBHOOK_ALLOW_CIDRS'),
    dnsServers: dnsServers(read),
    sandboxUrl: sandbox ? sandboxOrigin : null,
    demo: read.flag('ONEROUTER_DEMO', false),
    apiBase: apiBases(read),
  }
  checkKeys(config, read.problems)
  if (config.workers > 1 && config.redisUrl === null) {
    read.problems.push('API_WORKERS above 1 needs REDIS_URL, or every process would count limits on its own.')
  }
  if (production) refuseDevelopmentDefaults(env, config, read.problems)
  if (read.problems.length > 0) throw new ConfigError(read.problems)
  return Object.freeze(config)
}

function databaseUrl(read: Reader): string {
  const text = read.text('DATABASE_URL')
  if (text === undefined) {
    read.problems.push('DATABASE_URL is not set (`npm start` sets it by running an embedded PostgreSQL).')
    return ''
  }
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    read.problems.push('DATABASE_URL must look like postgresql://user:password@host:5432/database.')
  }
  return text
}

function apiBases(read: Reader): Config['apiBase'] {
  const names = {
    stripe: 'STRIPE_API_BASE',
    razorpay: 'RAZORPAY_API_BASE',
    paypal: 'PAYPAL_API_BASE',
    twilio: 'TWILIO_API_BASE',
  } as const satisfies Record<Service, VariableName>
  const bases: Partial<Record<Service, string>> = {}
  for (const [service, name] of Object.entries(names)) {
    // Object.entries widens the keys of the table above to string.
    if (read.text(name) !== undefined) bases[service as Service] = read.origin(name, '')
  }
  return Object.freeze(bases)
}

function telemetry(read: Reader): TelemetryConfig | null {
  const endpoint = read.origin('OTEL_EXPORTER_OTLP_ENDPOINT', '')
  const headers = headersIn(read, 'OTEL_EXPORTER_OTLP_HEADERS')
  const sampler = read.choice('OTEL_TRACES_SAMPLER', SAMPLERS, 'parentbased_always_on')
  const share = read.text('OTEL_TRACES_SAMPLER_ARG') ?? '1'
  if (!/^(0|1|0?\.[0-9]{1,9}|1\.0+)$/.test(share)) {
    read.problems.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1.')
  }
  const metricIntervalMs = read.integer('OTEL_METRIC_EXPORT_INTERVAL', 60_000, [100, 3_600_000])
  const serviceName = read.text('OTEL_SERVICE_NAME') ?? 'onerouter'
  if (read.flag('OTEL_SDK_DISABLED', false) || endpoint === '') return null
  return { endpoint, headers, serviceName, sampler, ratio: Number(share), metricIntervalMs }
}

function headersIn(read: Reader, name: VariableName): Secret<Record<string, string>> {
  const pairs = (read.text(name) ?? '').split(',').filter((part) => part.trim() !== '')
  const headers: Record<string, string> = {}
  for (const pair of pairs) {
    const found =
      /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*((?:[\x21-\x24\x26-\x7e]|%[0-9A-Fa-f]{2})*)\s*$/.exec(pair)
    const value = percentDecoded(found?.[2])
    if (found?.[1] === undefined || value === undefined) {
      read.problems.push(
        `${name} must be name=value pairs, separated by commas, with percent-encoded values.`,
      )
      break
    }
    headers[found[1]] = value
  }
  return secret(headers)
}

/** `undefined` for what is no UTF-8 either. */
function percentDecoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    // The caller tells which variable it was; the value stays unsaid.
    return undefined
  }
}

function cidrs(read: Reader, name: VariableName): readonly string[] {
  const all = (read.text(name) ?? '').split(',').map((part) => part.trim())
  const ranges = all.filter((part) => part !== '')
  if (ranges.some((part) => !part.includes('/') || parseRange(part) === undefined)) {
    read.problems.push(`${name} must be CIDR ranges such as 10.1.0.0/16, separated by commas.`)
    return []
  }
  return ranges
}

function dnsServers(read: Reader): readonly string[] {
  const servers = (read.text('DNS_SERVERS') ?? '').split(',').map((part) => part.trim())
  const given = servers.filter((part) => part !== '')
  const address = (part: string) =>
    part.replace(/^\[(.*)\](:\d{1,5})?$/, '$1').replace(/^([\d.]+):\d{1,5}$/, '$1')
  if (given.some((part) => isIP(address(part)) === 0)) {
    read.problems.push('DNS_SERVERS must be IP addresses, separated by commas; a port may follow a colon.')
    return []
  }
  return given
}

function optionalSecret(read: Reader, name: VariableName): Secret | null {
  const text = read.text(name)
  return text === undefined ? null : secret(text)
}

/** Clerk signs people in once its public key is given: the other variables alone prove nothing. */
function clerk(read: Reader): ClerkInstance | null {
  const jwtKey = read.text('CLERK_JWT_KEY')
  if (jwtKey === undefined) return null
  const instance = readClerk(read.text('NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY'), jwtKey)
  if (!('problems' in instance)) return instance
  read.problems.push(...instance.problems)
  return null
}

function checkKeys(config: Config, problems: string[]): void {
  const secretKey = config.secretKey?.reveal()
  if (secretKey !== undefined && (secretKey.length < 32 || new Set(secretKey).size < 8)) {
    problems.push('SECRET_KEY must be at least 32 random characters (make one with: openssl rand -hex 32).')
  }
  if (secretKey !== undefined && /change.?me|example|random-string|secret.?key/i.test(secretKey)) {
    problems.push('SECRET_KEY is a sample value (make one with: openssl rand -hex 32).')
  }
  if (config.encryptionKey !== null) {
    const parsed = parseKeySet(config.encryptionKey.reveal())
    if ('problems' in parsed) problems.push(...parsed.problems)
  }
}

function refuseDevelopmentDefaults(env: Env, config: Config, problems: string[]): void {
  if (env.PUBLIC_URL === undefined || !config.publicUrl.startsWith('https://')) {
    problems.push('ENVIRONMENT=production needs PUBLIC_URL with https.')
  }
  if (config.secretKey === null) problems.push('ENVIRONMENT=production needs an explicit SECRET_KEY.')
  if (config.encryptionKey === null) problems.push('ENVIRONMENT=production needs an explicit ENCRYPTION_KEY.')
  if (config.sandboxUrl !== null || config.demo) {
    problems.push(
      'ENVIRONMENT=production refuses the sandbox: leave ONEROUTER_SANDBOX and ONEROUTER_DEMO unset.',
    )
  }
  if (config.debug) problems.push('ENVIRONMENT=production refuses DEBUG=true.')
}

function reader(env: Env): Reader {
  const problems: string[] = []
  const text = (name: VariableName): string | undefined => {
    const value = env[name]?.trim()
    return value === undefined || value === '' ? undefined : value
  }
  return {
    problems,
    text,
    choice(name, choices, fallback) {
      const value = text(name)
      const found = value === undefined ? fallback : choices.find((choice) => choice === value.toLowerCase())
      if (found === undefined) problems.push(`${name} must be one of: ${choices.join(', ')}.`)
      return found ?? fallback
    },
    integer(name, fallback, [low, high]) {
      const value = text(name)
      if (value === undefined) return fallback
      const number = /^[0-9]{1,9}$/.test(value) ? Number.parseInt(value, 10) : Number.NaN
      if (number >= low && number <= high) return number
      problems.push(`${name} must be a whole number from ${low} to ${high}.`)
      return fallback
    },
    flag(name, fallback) {
      const value = text(name)?.toLowerCase()
      if (value === undefined) return fallback
      if (['1', 'true', 'yes', 'on'].includes(value)) return true
      if (!['0', 'false', 'no', 'off'].includes(value)) problems.push(`${name} must be 1 or 0.`)
      return false
    },
    origin(name, fallback) {
      const value = text(name)
      if (value === undefined) return fallback
      const url = URL.canParse(value) ? new URL(value) : undefined
      const plain = url !== undefined && url.username === '' && url.search === '' && url.hash === ''
      if (url !== undefined && plain && /^https?:$/.test(url.protocol)) return value.replace(/\/+$/, '')
      problems.push(`${name} must be an http(s) address without query or credentials.`)
      return fallback
    },
  }
}
