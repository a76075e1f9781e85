/**
 * Webhooks of a provider as fast as they are answered, next to a receiver that only keeps them: `npm run bench -- receive`.
 * OneRouter works them off meanwhile, in the same process. Options as for `create`.
 */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Aim, type Measured, playRounds, problemsOf } from './cells.ts'
import { comparison } from './comparison.ts'
import { byClient } from './load.ts'
import { parseOptions } from './options.ts'
import { machine, writeSection } from './report.ts'
import { openWorld, type Running, secretOf } from './world.ts'

const FLOOR = 'floor-inbox'

export async function run(args: readonly string[]): Promise<void> {
  const options = { ...parseOptions(args), delays: [0] }
  const world = await openWorld({ subjects: [FLOOR, 'onerouter'] })
  try {
    const aims: Aim[] = []
    for (const running of world.subjects) {
      aims.push(
        running.name === FLOOR
          ? receiving(running, '/webhooks/stripe', secretOf(FLOOR))
          : receiving(running, ...(await connected(running))),
      )
    }
    const cells = await playRounds(world, aims, byClient, options)
    const problems = [...problemsOf(cells), ...(await lost(world.subjects, cells))]
    const lines = [
      machine(cells),
      '',
      ...comparison(cells, {
        what: 'subject',
        per: 'events/s',
        subjects: [FLOOR, 'onerouter'],
        connections: options.connections,
      }),
      '',
      ...(problems.length === 0 ? ['Every acknowledged event is in the tables.'] : problems),
    ]
    console.log(lines.join('\n'))
    if (options.write) await writeSection('receive', ['## Receiving webhooks', '', ...lines])
    if (problems.length > 0) process.exitCode = 1
  } finally {
    await world.close()
  }
}

/** Has Stripe's secret stored; answers the path that Stripe would be told, and the secret. */
async function connected({ port, apiKey }: Running): Promise<readonly [path: string, secret: string]> {
  const secret = `whsec_${randomBytes(24).toString('hex')}`
  const response = await fetch(`http://127.0.0.1:${port}/api/services/stripe/credentials`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      environment: 'test',
      credentials: { secret_key: secretOf('onerouter'), webhook_secret: secret },
    }),
    signal: AbortSignal.timeout(20_000),
  })
  const saved = (await response.json()) as { credentials: { test: { webhook_url: string } } } // the contract's own answer
  return [new URL(saved.credentials.test.webhook_url).pathname, secret]
}

/** Every event is one of its own, of the size that Stripe's usually have, about nothing that money hangs on. */
function receiving(running: Running, path: string, secret: string): Aim {
  const body = JSON.stringify({
    id: 'evt_bench_{n}',
    object: 'event',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    type: 'customer.updated',
    data: { object: { id: 'cus_bench', description: 'x'.repeat(1_500) } },
  })
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${running.port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body) + NUMBER_DIGITS - '{n}'.length}`,
    'stripe-signature: {signature}',
  ]
  const template = `${head.join('\r\n')}\r\n\r\n${body}`
  let from = 0
  return {
    name: running.name,
    running,
    callsPerAnswer: 0,
    shot() {
      from += 1_000_000
      return { port: running.port, template, from, modulo: 0, ids: [], stripeSecret: secret }
    },
  }
}

/** What the load generator writes for `{n}`. */
const NUMBER_DIGITS = 8

/** What was acknowledged and is in no table; what a cell's end cut off may be there without being counted. */
async function lost(subjects: readonly Running[], cells: readonly Measured[]): Promise<string[]> {
  const problems: string[] = []
  for (const { name, databaseUrl } of subjects) {
    const client = new pg.Client(databaseUrl)
    await client.connect()
    const kept = name === FLOOR ? 'inbox' : `inbound where event_id like 'evt_bench_%'`
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${kept}`)
    await client.end()
    const acknowledged = cells
      .filter(({ subject }) => subject === name)
      .reduce((sum, { answers }) => sum + answers, 0)
    const stored = rows[0]?.n ?? 0
    if (stored < acknowledged)
      problems.push(`${name}: ${acknowledged} events were acknowledged, ${stored} kept`)
  }
  return problems
}
