/**
 * Incoming webhooks: how long a provider waits for its answer at 500 events a second, while payments are created, their
 * events are delivered and what came in is worked off, all by one process.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

const PER_SECOND = 500
const SECONDS = 10
const PAYMENTS_PER_SECOND = 20
/** One event in so many names a payment of ours, which is fetched from the provider. */
const ABOUT_PAYMENTS = 5
const PAID = 20
const ANSWER_WITHIN_MS = 20_000
const EMPTY_WITHIN_MS = 60_000
const agent = new Agent({ keepAlive: true, maxSockets: 128 })
const clockMs = (): number => performance.now()

export interface Incoming {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export async function measureIncoming(databaseUrl: string): Promise<Incoming> {
  const dataDir = await mkdtemp(join(tmpdir(), 'onerouter-bench-in-'))
  const children: ChildProcess[] = []
  try {
    const { ports } = await ready<{ ports: { pages: number; api: Record<string, number> } }>(children, {
      file: '../../test/chaos/sandbox-process.ts',
      args: [JSON.stringify({ seed: 1, api: {} })],
      env: {},
    })
    const at = (port: number | undefined): string => `http://127.0.0.1:${port}`
    const { port, apiKey } = await ready<{ port: number; apiKey: string }>(children, {
      file: '../../apps/api/src/main.ts',
      args: ['serve'],
      env: {
        DATABASE_URL: databaseUrl,
        ONEROUTER_DATA_DIR: dataDir,
        ONEROUTER_DEMO: '1',
        API_PORT: '0',
        SANDBOX_URL: at(ports.pages),
        STRIPE_API_BASE: at(ports.api['stripe']),
        RAZORPAY_API_BASE: at(ports.api['razorpay']),
        PAYPAL_API_BASE: at(ports.api['paypal']),
        TWILIO_API_BASE: at(ports.api['twilio']),
      },
    })
    const receiver = fork(new URL('./receiver.ts', import.meta.url), { stdio: 'inherit' })
    children.push(receiver)
    const hooks = await new Promise<number>((resolve) =>
      receiver.on('message', (message: { port?: number }) => {
        if (message.port !== undefined) resolve(message.port)
      }),
    )
    const api = { url: at(port), apiKey }
    const merchant = await connect(api, at(ports.pages), `${at(hooks)}/hooks`)
    console.log('\nIncoming:')
    return await offer(api, merchant, databaseUrl)
  } finally {
    for (const child of children) child.kill('SIGKILL')
    agent.destroy()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function ready<T>(
  children: ChildProcess[],
  { file, args, env }: { file: string; args: readonly string[]; env: Readonly<Record<string, string>> },
): Promise<T> {
  const child = fork(new URL(file, import.meta.url), args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  return await new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T)) // each program sends one object when it is ready
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
  })
}

interface Api {
  readonly url: string
  readonly apiKey: string
}

