/** Signing in and out: plain calls, because they come before there is anything that the SDK could speak for. */

export interface Session {
  readonly user: { readonly id: string; readonly email: string; readonly name: string }
  readonly account: { readonly id: string; readonly name: string }
  readonly csrf_token: string
}

const TIMEOUT_MS = 15_000

/** @throws Error with a sentence for the person who tries */
export async function signIn(email: string, password: string): Promise<Session> {
  return readSession(await send('POST', '/api/auth/sign-in/email', { email, password }))
}

/** @throws Error with a sentence for the person who tries */
export async function signUp(email: string, password: string): Promise<Session> {
  return readSession(await send('POST', '/api/auth/sign-up/email', { email, password }))
}

/** The session that the browser holds, or `null`. */
export async function currentSession(): Promise<Session | null> {
  const answer = await send('GET', '/api/auth/session')
  return answer.status === 401 ? null : readSession(answer)
}

export async function signOut(session: Session): Promise<void> {
  await send('POST', '/api/auth/sign-out', {}, { 'x-csrf-token': session.csrf_token })
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
  const body: unknown = await answer.json().catch(() => ({}))
  if (answer.ok) return body as Session // the API's answer, serialised by its schema
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : undefined
  throw new Error(typeof detail === 'string' ? detail : 'The API does not answer; try again in a moment.')
}
