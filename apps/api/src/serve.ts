import type { AddressInfo } from 'node:net'
import { createApp, createWorkerApp } from './app.ts'
import { type Config, ConfigError } from './config.ts'
import { type Demo, ensureDemo } from './demo.ts'
import { createMoney } from './money.ts'
import { type Started, start } from './start.ts'
import { migrate } from './store/migrate.ts'

export interface Serving {
  readonly url: string
  readonly port: number
  readonly demo: Demo | null
  /** Stops taking requests, finishes those that run, then closes everything. Safe to call twice. */
  stop(): Promise<void>
}

/** Starts what `ONEROUTER_ROLE` asks for. */
export async function serve(config: Config): Promise<Serving> {
  // An upgrade runs two versions at once: a process of the older one may have to start again meanwhile.
  const { newer } = await migrate(config.databaseUrl.reveal(), { beside: true })
  const started = await start(config)
  if (newer.length > 0) started.deps.log.warn({ newer }, 'a newer version has migrated the database')
  try {
    return await listen(config, started)
  } catch (error) {
    await started.close()
    throw error
  }
}

async function listen(config: Config, started: Started): Promise<Serving> {
  const { deps } = started
  const money = createMoney(deps)
  const create = config.role === 'worker' ? createWorkerApp : createApp
  const app = await create(deps, money.routes)
  await app.listen({ host: config.host, port: portOf(config) }).catch((error: unknown) => {
    throw inWords(config, error)
  })
  const demo = config.demo ? await ensureDemo(deps) : null
  // Only where no second process can exist is a call that is under way certain to be a dead one's.
  const alone = config.role === 'all' && config.workers === 1 && config.redisUrl === null
  const worker = config.role === 'api' ? null : await money.start(alone)
  const compiling = app
    .compileSchemas(() => !deps.stopping())
    .catch((error: unknown) => {
      deps.log.error({ err: error }, 'a schema of the API cannot be compiled')
    })
  const address = app.server.address() as AddressInfo | null // a TCP listener has no other kind
  const port = address?.port ?? portOf(config)
  let stopped: Promise<void> | undefined
  return {
    url: `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`,
    port,
    demo,
    stop() {
      stopped ??= (async () => {
        started.stop()
        await compiling
        await app.close()
        await worker?.stop()
        await money.flush()
        await started.close()
      })()
      return stopped
    },
  }
}

const portOf = ({ role, port, workerMetricsPort }: Config): number =>
  role === 'worker' ? workerMetricsPort : port

/** A taken port is a matter of configuration: the variable that moves it is named. */
function inWords(config: Config, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return error
  const name = config.role === 'worker' ? 'WORKER_METRICS_PORT' : 'API_PORT'
  return new ConfigError([`Port ${portOf(config)} is taken: ${name} moves it.`])
}
