import { randomUUID } from 'node:crypto'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../testing/open-app.ts'

let api: OpenedApp
let nowMs = Date.parse('2026-03-01T12:00:00Z')
beforeAll(async () => {
  api = await openApp({ env: { DASHBOARD_PORT: '3000' }, world: { now: () => nowMs } })
})
afterAll(() => api.close())

const ORIGIN = 'http://localhost:3000'
const PASSWORD = 'correct horse battery'
let strangers = 0
const newStranger = () => {
  strangers += 1
  return `10.1.${Math.floor(strangers / 250)}.${strangers % 250}`
}
/** Every call from an address of its own, so that one test's limits are not another's. */
const post = (url: string, payload: object, headers: Record<string, string> = {}, from?: string) =>
  api.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { origin: ORIGIN, 'sec-fetch-site': 'same-origin', ...headers },
    remoteAddress: from ?? newStranger(),
  })
const signIn = (email: string, password = PASSWORD, headers: Record<string, string> = {}, from?: string) =>
  post('/api/auth/sign-in/email', { email, password }, headers, from)

interface Person {
  readonly email: string
  readonly cookie: string
  readonly csrf: string
  readonly accountId: string
}
const cookieOf = (answer: LightMyRequestResponse): string =>
  String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''

async function newPerson(): Promise<Person> {
  const email = `${randomUUID()}@example.com`
  const answer = await post('/api/auth/sign-up/email', { email, password: PASSWORD, name: 'Ada' })
  expect(answer.statusCode, answer.body).toBe(200)
  const { csrf_token, account } = answer.json()
  return { email, cookie: cookieOf(answer), csrf: csrf_token, accountId: account.id }
}
const as = (person: Person, options: InjectOptions) =>
  api.app.inject({
    ...options,
    headers: { origin: ORIGIN, cookie: person.cookie, 'x-csrf-token': person.csrf, ...options.headers },
  })
const createKey = (person: Person, headers: Record<string, string> = {}) =>
  as(person, { method: 'POST', url: '/api/keys', payload: { name: 'k' }, headers })

describe('signing up, in and out', () => {
  test('a sign-up owns a new account, is signed in, and may do over /v1 and /api what an owner may', async () => {
    const person = await newPerson()
    expect((await as(person, { url: '/v1/payments' })).json()).toEqual({
      data: [],
      has_more: false,
      next_cursor: null,
    })
    expect((await as(person, { url: '/api/services' })).statusCode).toBe(200)
    const made = await createKey(person)
    expect(made.statusCode).toBe(201)
    expect((await api.call(made.json().api_key, 'GET', '/v1/payments')).statusCode).toBe(200)
    expect((await as(person, { url: '/api/auth/session' })).json()).toMatchObject({
      user: { email: person.email, name: 'Ada' },
      role: 'owner',
    })
  })

  test('a session ends with its sign-out, at once', async () => {
    const person = await newPerson()
    const out = await as(person, { method: 'POST', url: '/api/auth/sign-out' })
    expect(out.json()).toEqual({ success: true })
    expect(out.headers['set-cookie']).toMatch(/^onerouter_session=;.*Max-Age=0/)
    for (const url of ['/v1/payments', '/api/auth/csrf', '/api/auth/session']) {
      expect((await as(person, { url })).statusCode).toBe(401)
    }
  })

  test('the e-mail address is one, in whatever case it is typed', async () => {
    const person = await newPerson()
    expect((await signIn(person.email.toUpperCase())).statusCode).toBe(200)
    const again = await post('/api/auth/sign-up/email', {
      email: person.email.toUpperCase(),
      password: PASSWORD,
    })
    expect([again.statusCode, again.json().errors[0].pointer]).toEqual([400, '/email'])
  })

  test('what was wrong is not told: unknown address and wrong password answer alike', async () => {
    const person = await newPerson()
    const answers = [await signIn(person.email, 'wrong password'), await signIn('nobody@example.com')]
    expect(answers.map((answer) => answer.statusCode)).toEqual([401, 401])
    const [a, b] = answers.map((answer) => ({ ...answer.json(), request_id: '' }))
    expect(a).toEqual(b)
    expect(answers.every((answer) => answer.headers['set-cookie'] === undefined)).toBe(true)
  })

  test('short passwords, odd addresses and unknown fields are refused with a pointer', async () => {
    const good = { email: 'a@example.com', password: PASSWORD }
    const bad: [object, string][] = [
      [{ ...good, password: 'short' }, '/password'],
      [{ ...good, password: 'x'.repeat(129) }, '/password'],
      [{ ...good, email: 'no-at-sign' }, '/email'],
      [{ ...good, email: 'two words@example.com' }, '/email'],
      [{ ...good, role: 'admin' }, '/role'],
      [{ email: good.email }, '/password'],
    ]
    for (const [body, pointer] of bad) {
      const answer = await post('/api/auth/sign-up/email', body)
      expect([answer.statusCode, answer.json().errors[0].pointer]).toEqual([400, pointer])
    }
  })

  test('neither password nor session reaches the log or the database in the clear', async () => {
    const person = await newPerson()
    const token = person.cookie.split('=')[1] ?? ''
    const { rows } = await api.deps.db.engine.query(
      `SELECT encode(token_hash, 'base64') AS hash, password_hash FROM session JOIN person p ON p.id = person_id
       WHERE p.email = $1`,
      [person.email],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0].password_hash).toMatch(/^\$scrypt\$/)
    for (const text of [JSON.stringify(rows), ...api.lines]) {
      expect(text).not.toContain(PASSWORD)
      expect(text).not.toContain(token)
    }
  })
})

