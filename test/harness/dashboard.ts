/** The dashboard as its own program, in front of an API process, and people who sign in to it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type IdKind, parseId, type Uuid } from '@onerouter/core'
import type { TestDatabase } from './postgres.ts'
import { type ApiProcess, createInstallation, freePort, type Installation, inherited } from './processes.ts'

const MAIN = new URL('../../apps/dashboard/src/main.ts', import.meta.url).pathname
/** The pages are built at the first start; on a busy machine that takes minutes. */
const BUILT_WITHIN_MS = 600_000
const LOOK_AGAIN_MS = 500

export interface Console {
  readonly installation: Installation
  readonly api: ApiProcess
  /** The dashboard's own origin. */
  readonly origin: string
  close(): Promise<void>
}

/**
 * API, sandbox and dashboard, each on ports of its own. Ready when the pages are.
 * @param env for both, beside what they need to find each other
 * @param database instead of one of the test run
 */
export async function openConsole(
  env: Readonly<Record<string, string>> = {},
  database?: TestDatabase,
): Promise<Console> {
  const installation = await createInstallation(database === undefined ? {} : { database })
  const port = await freePort()
  const api = await installation.start({ ...env, DASHBOARD_PORT: String(port) })
  const dashboard = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...env, ...inherited(), DASHBOARD_PORT: String(port), NEXT_PUBLIC_API_URL: api.url },
  })
  const origin = `http://127.0.0.1:${port}`
  await pagesOf(origin)
  return {
    installation,
    api,
    origin,
    async close() {
      await ended(dashboard)
      await installation.close()
    },
  }
}

async function pagesOf(origin: string): Promise<void> {
  const endMs = Date.now() + BUILT_WITHIN_MS
  while (Date.now() < endMs) {
    const answer = await fetch(`${origin}/sign-in`).catch(() => undefined)
    if (answer?.status === 200) return
    await sleep(LOOK_AGAIN_MS)
  }
  throw new Error('the pages of the dashboard were not ready in time')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await exit
}

export interface Member {
  readonly email: string
  readonly password: string
  /** As the database has it. */
  readonly accountId: Uuid
  /** Calls the API as a page of the dashboard does. */
  call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>
}

/** @throws Error when the API gave another kind of id */
export function uuidOf(kind: IdKind, id: string): Uuid {
  const uuid = parseId(kind, id)
  if (uuid === undefined) throw new Error(`${id} is no id of a ${kind}`)
  return uuid
}

/** Somebody with an account of their own, connected to the sandbox where asked. */
export async function newMember(dashboard: Console, connect: readonly string[] = []): Promise<Member> {
  const email = `ada-${crypto.randomUUID().slice(0, 13)}@example.com`
  const password = `pass-${crypto.randomUUID()}`
  const headers = { 'content-type': 'application/json', origin: dashboard.origin }
  const answer = await fetch(`${dashboard.origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ email, password, name: 'Ada' }),
  })
  // The API's own answer.
  const session = (await answer.json()) as { csrf_token: string; account: { id: string } }
  const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  const call: Member['call'] = async (method, path, body) => {
    const reply = await fetch(dashboard.origin + path, {
      method,
      headers: { ...headers, cookie, 'x-csrf-token': session.csrf_token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: reply.status, body: await reply.json() }
  }
  for (const service of connect) {
    const saved = await call('PUT', `/api/services/${service}/credentials`, {
      environment: 'test',
      sandbox: true,
    })
    if (saved.status !== 200)
      throw new Error(`${service} could not be connected: ${JSON.stringify(saved.body)}`)
  }
  return { email, password, accountId: uuidOf('account', session.account.id), call }
}
