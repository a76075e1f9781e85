/** The embedded PostgreSQL of a run: restarted when it dies, stopped last. */
import { type RunningPostgres, startPostgres } from '../postgres/start.ts'

/** The database as the supervisor sees it. */
export type DevDatabase = { url: string; stop: () => Promise<void> }

const mostRestarts = 3

/** Starts it and keeps it running; `died` is called when restarts are used up. */
export async function runDatabase(
  dataDir: string,
  log: (line: string) => void,
  died: (reason: string) => void,
): Promise<DevDatabase> {
  let stopping = false
  let restarts = 0
  let server: RunningPostgres = await startPostgres({ dataDir, log })
  let restarting: Promise<void> = Promise.resolve()
  const { url } = server

  const restart = async (): Promise<void> => {
    restarts += 1
    if (restarts > mostRestarts) throw new Error('PostgreSQL keeps stopping; its log is in the data folder.')
    log('PostgreSQL stopped unexpectedly; starting it again.')
    await server.stop()
    server = await startPostgres({ dataDir, log })
    // The programs hold the old address; it stays the same unless another program took the port.
    if (server.url !== url)
      throw new Error('The port of PostgreSQL was taken while it was down; start again.')
    watch()
  }
  const watch = (): void => {
    void server.exited.then(() => {
      if (stopping) return
      restarting = restart().catch((error: Error) => died(error.message))
    })
  }
  watch()
  return {
    url,
    stop: async () => {
      stopping = true
      await restarting
      await server.stop()
    },
  }
}