describe('isolation', () => {
  test("other accounts are invisible to a session, also the one of the server's demo", async () => {
    const [mine, theirs] = [await newPerson(), await newPerson()]
    const key = (await createKey(theirs)).json()
    expect((await as(mine, { url: '/api/keys' })).json().data).toEqual([])
    expect((await as(mine, { url: `/api/keys/${key.id}` })).statusCode).toBe(404)
    const revoke = await as(mine, { method: 'DELETE', url: `/api/keys/${key.id}` })
    expect(revoke.statusCode).toBe(404)
    expect(mine.accountId).not.toBe(theirs.accountId)
  })

  test('A15: a member who was removed is signed out by that', async () => {
    const person = await newPerson()
    await api.deps.db.engine.query(
      'DELETE FROM membership WHERE person_id = (SELECT id FROM person WHERE email = $1)',
      [person.email],
    )
    expect((await as(person, { url: '/v1/payments' })).statusCode).toBe(401)
    expect((await signIn(person.email)).statusCode).toBe(401)
  })

  test('a session works in the test environment unless the request says live', async () => {
    const person = await newPerson()
    const save = (environment: string) =>
      as(person, {
        method: 'DELETE',
        url: '/api/services/stripe/credentials?environment=live',
        headers: { 'onerouter-environment': environment },
      })
    expect((await save('test')).json().code).toBe('environment_not_allowed')
    expect((await save('live')).statusCode).toBe(200)
    expect((await save('staging')).json().code).toBe('invalid_request')
  })
})

