import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'
import { renderEnvExample, VARIABLES } from './config-variables.ts'

const DATABASE_URL = 'postgresql://user:hunter2@localhost/db'
const ENCRYPTION_KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7 + 1)).toString('base64')
const SECRET_KEY = '8f1d0c2b4a69788796a5b4c3d2e1f00f1e2d3c4b'

function problems(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('development needs nothing but a database', () => {
  const config = loadConfig({ DATABASE_URL })
  expect(config).toMatchObject({
    environment: 'development',
    port: 8000,
    publicUrl: 'http://localhost:8000',
    sandboxUrl: 'http://127.0.0.1:8010',
    secretKey: null,
  })
  expect(Object.isFrozen(config)).toBe(true)
})

test('all problems are told at once, by the name of the variable, without its value', () => {
  const found = problems({
    API_PORT: '80000',
    DEBUG: 'maybe',
    ENVIRONMENT: 'staging',
    ENCRYPTION_KEY: 'hunter2hunter2',
    SECRET_KEY: 'short',
    PUBLIC_URL: 'localhost:8000',
    STRIPE_API_BASE: 'ftp://x',
    API_WORKERS: '2',
  })
  const text = found.join('\n')
  for (const name of [
    'API_PORT',
    'DEBUG',
    'ENVIRONMENT',
    'ENCRYPTION_KEY',
    'SECRET_KEY',
    'PUBLIC_URL',
    'STRIPE_API_BASE',
    'API_WORKERS',
    'DATABASE_URL',
  ]) {
    expect(text).toContain(name)
  }
  expect(text).not.toContain('hunter2')
})

describe('C7: production refuses what is only good enough for development', () => {
  const production = {
    ENVIRONMENT: 'production',
    DATABASE_URL,
    SECRET_KEY,
    ENCRYPTION_KEY,
    PUBLIC_URL: 'https://pay.example.com',
  }
  test('complete: accepted, without a sandbox', () => {
    expect(loadConfig(production)).toMatchObject({ sandboxUrl: null, demo: false })
  })
  test.each<[string, Record<string, string>, RegExp]>([
    ['http', { PUBLIC_URL: 'http://pay.example.com' }, /PUBLIC_URL with https/],
    ['no address', { PUBLIC_URL: '' }, /PUBLIC_URL with https/],
    ['no secret key', { SECRET_KEY: '' }, /explicit SECRET_KEY/],
    ['no encryption key', { ENCRYPTION_KEY: '' }, /explicit ENCRYPTION_KEY/],
    ['a sample secret', { SECRET_KEY: 'change-me-please-0123456789-abcdefghijk' }, /sample/],
    ['the sandbox', { ONEROUTER_SANDBOX: '1' }, /refuses the sandbox/],
    ['the demo', { ONEROUTER_DEMO: '1' }, /refuses the sandbox/],
    ['debugging', { DEBUG: 'true' }, /DEBUG/],
  ])('%s', (_, env, message) => {
    expect(problems({ ...production, ...env }).join()).toMatch(message)
  })
})

test('secrets do not print themselves', () => {
  const config = loadConfig({ DATABASE_URL, SECRET_KEY, ENCRYPTION_KEY, REDIS_URL: 'redis://:hunter2@x' })
  for (const text of [
    JSON.stringify(config),
    inspect(config, { depth: 9, showHidden: true }),
    `${config.secretKey}`,
  ]) {
    expect(text).not.toMatch(/hunter2|8f1d0c2b/)
    expect(text).not.toContain(ENCRYPTION_KEY)
  }
  expect(config.databaseUrl.reveal()).toBe(DATABASE_URL)
})

test('.env.example names every variable and sets none', () => {
  const text = renderEnvExample()
  for (const name of Object.keys(VARIABLES)) expect(text).toContain(`\n# ${name}=\n`)
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
})

describe('telemetry', () => {
  const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example/base/' }

  test('is off until a collector is named, and can be switched off', () => {
    expect(loadConfig({ DATABASE_URL }).telemetry).toBe(null)
    expect(loadConfig({ DATABASE_URL, ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }).telemetry).toBe(null)
    const { telemetry } = loadConfig({
      DATABASE_URL,
      ...ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%2Cb, x=1=2',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    })
    expect(telemetry).toMatchObject({ endpoint: 'https://otlp.example/base', ratio: 0.25 })
    expect(telemetry?.headers.reveal()).toEqual({ authorization: 'Bearer a,b', x: '1=2' })
    expect(inspect(telemetry)).not.toContain('a,b')
  })

  test('what cannot be read is refused, without its value', () => {
    const found = problems({
      DATABASE_URL,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://hunter2',
      OTEL_EXPORTER_OTLP_HEADERS: 'hunter2%ff hunter2',
      OTEL_TRACES_SAMPLER: 'some',
      OTEL_TRACES_SAMPLER_ARG: '2',
    })
    expect(found).toHaveLength(4)
    expect(found.join()).not.toContain('hunter2')
    expect(problems({ DATABASE_URL, OTEL_EXPORTER_OTLP_HEADERS: 'x=%ff' })).toHaveLength(1)
  })
})
