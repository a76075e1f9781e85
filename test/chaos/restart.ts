/** How soon an API that was killed serves again, and takes up what is due, with very many open payments. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosDatabase } from './database.ts'
import { type Installation, startInstallation } from './installation.ts'

export interface Restart {
  /** From the kill to `GET /api/health/ready` = 200. */
  readonly readyMs: number
  /** From the kill to the first look at a payment that was due. */
  readonly firstWorkMs: number
  /** Looks a second, over the first thousand. */
  readonly looksPerSecond: number
}

export interface RestartResult {
  readonly openPayments: number
  readonly restarts: readonly Restart[]
}

/** Each restart finds this many looks due. */
const DUE = 2_000
const MEASURED = 1_000
const WITHIN_MS = 120_000
const LOOK_EVERY_MS = 20

export async function measureRestarts(
  openPayments: number,
  times: number,
  say: (line: string) => void,
): Promise<RestartResult> {
  const world = await startInstallation({
    apis: 1,
    worker: false,
    seed: 1,
    skewS: { api: 0, worker: 0 },
    say: () => {},
  })
  try {
    await fill(world, openPayments)
    say(`${openPayments} open payments are there`)
    const restarts: Restart[] = []
    for (let n = 0; n < times; n += 1) {
      await makeDue(world.database)
      restarts.push(await restart(world))
    }
    return { openPayments, restarts }
  } finally {
    await world.close()
  }
}

/** One payment made through the API, and as many like it as wanted, each waiting for its payer. */
async function fill(world: Installation, openPayments: number): Promise<void> {
  const response = await fetch(`${world.url}/v1/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ amount_minor: 1_000, currency: 'USD', provider: 'stripe' }),
    signal: AbortSignal.timeout(60_000),
  })
  if (response.status !== 201) throw new Error(`the first payment was not made: ${await response.text()}`)
  await world.database.query(
    `with ids as materialized (
       select uuid_by_time() as payment_id, uuid_by_time() as id from generate_series(1, $1::int)
     ), p as (
       insert into payment select n.* from ids, payment p,
         jsonb_populate_record(p, jsonb_build_object('id', payment_id)) n
     )
     insert into operation select n.* from ids, operation o,
       jsonb_populate_record(o, jsonb_build_object('id', ids.id, 'payment_id', ids.payment_id,
         'reference', 'op_' || ids.id, 'due_at', now() + random() * interval '2 hours')) n`,
    [openPayments - 1],
  )
  await world.database.query('analyze')
}

const makeDue = (database: ChaosDatabase): Promise<unknown> =>
  database
    .query(
      `update operation set due_at = now() + interval '1 hour', tries = 0 where due_at < now() + interval '1 hour'`,
    )
    .then(() =>
      database.query(
        `update operation set due_at = now() where id in (select id from operation order by id desc limit $1::int)`,
        [DUE],
      ),
    )

async function restart(world: Installation): Promise<Restart> {
  const [api] = world.apis
  const began = performance.now()
  await api.kill()
  const after = () => performance.now() - began
  await until(() => isReady(world.url))
  const readyMs = after()
  await until(async () => (await looked(world.database)) > 0)
  const firstWorkMs = after()
  await until(async () => (await looked(world.database)) >= MEASURED)
  return { readyMs, firstWorkMs, looksPerSecond: (1000 * MEASURED) / (after() - firstWorkMs) }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    // Nobody listens yet.
    return false
  }
}

async function looked(database: ChaosDatabase): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    'select count(*)::int as n from operation where tries > 0',
  )
  return row?.n ?? 0
}

/** @throws Error when it does not come true in time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WITHIN_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('the API did not come back in time')
    await sleep(LOOK_EVERY_MS)
  }
}
