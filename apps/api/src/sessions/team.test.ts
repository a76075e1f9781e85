import { randomUUID } from 'node:crypto'
import { ROUTES, type RouteSpec } from '@onerouter/contract'
import type { Environment } from '@onerouter/core'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { ROLES, type Role, scopesOf } from './roles.ts'

let api: OpenedApp
let nowMs = Date.parse('2026-03-01T12:00:00Z')
beforeAll(async () => {
  api = await openApp({ env: { DASHBOARD_PORT: '3000' }, world: { now: () => nowMs } })
})
afterAll(() => api.close())

const ORIGIN = 'http://localhost:3000'
const PASSWORD = 'correct horse battery'
let strangers = 0
interface Person {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly accountId: string
  call(
    method: NonNullable<InjectOptions['method']>,
    url: string,
    payload?: object,
    environment?: Environment,
  ): ReturnType<typeof send>
}

const send = (options: InjectOptions) => {
  strangers += 1
  return api.app.inject({
    remoteAddress: `10.7.${Math.floor(strangers / 250)}.${strangers % 250}`,
    ...options,
  })
}

async function enter(url: string, payload: object): Promise<Person> {
  const answer = await send({ method: 'POST', url, payload, headers: { origin: ORIGIN } })
  expect(answer.statusCode, answer.body).toBe(200)
  const { user, account, role, csrf_token } = answer.json()
  const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''
  return {
    id: user.id,
    email: user.email,
    role,
    accountId: account.id,
    call: (method, path, body, environment = 'test') =>
      send({
        method,
        url: path,
        headers: { origin: ORIGIN, cookie, 'x-csrf-token': csrf_token, 'onerouter-environment': environment },
        ...(body === undefined ? {} : { payload: body }),
      }),
  }
}

const newOwner = () =>
  enter('/api/auth/sign-up/email', { email: `${randomUUID()}@example.com`, password: PASSWORD, name: 'Ada' })

async function join(by: Person, role: Role): Promise<Person> {
  const email = `${randomUUID()}@example.com`
  const invited = await by.call('POST', '/api/auth/invitations', { email, role })
  expect(invited.statusCode, invited.body).toBe(200)
  return enter('/api/auth/invitations/accept', {
    token: invited.json().token,
    password: PASSWORD,
    name: 'Bo',
  })
}

describe('every route, for every role, in both environments: what a role may not do, the API refuses', () => {
  const guarded = Object.entries(ROUTES as Readonly<Record<string, RouteSpec>>).flatMap(([name, route]) =>
    route.scope === 'public' ? [] : [{ name, method: route.method, path: route.path, scope: route.scope }],
  )
  let people: readonly Person[]
  beforeAll(async () => {
    const owner = await newOwner()
    people = [owner, ...(await Promise.all(ROLES.slice(1).map((role) => join(owner, role))))]
  })

  test.each(guarded)('$method $path', async ({ method, path, scope }) => {
    const url = path.replaceAll('{service}', 'paypal').replaceAll(/\{\w+\}/g, 'key_0')
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

  test('somebody else’s session is not there', async () => {
    const [owner, other] = [await newOwner(), await newOwner()]
    const { data } = (await other.call('GET', '/api/auth/sessions')).json()
    expect((await owner.call('DELETE', `/api/auth/sessions/${data[0].id}`)).statusCode).toBe(404)
  })
})
