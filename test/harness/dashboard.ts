/** The dashboard as its own program, in front of an API process, and people who sign in to it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
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
 */
export async function openConsole(env: Readonly<Record<string, string>> = {}): Promise<Console> {
  const installation = await createInstallation()
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
  /** Calls the API as a page of the dashboard does. */
  call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>
}

/** Somebody with an account of their own, connected to the sandbox where asked. */
export async function newMember(dashboard: Console, connect: readonly string[] = []): Promise<Member> {
  const email = `${crypto.randomUUID()}@example.com`
  const password = `pass-${crypto.randomUUID()}`
  const headers = { 'content-type': 'application/json', origin: dashboard.origin }
  const answer = await fetch(`${dashboard.origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ email, password, name: 'Ada' }),
  })
  const session = (await answer.json()) as { csrf_token: string } // the API's own answer
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
  return { email, password, call }
}

/** Text that would be markup if anything let it. */
export const HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'

/** An account with something on every page; `text` is wherever somebody else writes. */
export interface Furnished {
  readonly member: Member
  readonly payment: string
  readonly subscription: string
}
export async function furnish(dashboard: Console, receiverUrl: string, text: string): Promise<Furnished> {
  const member = await newMember(dashboard, ['stripe', 'paypal', 'razorpay', 'twilio'])
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await member.call('POST', path, body)
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return (answer.body as { id?: string }).id ?? '' // objects have one, simulations do not
  }
  await made('/api/webhooks/endpoints', {
    url: receiverUrl,
    events: ['*'],
    environment: 'test',
    description: text,
  })
  const payment = await made('/v1/payments', {
    amount: '500.00',
    currency: 'USD',
    provider: 'stripe',
    description: text,
    receipt: text.slice(0, 40),
    metadata: { note: text },
    customer: { name: text, email: 'ada@example.com' },
  })
  await made(`/v1/simulations/payments/${payment}/succeed`, {})
  const declined = await made('/v1/payments', { amount: '20.00', currency: 'USD', provider: 'paypal' })
  await made(`/v1/simulations/payments/${declined}/fail`, {})
  await made('/v1/refunds', { payment_id: payment, amount: '12.34', reason: text.slice(0, 100) })
  await made('/v1/payment-links', { amount: '7.00', currency: 'USD', description: text })
  await made('/v1/customers', { name: text, email: 'ada@example.com', description: text })
  await made('/v1/sms', { to: '+14155550123', body: text })
  const plan = await made('/v1/plans', { name: text, amount: '9.00', currency: 'USD', interval: 'month' })
  const subscription = await made('/v1/subscriptions', { plan_id: plan, provider: 'stripe' })
  const rules = [
    {
      name: text.slice(0, 80),
      when: { currencies: ['EUR'] },
      use: { strategy: 'order', providers: ['paypal'] },
    },
  ]
  await member.call('PUT', '/api/routing', { rules, environment: 'test', comment: text })
  await made('/api/keys', { name: text.slice(0, 90), environment: 'test' })
  await made('/api/services/paypal/verify-domain', { domain: 'shop.example.com' })
  return { member, payment, subscription }
}
