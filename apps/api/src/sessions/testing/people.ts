import { randomUUID } from 'node:crypto'
import type { Role } from '@onerouter/contract'
import type { Environment } from '@onerouter/core'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { OpenedApp } from '../../testing/open-app.ts'

/** The dashboard's origin in tests: `DASHBOARD_PORT` is 3000 there. */
export const ORIGIN = 'http://localhost:3000'
export const PASSWORD = 'correct horse battery'

type Method = NonNullable<InjectOptions['method']>

/** Somebody with a session, and what they do with it. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly accountId: string
  readonly cookie: string
  readonly csrf: string
  call(method: Method, url: string, body?: object, environment?: Environment): Promise<LightMyRequestResponse>
}

export interface Visitors {
  /** Every call comes from an address of its own, so that one test's limits are not another's. */
  send(options: InjectOptions): Promise<LightMyRequestResponse>
  /** As a page of the dashboard sends it. */
  post(url: string, payload: object, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  /** @throws Error unless the answer is a session */
  enter(url: string, payload: object, headers?: Record<string, string>): Promise<Person>
  signUp(): Promise<Person>
  join(by: Person, role: Role): Promise<Person>
}

export const cookieOf = (answer: LightMyRequestResponse): string =>
  String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''

/** People of tests, in front of an API without sockets. @param open the API, opened by then */
export function visitors(open: () => OpenedApp): Visitors {
  let strangers = 0
  const send: Visitors['send'] = (options) => {
    strangers += 1
    const remoteAddress = `10.7.${Math.floor(strangers / 250)}.${strangers % 250}`
    return open().app.inject({ remoteAddress, ...options })
  }
  const post: Visitors['post'] = (url, payload, headers = {}) =>
    send({ method: 'POST', url, payload, headers: { origin: ORIGIN, ...headers } })
  const enter: Visitors['enter'] = async (url, payload, headers) => {
    const answer = await post(url, payload, headers)
    const body = answer.json()
    if (answer.statusCode !== 200 || body.csrf_token === undefined) throw new Error(answer.body)
    const [cookie, csrf]: [string, string] = [cookieOf(answer), body.csrf_token]
    return {
      id: body.user.id,
      email: body.user.email,
      role: body.role,
      accountId: body.account.id,
      cookie,
      csrf,
      call: (method, path, payload, environment = 'test') =>
        send({
          method,
          url: path,
          headers: { origin: ORIGIN, cookie, 'x-csrf-token': csrf, 'onerouter-environment': environment },
          ...(payload === undefined ? {} : { payload }),
        }),
    }
  }
  const newAddress = () => `${randomUUID()}@example.com`
  return {
    send,
    post,
    enter,
    signUp: () => enter('/api/auth/sign-up/email', { email: newAddress(), password: PASSWORD, name: 'Ada' }),
    async join(by, role) {
      const invited = await by.call('POST', '/api/auth/invitations', { email: newAddress(), role })
      if (invited.statusCode !== 200) throw new Error(invited.body)
      const { token } = invited.json()
      return enter('/api/auth/invitations/accept', { token, password: PASSWORD, name: 'Bo' })
    },
  }
}
