/** The database under test: a durable PostgreSQL of its own that can be crashed and comes back. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningPostgres, startPostgres } from '@onerouter/cli'
import pg from 'pg'

/** `immediate`: every server process is told to drop everything. `kill`: the server dies without a word. */
export type Crash = 'immediate' | 'kill'

export interface ChaosDatabase {
  /** Null while the server is down. */
  port(): number | null
  /** The address with another port: the one behind the proxy. */
  urlAt(port: number): string
  /** Crashes the server and answers, in milliseconds, how long it took to come back from its log. */
  crash(how: Crash): Promise<number>
  /** Ends every session but our own; answers how many. */
  storm(): Promise<number>
  /** A query past the proxy, on a connection of its own. */
  query<T extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<T[]>
  /** Many queries past the proxy, on one connection. */
  session<T>(work: (client: pg.Client) => Promise<T>): Promise<T>
  stop(): Promise<void>
}

const SIGNAL = { immediate: 'SIGQUIT', kill: 'SIGKILL' } as const satisfies Record<Crash, NodeJS.Signals>
const OWN = 'chaos'

export async function startDatabase(): Promise<ChaosDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-chaos-'))
  // Started by root, PostgreSQL runs as another user, who must be able to enter.
  await chmod(folder, 0o755)
  const start = () =>
    startPostgres({ dataDir: join(folder, 'postgres'), log: () => {}, durable: true, deleteAfter: folder })
  let running: RunningPostgres | null = await start()
  const { url } = running
  let down = false
  const at = (port: number): string => {
    const address = new URL(url)
    address.port = String(port)
    return address.href
  }
  async function session<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    if (running === null || down) throw new Error('the database is down')
    const client = new pg.Client({ connectionString: at(running.port), application_name: OWN })
    // The server may be crashed under us; the query says so.
    client.on('error', () => {})
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end().catch(() => {})
    }
  }
  const query = <T extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<T[]> =>
    session(async (client) => (await client.query<T>(text, [...values])).rows)
  return {
    port: () => (down ? null : (running?.port ?? null)),
    urlAt: at,
    query,
    session,
    async crash(how) {
      const victim = running
      if (victim === null) return 0
      down = true
      const began = performance.now()
      process.kill(victim.pid, SIGNAL[how])
      await victim.exited
      // Started again over the dead one, whose guard stays armed: the folder goes when this process goes.
      running = await start()
      down = false
      return performance.now() - began
    },
    async storm() {
      const rows = await query<{ ended: string }>(
        `select count(pg_terminate_backend(pid))::text as ended from pg_stat_activity
         where backend_type = 'client backend' and application_name <> $1`,
        [OWN],
      )
      return Number(rows[0]?.ended ?? 0)
    },
    async stop() {
      await running?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
