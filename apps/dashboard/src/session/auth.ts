/** Signing in and out: plain calls, because they come before there is anything that the SDK could speak for. */

export interface Session {
  readonly user: { readonly id: string; readonly email: string; readonly name: string }
  readonly account: { readonly id: string; readonly name: string }
  readonly role: Role
  readonly csrf_token: string
  /** `missing`: the account asks for one, and opens nothing before there is one. */
  readonly second_factor: 'off' | 'on' | 'missing'
}

export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const
export type Role = (typeof ROLES)[number]

const TIMEOUT_MS = 15_000

/** The Clerk instance that people sign in with here. */
export interface ClerkInstance {
  readonly publishable_key: string
  readonly frontend_api: string
}

/** `null`: people sign in with the built-in sign-in. */
export async function clerkInstance(): Promise<ClerkInstance | null> {
  const options = (await readBody(await send('GET', '/api/auth/options'))) as {
    readonly clerk: ClerkInstance | null // serialised by the route's schema
  }
  return options.clerk
}

/** @throws Error with a sentence for the person who tries */
export async function signInWithClerk(token: string, invitation: string | undefined): Promise<Session> {
  const body = invitation === undefined ? { token } : { token, invitation }
  return readSession(await send('POST', '/api/auth/sign-in/clerk', body))
}

/** Whether a code is asked for now. @throws Error with a sentence for the person who tries */
export async function signIn(email: string, password: string): Promise<'in' | 'code'> {
  const answer = await readBody(await send('POST', '/api/auth/sign-in/email', { email, password }))
  const due = typeof answer === 'object' && answer !== null && 'second_factor' in answer
  return due && answer.second_factor === 'due' ? 'code' : 'in'
}

/** @throws Error with a sentence for the person who tries */
export async function signInSecondFactor(code: string): Promise<Session> {
  return readSession(await send('POST', '/api/auth/sign-in/second-factor', { code }))
}

/** @throws Error with a sentence for the person who tries */
export async function signUp(email: string, password: string): Promise<'in'> {
  await readSession(await send('POST', '/api/auth/sign-up/email', { email, password }))
  return 'in'
}

/** Becomes a member of the account that the invitation is to. @throws Error with a sentence for the person */
export async function acceptInvitation(token: string, name: string, password: string): Promise<Session> {
  return readSession(await send('POST', '/api/auth/invitations/accept', { token, name, password }))
}

/** The session that the browser holds, or `null`. */
export async function currentSession(): Promise<Session | null> {
  const answer = await send('GET', '/api/auth/session')
  return answer.status === 401 ? null : readSession(answer)
}

export async function signOut(session: Session): Promise<void> {
  await send('POST', '/api/auth/sign-out', {}, { 'x-csrf-token': session.csrf_token })
}

/** What the routes of people and sessions answer. @throws Error with a sentence for the person who tries */
export async function ask<T>(session: Session, method: string, path: string, body?: object): Promise<T> {
  const answer = await send(method, path, body, { 'x-csrf-token': session.csrf_token })
  return (await readBody(answer)) as T // as those routes present it
}

function send(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(path, {
    method,
    credentials: 'same-origin',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function readSession(answer: Response): Promise<Session> {
  return (await readBody(answer)) as Session // the API's answer, serialised by its schema
}

async function readBody(answer: Response): Promise<unknown> {
  const body: unknown = await answer.json().catch(() => ({}))
  if (answer.ok) return body
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : undefined
  throw new Error(typeof detail === 'string' ? detail : 'The API does not answer; try again in a moment.')
}
