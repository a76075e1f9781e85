/**
 * Incoming webhooks: how long a provider waits for its answer at 500 events a second, while payments are created, their
 * events are delivered and what came in is worked off, all by one process that is warm.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { Pool } from 'undici'
import { exchange } from '../../apps/api/src/webhooks-out/exchange.ts'
import { cpuBetween, usedBy } from '../create/cpu.ts'

const PER_SECOND = 500
const SECONDS = 10
const WARM_UP_SECONDS = 8
const PAYMENTS_PER_SECOND = 20
/** One event in so many names a payment of ours, which is fetched from the provider. */
const ABOUT_PAYMENTS = 5
/** Of one payment Stripe tells several times within a second: of the intent, its charge, its session. */
const TOLD_TIMES = 4
const PAID = 250
const PAID_AT_ONCE = 10
const ANSWER_WITHIN_MS = 20_000
const EMPTY_WITHIN_MS = 60_000
const ANSWER_BYTES_MAX = 4_096
const CONNECTIONS = 128
const clockMs = (): number => performance.now()

/** Processor time per event, in microseconds. */
interface Cost {
  readonly serverUs: number
  readonly databaseUs: number
  readonly sandboxUs: number
}

export interface Incoming extends Cost {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** From the last answer until everything had its effect. */
  readonly workedOffMs: number
}

export async function measureIncoming(
  database: { readonly pid: number },
  databaseUrl: string,
): Promise<Incoming> {
  const dataDir = await mkdtemp(join(tmpdir(), 'onerouter-bench-in-'))
  const children: ChildProcess[] = []
  try {
    const {
      answer: { ports },
      pid: sandboxPid,
    } = await ready<{ ports: { pages: number; api: Record<string, number> } }>(children, {
      file: '../../test/chaos/sandbox-process.ts',
      args: [JSON.stringify({ seed: 1, api: {} })],
      env: {},
    })
    const at = (port: number | undefined): string => `http://127.0.0.1:${port}`
    const {
      answer: { port, apiKey },
      pid: serverPid,
    } = await ready<{ port: number; apiKey: string }>(children, {
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
    const merchant = await connect(api, {
      sandbox: at(ports.pages),
      hooks: `${at(hooks)}/hooks`,
      databaseUrl,
    })
    console.log('\nIncoming:')
    const load = { api, merchant }
    await offer({ ...load, from: 0, seconds: WARM_UP_SECONDS })
    await workedOff(databaseUrl)
    const meter = startMeter({ serverUs: serverPid, databaseUs: database.pid, sandboxUs: sandboxPid })
    const offered = await offer({ ...load, from: PER_SECOND * WARM_UP_SECONDS, seconds: SECONDS })
    const ended = { ...(await workedOff(databaseUrl)), ...meter(PER_SECOND * SECONDS) }
    await merchant.line.destroy()
    return say(offered, ended)
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function ready<T>(
  children: ChildProcess[],
  { file, args, env }: { file: string; args: readonly string[]; env: Readonly<Record<string, string>> },
): Promise<{ readonly answer: T; readonly pid: number }> {
  const child = fork(new URL(file, import.meta.url), args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  const answer = await new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T)) // each program sends one object when it is ready
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
  })
  return { answer, pid: child.pid ?? 0 }
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
  /** Connections to the address that Stripe was told. */
  readonly line: Pool
  readonly path: string
  readonly secret: KeyObject
  /** Payments that were paid, as Stripe's events name them: its own id, and ours in its metadata. */
  readonly paid: readonly { readonly intent: string; readonly reference: string }[]
}

const PAYMENT = { amount: '10.00', currency: 'USD', provider: 'stripe' }

async function connect(
  api: Api,
  {
    sandbox,
    hooks,
    databaseUrl,
  }: { readonly sandbox: string; readonly hooks: string; readonly databaseUrl: string },
): Promise<Merchant> {
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
  let paid = 0
  const pay = async (): Promise<void> => {
    const made = await ask<{ id: string; provider_order_id: string }>(api, 'POST', '/v1/payments', PAYMENT)
    const { id, provider_order_id: order } = made
    const owner = { account_id: account.account_id }
    await ask({ url: sandbox, apiKey: '' }, 'POST', `/simulations/stripe/${order}/succeed`, owner)
    await ask(api, 'POST', `/v1/payments/${id}/sync`, {})
    paid += 1
  }
  while (paid < PAID) await Promise.all(Array.from({ length: PAID_AT_ONCE }, pay))
  const line = new Pool(api.url, { connections: CONNECTIONS, pipelining: 1, allowH2: false })
  const path = new URL(saved.credentials.test.webhook_url).pathname
  return { line, path, secret: createSecretKey(secret, 'utf8'), paid: await paidIn(databaseUrl) }
}

async function paidIn(databaseUrl: string): Promise<Merchant['paid']> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const { rows } = await client.query<Merchant['paid'][number]>(
    `select provider_payment_id as intent, reference from payment where status = 'succeeded' order by id`,
  )
  await client.end()
  return rows
}