describe('D24: CSRF', () => {
  const evil = 'https://evil.example'
  const refused: [string, Record<string, string>][] = [
    ['another site', { origin: evil, 'sec-fetch-site': 'cross-site' }],
    ['another site that hides where it comes from', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a sibling subdomain', { origin: 'http://evil.localhost:3000', 'sec-fetch-site': 'same-site' }],
    ['our host on another port', { origin: 'http://localhost:3001' }],
    ['our origin claimed across sites', { 'sec-fetch-site': 'cross-site' }],
    ['no Origin at all', { origin: '' }],
  ]
  test.each(refused)('X1: a write from %s fails, key minting included', async (_, headers) => {
    const person = await newPerson()
    const answer = await createKey(person, headers)
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'csrf_failed'])
    const out = await as(person, { method: 'POST', url: '/api/auth/sign-out', headers })
    expect(out.statusCode).toBe(403)
    expect((await as(person, { url: '/api/keys' })).json().data).toEqual([])
  })

  test('a write without the token, or with the token of another session, fails', async () => {
    const [person, other] = [await newPerson(), await newPerson()]
    for (const token of ['', 'x', other.csrf, `${person.csrf}x`]) {
      const answer = await createKey(person, { 'x-csrf-token': token })
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'csrf_failed'])
    }
    expect((await createKey(person)).statusCode).toBe(201)
  })

  test('tokens are bound to a verified login: none without one, a new one with each', async () => {
    expect((await api.app.inject('/api/auth/csrf')).statusCode).toBe(401)
    const forged = `onerouter_session=${'A'.repeat(43)}`
    expect((await api.app.inject({ url: '/api/auth/csrf', headers: { cookie: forged } })).statusCode).toBe(
      401,
    )
    const person = await newPerson()
    const fetched = await as(person, { url: '/api/auth/csrf' })
    expect(fetched.json()).toEqual({ csrf_token: person.csrf })
    expect((await signIn(person.email)).json().csrf_token).not.toBe(person.csrf)
  })

  test('A17: a page of another site cannot sign its visitor in', async () => {
    const { email } = await newPerson()
    expect((await signIn(email, PASSWORD, { origin: evil })).statusCode).toBe(403)
    expect((await signIn(email, PASSWORD, { origin: 'null' })).statusCode).toBe(403)
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      const form = await api.app.inject({
        method: 'POST',
        url: '/api/auth/sign-in/email',
        headers: { origin: ORIGIN, 'content-type': type },
        payload: `{"email":"${email}","password":"${PASSWORD}"}`,
      })
      expect([type, form.statusCode]).toEqual([type, 415])
    }
  })

  test('a key never needs a token, and a cookie beside it changes nothing', async () => {
    const [person, { plain }] = [await newPerson(), await api.newKey({ scopes: ['payments:read'] })]
    const headers = { authorization: `Bearer ${plain}`, cookie: person.cookie, origin: evil }
    expect((await api.app.inject({ url: '/v1/payments', headers })).statusCode).toBe(200)
    expect((await api.app.inject({ url: '/api/services', headers })).statusCode).toBe(403)
    const wrong = { ...headers, authorization: 'Bearer unf_test_wrong' }
    expect((await api.app.inject({ url: '/v1/payments', headers: wrong })).statusCode).toBe(401)
  })

  test('reading needs no token', async () => {
    const { cookie } = await newPerson()
    expect((await api.app.inject({ url: '/v1/payments', headers: { cookie } })).statusCode).toBe(200)
  })
})

