import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../config.ts'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { PASSWORD, visitors } from './testing/people.ts'

/** A Clerk instance of our own: the key pair that Clerk would have, and its public values. */
const HOST = 'clerk.shop.example'
const ISSUER = `https://${HOST}`
const PUBLISHABLE = `pk_test_${Buffer.from(`${HOST}$`).toString('base64')}`
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const others = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const ENV = { CLERK_JWT_KEY: pem(keys.publicKey), NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: PUBLISHABLE }

let api: OpenedApp
const nowMs = Date.parse('2026-03-01T12:00:00Z')
const NOW_S = nowMs / 1000
beforeAll(async () => {
  api = await openApp({ env: { ...ENV, DASHBOARD_PORT: '3000' }, world: { now: () => nowMs } })
})
afterAll(() => api.close())
const { post, send, enter } = visitors(() => api)

let users = 0
const newUser = () => {
  users += 1
  return `user_${users}`
}
const claims = (sub: string): Record<string, unknown> => ({
  azp: 'http://localhost:3000',
  exp: NOW_S + 60,
  fva: [0, -1],
  iat: NOW_S,
  iss: ISSUER,
  nbf: NOW_S - 10,
  sid: 'sess_1',
  sts: 'active',
  sub,
  v: 2,
})
const sign = (payload: Record<string, unknown>, key: KeyObject = keys.privateKey) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'ins_1' }).sign(key)
const without = (payload: Record<string, unknown>, name: string) =>
  Object.fromEntries(Object.entries(payload).filter(([one]) => one !== name))
const signIn = (token: string, more: object = {}) => post('/api/auth/sign-in/clerk', { token, ...more })

const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** What no honest library would make. */
const forged = (header: object, signature: (signed: string) => string) => {
  const signed = `${text(header)}.${text(claims('user_forged'))}`
  return `${signed}.${signature(signed)}`
}
const hs256 = (secret: string) => (signed: string) =>
  createHmac('sha256', secret).update(signed).digest('base64url')

