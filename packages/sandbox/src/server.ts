import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Sandbox } from './index.ts'
import { ConnectionCut } from './kernel/faults.ts'
import { BODY_LIMIT_BYTES } from './kernel/http.ts'
import { PROVIDERS, type ProviderName, type World } from './kernel/types.ts'

/** Nothing but this machine may reach the sandbox: its keys are public and its clock obeys anyone. */
const HOST = '127.0.0.1'
const MAX_TIMER_MS = 2_147_483_647

export interface SandboxPorts {
  /** Index, pay pages and control. */
  readonly pages: number
  readonly api: Readonly<Record<ProviderName, number>>
}

export interface ServerOptions {
  /** 0 takes any free port. */
  readonly ports: SandboxPorts
  /** Where payers and clients reach the sandbox; by default its loopback addresses. */
  readonly publicUrls?: (ports: SandboxPorts) => World['urls']
  /** Builds the sandbox once its addresses are known. */
  readonly sandbox: (urls: World['urls']) => Sandbox
  /** Called after anything that may have changed the state. */
  readonly changed?: () => void
  readonly onError: (error: unknown) => void
}

export interface SandboxServer {
  readonly sandbox: Sandbox
  readonly ports: SandboxPorts
  readonly urls: World['urls']
  stop(): Promise<void>
}

type Handler = (request: Request) => Promise<Response>

export function loopbackUrls(ports: SandboxPorts): World['urls'] {
  const at = (port: number) => `http://${HOST}:${port}`
  const { stripe, razorpay, paypal, twilio } = ports.api
  return {
    pages: at(ports.pages),
    api: { stripe: at(stripe), razorpay: at(razorpay), paypal: at(paypal), twilio: at(twilio) },
  }
}

/** Binds every port, then lets the emulators answer on them and drives their later work by one timer. */
export async function startServer(options: ServerOptions): Promise<SandboxServer> {
  const servers: Server[] = []
  // Requests can arrive between binding and building; they wait for this.
  const { promise: ready, resolve: open } = Promise.withResolvers<(key: ProviderName | 'pages') => Handler>()
  const bind = async (key: ProviderName | 'pages', port: number): Promise<number> => {
    const server = createServer((incoming, outgoing) => {
      void answer(incoming, outgoing, async (request) => (await ready)(key)(request), options.onError)
    })
    servers.push(server)
    return listen(server, port)
  }
  const stopServers = () => Promise.all(servers.map(close))
  try {
    const ports: SandboxPorts = {
      pages: await bind('pages', options.ports.pages),
      api: {
        stripe: await bind('stripe', options.ports.api.stripe),
        razorpay: await bind('razorpay', options.ports.api.razorpay),
        paypal: await bind('paypal', options.ports.api.paypal),
        twilio: await bind('twilio', options.ports.api.twilio),
      },
    }
    const urls = (options.publicUrls ?? loopbackUrls)(ports)
    const sandbox = options.sandbox(urls)
    const stopDriver = drive(sandbox, options.onError)
    const handlers = route(sandbox)
    open((key) => async (request) => {
      try {
        return await handlers(key)(request)
      } finally {
        options.changed?.()
      }
    })
    sandbox.onChange(() => options.changed?.())
    return {
      sandbox,
      ports,
      urls,
      async stop() {
        stopDriver()
        await stopServers()
      },
    }
  } catch (error) {
    await stopServers()
    throw error
  }
}

function route(sandbox: Sandbox): (key: ProviderName | 'pages') => Handler {
  const missing: Handler = async () => new Response('This provider is not emulated yet.\n', { status: 501 })
  const apis = new Map(sandbox.providers.map((provider) => [provider, sandbox.fetch(provider)]))
  const pages: Handler = (request) => {
    const first = new URL(request.url).pathname.split('/')[1]
    const isPage = PROVIDERS.some((provider) => provider === first)
    return isPage ? sandbox.pages(request) : sandbox.control(request)
  }
  return (key) => (key === 'pages' ? pages : (apis.get(key) ?? missing))
}

/** One timer, always set to the next task; each change of the agenda sets it anew. */
function drive(sandbox: Sandbox, onError: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let armed = false
  function arm(): void {
    if (armed) return
    armed = true
    // After the current call: a handler that schedules ten tasks arms once.
    setImmediate(() => {
      armed = false
      clearTimeout(timer)
      const next = sandbox.nextDueMs()
      if (next === undefined) return
      timer = setTimeout(tick, Math.min(Math.max(0, next - sandbox.now()), MAX_TIMER_MS))
    })
  }
  function tick(): void {
    try {
      sandbox.startDue()
    } catch (error) {
      onError(error)
    }
    arm()
  }
  sandbox.onChange(arm)
  arm()
  return () => {
    armed = true
    clearTimeout(timer)
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: Handler,
  onError: (error: unknown) => void,
): Promise<void> {
  const gone = new AbortController()
  outgoing.on('close', () => gone.abort())
  try {
    const body = await bodyOf(incoming)
    const response =
      body === undefined
        ? new Response('Request Entity Too Large\n', { status: 413 })
        : await handler(toRequest(incoming, body, gone.signal))
    const bytes = Buffer.from(await response.arrayBuffer())
    outgoing.writeHead(response.status, [
      ...[...response.headers].filter(([name]) => name !== 'content-length').flat(),
      ...['content-length', String(bytes.byteLength)],
    ])
    outgoing.end(incoming.method === 'HEAD' ? undefined : bytes)
  } catch (error) {
    if (!(error instanceof ConnectionCut)) onError(error)
    incoming.socket.destroy()
  }
}

/** Read at once: a stream across the two kinds of web and Node streams costs more than the emulator itself. */
async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Buffer<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size > BODY_LIMIT_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function toRequest(incoming: IncomingMessage, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Request {
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  const bodyless = method === 'GET' || method === 'HEAD'
  return new Request(new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? HOST}`), {
    method,
    headers,
    signal,
    ...(bodyless || body.byteLength === 0 ? {} : { body }),
  })
}
