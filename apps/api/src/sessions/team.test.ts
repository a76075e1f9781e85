import { randomUUID } from 'node:crypto'
import { ROLES, ROUTES, type RouteSpec } from '@onerouter/contract'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installSessionGuard } from '../routes/auth/session-guard.ts'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { urlOf } from '../testing/route-url.ts'
import { scopesOf } from './roles.ts'
import { createSessions } from './sessions.ts'
import { ORIGIN, PASSWORD, type Person, visitors } from './testing/people.ts'

let api: OpenedApp
let nowMs = Date.parse('2026-03-01T12:00:00Z')
beforeAll(async () => {
  api = await openApp({ env: { DASHBOARD_PORT: '3000' }, world: { now: () => nowMs } })
})
afterAll(() => api.close())

const { send, enter, signUp: newOwner, join } = visitors(() => api)

describe('every route, for every role, in both environments: what a role may not do, the API refuses', () => {
  const all = Object.entries(ROUTES as Readonly<Record<string, RouteSpec>>).map(([name, route]) => ({
    name,
    ...route,
    url: urlOf(route),
  }))
  const guarded = all.flatMap(({ scope, ...route }) =>
    scope === 'public' || scope === 'session' ? [] : [{ scope, ...route }],
  )
  const forPeople = all.filter(({ scope }) => scope === 'session')
  let people: readonly Person[]
  beforeAll(async () => {
    const owner = await newOwner()
    people = [owner, ...(await Promise.all(ROLES.slice(1).map((role) => join(owner, role))))]
  })

  test.each(guarded)('$method $path', async ({ method, url, scope }) => {
    for (const person of people) {
      for (const environment of ['test', 'live'] as const) {
        const answer = await person.call(method, url, undefined, environment)
        const refused = answer.statusCode === 403 && answer.json().required_scope === scope
        expect([person.role, environment, refused]).toEqual([
          person.role,
          environment,
          !scopesOf(person.role, environment).has(scope),
        ])
      }
    }
  })

  test.each(forPeople)('$method $path', async ({ method, url, roles = ROLES }) => {
    for (const person of people) {
      const answer = await person.call(method, url)
      const refused = answer.statusCode === 403 && answer.json().required_roles !== undefined
      expect([person.role, refused]).toEqual([person.role, !roles.includes(person.role)])
    }
    const { plain } = await api.newKey()
    const strangers = [await send({ method, url }), await api.call(plain, method, url)]
    expect(strangers.map(({ statusCode }) => statusCode)).toEqual([401, 401])
  })

  test('no route for people is mounted that the contract does not give to roles', () => {
    const app = Fastify()
    installSessionGuard(app, createSessions(api.deps))
    const mountIt = () => app.get('/api/auth/new', { config: { scope: 'session' } }, async () => ({}))
    expect(mountIt).toThrow('The contract does not say whose role may use /api/auth/new.')
  })

  test('a viewer writes nothing anywhere, a developer nothing in live', () => {
    for (const [role, environment] of [
      ['viewer', 'test'],
      ['viewer', 'live'],
      ['developer', 'live'],
    ] as const) {
      expect([...scopesOf(role, environment)].filter((scope) => !scope.endsWith(':read'))).toEqual([])
    }
  })

  test('a developer cannot make a live key out of the rights in test', async () => {
    const developer = people.find(({ role }) => role === 'developer')
    const made = await developer?.call('POST', '/api/keys', { name: 'k', environment: 'live' })
    expect(made?.statusCode).toBe(403)
  })
})

