/**
 * What a payment takes on disk, by table and index: `npm run bench -- storage`. Each is created, paid at the
 * provider, looked at, captured in the books, and told to one endpoint, all by the API of a server that runs as in production.
 * `--payments` says how many; with `--write` the figures go to docs/benchmarks.md.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { loadavg } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { Agent, request } from 'undici'
import { cpuBetween, usedBy } from '../create/cpu.ts'
import { machine, SOUND, table, writeSection } from '../create/report.ts'
import { type BenchWorld, openWorld, type Running } from '../create/world.ts'
import { bytesOf, grownBetween, sizesOf } from './sizes.ts'

const GOAL_BYTES = 2_000
/** Group commit has company, as it has under load. */
const LANES = 64
/** What a table takes that has a few rows, however many payments there are. */
const FEW_ROWS_BYTES = 100_000

export async function run(args: readonly string[]): Promise<void> {
  const payments = numberOf(args, 'payments') ?? (args.includes('--smoke') ? 200 : 20_000)
  const world = await openWorld({ subjects: ['onerouter'] })
  const receiver = fork(new URL('../webhooks/receiver.ts', import.meta.url), { stdio: 'inherit' })
  const agent = new Agent({ connections: LANES, pipelining: 1 })
  try {
    const [running] = world.subjects
    if (running === undefined) throw new Error('OneRouter did not start')
    const lines = await fill({ world, running, receiver, agent }, payments)
    console.log(lines.join('\n'))
    if (args.includes('--write')) await writeSection('storage', ['## Storage per payment', '', ...lines])
  } finally {
    await agent.close()
    receiver.disconnect()
    await world.close()
  }
}

interface Shop {
  readonly world: BenchWorld
  readonly running: Running
  readonly receiver: ChildProcess
  readonly agent: Agent
}

async function fill(shop: Shop, payments: number): Promise<string[]> {
  const client = new pg.Client(shop.running.databaseUrl)
  await client.connect()
  try {
    await addEndpoint(shop)
    await client.query('checkpoint')
    const before = await sizesOf(client)
    const ids: string[] = []
    const creating = await costOf(shop, payments, async (n) => {
      ids[n] = String((await ask(shop, '/v1/payments', createBody(n), `storage-${n}`))['id'])
    })
    await shop.world.analyze()
    const paying = await costOf(shop, payments, async (n) => {
      const { status } = await ask(shop, `/v1/payments/${ids[n]}/sync`, {})
      if (status !== 'succeeded') throw new Error(`payment ${ids[n]} is ${status}`)
    })
    await allTold(client, payments)
    await assertBooked(shop.world, client, payments)
    const walBytes = (await sizesOf(client)).walBytes - before.walBytes
    await client.query('vacuum analyze')
    await client.query('checkpoint')
    const grown = grownBetween(before, await sizesOf(client))
    const cost = (name: string, { serverMs, databaseMs }: Cost): string =>
      `${name}, processor time per 1,000: server ${serverMs.toFixed(0)} ms, PostgreSQL ${databaseMs.toFixed(0)} ms.`
    return [
      machine([{ loadAverage: creating.loadAverage }, { loadAverage: paying.loadAverage }]),
      '',
      `${payments} payments by the API, each created, captured and told to one endpoint, then \`vacuum\` and a checkpoint.`,
      'They are captured by a look at the provider: what it would tell us itself (`inbound`, its whole body) comes on top.',
      '',
      ...sizeTable(grown, payments),
      '',
      `Write-ahead log: ${(Number(walBytes) / payments).toFixed(0)} bytes per payment. ${cost('Creating', creating)} ${cost('Paying', paying)}`,
      '',
      SOUND,
    ]
  } finally {
    await client.end()
  }
}

const createBody = (n: number): object => ({
  amount_minor: 4999,
  currency: 'USD',
  provider: 'stripe',
  receipt: `order-${String(n).padStart(8, '0')}`,
})

