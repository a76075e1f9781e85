import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { resetByAddress } from './second-factor-store.ts'
import { cookieOf, ORIGIN, PASSWORD, type Person, visitors } from './testing/people.ts'
import { codeOf, stepAt } from './totp.ts'

let api: OpenedApp
let nowMs = Date.parse('2026-03-01T12:00:00Z')
beforeAll(async () => {
  api = await openApp({ env: { DASHBOARD_PORT: '3000' }, world: { now: () => nowMs } })
})
afterAll(() => api.close())
const { post, send, enter, signUp, join } = visitors(() => api)

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
function bytesOf(secret: string): Buffer {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
/** An authenticator app: it knows what the person typed, and the time. */
function app(secret: string) {
  const bytes = bytesOf(secret)
  return (shift = 0) => codeOf(bytes, stepAt(nowMs) + shift)
}
const later = (seconds: number) => {
  nowMs += seconds * 1000
}

interface Enrolled {
  readonly person: Person
  readonly code: (shift?: number) => string
  readonly recoveryCodes: readonly string[]
}
async function begin(person: Person) {
  const begun = await person.call('POST', '/api/auth/second-factor', { password: PASSWORD })
  expect(begun.statusCode, begun.body).toBe(200)
  return begun.json()
}
/** Turned on, and a minute later: no code of now has been used. */
async function enrol(person: Person): Promise<Enrolled> {
  const code = app((await begin(person)).secret)
  const confirmed = await person.call('POST', '/api/auth/second-factor/confirm', { code: code() })
  expect(confirmed.statusCode, confirmed.body).toBe(200)
  const { csrf_token: csrf, recovery_codes: recoveryCodes } = confirmed.json()
  const cookie = cookieOf(confirmed)
  later(61)
  const call: Person['call'] = (method, url, payload) =>
    send({
      method,
      url,
      headers: { origin: ORIGIN, cookie, 'x-csrf-token': csrf },
      ...(payload === undefined ? {} : { payload }),
    })
  return { person: { ...person, cookie, csrf, call }, code, recoveryCodes }
}
/** The cookie after the right password. */
async function password(email: string): Promise<string> {
  const answer = await post('/api/auth/sign-in/email', { email, password: PASSWORD })
  expect(answer.json()).toEqual({ second_factor: 'due' })
  return cookieOf(answer)
}
const second = (cookie: string, code: string) => post('/api/auth/sign-in/second-factor', { code }, { cookie })

describe('setting it up', () => {
  test('the secret is shown once, as text, address and picture, and stored encrypted', async () => {
    const person = await signUp()
    const { secret, otpauth_url, qr_svg } = await begin(person)
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(otpauth_url).toContain(`secret=${secret}&issuer=OneRouter`)
    expect(qr_svg).toMatch(/^<svg [^>]*><rect [^>]*><path [^>]*><\/svg>$/)
    const { rows } = await api.deps.db.engine.query('SELECT * FROM second_factor')
    expect(rows).toHaveLength(1)
    expect(rows[0].sealed.includes(bytesOf(secret))).toBe(false)
    expect((await person.call('GET', '/api/auth/second-factor')).body).not.toContain(secret)
    expect(api.lines.join('')).not.toContain(secret)
    // Nothing is asked of anybody before a first code.
    await enter('/api/auth/sign-in/email', { email: person.email, password: PASSWORD })
  })

  test('needs the password, and a right first code', async () => {
    const person = await signUp()
    const refused = await person.call('POST', '/api/auth/second-factor', { password: 'guess' })
    expect([refused.statusCode, refused.json().errors[0].pointer]).toEqual([400, '/password'])
    const none = await person.call('POST', '/api/auth/second-factor/confirm', { code: '000000' })
    expect(none.json().code).toBe('invalid_state')
    const code = app((await begin(person)).secret)
    const wrong = await person.call('POST', '/api/auth/second-factor/confirm', { code: code(7) })
    expect([wrong.statusCode, wrong.json().errors[0].pointer]).toEqual([400, '/code'])
    expect((await person.call('GET', '/api/auth/second-factor')).json().enabled).toBe(false)
  })

  test('ends the other sessions and changes one’s own', async () => {
    const person = await signUp()
    const elsewhere = await enter('/api/auth/sign-in/email', { email: person.email, password: PASSWORD })
    const enrolled = await enrol(person)
    for (const old of [person, elsewhere])
      expect((await old.call('GET', '/api/auth/session')).statusCode).toBe(401)
    const { second_factor } = (await enrolled.person.call('GET', '/api/auth/session')).json()
    expect(second_factor).toBe('on')
    const again = await enrolled.person.call('POST', '/api/auth/second-factor', { password: PASSWORD })
    expect(again.json().code).toBe('invalid_state')
  })
})

describe('signing in with it', () => {
  test('the password alone opens nothing', async () => {
    const { person } = await enrol(await signUp())
    const cookie = await password(person.email)
    for (const url of ['/v1/payments', '/api/auth/session', '/api/auth/csrf', '/api/auth/members'])
      expect([url, (await send({ url, headers: { cookie } })).statusCode]).toEqual([url, 401])
    const { data } = (await person.call('GET', '/api/auth/sessions')).json()
    expect(data).toHaveLength(1)
  })

  test('a code opens a session of its own, under another cookie, and the step is over', async () => {
    const { person, code } = await enrol(await signUp())
    const cookie = await password(person.email)
    const answer = await second(cookie, code())
    expect([answer.statusCode, answer.json().user.email]).toEqual([200, person.email])
    expect(cookieOf(answer)).not.toBe(cookie)
    later(61)
    expect((await second(cookie, code())).statusCode).toBe(401)
  })

  test('a code works once, also when two send it at the same moment, and none of before works after it', async () => {
    const { person, code } = await enrol(await signUp())
    const cookies = [await password(person.email), await password(person.email), await password(person.email)]
    const [first = '', other = '', third = ''] = cookies
    const answers = await Promise.all([second(first, code()), second(other, code())])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 401])
    expect((await second(third, code(-1))).statusCode).toBe(401)
    expect((await second(third, code(1))).statusCode).toBe(200)
  })

  test('the code that confirmed it is used up, too', async () => {
    const person = await signUp()
    const code = app((await begin(person)).secret)
    await person.call('POST', '/api/auth/second-factor/confirm', { code: code() })
    expect((await second(await password(person.email), code())).statusCode).toBe(401)
  })

  test('a recovery code opens it once, however it is typed; the codes are stored hashed', async () => {
    const { person, recoveryCodes } = await enrol(await signUp())
    expect(recoveryCodes).toHaveLength(10)
    const [one = '', two = ''] = recoveryCodes
    expect(
      (await second(await password(person.email), ` ${one.toUpperCase().replace('-', ' ')}`)).statusCode,
    ).toBe(200)
    expect((await second(await password(person.email), one)).statusCode).toBe(401)
    expect((await second(await password(person.email), two)).statusCode).toBe(200)
    const { rows } = await api.deps.db.engine.query(
      'SELECT row_to_json(f)::text AS text FROM second_factor f',
    )
    for (const { text } of rows) for (const code of recoveryCodes) expect(text).not.toContain(code)
    const { recovery_codes_left } = (await person.call('GET', '/api/auth/second-factor')).json()
    expect(recovery_codes_left).toBe(8)
  })

  test('the step ends after ten minutes, with a sign-out, and with a new password', async () => {
    const { person, code } = await enrol(await signUp())
    const stale = await password(person.email)
    later(601)
    expect((await second(stale, code())).statusCode).toBe(401)
    const left = await password(person.email)
    await post('/api/auth/sign-out', {}, { cookie: left })
    expect((await second(left, code())).statusCode).toBe(401)
    const waiting = await password(person.email)
    const changed = { password: PASSWORD, new_password: 'another password' }
    expect((await person.call('POST', '/api/auth/password', changed)).statusCode).toBe(200)
    expect((await second(waiting, code())).statusCode).toBe(401)
  })
})