async function ask<T>(api: Api, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(api.url + path, {
    method,
    headers: { authorization: `Bearer ${api.apiKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`)
  return JSON.parse(answer) as T // the contract's own answers
}

interface Merchant {
  readonly address: URL
  readonly secret: string
  /** Stripe's ids of payments that were paid. */
  readonly intents: readonly string[]
}

const PAYMENT = { amount: '10.00', currency: 'USD', provider: 'stripe' }

async function connect(api: Api, sandbox: string, hooks: string): Promise<Merchant> {
  const account = await ask<{ account_id: string; credentials: object }>(
    { url: sandbox, apiKey: '' },
    'POST',
    '/accounts',
    {
      provider: 'stripe',
    },
  )
  const secret = `whsec_${randomBytes(24).toString('hex')}`
  const saved = await ask<{ credentials: { test: { webhook_url: string } } }>(
    api,
    'PUT',
    '/api/services/stripe/credentials',
    { environment: 'test', credentials: { ...account.credentials, webhook_secret: secret } },
  )
  await ask(api, 'POST', '/api/webhooks/endpoints', { url: hooks })
  const intents: string[] = []
  for (let i = 0; i < PAID; i++) {
    const made = await ask<{ id: string; provider_order_id: string }>(api, 'POST', '/v1/payments', PAYMENT)
    const { id, provider_order_id: order } = made
    const owner = { account_id: account.account_id }
    await ask({ url: sandbox, apiKey: '' }, 'POST', `/simulations/stripe/${order}/succeed`, owner)
    const paid = await ask<{ provider_payment_id: string }>(api, 'POST', `/v1/payments/${id}/sync`, {})
    intents.push(paid.provider_payment_id)
  }
  const address = new URL(api.url)
  address.pathname = new URL(saved.credentials.test.webhook_url).pathname
  return { address, secret, intents }
}

async function offer(api: Api, merchant: Merchant, databaseUrl: string): Promise<Incoming> {
  const waits: number[] = []
  const statuses = new Map<number, number>()
  const running = new Set<Promise<void>>()
  const keep = (work: Promise<void>): void => {
    running.add(work)
    void work.finally(() => running.delete(work))
  }
  const beganMs = clockMs()
  let payments = 0
  let refused = 0
  for (let sent = 0; sent < PER_SECOND * SECONDS; ) {
    const passed = (clockMs() - beganMs) / 1000
    const due = Math.min(PER_SECOND * SECONDS, Math.floor(passed * PER_SECOND))
    for (; sent < due; sent++) {
      // From the moment it was due: a sender that falls behind must not make the answers look quick.
      const dueMs = beganMs + (sent / PER_SECOND) * 1000
      keep(
        deliver(merchant, sent).then((status) => {
          waits.push(clockMs() - dueMs)
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }),
      )
    }
    for (; payments < Math.floor(passed * PAYMENTS_PER_SECOND); payments++) {
      const made = ask(api, 'POST', '/v1/payments', PAYMENT).catch(() => {
        refused += 1
      })
      keep(made.then(() => undefined))
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(running)
  waits.sort((a, b) => a - b)
  const percentile = (p: number): number => waits[Math.floor(p * (waits.length - 1))] ?? Number.NaN
  const [p50Ms, p99Ms, maxMs] = [percentile(0.5), percentile(0.99), percentile(1)]
  const answers = [...statuses].map(([status, n]) => `${status} × ${n}`).join(', ')
  console.log(
    `  ${PER_SECOND}/s offered for ${SECONDS} s beside ${payments - refused} new payments: acknowledged p50 ${p50Ms.toFixed(1)} ms, ` +
      `p99 ${p99Ms.toFixed(1)} ms, max ${maxMs.toFixed(1)} ms; ${answers}; worked off ${await workedOff(databaseUrl)}`,
  )
  return { perSecond: PER_SECOND, p50Ms, p99Ms }
}

/** Stripe docs, "Verify webhook signatures manually": `t.body` under the whole secret. */
function deliver({ address, secret, intents }: Merchant, n: number): Promise<number> {
  const about = n % ABOUT_PAYMENTS === 0
  const body = JSON.stringify({
    id: `evt_bench_${n}`,
    object: 'event',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    type: about ? 'payment_intent.succeeded' : 'customer.updated',
    data: {
      object: { id: about ? intents[n % intents.length] : `cus_${n}`, description: 'x'.repeat(1_500) },
    },
  })
  const t = Math.floor(Date.now() / 1000)
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
  return new Promise((resolve, reject) => {
    const sending = request(address, {
      agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'stripe-signature': `t=${t},v1=${v1}`,
      },
      timeout: ANSWER_WITHIN_MS,
    })
    sending.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sending.on('timeout', () => sending.destroy(new Error('no answer')))
    sending.on('error', reject)
    sending.end(body)
  })
}

/** When everything that was taken in had its effect, after the last answer. */
async function workedOff(databaseUrl: string): Promise<string> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const beganMs = clockMs()
  try {
    while (clockMs() - beganMs < EMPTY_WITHIN_MS) {
      const { rows } = await client.query<{ left: string }>(
        `select count(*)::text as left from inbound where state = 'received'`,
      )
      if (rows[0]?.left === '0') return `after ${((clockMs() - beganMs) / 1000).toFixed(1)} s`
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return `not within ${EMPTY_WITHIN_MS / 1000} s`
  } finally {
    await client.end()
  }
}