/** One that wants to know what was paid. */
async function addEndpoint(shop: Shop): Promise<void> {
  const port = await new Promise<number>((resolve) => {
    shop.receiver.on('message', (message: { port?: number }) => {
      if (message.port !== undefined) resolve(message.port)
    })
  })
  const url = `http://127.0.0.1:${port}/hooks`
  await ask(shop, '/api/webhooks/endpoints', { url, environment: 'test', events: ['payment.succeeded'] })
}

async function ask({ running, agent }: Shop, path: string, body: object, key?: string) {
  const answer = await request(`http://127.0.0.1:${running.port}${path}`, {
    dispatcher: agent,
    method: 'POST',
    headers: {
      authorization: `Bearer ${running.apiKey}`,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`)
  return JSON.parse(text) as Record<string, unknown> // an object of the contract
}

interface Cost {
  readonly serverMs: number
  readonly databaseMs: number
  readonly loadAverage: number
}

/** Does something for every number, so many at a time, and tells what a thousand cost in processor time. */
async function costOf(
  { world, running }: Shop,
  count: number,
  work: (n: number) => Promise<void>,
): Promise<Cost> {
  const before = { server: usedBy(running.pid), database: usedBy(world.databasePid) }
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) {
      const n = next
      next += 1
      await work(n)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const per1000 = (ms: number): number => (ms * 1000) / count
  return {
    serverMs: per1000(cpuBetween(before.server, usedBy(running.pid))),
    databaseMs: per1000(cpuBetween(before.database, usedBy(world.databasePid))),
    loadAverage: loadavg()[0] ?? 0,
  }
}

const LOOKS_MAX = 300

/** Deliveries end and logs are written a moment after the answers. */
async function allTold(client: pg.Client, payments: number): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const { rows } = await client.query<{ told: number; calls: number }>(
      `select (select count(*)::int from delivery where state = 'delivered') as told,
        (select count(*)::int from provider_call where payment_id is not null) as calls`,
    )
    if (rows[0]?.told === payments && rows[0].calls === 2 * payments) return
    await setTimeout(100)
  }
  throw new Error('not every payment was told of and logged')
}

/** What lies there is what was asked for. */
async function assertBooked(world: BenchWorld, client: pg.Client, payments: number): Promise<void> {
  const { calls, repeated } = await world.booked('onerouter')
  if (calls !== payments || repeated > 0)
    throw new Error(`${calls} provider calls, ${repeated} of them again`)
  const { rows } = await client.query<Record<string, number>>(
    `select (select count(*)::int from payment where status = 'succeeded' and captured = amount) as payments,
      (select count(*)::int from ledger where kind = 'captured') as ledger,
      (select count(*)::int from operation where state = 'succeeded') as operations,
      (select count(*)::int from idempotency where status = 201) as answers,
      (select count(*)::int from event where subject_kind = 'payment') / 3 as events`,
  )
  for (const [what, count] of Object.entries(rows[0] ?? {})) {
    if (count !== payments) throw new Error(`${count} ${what} of ${payments} payments`)
  }
}

function sizeTable(grown: ReturnType<typeof grownBetween>, payments: number): string[] {
  const each = (bytes: number): string => (bytes / payments).toFixed(0)
  const rows = grown.flatMap((one) => {
    if (bytesOf(one) < FEW_ROWS_BYTES) return []
    const indexes = [...one.indexes].toSorted(([, a], [, b]) => b - a)
    const named = indexes.map(([name, bytes]) => `${name} ${each(bytes)}`).join(', ')
    return [[one.name, each(bytesOf(one)), each(one.rows), named]]
  })
  const total = grown.reduce((sum, one) => sum + bytesOf(one), 0)
  const goal = `${each(total)} of ${GOAL_BYTES} wanted`
  return table(
    ['table', 'bytes per payment', 'of them rows', 'of them indexes'],
    [...rows, ['all', goal, '', '']],
  )
}

function numberOf(args: readonly string[], name: string): number | undefined {
  const at = args.indexOf(`--${name}`)
  return at < 0 ? undefined : Number(args[at + 1])
}
