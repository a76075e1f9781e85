/** What `onerouter dev` reads from the environment: ports, the data folder, what to run. */
import { resolve } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** One listening port, who uses it, and the variable that moves it. */
export type PortUse = { port: number; host: string; variable: string; what: string }

/** Checked settings. Values that only the API understands stay in the environment and reach it unread. */
export type DevSettings = {
  production: boolean
  dataDir: string
  databaseUrl: string | undefined
  sandbox: boolean
  apiHost: string
  apiPort: number
  sandboxPort: number
  dashboardPort: number
}

/** Reads the environment and reports every problem at once, in words. */
export function readSettings(env: Env, root: string): DevSettings | { problems: string[] } {
  const problems: string[] = []
  const text = (name: string) => {
    const value = env[name]?.trim()
    return value === undefined || value === '' ? undefined : value
  }
  const port = (name: string, fallback: number, above: number) => {
    const given = text(name)
    if (given === undefined) return fallback
    const value = /^\d{1,5}$/.test(given) ? Number(given) : 0
    if (value >= 1 && value + above <= 65_535) return value
    problems.push(`${name} must be a port from 1 to ${65_535 - above}, not "${given}".`)
    return fallback
  }
  const flag = text('ONEROUTER_SANDBOX')?.toLowerCase()
  if (flag !== undefined && !/^(0|1|true|false|yes|no|on|off)$/.test(flag)) {
    problems.push('ONEROUTER_SANDBOX must be 1 or 0.')
  }
  const production = text('ENVIRONMENT')?.toLowerCase() === 'production'
  const settings: DevSettings = {
    production,
    dataDir: resolve(root, text('ONEROUTER_DATA_DIR') ?? '.onerouter'),
    databaseUrl: text('DATABASE_URL'),
    sandbox: flag === undefined ? !production : /^(1|true|yes|on)$/.test(flag),
    apiHost: text('API_HOST') ?? '127.0.0.1',
    apiPort: port('API_PORT', 8000, 0),
    // The four providers follow on the next ports.
    sandboxPort: port('SANDBOX_PORT', 8010, 4),
    dashboardPort: port('DASHBOARD_PORT', 3000, 0),
  }
  problems.push(...clashes(portUses(settings, true)))
  return problems.length > 0 ? { problems } : settings
}

/** Every port that will be listened on. */
export function portUses(settings: DevSettings, dashboard: boolean): PortUse[] {
  const host = '127.0.0.1'
  const uses: PortUse[] = [
    { port: settings.apiPort, host: settings.apiHost, variable: 'API_PORT', what: 'the API' },
  ]
  if (settings.sandbox) {
    for (const [index, what] of ['index', 'Stripe', 'Razorpay', 'PayPal', 'Twilio'].entries()) {
      const port = settings.sandboxPort + index
      uses.push({ port, host, variable: 'SANDBOX_PORT', what: `the sandbox (${what})` })
    }
  }
  if (dashboard) {
    uses.push({ port: settings.dashboardPort, host, variable: 'DASHBOARD_PORT', what: 'the dashboard' })
  }
  return uses
}

/** The sentence for a port that another program holds. */
export function takenPort(use: PortUse): string {
  return `Port ${use.port} is taken; ${use.what} needs it. Stop the other program, or set ${use.variable} to a free port.`
}

function clashes(uses: PortUse[]): string[] {
  return uses.flatMap((use, index) => {
    const earlier = uses.slice(0, index).find((other) => other.port === use.port)
    if (earlier === undefined) return []
    return `${earlier.what} and ${use.what} cannot share port ${use.port}: change ${use.variable}.`
  })
}