describe('A18: guessing', () => {
  test('five guesses end the step; five a minute are all that a person gets, over all steps and addresses', async () => {
    const { person, code } = await enrol(await signUp())
    const cookie = await password(person.email)
    const statuses: number[] = []
    for (let guess = 0; guess < 6; guess++) statuses.push((await second(cookie, '000000')).statusCode)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401])
    const fresh = await password(person.email)
    const slowed = await second(fresh, code())
    expect([slowed.statusCode, slowed.json().code]).toEqual([429, 'rate_limit_exceeded'])
    later(61)
    expect((await second(cookie, code())).statusCode).toBe(401)
    expect((await second(fresh, code())).statusCode).toBe(200)
  })

  test('guesses at the recovery codes count as well', async () => {
    const { person, recoveryCodes } = await enrol(await signUp())
    const cookie = await password(person.email)
    for (let guess = 0; guess < 5; guess++) await second(cookie, 'aaaaa-aaaaa')
    const slowed = await second(await password(person.email), recoveryCodes[0] ?? '')
    expect(slowed.statusCode).toBe(429)
  })

  test('a page of another site cannot finish a sign-in', async () => {
    const { person, code } = await enrol(await signUp())
    const cookie = await password(person.email)
    const evil = { cookie, origin: 'https://evil.example' }
    const answer = await post('/api/auth/sign-in/second-factor', { code: code() }, evil)
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'csrf_failed'])
  })
})

