import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'

/** Longer than the API's own limit, so that its answer and not ours reaches the page. */
const TIMEOUT_MS = 35_000
/** Belong to one connection (RFC 9110, section 7.6.1) and are never passed on. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
/** The API’s own paths, and the QR codes of payment links, which pages show as pictures. */
const API_PATHS = /^\/(?:(?:api|v1)\/|l\/[0-9a-z]{1,32}\/qr\.svg$)/

/** Whether the request is for the API: the browser calls it through us, so that its cookie stays on one origin. */
export const isForApi = (url: string): boolean => API_PATHS.test(url)

export type ApiProxy = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Hands requests on to the API as they are, streaming both ways. */
export function createProxy(apiUrl: string): ApiProxy {
  const { protocol, hostname, port } = new URL(apiUrl)
  const tls = protocol === 'https:'
  const agent = tls ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true })
  const send = tls ? tlsRequest : request
  return (incoming, outgoing) => {
    const upstream = send({
      hostname,
      port,
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: forwarded(incoming),
      timeout: TIMEOUT_MS,
    })
    upstream.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers))
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    upstream.on('timeout', () => upstream.destroy(new Error('timeout')))
    upstream.on('error', () => unreachable(outgoing))
    outgoing.on('close', () => upstream.destroy())
    incoming.pipe(upstream)
  }
}

/** Our own view of the caller replaces nothing: it is added behind what earlier proxies said. */
function forwarded(incoming: IncomingMessage): Record<string, string | string[]> {
  const before = incoming.headers['x-forwarded-for']
  const address = incoming.socket.remoteAddress ?? ''
  return {
    ...withoutHops(incoming.headers),
    'x-forwarded-for': before === undefined ? address : `${before}, ${address}`,
  }
}

function withoutHops(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || HOP_BY_HOP.includes(name) ? [] : [[name, value]],
    ),
  )
}

function unreachable(outgoing: ServerResponse): void {
  if (outgoing.headersSent) return void outgoing.destroy()
  const title = 'The API does not answer'
  const body = {
    type: 'about:blank',
    title,
    status: 503,
    detail: `${title}; it may be starting.`,
    code: 'overloaded',
  }
  outgoing.writeHead(503, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'retry-after': '1',
  })
  outgoing.end(JSON.stringify(body))
}
