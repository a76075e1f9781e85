/** The sandbox as a process of its own that names the proxies' addresses as its own: what it signs must be found there. */
import { createSandbox } from '@onerouter/sandbox'
import { loopbackUrls, startServer } from '../../packages/sandbox/src/server.ts'

const DELIVERIES_AT_ONCE = 8

/** Proxies by provider, and the seed of everything the sandbox draws. */
interface Orders {
  readonly seed: number
  readonly api: Readonly<Record<string, string>>
}

const { seed, api } = JSON.parse(process.argv[2] ?? '{}') as Orders // written by installation.ts
const server = await startServer({
  ports: { pages: 0, api: { stripe: 0, razorpay: 0, paypal: 0, twilio: 0 } },
  publicUrls(ports) {
    const own = loopbackUrls(ports)
    return { pages: own.pages, api: { ...own.api, ...api } }
  },
  sandbox: (urls) =>
    createSandbox({
      clock: { now: Date.now },
      seed,
      urls,
      fetch,
      warn: (message) => console.warn(message),
      deliveryConcurrency: DELIVERIES_AT_ONCE,
    }),
  onError: (error) => console.error(error),
})
const stop = async (): Promise<void> => {
  await server.stop()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('disconnect', stop)
process.send?.({ ports: server.ports })
