/** The product as real processes: the API by its own command, the sandbox on real ports, both on loopback. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox } from '@onerouter/sandbox'
import { type SandboxServer, startServer } from '../../packages/sandbox/src/server.ts'
import { createDatabase, type TestDatabase } from './postgres.ts'

const MAIN = new URL('../../apps/api/src/main.ts', import.meta.url).pathname
const READY_WITHIN_MS = 60_000

export interface ApiProcess {
  readonly url: string
  readonly apiKey: string
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export interface Installation {
  readonly sandbox: SandboxServer
  readonly database: TestDatabase
  /**
   * Starts the API on the same port, data folder and database each time.
   * @param main another version's program
   */
  start(env?: Readonly<Record<string, string>>, main?: string): Promise<ApiProcess>
  close(): Promise<void>
}

interface InstallationOptions {
  /** The API that starts first makes the tables. */
  readonly empty?: boolean
  /** Instead of one of the test run. */
  readonly database?: TestDatabase
}

/** A database, a sandbox on real ports and a data folder; the API comes and goes. */
export async function createInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const database = options.database ?? (await createDatabase(options))
  const dataDir = await mkdtemp(join(tmpdir(), 'onerouter-test-'))
  const sandbox = await startServer({
    ports: { pages: 0, api: { stripe: 0, razorpay: 0, paypal: 0, twilio: 0 } },
    sandbox: (urls) =>
      createSandbox({
        clock: { now: Date.now },
        seed: 1,
        urls,
        fetch,
        warn: () => {},
        deliveryConcurrency: 8,
      }),
    onError: (error) => console.error(error),
  })
  // Fixed before the first start: providers and payers are told this address.
  const port = await freePort()
  const children = new Set<ApiProcess>()
  return {
    sandbox,
    database,
    async start(env = {}, main = MAIN) {
      const { api, pages } = sandbox.urls
      const child = spawn(process.execPath, [main, 'serve'], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: {
          ...inherited(),
          DATABASE_URL: database.url,
          ONEROUTER_DATA_DIR: dataDir,
          ONEROUTER_DEMO: '1',
          API_PORT: String(port),
          SANDBOX_URL: pages,
          STRIPE_API_BASE: api.stripe,
          RAZORPAY_API_BASE: api.razorpay,
          PAYPAL_API_BASE: api.paypal,
          TWILIO_API_BASE: api.twilio,
          PUBLIC_URL: `http://127.0.0.1:${port}`,
          ...env,
        },
      })
      const ready = await readyMessage(child).catch((error: unknown) => {
        // Nobody else knows of it, and it would go on beside every later test.
        child.kill('SIGKILL')
        throw error
      })
      const api_ = apiProcess(child, ready)
      children.add(api_)
      return api_
    },
    async close() {
      await Promise.all([...children].map((child) => child.stop()))
      await sandbox.stop()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** What programs take over from us: where programs are, and what Node has compiled already. */
export const inherited = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  ...(process.env.NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
})

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port to be had')
  return address.port
}

interface Ready {
  readonly port: number
  readonly apiKey: string
}

function readyMessage(child: ChildProcess): Promise<Ready> {
  const { promise, resolve, reject } = Promise.withResolvers<Ready>()
  const timer = setTimeout(() => reject(new Error('the API did not become ready')), READY_WITHIN_MS)
  child.once('message', (message) => resolve(message as Ready)) // main.ts sends exactly one message
  child.once('exit', (code) => reject(new Error(`the API ended with ${code} before it was ready`)))
  return promise.finally(() => clearTimeout(timer))
}

function apiProcess(child: ChildProcess, ready: Ready): ApiProcess {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await exited
  }
  return {
    url: `http://127.0.0.1:${ready.port}`,
    apiKey: ready.apiKey,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}
