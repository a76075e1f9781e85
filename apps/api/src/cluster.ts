import cluster, { type Worker } from 'node:cluster'
import type { Config } from './config.ts'

/** A process that dies this soon after it began would die again: no use in starting it for ever. */
const RESTARTS_MAX = 20

export interface Ready {
  readonly type: 'ready'
  readonly port: number
  readonly url: string
  readonly apiKey: string | null
  /** How to sign in to the dashboard of the demo account. */
  readonly dashboard: { readonly email: string; readonly password: string } | null
}

export interface Cluster {
  readonly ready: Promise<Ready>
  stop(): Promise<void>
}

/**
 * Runs `API_WORKERS` processes behind one port and replaces those that die. Only the first makes the demo, and
 * the others start after it, so that they find what it made.
 */
export function startCluster(config: Pick<Config, 'workers'>, onGivingUp: () => void): Cluster {
  let stopping = false
  let restarts = 0
  const fork = (demo: boolean): Worker => cluster.fork(demo ? {} : { ONEROUTER_DEMO: '0' })
  cluster.on('exit', () => {
    if (stopping) return
    restarts += 1
    if (restarts > RESTARTS_MAX) onGivingUp()
    else fork(false)
  })
  const first = firstMessage(fork(true))
  const ready = first.then(async (message) => {
    await Promise.all(Array.from({ length: config.workers - 1 }, () => firstMessage(fork(false))))
    return message
  })
  return {
    ready,
    async stop() {
      stopping = true
      const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
      await Promise.all(
        workers.map(
          (worker) =>
            new Promise<void>((resolve) => {
              worker.once('exit', () => resolve())
              worker.process.kill('SIGTERM')
            }),
        ),
      )
    },
  }
}

function firstMessage(worker: Worker): Promise<Ready> {
  return new Promise((resolve, reject) => {
    // Our own process, started from our own code, says this once.
    worker.once('message', (message: unknown) => resolve(message as Ready))
    worker.once('exit', (code) =>
      reject(new Error(`an API process ended with code ${code} before it was ready`)),
    )
  })
}
