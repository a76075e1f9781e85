import { describe, expect, test } from 'vitest'
import { credentials } from './credentials.ts'
import {
  answer,
  collection,
  KEY_ID,
  KEY_SECRET,
  lost,
  orderBody,
  refusal,
  scripted,
} from './scripted.fixture.ts'

const given = { key_id: KEY_ID, key_secret: KEY_SECRET }
const pointers = (input: Readonly<Record<string, unknown>>, environment: 'test' | 'live' = 'test') => {
  const parsed = credentials.parse(input, environment)
  return parsed.ok ? [] : parsed.errors.map(({ pointer }) => pointer)
}

describe('a key pair', () => {
  test('is trimmed and kept', () => {
    expect(
      credentials.parse({ key_id: ` ${KEY_ID}\n`, key_secret: KEY_SECRET, webhook_secret: '' }, 'test'),
    ).toEqual({
      ok: true,
      credentials: given,
    })
    const more = { ...given, webhook_secret: 'hook secret', brand_name: 'Tea & Co' }
    expect(credentials.parse(more, 'test')).toEqual({ ok: true, credentials: more })
  })

  test('must belong to the environment, in both directions', () => {
    expect(pointers(given, 'live')).toEqual(['/key_id'])
    expect(pointers({ ...given, key_id: 'rzp_live_LocalEmulat0r' }, 'test')).toEqual(['/key_id'])
    expect(pointers({ ...given, key_id: 'rzp_live_LocalEmulat0r' }, 'live')).toEqual([])
  })

  test.each([
    [{}, ['/key_id', '/key_secret']],
    [{ ...given, key_id: 'sk_test_123' }, ['/key_id']],
    [{ ...given, key_id: 'rzp_test_a:b' }, ['/key_id']],
    [{ ...given, key_id: 42 }, ['/key_id']],
    [{ ...given, key_secret: 'with a space' }, ['/key_secret']],
    [{ ...given, brand_name: 'a\u0000b' }, ['/brand_name']],
  ])('%j', (input, problems) => {
    expect(pointers(input)).toEqual(problems)
  })

  test('is hinted at by its public half', () => {
    expect(credentials.hint(given)).toBe('rzp_test_…at0r')
  })

  test('works if one order can be read, also where there is none', async () => {
    for (const items of [collection(), collection(orderBody())]) {
      const { ctx, sent } = scripted([answer(200, items)])
      expect(await credentials.check(ctx)).toEqual({ kind: 'ok', value: { accountRef: null } })
      expect(sent[0]).toMatchObject({ method: 'GET', path: '/v1/orders?count=1' })
      expect(sent[0]?.headers?.authorization).toBe(`Basic ${btoa(`${KEY_ID}:${KEY_SECRET}`)}`)
    }
  })

  test('is wrong on 401, and unproven on silence', async () => {
    const wrong = scripted([refusal('Authentication failed', {}, 401)])
    expect(await credentials.check(wrong.ctx)).toMatchObject({ kind: 'rejected', reason: 'bad_credentials' })
    expect((await credentials.check(scripted([lost]).ctx)).kind).toBe('unknown')
  })
})
