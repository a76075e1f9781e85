/**
 * The dashboard's program: listens at once, builds its pages when they are not built yet, serves them. With `build` it
 * only builds them, for images.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createBuilds, distDirOf } from './server/build.ts'
import { fingerprint } from './server/fingerprint.ts'
import { createProxy } from './server/proxy.ts'
import { clerkOriginOf } from './server/security.ts'
import { createDashboardServer, type Pages, type Standing } from './server/server.ts'

/** Whoever starts everything tries the API first: the build waits until that is up. */
const BUILD_AFTER_MS = 5_000
const STOP_WITHIN_MS = 3_000

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
// Loopback unless a container or another machine's proxy needs more.
const host = process.env.DASHBOARD_HOST ?? '127.0.0.1'
const port = Number.parseInt(process.env.DASHBOARD_PORT ?? '3000', 10)
const apiPort = process.env.API_PORT ?? '8000'
const apiUrl = process.env.NEXT_PUBLIC_API_URL ?? `http://127.0.0.1:${apiPort}`

let standing: Standing
const builds = createBuilds({ root, env: process.env, sleep: (ms) => sleep(ms), now: Date.now })

const server = createDashboardServer({
  // Names of this machine may mean IPv6 first, where the API does not listen.
  proxy: createProxy(apiUrl.replace('//localhost', '//127.0.0.1')),
  standing: () => standing,
  clerkOrigin: clerkOriginOf(process.env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY),
  nonce: () => randomBytes(16).toString('base64'),
  onError: (error) => console.error(error),
})

async function preparePages(): Promise<void> {
  const name = await fingerprint(root)
  if (!(await builds.exists(name))) {
    await sleep(BUILD_AFTER_MS, undefined, { ref: false })
    console.log('Preparing the pages of the dashboard (once; about half a minute).')
    const began = Date.now()
    await builds.make(name)
    console.log(`The dashboard is ready; preparing it took ${Math.round((Date.now() - began) / 1000)} s.`)
  }
  process.env.DASHBOARD_DIST = distDirOf(name)
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  standing = { pages: lazily(async () => (await import('./server/pages.ts')).openPages(root)) }
}

/** Opens at the first use; a failure is not kept, the next use tries again. */
function lazily(open: () => Promise<Pages>): Pages {
  let opened: Promise<Pages> | undefined
  return async (incoming, outgoing) => {
    opened ??= open()
    const pages = await opened.catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return pages(incoming, outgoing)
  }
}

function stop(): void {
  builds.stop()
  server.close(() => process.exit(0))
  server.closeIdleConnections()
  setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref()
}

if (process.argv[2] === 'build') await builds.make(await fingerprint(root))
else listen()

function listen(): void {
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  if (process.send !== undefined) process.once('disconnect', stop)

  server.on('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  server.listen(port, host, () => {
    process.send?.({ type: 'ready' })
    preparePages().catch((error: unknown) => {
      console.error(error)
      standing = { problem: 'build' }
    })
  })
}
