/** Everything that runs, wired through proxies: API and worker processes, sandbox, PostgreSQL, Redis. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningRedis, startRedis } from '../harness/redis-server.ts'
import { type ChaosDatabase, startDatabase } from './database.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { startReaper } from './reaper.ts'
import { createSandboxControl, type SandboxControl } from './sandbox-control.ts'
import { type Supervised, supervise } from './supervised.ts'
import { findWrongClock } from './wrong-clock.ts'

const API = new URL('../../apps/api/src/main.ts', import.meta.url).pathname
const SANDBOX = new URL('./sandbox-process.ts', import.meta.url).pathname

export const PROVIDERS = ['stripe', 'paypal', 'razorpay'] as const
export type ProviderName = (typeof PROVIDERS)[number]

export interface Installation {
  /** One address for all API processes; a killed one is passed over. */
  readonly url: string
  readonly apiKey: string
  readonly apis: readonly [Supervised, ...Supervised[]]
  /** Null when the API does the worker's part itself. */
  readonly worker: Supervised | null
  readonly sandbox: Supervised
  readonly control: SandboxControl
  readonly database: ChaosDatabase
  /** Between clients and API, API and database, API and each provider, API and Redis. */
  readonly proxies: Readonly<Record<'front' | 'database' | ProviderName, FaultProxy>>
  /** Ends Redis with all it knew and starts an empty one; false where there is none. */
  restartRedis(): Promise<boolean>
  close(): Promise<void>
}

export interface Shape {
  readonly apis: 1 | 2
  /** A worker process of its own beside the API; otherwise one process does both. */
  readonly worker: boolean
  readonly seed: number
  /** Seconds by which the clocks of the second API and of the worker are off; 0 where they are right. */
  readonly skewS: { readonly api: number; readonly worker: number }
  readonly say: (line: string) => void
}

const now = () => performance.now()

export async function startInstallation(shape: Shape): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'onerouter-chaos-'))
  const reaper = startReaper([dataDir])
  const database = await startDatabase()
  let redis: RunningRedis | undefined = shape.apis > 1 ? await startRedis() : undefined
  if (shape.apis > 1 && redis === undefined) {
    console.log('SKIPPED: a second API process and killed Redis (no redis-server on this machine).')
  }
  let ports: SandboxPorts | null = null
  const proxyTo = (port: () => number | null) => startFaultProxy(port, now)
  const apis: Supervised[] = []
  const proxies = {
    front: await proxyTo(nextOf(apis)),
    database: await proxyTo(database.port),
    stripe: await proxyTo(() => ports?.stripe ?? null),
    paypal: await proxyTo(() => ports?.paypal ?? null),
    razorpay: await proxyTo(() => ports?.razorpay ?? null),
  }
  const at = (proxy: FaultProxy): string => `http://127.0.0.1:${proxy.port}`
  const providerUrls = Object.fromEntries(PROVIDERS.map((name) => [name, at(proxies[name])]))
  const orders = JSON.stringify({ seed: shape.seed, api: providerUrls })
  const sandbox = supervise({ name: 'sandbox', args: [SANDBOX, orders], env: {} }, shape.say, reaper)
  await sandbox.whenReady()
  ports = sandboxPorts(sandbox.ready())
  const controlUrl = `http://127.0.0.1:${ports.pages}`
  const redisProxy = await proxyTo(() => (redis === undefined ? null : Number(new URL(redis.url).port)))
  const url = at(proxies.front)
  const env = {
    DATABASE_URL: database.urlAt(proxies.database.port),
    ONEROUTER_DATA_DIR: dataDir,
    ONEROUTER_DEMO: '1',
    API_PORT: '0',
    WORKER_METRICS_PORT: '0',
    PUBLIC_URL: url,
    SANDBOX_URL: controlUrl,
    STRIPE_API_BASE: at(proxies.stripe),
    PAYPAL_API_BASE: at(proxies.paypal),
    RAZORPAY_API_BASE: at(proxies.razorpay),
    // Nothing is sent by SMS here, but every start asks whether it could be.
    TWILIO_API_BASE: `http://127.0.0.1:${ports.twilio}`,
    ...(redis === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${redisProxy.port}` }),
  }
  const wrongClock = findWrongClock()
  if (wrongClock === null && shape.skewS.worker !== 0) {
    console.log('SKIPPED: processes with wrong clocks (no faketime on this machine).')
  }
  const begin = async (name: string, role: 'all' | 'api' | 'worker', skewS = 0): Promise<Supervised> => {
    const process = supervise(
      { name, args: [API, 'serve'], env: { ...env, ONEROUTER_ROLE: role, ...wrongClock?.(skewS) } },
      shape.say,
      reaper,
    )
    await process.whenReady()
    return process
  }
  const first = await begin('api-1', shape.worker ? 'api' : 'all')
  apis.push(first)
  if (redis !== undefined) apis.push(await begin('api-2', 'api', shape.skewS.api))
  const worker = shape.worker ? await begin('worker', 'worker', shape.skewS.worker) : null
  const [, ...others] = apis
  return {
    url,
    apiKey: String(first.ready()?.apiKey),
    apis: [first, ...others],
    worker,
    sandbox,
    control: createSandboxControl(controlUrl),
    database,
    proxies,
    async restartRedis() {
      if (redis === undefined) return false
      await redis.stop()
      redis = await startRedis()
      return true
    },
    async close() {
      await Promise.all([...apis, ...(worker === null ? [] : [worker])].map((one) => one.stop()))
      await sandbox.stop()
      await Promise.all([...Object.values(proxies), redisProxy].map((one) => one.close()))
      await redis?.stop()
      await database.stop()
      await rm(dataDir, { recursive: true, force: true })
      reaper.dismiss()
    },
  }
}

/** Round robin over the processes that are ready. */
function nextOf(apis: readonly Supervised[]): () => number | null {
  let turn = 0
  return () => {
    turn += 1
    const ports = apis.map((one) => one.ready()?.port).filter((port) => typeof port === 'number')
    return ports[turn % Math.max(1, ports.length)] ?? null
  }
}

type SandboxPorts = Readonly<Record<'pages' | 'twilio' | ProviderName, number>>

function sandboxPorts(ready: Readonly<Record<string, unknown>> | null): SandboxPorts {
  // The sandbox's own ready message; its test holds the shape.
  const ports = ready?.ports as { pages: number; api: Record<'twilio' | ProviderName, number> }
  return { pages: ports.pages, ...ports.api }
}