describe('a team', () => {
  test('an invitation is accepted once, into its account, with its role', async () => {
    const owner = await newOwner()
    const email = `${randomUUID()}@example.com`
    const { token } = (await owner.call('POST', '/api/auth/invitations', { email, role: 'viewer' })).json()
    const member = await enter('/api/auth/invitations/accept', { token, password: PASSWORD })
    expect(member).toMatchObject({ email, role: 'viewer', accountId: owner.accountId })
    const again = await send({
      method: 'POST',
      url: '/api/auth/invitations/accept',
      payload: { token, password: PASSWORD },
      headers: { origin: ORIGIN },
    })
    expect(again.statusCode).toBe(404)
    const { data } = (await owner.call('GET', '/api/auth/members')).json()
    expect(data.map((one: { role: string }) => one.role)).toEqual(['owner', 'viewer'])
  })

  test('an invitation ends by time, by withdrawal and by a newer one', async () => {
    const owner = await newOwner()
    const email = `${randomUUID()}@example.com`
    const invite = async () =>
      (await owner.call('POST', '/api/auth/invitations', { email, role: 'admin' })).json()
    const accept = async (token: string) =>
      (
        await send({
          method: 'POST',
          url: '/api/auth/invitations/accept',
          payload: { token, password: PASSWORD },
          headers: { origin: ORIGIN },
        })
      ).statusCode
    const first = await invite()
    const second = await invite()
    expect(await accept(first.token)).toBe(404)
    expect((await owner.call('DELETE', `/api/auth/invitations/${second.id}`)).statusCode).toBe(200)
    expect(await accept(second.token)).toBe(404)
    const third = await invite()
    nowMs += 8 * 86_400_000
    expect(await accept(third.token)).toBe(404)
    nowMs -= 8 * 86_400_000
  })

  test('an address that signs in already keeps its account and its password', async () => {
    const [owner, other] = [await newOwner(), await newOwner()]
    const invited = await owner.call('POST', '/api/auth/invitations', { email: other.email, role: 'admin' })
    const answer = await send({
      method: 'POST',
      url: '/api/auth/invitations/accept',
      payload: { token: invited.json().token, password: 'another password' },
      headers: { origin: ORIGIN },
    })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'conflict'])
    expect((await other.call('GET', '/api/auth/session')).json().account.id).toBe(other.accountId)
  })

  test('nobody reaches above themselves', async () => {
    const owner = await newOwner()
    const [admin, developer] = [await join(owner, 'admin'), await join(owner, 'developer')]
    const email = 'eve@example.com'
    const attempts = [
      admin.call('POST', '/api/auth/invitations', { email, role: 'owner' }),
      admin.call('PATCH', `/api/auth/members/${owner.id}`, { role: 'viewer' }),
      admin.call('PATCH', `/api/auth/members/${admin.id}`, { role: 'owner' }),
      admin.call('DELETE', `/api/auth/members/${owner.id}`),
      developer.call('POST', '/api/auth/invitations', { email, role: 'viewer' }),
      developer.call('PATCH', `/api/auth/members/${developer.id}`, { role: 'admin' }),
      developer.call('GET', '/api/auth/invitations'),
    ]
    expect((await Promise.all(attempts)).map(({ statusCode }) => statusCode)).toEqual(attempts.map(() => 403))
    expect(
      (await admin.call('PATCH', `/api/auth/members/${developer.id}`, { role: 'viewer' })).statusCode,
    ).toBe(200)
  })

  test('a changed role holds from the next request, and whoever is removed is signed out', async () => {
    const owner = await newOwner()
    const member = await join(owner, 'developer')
    expect((await member.call('POST', '/api/keys', { name: 'k' })).statusCode).toBe(201)
    await owner.call('PATCH', `/api/auth/members/${member.id}`, { role: 'viewer' })
    expect((await member.call('POST', '/api/keys', { name: 'k' })).statusCode).toBe(403)
    await owner.call('DELETE', `/api/auth/members/${member.id}`)
    expect((await member.call('GET', '/v1/payments')).statusCode).toBe(401)
  })

  test('an account always keeps an owner, also when two remove each other at once', async () => {
    const owner = await newOwner()
    expect((await owner.call('DELETE', `/api/auth/members/${owner.id}`)).statusCode).toBe(409)
    const second = await join(owner, 'owner')
    const answers = await Promise.all([
      owner.call('DELETE', `/api/auth/members/${second.id}`),
      second.call('DELETE', `/api/auth/members/${owner.id}`),
    ])
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
  })

  test('the audit log says who invited, joined, changed a role and removed', async () => {
    const owner = await newOwner()
    const member = await join(owner, 'developer')
    await owner.call('PATCH', `/api/auth/members/${member.id}`, { role: 'viewer' })
    await owner.call('DELETE', `/api/auth/members/${member.id}`)
    interface Entry {
      readonly action: string
      readonly actor: { readonly id: string | null }
      readonly subject: { readonly type: string }
    }
    const { data }: { data: readonly Entry[] } = (await owner.call('GET', '/api/audit')).json()
    const said = data.map(({ action, actor, subject }) => [`${subject.type} ${action}`, actor.id])
    expect(said.slice(0, -1)).toEqual([
      ['membership deleted', owner.id],
      ['membership updated', owner.id],
      ['membership created', member.id],
      ['invitation deleted', member.id],
      ['invitation created', owner.id],
    ])
  })

  test('people of other accounts do not exist', async () => {
    const [owner, other] = [await newOwner(), await newOwner()]
    for (const call of [
      owner.call('PATCH', `/api/auth/members/${other.id}`, { role: 'viewer' }),
      owner.call('DELETE', `/api/auth/members/${other.id}`),
    ]) {
      expect((await call).statusCode).toBe(404)
    }
  })
})