describe('turning it off', () => {
  test('takes password and code, and then the password alone opens again', async () => {
    const { person, code } = await enrol(await signUp())
    const off = (body: object) => person.call('POST', '/api/auth/second-factor/disable', body)
    const noPassword = await off({ password: 'guess', code: code() })
    expect(noPassword.json().errors[0].pointer).toBe('/password')
    const noCode = await off({ password: PASSWORD, code: code(7) })
    expect(noCode.json().errors[0].pointer).toBe('/code')
    expect((await off({ password: PASSWORD, code: code() })).json()).toEqual({
      enabled: false,
      enabled_at: null,
      recovery_codes_left: 0,
      required: false,
    })
    await enter('/api/auth/sign-in/email', { email: person.email, password: PASSWORD })
    expect((await off({ password: PASSWORD, code: code(1) })).json().code).toBe('invalid_state')
  })

  test('new recovery codes end the old ones', async () => {
    const { person, code, recoveryCodes } = await enrol(await signUp())
    const made = await person.call('POST', '/api/auth/second-factor/recovery-codes', {
      password: PASSWORD,
      code: code(),
    })
    const fresh: readonly string[] = made.json().recovery_codes
    expect((await second(await password(person.email), recoveryCodes[0] ?? '')).statusCode).toBe(401)
    expect((await second(await password(person.email), fresh[0] ?? '')).statusCode).toBe(200)
  })
})

