import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type ApiProxy, isForApi } from './proxy.ts'
import { policyOf, secure } from './security.ts'
import { waitingPage } from './waiting-page.ts'

/** Answers a request with a built page. */
export type Pages = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

/** How the pages stand: `undefined` while they are being built. */
export type Standing = { readonly pages: Pages } | { readonly problem: string } | undefined

export interface DashboardServer {
  readonly proxy: ApiProxy
  readonly standing: () => Standing
  /** A fresh unguessable text for each page. */
  readonly nonce: () => string
  /** Where Clerk's script may talk to, where people sign in with it. */
  readonly clerkOrigin: string | null
  readonly onError: (error: unknown) => void
}

const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000

/** The dashboard's one origin: pages, and the API behind them. */
export function createDashboardServer(options: DashboardServer): Server {
  const limits = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }
  return createServer(limits, (incoming, outgoing) => {
    if (isForApi(incoming.url ?? '/')) return options.proxy(incoming, outgoing)
    answer(options, incoming, outgoing).catch((error: unknown) => {
      options.onError(error)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500).end()
    })
  })
}

async function answer(
  options: DashboardServer,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const nonce = options.nonce()
  const policy = policyOf(nonce, options.clerkOrigin)
  secure(outgoing, policy)
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') {
    outgoing.writeHead(405, { allow: 'GET, HEAD' }).end()
    return
  }
  const standing = options.standing()
  if (standing !== undefined && 'pages' in standing) {
    // Next.js reads the nonce for its own scripts from here.
    incoming.headers['content-security-policy'] = policy
    return standing.pages(incoming, outgoing)
  }
  const page = waitingPage(nonce, standing?.problem)
  outgoing
    .writeHead(503, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '2',
    })
    .end(incoming.method === 'HEAD' ? undefined : page)
}