describe('tokens that are refused, all with one answer', () => {
  const sub = 'user_refused'
  const cases: [string, () => string | Promise<string>][] = [
    ['signed by another key', () => sign(claims(sub), others.privateKey)],
    ['expired', () => sign({ ...claims(sub), exp: NOW_S - 6 })],
    ['not valid yet', () => sign({ ...claims(sub), nbf: NOW_S + 6 })],
    ['issued in the future', () => sign({ ...claims(sub), iat: NOW_S + 6 })],
    ['older than Clerk makes them, whatever it says', () => sign({ ...claims(sub), iat: NOW_S - 400 })],
    ['for a page of another site', () => sign({ ...claims(sub), azp: 'https://evil.example' })],
    ['for a sibling origin', () => sign({ ...claims(sub), azp: 'http://localhost:3001' })],
    [
      'for the API’s own origin, where no page asks',
      () => sign({ ...claims(sub), azp: 'http://localhost:8000' }),
    ],
    ['for no page at all', () => sign(without(claims(sub), 'azp'))],
    ['for a list of pages', () => sign({ ...claims(sub), azp: ['http://localhost:3000'] })],
    ['of another instance', () => sign({ ...claims(sub), iss: 'https://clerk.evil.example' })],
    ['of a session that waits for tasks', () => sign({ ...claims(sub), sts: 'pending' })],
    ['without an end', () => sign(without(claims(sub), 'exp'))],
    ['without a beginning', () => sign(without(claims(sub), 'nbf'))],
    ['without a session', () => sign(without(claims(sub), 'sid'))],
    ['about nobody', () => sign({ ...claims(sub), sub: '' })],
    ['unsigned: alg none', () => forged({ alg: 'none', typ: 'JWT' }, () => '')],
    ['unsigned: alg None', () => forged({ alg: 'None', typ: 'JWT' }, () => '')],
    ['HS256 with the public key as the secret', () => forged({ alg: 'HS256' }, hs256(pem(keys.publicKey)))],
    [
      'HS256 with the key as the variable holds it',
      () => forged({ alg: 'HS256' }, hs256(ENV.CLERK_JWT_KEY.trim())),
    ],
    ['RS256 in name, HS256 in fact', () => forged({ alg: 'RS256' }, hs256(pem(keys.publicKey)))],
    [
      'with a key of its own in the header',
      () => forged({ alg: 'RS256', jwk: others.publicKey.export({ format: 'jwk' }) }, () => 'AAAA'),
    ],
    ['with a critical extension', () => forged({ alg: 'RS256', crit: ['b64'], b64: false }, () => 'AAAA')],
    ['no token', () => 'unf_test_x'],
    ['empty', () => ''],
  ]
  test.each(cases)('%s', async (_, make) => {
    const answer = await signIn(await make())
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthenticated'])
    expect(answer.json().detail).toBe('Clerk’s token is not valid here; sign in again.')
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test('a token whose claims were changed after signing', async () => {
    const [header, , signature] = (await sign(claims(sub))).split('.')
    const answer = await signIn([header, text({ ...claims('user_other') }), signature].join('.'))
    expect(answer.statusCode).toBe(401)
  })

  test('a token is no API key and no cookie', async () => {
    const token = await sign(claims(newUser()))
    const ways = [{ authorization: `Bearer ${token}` }, { cookie: `__session=${token}` }]
    for (const headers of ways) expect((await send({ url: '/v1/payments', headers })).statusCode).toBe(401)
  })

  test('a page of another site cannot use one', async () => {
    const token = await sign(claims(newUser()))
    const answer = await post('/api/auth/sign-in/clerk', { token }, { origin: 'https://evil.example' })
    expect(answer.json().code).toBe('csrf_failed')
  })
})

describe('signing in with Clerk', () => {
  test('the first time makes an account, every other time finds it; the clocks may be five seconds apart', async () => {
    const sub = newUser()
    const first = await enter('/api/auth/sign-in/clerk', {
      token: await sign({ ...claims(sub), name: 'Ada' }),
    })
    expect(first.role).toBe('owner')
    const late = { ...claims(sub), exp: NOW_S - 4, iat: NOW_S - 64 }
    const second = await enter('/api/auth/sign-in/clerk', { token: await sign(late) })
    expect([second.id, second.accountId]).toEqual([first.id, first.accountId])
    expect((await second.call('POST', '/api/keys', { name: 'k' })).statusCode).toBe(201)
    const other = await enter('/api/auth/sign-in/clerk', { token: await sign(claims(newUser())) })
    expect(other.accountId).not.toBe(first.accountId)
    expect((await other.call('GET', '/api/keys')).json().data).toEqual([])
  })

  test('two first times at once make one account', async () => {
    const token = await sign(claims(newUser()))
    const two = await Promise.all([
      enter('/api/auth/sign-in/clerk', { token }),
      enter('/api/auth/sign-in/clerk', { token }),
    ])
    expect(new Set(two.map(({ accountId }) => accountId)).size).toBe(1)
  })

  test('nothing the token says about addresses finds somebody else’s account', async () => {
    const sub = newUser()
    const victim = await enter('/api/auth/sign-in/clerk', { token: await sign(claims(newUser())) })
    const token = await sign({ ...claims(sub), email: victim.email, name: victim.email })
    const attacker = await enter('/api/auth/sign-in/clerk', { token })
    expect(attacker.accountId).not.toBe(victim.accountId)
  })

  test('an invitation leads into its account, once', async () => {
    const owner = await enter('/api/auth/sign-in/clerk', { token: await sign(claims(newUser())) })
    const invite = async (email: string) =>
      (await owner.call('POST', '/api/auth/invitations', { email, role: 'viewer' })).json().token
    const sub = newUser()
    const invitation = await invite('bo@example.com')
    const member = await enter('/api/auth/sign-in/clerk', { token: await sign(claims(sub)), invitation })
    expect(member).toMatchObject({ accountId: owner.accountId, role: 'viewer', email: 'bo@example.com' })
    const again = await signIn(await sign(claims(newUser())), { invitation })
    expect(again.statusCode).toBe(404)
    const second = await signIn(await sign(claims(sub)), { invitation: await invite('bo2@example.com') })
    expect(second.json().code).toBe('conflict')
  })

  test('whoever is removed stays out, whatever Clerk says', async () => {
    const owner = await enter('/api/auth/sign-in/clerk', { token: await sign(claims(newUser())) })
    const { token: invitation } = (
      await owner.call('POST', '/api/auth/invitations', { email: 'gone@example.com', role: 'admin' })
    ).json()
    const sub = newUser()
    const member = await enter('/api/auth/sign-in/clerk', { token: await sign(claims(sub)), invitation })
    await owner.call('DELETE', `/api/auth/members/${member.id}`)
    expect((await member.call('GET', '/v1/payments')).statusCode).toBe(401)
    expect((await signIn(await sign(claims(sub)))).statusCode).toBe(401)
  })

  test('an account that asks for a second factor asks Clerk whether it saw one', async () => {
    const sub = newUser()
    const owner = await enter('/api/auth/sign-in/clerk', { token: await sign(claims(sub)) })
    await api.deps.db.engine.query(
      `UPDATE account SET second_factor_required = true WHERE id =
         (SELECT m.account_id FROM membership m JOIN clerk_identity c USING (person_id) WHERE c.subject = $1)`,
      [sub],
    )
    expect((await signIn(await sign(claims(sub)))).json().code).toBe('second_factor_required')
    expect((await signIn(await sign(without(claims(sub), 'fva')))).statusCode).toBe(403)
    const token = await sign({ ...claims(sub), fva: [3, 1] })
    const proven = await enter('/api/auth/sign-in/clerk', { token })
    expect(proven.accountId).toBe(owner.accountId)
    expect((await proven.call('GET', '/v1/payments')).statusCode).toBe(200)
  })

  test('nobody gets in by a password any more', async () => {
    const body = { email: 'ada@example.com', password: PASSWORD }
    const ways = [
      post('/api/auth/sign-up/email', body),
      post('/api/auth/sign-in/email', body),
      post('/api/auth/invitations/accept', { token: 'x', password: PASSWORD }),
    ]
    for (const answer of await Promise.all(ways)) expect(answer.json().code).toBe('invalid_state')
    const options = await send({ url: '/api/auth/options' })
    expect(options.json()).toEqual({
      password: false,
      clerk: { publishable_key: PUBLISHABLE, frontend_api: ISSUER },
    })
  })
})

describe('the configuration', () => {
  const load = (env: Record<string, string>) =>
    loadConfig({ DATABASE_URL: 'postgresql://u:p@localhost/db', ...env }).clerk
  test('Clerk is on with its public key, also where a host keeps it in one line', () => {
    expect(load({})).toBeNull()
    expect(load({ CLERK_SECRET_KEY: 'sk_test_xxx' })).toBeNull()
    expect(load(ENV)?.issuer).toBe(ISSUER)
    const line = ENV.CLERK_JWT_KEY.replaceAll('\n', '\\n')
    expect(load({ ...ENV, CLERK_JWT_KEY: line })?.jwtKey.equals(keys.publicKey)).toBe(true)
  })

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  const encoded = (host: string) => `pk_test_${Buffer.from(host).toString('base64')}`
  test.each([
    [{ CLERK_JWT_KEY: ENV.CLERK_JWT_KEY }, /needs NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY/],
    [{ ...ENV, CLERK_JWT_KEY: 'a secret of somebody' }, /must be the PEM public key/],
    [{ ...ENV, CLERK_JWT_KEY: pem(small) }, /2048 bits/],
    [{ ...ENV, CLERK_JWT_KEY: pem(curve) }, /RSA/],
    [{ ...ENV, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: encoded('evil.example/path$') }, /PUBLISHABLE_KEY/],
    [{ ...ENV, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: encoded(HOST) }, /PUBLISHABLE_KEY/],
    [{ ...ENV, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: 'pk_test_xxx' }, /PUBLISHABLE_KEY/],
  ])('what cannot be right is refused in words (%#)', (env, words) => {
    expect(() => load(env)).toThrow(words)
  })
})