describe('an account that asks for it', () => {
  test('opens nothing but the set-up to a member without, from their next request on', async () => {
    const { person: owner } = await enrol(await signUp())
    const member = await join(owner, 'developer')
    const asked = await owner.call('PATCH', '/api/auth/account', { second_factor_required: true })
    expect(asked.json()).toMatchObject({ second_factor_required: true })
    for (const url of ['/v1/payments', '/api/keys', '/api/auth/members', '/api/auth/sessions']) {
      const answer = await member.call('GET', url)
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 403, 'second_factor_required'])
    }
    expect((await member.call('GET', '/api/auth/session')).json().second_factor).toBe('missing')
    const enrolled = await enrol(member)
    expect((await enrolled.person.call('GET', '/v1/payments')).statusCode).toBe(200)
    const off = { password: PASSWORD, code: enrolled.code() }
    const refused = await enrolled.person.call('POST', '/api/auth/second-factor/disable', off)
    expect(refused.json().code).toBe('invalid_state')
  })

  test('only an owner asks, and only one who has one', async () => {
    const owner = await signUp()
    const ask = (person: Person) =>
      person.call('PATCH', '/api/auth/account', { second_factor_required: true })
    expect((await ask(owner)).json().code).toBe('invalid_state')
    expect((await ask(await join(owner, 'admin'))).statusCode).toBe(403)
    expect((await owner.call('GET', '/api/auth/account')).json().second_factor_required).toBe(false)
  })

  test('whoever lost theirs gets it taken away by somebody who may, and is signed out', async () => {
    const owner = await signUp()
    const [admin, lost] = [await join(owner, 'admin'), await enrol(await join(owner, 'developer'))]
    const viewer = await join(owner, 'viewer')
    const path = `/api/auth/members/${lost.person.id}/second-factor`
    expect((await viewer.call('DELETE', path)).statusCode).toBe(403)
    expect((await (await signUp()).call('DELETE', path)).statusCode).toBe(404)
    expect((await admin.call('DELETE', path)).statusCode).toBe(200)
    expect((await lost.person.call('GET', '/v1/payments')).statusCode).toBe(401)
    await enter('/api/auth/sign-in/email', { email: lost.person.email, password: PASSWORD })
    expect((await admin.call('DELETE', path)).json().code).toBe('invalid_state')
    const enrolledOwner = await enrol(owner)
    const up = `/api/auth/members/${enrolledOwner.person.id}/second-factor`
    expect((await admin.call('DELETE', up)).statusCode).toBe(403)
  })

  test('whoever runs the server takes it away by address, from one person alone', async () => {
    const [lost, other] = [await enrol(await signUp()), await enrol(await signUp())]
    expect(await resetByAddress(api.deps.db, 'nobody@example.com')).toBe(false)
    expect(await resetByAddress(api.deps.db, lost.person.email)).toBe(true)
    expect((await lost.person.call('GET', '/v1/payments')).statusCode).toBe(401)
    expect((await other.person.call('GET', '/v1/payments')).statusCode).toBe(200)
    await enter('/api/auth/sign-in/email', { email: lost.person.email, password: PASSWORD })
    await password(other.person.email)
  })
})

test('the audit log says who turned it on, used a recovery code, asked for it and turned it off, and no secret', async () => {
  const { person, code, recoveryCodes } = await enrol(await signUp())
  await second(await password(person.email), recoveryCodes[0] ?? '')
  await person.call('PATCH', '/api/auth/account', { name: 'Shop', second_factor_required: true })
  await person.call('PATCH', '/api/auth/account', { second_factor_required: false })
  const off = await person.call('POST', '/api/auth/second-factor/disable', {
    password: PASSWORD,
    code: code(),
  })
  expect(off.statusCode, off.body).toBe(200)
  const { data } = (await person.call('GET', '/api/audit')).json()
  interface Entry {
    readonly action: string
    readonly actor: { readonly id: string | null }
    readonly subject: { readonly type: string }
    readonly before: object | null
    readonly after: object | null
  }
  const entries = (data as readonly Entry[]).filter(({ subject }) => subject.type !== 'membership').reverse()
  expect(entries.map(({ action, subject }) => `${subject.type} ${action}`)).toEqual([
    'second_factor created',
    'second_factor updated',
    'second_factor updated',
    'account updated',
    'account updated',
    'second_factor deleted',
  ])
  expect(new Set(entries.map(({ actor }) => actor.id))).toEqual(new Set([person.id]))
  expect(entries[0]?.after).toMatchObject({ sealed: '[redacted]' })
  expect(entries[2]).toMatchObject({ before: { recovery_codes_left: 10 }, after: { recovery_codes_left: 9 } })
  expect(entries[3]).toMatchObject({ after: { name: 'Shop', second_factor_required: true } })
})
