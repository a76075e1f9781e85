import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { OneRouter } from './client.ts'
import { AuthenticationError, ValidationError } from './errors.ts'
import { settingsFrom } from './options.ts'
import { SYSTEM } from './system.ts'
import { KEY } from './testing/scripted.ts'

const withEnv = (env: Readonly<Record<string, string>>) => ({ ...SYSTEM, env: (name: string) => env[name] })
const OTHER = KEY.replace('test', 'live')

describe('the key', () => {
  test('is taken from the options, else from the environment', () => {
    const world = withEnv({ ONEROUTER_API_KEY: OTHER, ONEROUTER_BASE_URL: 'https://pay.example' })
    expect(settingsFrom({ apiKey: KEY }, world).apiKey).toBe(KEY)
    expect(settingsFrom({}, world)).toMatchObject({ apiKey: OTHER, baseUrl: 'https://pay.example' })
    expect(settingsFrom({ baseUrl: 'https://a.example' }, world).baseUrl).toBe('https://a.example')
  })

  test('is missed at once, not at the first call', () => {
    expect(() => settingsFrom({}, withEnv({}))).toThrow(AuthenticationError)
    expect(() => settingsFrom({ apiKey: '' }, withEnv({}))).toThrow('ONEROUTER_API_KEY')
  })

  test.each(['sk_test_123', `${KEY}\n`, ` ${KEY}`, `"${KEY}"`, 'unf_prod_abc'])(
    '%j makes a client, and is sent nowhere and repeated in no message',
    async (apiKey) => {
      const asked: unknown[] = []
      const nobody: typeof fetch = async (...request) => {
        asked.push(request)
        return Response.json({})
      }
      const client = new OneRouter({ apiKey, fetch: nobody })
      const refused = await client.payments.get('pay_1').catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(AuthenticationError)
      expect(refused).toMatchObject({ code: 'api_key_malformed' })
      expect(String(refused)).not.toContain(apiKey.trim())
      const stream = client.events.stream()[Symbol.asyncIterator]().next()
      await expect(stream).rejects.toMatchObject({ code: 'api_key_malformed' })
      expect(asked).toEqual([])
    },
  )

  test('cannot be seen in a printed or serialised client', () => {
    const client = new OneRouter({ apiKey: KEY })
    expect(inspect(client, { depth: 9, showHidden: true })).not.toContain(KEY)
    expect(JSON.stringify(client)).not.toContain(KEY)
  })
})

test('a world without process has no environment, and that is fine', () => {
  const kept = globalThis.process
  try {
    Object.defineProperty(globalThis, 'process', { value: undefined, configurable: true, writable: true })
    expect(SYSTEM.env('PATH')).toBeUndefined()
  } finally {
    Object.defineProperty(globalThis, 'process', { value: kept, configurable: true, writable: true })
  }
})

test.each([
  { baseUrl: 'pay.example' },
  { baseUrl: 'ftp://pay.example' },
  { baseUrl: 'https://user:pass@pay.example' },
  { baseUrl: 'https://pay.example?x=1' },
  { timeoutMs: 0 },
  { timeoutMs: Number.NaN },
  { maxRetries: -1 },
  { maxRetries: 1.5 },
  { maxRetries: Number.POSITIVE_INFINITY },
])('%j is refused in words', (options) => {
  expect(() => new OneRouter({ apiKey: KEY, ...options })).toThrow(ValidationError)
})
