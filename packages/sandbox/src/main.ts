import { getRandomValues } from 'node:crypto'
import process from 'node:process'
import { createSandbox } from './index.ts'
import { createSaver, fileStore, type Saver, type Snapshot } from './kernel/persistence.ts'
import { PROVIDERS } from './kernel/types.ts'
import { loopbackUrls, startServer } from './server.ts'

/** Composition of the sandbox process: environment, files, sockets and signals meet here and nowhere else. */
const FIRST_PORT = 8010
const DELIVERIES_AT_ONCE = 8

const warn = (message: string) => console.warn(`sandbox: ${message}`)

function firstPort(): number {
  const text = process.env.SANDBOX_PORT ?? String(FIRST_PORT)
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535 - PROVIDERS.length) {
    throw new Error(`SANDBOX_PORT must be a port number, not "${text}"`)
  }
  return port
}

function seed(): number {
  const text = process.env.SANDBOX_SEED
  if (text === undefined) return getRandomValues(new Uint32Array(1))[0] ?? 0
  if (!/^\d{1,15}$/.test(text)) throw new Error(`SANDBOX_SEED must be a whole number, not "${text}"`)
  return Number(text)
}

async function main(): Promise<void> {
  const first = firstPort()
  const at = (offset: number) => (first === 0 ? 0 : first + offset)
  const clock = { now: () => Date.now() }
  const file = process.env.SANDBOX_STATE_FILE
  const store = file === undefined ? undefined : fileStore(file, warn)
  const restored: Snapshot | undefined = await store?.load()
  let saver: Saver | undefined
  const server = await startServer({
    ports: { pages: at(0), api: { stripe: at(1), razorpay: at(2), paypal: at(3), twilio: at(4) } },
    publicUrls(ports) {
      const urls = loopbackUrls(ports)
      return { ...urls, pages: process.env.SANDBOX_PUBLIC_URL?.replace(/\/+$/, '') ?? urls.pages }
    },
    sandbox: (urls) =>
      createSandbox({
        clock,
        seed: seed(),
        urls,
        fetch,
        restored,
        warn,
        deliveryConcurrency: DELIVERIES_AT_ONCE,
      }),
    changed: () => saver?.touch(),
    onError: (error) => console.error('sandbox:', error),
  })
  if (store !== undefined) saver = createSaver(store, server.sandbox.snapshot, clock.now, warn)
  saver?.touch()

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await server.stop()
    await saver?.flush()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // A parent that died took its end of the channel with it: nobody is left to stop this process.
  process.on('disconnect', stop)
  if (process.send === undefined) console.log(`sandbox: ${server.urls.pages}`)
  else process.send({ type: 'ready', ports: server.ports })
}

main().catch((error: NodeJS.ErrnoException) => {
  const taken = error.code === 'EADDRINUSE' ? ' (SANDBOX_PORT moves it and the four ports after it)' : ''
  console.error(`sandbox: ${error.message}${taken}`)
  process.exit(1)
})
