/**
 * Every environment variable OneRouter knows, as data: the configuration is read by it, `.env.example` and the
 * reference page are drawn from it, and a name that is not here is not read by the server.
 */
export interface Variable {
  readonly group: 'server' | 'storage' | 'secrets' | 'dashboard' | 'telemetry' | 'sandbox' | 'providers'
  readonly help: string
  /** What holds when the variable is unset, in words or as the value itself. */
  readonly fallback: string
  readonly secret?: true
}

const imported = 'never used by the server itself; read by `onerouter connect --from-env`'

export const VARIABLES = {
  ENVIRONMENT: { group: 'server', help: 'development, test or production', fallback: 'development' },
  DEBUG: { group: 'server', help: 'true writes debug lines to the log', fallback: 'false' },
  API_HOST: { group: 'server', help: 'address the API listens on', fallback: '127.0.0.1' },
  API_PORT: { group: 'server', help: 'port the API listens on', fallback: '8000' },
  PUBLIC_URL: {
    group: 'server',
    help: 'how providers and payers reach the API; https in production',
    fallback: 'http://localhost:<API_PORT>',
  },
  FRONTEND_URL: {
    group: 'server',
    help: 'where the dashboard is served; its origin may call the API',
    fallback: 'http://localhost:<DASHBOARD_PORT>',
  },
  TRUSTED_PROXY_HOPS: {
    group: 'server',
    help: 'reverse proxies in front of the API whose X-Forwarded-For is believed',
    fallback: '0',
  },
  ONEROUTER_ROLE: { group: 'server', help: 'what this process does: all, api or worker', fallback: 'all' },
  API_WORKERS: {
    group: 'server',
    help: 'API processes on this machine; more than one needs REDIS_URL',
    fallback: '1',
  },
  WORKER_METRICS_PORT: {
    group: 'server',
    help: 'port on which a worker answers /api/health and /metrics, at API_HOST; 0 = any free one',
    fallback: '9464',
  },
  METRICS_TOKEN: {
    group: 'server',
    help: 'bearer token that opens /metrics from other machines',
    fallback: 'loopback only',
    secret: true,
  },
  LOG_RETENTION_DAYS: {
    group: 'server',
    help: 'how long the logs of requests and provider calls are kept; requests go by whole months',
    fallback: '90',
  },
  WEBHOOK_ALLOW_CIDRS: {
    group: 'server',
    help: 'private networks that webhooks may be sent to, e.g. 10.1.0.0/16; never link-local or metadata addresses',
    fallback: 'none: public addresses only',
  },
  DNS_SERVERS: {
    group: 'server',
    help: 'DNS servers that domain verification asks, e.g. 1.1.1.1,8.8.8.8; a port may follow as 127.0.0.1:5353',
    fallback: "the machine's own resolvers",
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    group: 'telemetry',
    help: 'collector that takes traces and metrics over OTLP/HTTP, e.g. http://localhost:4318',
    fallback: 'nothing is loaded, nothing is sent',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    group: 'telemetry',
    help: 'headers for it as name=value, separated by commas; values percent-encoded',
    fallback: 'none',
    secret: true,
  },
  OTEL_SERVICE_NAME: { group: 'telemetry', help: 'service.name in telemetry', fallback: 'onerouter' },
  OTEL_TRACES_SAMPLER: {
    group: 'telemetry',
    help: 'which traces are kept: always_on, always_off, traceidratio, or one of them behind parentbased_',
    fallback: 'parentbased_always_on',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    group: 'telemetry',
    help: 'share of traces that a ratio sampler keeps, 0 to 1',
    fallback: '1',
  },
  OTEL_METRIC_EXPORT_INTERVAL: {
    group: 'telemetry',
    help: 'milliseconds between two exports of metrics',
    fallback: '60000',
  },
  OTEL_SDK_DISABLED: {
    group: 'telemetry',
    help: 'true sends nothing although a collector is named',
    fallback: 'false',
  },
  ONEROUTER_DATA_DIR: {
    group: 'storage',
    help: 'folder of the embedded database and generated keys',
    fallback: '.onerouter',
  },
  DATABASE_URL: {
    group: 'storage',
    help: 'PostgreSQL 15 or newer, e.g. postgresql://user:password@host:5432/onerouter',
    fallback: '`npm start` runs an embedded PostgreSQL',
    secret: true,
  },
  DATABASE_POOL_SIZE: { group: 'storage', help: 'database connections per process', fallback: '20' },
  REDIS_URL: {
    group: 'storage',
    help: 'rate limits shared between processes, e.g. redis://localhost:6379',
    fallback: 'limits are kept in the process',
    secret: true,
  },
  SECRET_KEY: {
    group: 'secrets',
    help: 'at least 32 random characters; key hashes and tokens derive from it',
    fallback: 'generated in development, required in production',
    secret: true,
  },
  ENCRYPTION_KEY: {
    group: 'secrets',
    help: '32 bytes as base64, base64url or hex; a comma-separated list rotates (first encrypts, all decrypt)',
    fallback: 'generated in development, required in production',
    secret: true,
  },
  DASHBOARD_PORT: { group: 'dashboard', help: 'port the dashboard listens on', fallback: '3000' },
  DASHBOARD_HOST: {
    group: 'dashboard',
    help: 'address the dashboard listens on; 0.0.0.0 in a container',
    fallback: '127.0.0.1',
  },
  CLERK_SECRET_KEY: {
    group: 'dashboard',
    help: 'accepted and never used: tokens are verified by CLERK_JWT_KEY, without a call to Clerk',
    fallback: 'built-in sign-in',
    secret: true,
  },
  CLERK_JWT_KEY: {
    group: 'dashboard',
    help: 'PEM public key of a Clerk instance: people sign in with Clerk, and no longer with the built-in sign-in',
    fallback: 'built-in sign-in',
  },
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: {
    group: 'dashboard',
    help: 'publishable key of the same Clerk instance; needed with CLERK_JWT_KEY, by the API and the dashboard',
    fallback: 'built-in sign-in',
  },
  NEXT_PUBLIC_API_URL: {
    group: 'dashboard',
    help: 'how the dashboard reaches the API',
    fallback: 'http://localhost:<API_PORT>',
  },
  ONEROUTER_SANDBOX: {
    group: 'sandbox',
    help: '1 runs the provider sandbox, 0 does not; refused in production',
    fallback: '1 in development, 0 in production',
  },
  SANDBOX_PORT: {
    group: 'sandbox',
    help: 'the sandbox; the providers follow on the next four ports',
    fallback: '8010',
  },
  SANDBOX_URL: {
    group: 'sandbox',
    help: 'a sandbox on another machine',
    fallback: 'http://127.0.0.1:<SANDBOX_PORT>',
  },
  ONEROUTER_DEMO: {
    group: 'sandbox',
    help: '1 creates a demo account connected to the sandbox at first start; refused in production',
    fallback: '0',
  },
  STRIPE_API_BASE: {
    group: 'providers',
    help: 'where calls to Stripe go, for proxies and tests',
    fallback: 'the provider or its sandbox',
  },
  RAZORPAY_API_BASE: {
    group: 'providers',
    help: 'where calls to Razorpay go',
    fallback: 'the provider or its sandbox',
  },
  PAYPAL_API_BASE: {
    group: 'providers',
    help: 'where calls to PayPal go',
    fallback: 'the provider or its sandbox',
  },
  TWILIO_API_BASE: {
    group: 'providers',
    help: 'where calls to Twilio go',
    fallback: 'the provider or its sandbox',
  },
  STRIPE_SECRET_KEY: { group: 'providers', help: imported, fallback: 'none', secret: true },
  STRIPE_WEBHOOK_SECRET: { group: 'providers', help: imported, fallback: 'none', secret: true },
  RAZORPAY_KEY_ID: { group: 'providers', help: imported, fallback: 'none' },
  RAZORPAY_KEY_SECRET: { group: 'providers', help: imported, fallback: 'none', secret: true },
  RAZORPAY_WEBHOOK_SECRET: { group: 'providers', help: imported, fallback: 'none', secret: true },
  PAYPAL_MODE: { group: 'providers', help: `sandbox or live; ${imported}`, fallback: 'sandbox' },
  PAYPAL_CLIENT_ID: { group: 'providers', help: imported, fallback: 'none' },
  PAYPAL_CLIENT_SECRET: { group: 'providers', help: imported, fallback: 'none', secret: true },
  PAYPAL_WEBHOOK_ID: { group: 'providers', help: imported, fallback: 'none' },
  TWILIO_ACCOUNT_SID: { group: 'providers', help: imported, fallback: 'none' },
  TWILIO_AUTH_TOKEN: { group: 'providers', help: imported, fallback: 'none', secret: true },
  TWILIO_FROM_NUMBER: { group: 'providers', help: imported, fallback: 'none' },
} as const satisfies Record<string, Variable>

export type VariableName = keyof typeof VARIABLES

/** The text of `.env.example`: every variable, commented out, with what holds when it is unset. */
export function renderEnvExample(): string {
  const lines = [
    '# Generated from apps/api/src/config-variables.ts by `npm run gen`. Nothing here is needed to start.',
  ]
  let group = ''
  for (const [name, variable] of Object.entries(VARIABLES)) {
    if (variable.group !== group) lines.push('', `# ${variable.group}`)
    group = variable.group
    lines.push(`# ${variable.help} (unset: ${variable.fallback})`, `# ${name}=`)
  }
  return `${lines.join('\n')}\n`
}
