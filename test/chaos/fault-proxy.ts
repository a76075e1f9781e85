/** A TCP proxy that breaks connections the ways networks do, between two processes that do not know it is there. */
import { connect, createServer, type Socket } from 'node:net'

const HOST = '127.0.0.1'

/** What can happen to the connections that are open now; later ones are sound. */
export const LINK_FAULTS = ['cut', 'reset', 'half_close', 'stall', 'delay', 'refuse'] as const
export type LinkFault = (typeof LINK_FAULTS)[number]

export interface FaultProxy {
  readonly port: number
  /** Does it now; `forMs` is how long stalls, delays and refusals last. */
  break(fault: LinkFault, forMs: number): void
  /** Ends stalls, delays and refusals. */
  heal(): void
  close(): Promise<void>
}

/** Answers where the next connection goes; null = nobody is there. */
export type Upstream = () => number | null

interface Link {
  readonly near: Socket
  readonly far: Socket
  /** Bytes wait until this moment, in either direction. */
  heldUntil: number
  delayMs: number
  delayUntil: number
}

/** `now` in milliseconds; the proxy listens on a free loopback port and keeps it. */
export async function startFaultProxy(upstream: Upstream, now: () => number): Promise<FaultProxy> {
  const links = new Set<Link>()
  let refusedUntil = 0
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const port = now() < refusedUntil ? null : upstream()
    if (port === null) {
      near.on('error', () => {})
      near.resetAndDestroy()
      return
    }
    const far = connect({ port, host: HOST, allowHalfOpen: true })
    const link: Link = { near, far, heldUntil: 0, delayMs: 0, delayUntil: 0 }
    links.add(link)
    const gone = (): void => {
      links.delete(link)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      socket.on('error', () => resetBoth(link))
      socket.on('close', gone)
    }
    pump(link, near, far, now)
    pump(link, far, near, now)
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  return {
    port,
    break(fault, forMs) {
      if (fault === 'refuse') refusedUntil = now() + forMs
      for (const link of [...links]) BREAK[fault](link, now() + forMs)
    },
    heal() {
      refusedUntil = 0
      for (const link of links) {
        link.heldUntil = 0
        link.delayUntil = 0
      }
    },
    async close() {
      for (const link of [...links]) BREAK.cut(link)
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const DELAY_MS = 150

const BREAK = {
  cut: ({ near, far }) => {
    near.destroy()
    far.destroy()
  },
  reset: (link) => resetBoth(link),
  // The client hears that nothing more will come; what it sends still arrives.
  half_close: ({ near }) => void near.end(),
  stall: (link, until) => {
    link.heldUntil = until
  },
  delay: (link, until) => {
    link.delayMs = DELAY_MS
    link.delayUntil = until
  },
  refuse: ({ near, far }) => {
    near.destroy()
    far.destroy()
  },
} satisfies Record<LinkFault, (link: Link, until: number) => void>

/** As a machine that lost its state answers: RST to both ends. */
function resetBoth({ near, far }: Link): void {
  near.resetAndDestroy()
  far.resetAndDestroy()
}

const LOOK_AGAIN_MS = 20

/** Passes bytes on one by one chunk, so that order holds however long each of them waits. */
function pump(link: Link, from: Socket, to: Socket, now: () => number): void {
  const pass = async (): Promise<void> => {
    for await (const chunk of from) {
      await waitForLink(link, now)
      if (to.destroyed || !to.writable) continue
      if (!to.write(chunk)) await drained(to)
    }
    if (!to.destroyed) to.end()
  }
  // A broken source has already broken its peer through the error handler.
  pass().catch(() => {})
}

async function waitForLink(link: Link, now: () => number): Promise<void> {
  if (now() < link.delayUntil) await pause(link.delayMs)
  while (now() < link.heldUntil && !link.near.destroyed) await pause(LOOK_AGAIN_MS)
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve)
    socket.once('close', resolve)
  })
}