describe('the list of sessions', () => {
  test('shows all of one’s own, marks the current one, and ends the others', async () => {
    const owner = await newOwner()
    const elsewhere = await enter('/api/auth/sign-in/email', { email: owner.email, password: PASSWORD })
    const { data } = (await owner.call('GET', '/api/auth/sessions')).json()
    expect(data).toHaveLength(2)
    const other = data.find((one: { current: boolean }) => !one.current)
    expect((await owner.call('DELETE', `/api/auth/sessions/${other.id}`)).statusCode).toBe(200)
    expect((await elsewhere.call('GET', '/v1/payments')).statusCode).toBe(401)
    expect((await owner.call('GET', '/v1/payments')).statusCode).toBe(200)
  })

  test('says which browser on which system, and from where', async () => {
    const email = (await newOwner()).email
    const agents = [
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      `<script>alert(1)</script>${'x'.repeat(1000)}`,
    ]
    let last: Person | undefined
    for (const agent of agents)
      last = await enter('/api/auth/sign-in/email', { email, password: PASSWORD }, { 'user-agent': agent })
    const { data } = (await last?.call('GET', '/api/auth/sessions'))?.json() ?? {}
    const devices = data.map((one: { device: string }) => one.device)
    expect(devices).toEqual(expect.arrayContaining(['Firefox on Linux', 'Safari on iOS', 'Edge on Windows']))
    expect(devices.find((one: string) => one.startsWith('<script>'))).toHaveLength(60)
    expect(data[0].address).toMatch(/^10\.7\./)
  })

  test('all others end at once, and with a new password', async () => {
    const owner = await newOwner()
    const again = () => enter('/api/auth/sign-in/email', { email: owner.email, password: PASSWORD })
    const others = [await again(), await again()]
    expect((await owner.call('DELETE', '/api/auth/sessions')).json()).toEqual({ ended: 2 })
    const another = await again()
    const wrong = { password: 'guess guess', new_password: 'a better password' }
    expect((await owner.call('POST', '/api/auth/password', wrong)).json().errors[0].pointer).toBe('/password')
    const right = { password: PASSWORD, new_password: 'a better password' }
    expect((await owner.call('POST', '/api/auth/password', right)).statusCode).toBe(200)
    for (const one of [...others, another])
      expect((await one.call('GET', '/api/auth/session')).statusCode).toBe(401)
    expect((await owner.call('GET', '/api/auth/session')).statusCode).toBe(200)
    await enter('/api/auth/sign-in/email', { email: owner.email, password: 'a better password' })
  })

  test('somebody else’s session is not there', async () => {
    const [owner, other] = [await newOwner(), await newOwner()]
    const { data } = (await other.call('GET', '/api/auth/sessions')).json()
    expect((await owner.call('DELETE', `/api/auth/sessions/${data[0].id}`)).statusCode).toBe(404)
  })
})