describe('D24: the cookie', () => {
  test('is out of reach for scripts and for other sites', async () => {
    const { email } = await newPerson()
    const flags = String((await signIn(email)).headers['set-cookie'])
    expect(flags).toMatch(/^onerouter_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/)
  })

  test('in production travels over https only and cannot come from a sibling domain', async () => {
    const production = await openApp({
      env: {
        ENVIRONMENT: 'production',
        ONEROUTER_SANDBOX: '0',
        PUBLIC_URL: 'https://pay.example',
        FRONTEND_URL: 'https://dash.example',
      },
    })
    const post = (cookie?: string) =>
      production.app.inject({
        method: 'POST',
        url: cookie === undefined ? '/api/auth/sign-up/email' : '/api/auth/sign-out',
        headers: { origin: 'https://dash.example', ...(cookie === undefined ? {} : { cookie }) },
        ...(cookie === undefined ? { payload: { email: 'a@example.com', password: PASSWORD } } : {}),
      })
    const answer = await post()
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-onerouter_session=[^;]+; Path=\/; HttpOnly; .*; Secure$/,
    )
    const read = (cookie: string) => production.app.inject({ url: '/api/auth/session', headers: { cookie } })
    expect((await read(cookieOf(answer))).statusCode).toBe(200)
    expect((await read(cookieOf(answer).replace('__Host-', ''))).statusCode).toBe(401)
    await production.close()
  })

  test('session fixation: signing in never keeps the session that came along, and ends it', async () => {
    const [victim, attacker] = [await newPerson(), await newPerson()]
    const answer = await signIn(victim.email, PASSWORD, { cookie: attacker.cookie })
    expect(cookieOf(answer)).not.toBe(attacker.cookie)
    expect((await as(attacker, { url: '/api/auth/session' })).statusCode).toBe(401)
    const planted = `onerouter_session=${'B'.repeat(43)}`
    const other = await signIn(victim.email, PASSWORD, { cookie: planted })
    expect(cookieOf(other)).not.toBe(planted)
    expect((await api.app.inject({ url: '/v1/payments', headers: { cookie: planted } })).statusCode).toBe(401)
  })

  test('two cookies of the name are none: one of them may be planted', async () => {
    const [person, other] = [await newPerson(), await newPerson()]
    const cookie = `${person.cookie}; ${other.cookie}`
    expect((await api.app.inject({ url: '/v1/payments', headers: { cookie } })).statusCode).toBe(401)
  })

  test('ends after a day without use, after a week in any case; sooner for live payments', async () => {
    const startedMs = nowMs
    const person = await newPerson()
    const read = async (environment: string) =>
      (await as(person, { url: '/v1/payments', headers: { 'onerouter-environment': environment } }))
        .statusCode
    const atHours = (hours: number) => {
      nowMs = startedMs + hours * 3_600_000
    }
    expect([await read('test'), await read('live')]).toEqual([200, 200])
    atHours(0.6)
    expect([await read('live'), await read('test'), await read('live')]).toEqual([401, 200, 200])
    for (let hours = 0.6; hours < 12; hours += 0.4) {
      atHours(hours)
      expect([hours, await read('live')]).toEqual([hours, 200])
    }
    atHours(12.1)
    expect([await read('live'), await read('test')]).toEqual([401, 200])
    for (let hours = 12.1; hours < 168; hours += 23) {
      atHours(hours)
      expect([hours, await read('test')]).toEqual([hours, 200])
    }
    atHours(168.1)
    expect(await read('test')).toBe(401)
    const idle = await newPerson()
    nowMs += 24 * 3_600_000
    expect((await as(idle, { url: '/v1/payments' })).statusCode).toBe(401)
  })
})

describe('A18: brute force', () => {
  test('guesses at one account are slowed, from however many addresses, right or wrong', async () => {
    const { email } = await newPerson()
    const statuses: number[] = []
    for (let i = 0; i < 11; i++) statuses.push((await signIn(email, 'wrong password')).statusCode)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429])
    const right = await signIn(email)
    expect([right.statusCode, right.json().code]).toEqual([429, 'rate_limit_exceeded'])
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(0)
    nowMs += 61_000
    expect((await signIn(email)).statusCode).toBe(200)
  })

  test('guesses from one address are slowed, at however many accounts; others still get in', async () => {
    const person = await newPerson()
    const statuses = new Set<number>()
    for (let i = 0; i < 31; i++) {
      statuses.add((await signIn(`guess${i}@example.com`, 'wrong password', {}, '198.51.100.7')).statusCode)
    }
    expect([...statuses]).toEqual([401, 429])
    expect((await signIn(person.email, PASSWORD, {}, '198.51.100.7')).statusCode).toBe(429)
    expect((await signIn(person.email, PASSWORD, {}, '198.51.100.8')).statusCode).toBe(200)
  })

  test('sessions have limits of their own, reported like those of keys', async () => {
    const person = await newPerson()
    const answer = await as(person, { url: '/v1/payments' })
    expect(answer.headers['ratelimit-policy']).toBe('"minute";q=600;w=60, "daily";q=200000;w=86400')
  })
})