interface Load {
  readonly api: Api
  readonly merchant: Merchant
  /** Number of the first event. */
  readonly from: number
  readonly seconds: number
}

interface Offered {
  /** Milliseconds from when each event was due until its answer, in rising order. */
  readonly waits: readonly number[]
  readonly statuses: ReadonlyMap<number, number>
  readonly payments: number
}

async function offer({ api, merchant, from, seconds }: Load): Promise<Offered> {
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
  for (let sent = 0; sent < PER_SECOND * seconds; ) {
    const passed = (clockMs() - beganMs) / 1000
    const due = Math.min(PER_SECOND * seconds, Math.floor(passed * PER_SECOND))
    for (; sent < due; sent++) {
      // From the moment it was due: a sender that falls behind must not make the answers look quick.
      const dueMs = beganMs + (sent / PER_SECOND) * 1000
      keep(
        deliver(merchant, from + sent).then((status) => {
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
  return { waits: waits.toSorted((a, b) => a - b), statuses, payments: payments - refused }
}

function say(
  { waits, statuses, payments }: Offered,
  { workedOffMs, ...cost }: Cost & { readonly workedOffMs: number },
): Incoming {
  const percentile = (p: number): number => waits[Math.floor(p * (waits.length - 1))] ?? Number.NaN
  const [p50Ms, p99Ms, maxMs] = [percentile(0.5), percentile(0.99), percentile(1)]
  const answers = [...statuses].map(([status, n]) => `${status} × ${n}`).join(', ')
  console.log(
    `  ${PER_SECOND}/s offered for ${SECONDS} s beside ${payments} new payments: acknowledged p50 ${p50Ms.toFixed(1)} ms, ` +
      `p99 ${p99Ms.toFixed(1)} ms, max ${maxMs.toFixed(1)} ms; ${answers}; worked off after ${(workedOffMs / 1000).toFixed(1)} s; ` +
      `processor time each ${cost.serverUs.toFixed(0)} µs here, ${cost.databaseUs.toFixed(0)} µs PostgreSQL, ` +
      `${cost.sandboxUs.toFixed(0)} µs sandbox`,
  )
  return { perSecond: PER_SECOND, p50Ms, p99Ms, workedOffMs, ...cost }
}

function startMeter<K extends string>(pids: Readonly<Record<K, number>>) {
  const names = Object.keys(pids) as K[] // its own keys
  const before = names.map((name) => usedBy(pids[name]))
  return (events: number): Record<K, number> => {
    const each = names.map((name, i) => {
      const began = before[i]
      return [name, began === undefined ? 0 : (cpuBetween(began, usedBy(pids[name])) * 1000) / events]
    })
    return Object.fromEntries(each) as Record<K, number> // one entry for each key
  }
}

/** Stripe docs, "Verify webhook signatures manually": `t.body` under the whole secret. */
async function deliver({ line, path, secret, paid }: Merchant, n: number): Promise<number> {
  const payment =
    n % ABOUT_PAYMENTS === 0 ? paid[Math.floor(n / ABOUT_PAYMENTS / TOLD_TIMES) % paid.length] : undefined
  const body = JSON.stringify({
    id: `evt_bench_${n}`,
    object: 'event',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    type: payment !== undefined ? 'payment_intent.succeeded' : 'customer.updated',
    data: {
      object: {
        id: payment?.intent ?? `cus_${n}`,
        metadata: payment === undefined ? {} : { onerouter_ref: payment.reference },
        description: 'x'.repeat(1_500),
      },
    },
  })
  const t = Math.floor(Date.now() / 1000)
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
  const { status } = await exchange(line, {
    path,
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${t},v1=${v1}` },
    body,
    totalMs: ANSWER_WITHIN_MS,
    bytesMax: ANSWER_BYTES_MAX,
  })
  return status
}

/** How long after the last answer everything that was taken in had its effect. */
async function workedOff(databaseUrl: string): Promise<{ readonly workedOffMs: number }> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const beganMs = clockMs()
  try {
    while (clockMs() - beganMs < EMPTY_WITHIN_MS) {
      const { rows } = await client.query<{ left: string }>(
        `select count(*)::text as left from inbound where state = 'received'`,
      )
      if (rows[0]?.left === '0') return { workedOffMs: clockMs() - beganMs }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`not worked off within ${EMPTY_WITHIN_MS / 1000} s`)
  } finally {
    await client.end()
  }
}
