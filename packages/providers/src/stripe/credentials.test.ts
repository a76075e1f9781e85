import { describe, expect, test } from 'vitest'
import { createTokenCache } from '../token-cache.ts'
import { httpFromFetch } from '../transport.ts'
import { credentials } from './credentials.ts'

describe('shape', () => {
  test('keys are trimmed, because a pasted line end costs hours', () => {
    const input = {
      secret_key: ' sk_test_51Abc\n',
      publishable_key: 'pk_test_1',
      webhook_secret: 'whsec_1\r\n',
    }
    expect(credentials.parse(input, 'test')).toEqual({
      ok: true,
      credentials: { secret_key: 'sk_test_51Abc', publishable_key: 'pk_test_1', webhook_secret: 'whsec_1' },
    })
  })

  test('a restricted key will do, and optional fields may be empty', () => {
    expect(credentials.parse({ secret_key: 'rk_live_1', publishable_key: '' }, 'live')).toEqual({
      ok: true,
      credentials: { secret_key: 'rk_live_1' },
    })
  })

  test.each([
    ['a test key in live', { secret_key: 'sk_test_1' }, 'live', '/secret_key'],
    ['a live key in test', { secret_key: 'sk_live_1' }, 'test', '/secret_key'],
    [
      'keys of two environments',
      { secret_key: 'sk_test_1', publishable_key: 'pk_live_1' },
      'test',
      '/publishable_key',
    ],
    ['a publishable key as secret', { secret_key: 'pk_test_1' }, 'test', '/secret_key'],
    ['an organisation key', { secret_key: 'sk_org_1' }, 'test', '/secret_key'],
    ['a number', { secret_key: 5 }, 'test', '/secret_key'],
    ['nothing', {}, 'test', '/secret_key'],
    ['a header injection', { secret_key: 'sk_test_1\r\nx: y' }, 'test', '/secret_key'],
    ['a key of a megabyte', { secret_key: `sk_test_${'a'.repeat(1e6)}` }, 'test', '/secret_key'],
    [
      'a webhook id as secret',
      { secret_key: 'sk_test_1', webhook_secret: 'we_1' },
      'test',
      '/webhook_secret',
    ],
  ] as const)('%s is refused at its field', (_name, input, environment, pointer) => {
    const parsed = credentials.parse(input, environment)
    expect(parsed.ok ? [] : parsed.errors.map((problem) => problem.pointer)).toEqual([pointer])
  })

  test('the hint shows mode and last four characters', () => {
    expect(credentials.hint({ secret_key: 'sk_test_51LocalEmulator4242' })).toBe('sk_test_…4242')
  })
})

describe('check', () => {
  const check = (answer: (path: string) => Response) =>
    credentials.check({
      credentials: { secret_key: 'rk_test_1' },
      environment: 'test',
      baseUrl: 'https://api.stripe.test',
      send: 'first',
      http: httpFromFetch(
        (request) => Promise.resolve(answer(new URL(request.url).pathname)),
        'https://a.test',
        {
          now: () => 0,
        },
      ),
      tokens: createTokenCache(),
      now: () => 0,
    })

  test('a key that may read the account names it', async () => {
    const outcome = await check(() => Response.json({ id: 'acct_1', object: 'account' }))
    expect(outcome).toEqual({ kind: 'ok', value: { accountRef: 'acct_1' } })
  })

  test('a restricted key that may not read the account is checked by the balance', async () => {
    const outcome = await check((path) =>
      path === '/v1/balance'
        ? Response.json({ object: 'balance' })
        : Response.json({ error: { type: 'invalid_request_error' } }, { status: 403 }),
    )
    expect(outcome).toEqual({ kind: 'ok', value: { accountRef: null } })
  })

  test('a wrong key is told apart from an unreachable Stripe', async () => {
    expect(await check(() => Response.json({}, { status: 401 }))).toMatchObject({ reason: 'bad_credentials' })
    expect((await check(() => new Response('', { status: 503 }))).kind).toBe('unknown')
  })
})
