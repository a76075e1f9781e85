import { type Dispatcher, Pool } from 'undici'
import { type AddressPolicy, mayShowAnswer, vetUrl } from './address-guard.ts'
import { AddressRefused, createConnector, NameUnresolved, type Resolve } from './connect.ts'
import { type AttemptError, errorOfStatus, type Outcome } from './judge.ts'
import { retryAfterMs } from './schedule.ts'

/** Each phase has its own end, and all of them together one more. */
export interface Deadlines {
  readonly dnsMs: number
  readonly connectMs: number
  readonly firstByteMs: number
  readonly totalMs: number
}
export const DEADLINES: Deadlines = { dnsMs: 2_000, connectMs: 5_000, firstByteMs: 15_000, totalMs: 20_000 }

/** Read of an answer at most; of this, what the log keeps. */
const ANSWER_BYTES_MAX = 16 * 1024
const SHOWN_BYTES_MAX = 1024
const HEADER_BYTES_MAX = 16 * 1024
const POOLS_MAX = 512
const KEEP_ALIVE_MS = 4_000

export interface Request {
  /** Connections are never shared between endpoints: one that hangs takes nobody else's. */
  readonly endpointId: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly connections: number
  readonly policy: AddressPolicy
}

export interface Sender {
  /** One request, never repeated by itself; every way it can end is a value. */
  send(request: Request): Promise<Outcome>
  close(): Promise<void>
}

export interface SenderOptions {
  readonly resolve: Resolve
  readonly deadlines: Deadlines
  readonly now: () => number
  readonly ca?: string
}

interface Line {
  readonly pool: Pool
  readonly origin: string
  readonly connections: number
  address: string | null
}

export function createSender(options: SenderOptions): Sender {
  const lines = new Map<string, Line>()
  const closing = new Set<Promise<void>>()
  const drop = (id: string, line: Line): void => {
    lines.delete(id)
    const closed: Promise<void> = line.pool.close().catch(() => line.pool.destroy())
    closing.add(closed)
    void closed.finally(() => closing.delete(closed))
  }
  const lineFor = (request: Request, origin: string): Line => {
    const known = lines.get(request.endpointId)
    if (known !== undefined && known.origin === origin && known.connections === request.connections) {
      // Most recently used goes last.
      lines.delete(request.endpointId)
      lines.set(request.endpointId, known)
      return known
    }
    if (known !== undefined) drop(request.endpointId, known)
    const [oldest] = lines
    if (lines.size >= POOLS_MAX && oldest !== undefined) drop(...oldest)
    const line = openLine(options, request, origin)
    lines.set(request.endpointId, line)
    return line
  }
  return {
    async send(request) {
      const vetted = vetUrl(request.url, request.policy)
      if (!vetted.ok) return failed(new AddressRefused(vetted.refusal), null)
      const line = lineFor(request, vetted.target.origin)
      try {
        return await exchange(options, line, request)
      } catch (error) {
        return failed(error, line.address)
      }
    },
    async close() {
      for (const [id, line] of lines) drop(id, line)
      await Promise.all(closing)
    },
  }
}

function openLine(options: SenderOptions, request: Request, origin: string): Line {
  const { deadlines, resolve, ca } = options
  const line: Line = {
    origin,
    connections: request.connections,
    address: null,
    pool: new Pool(origin, {
      connections: request.connections,
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: deadlines.firstByteMs,
      bodyTimeout: deadlines.totalMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: createConnector({
        policy: request.policy,
        resolve,
        dnsMs: deadlines.dnsMs,
        connectMs: deadlines.connectMs,
        ...(ca !== undefined && { ca }),
        onConnected: (address) => {
          line.address = address
        },
      }),
    }),
  }
  return line
}

async function exchange(options: SenderOptions, line: Line, request: Request): Promise<Outcome> {
  const url = new URL(request.url)
  const response = await line.pool.request({
    method: 'POST',
    path: `${url.pathname}${url.search}`,
    headers: request.headers,
    body: request.body,
    signal: AbortSignal.timeout(options.deadlines.totalMs),
  })
  const { statusCode: status } = response
  // From here on the receiver has spoken: how its body goes on changes nothing about that.
  const body = await readSome(response.body)
  const error = errorOfStatus(status)
  const show = line.address !== null && mayShowAnswer(line.address, request.policy)
  return {
    status,
    error,
    detail: null,
    body: show ? body : null,
    address: line.address,
    retryAfterMs:
      error === null ? null : retryAfterMs(single(response.headers['retry-after']), options.now()),
  }
}

/** Reads up to the cap and then drops the connection: an endless answer costs what a short one does. */
async function readSome(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      const data = Buffer.from(chunk as Uint8Array) // undici's body yields buffers
      chunks.push(data)
      bytes += data.length
      if (bytes >= ANSWER_BYTES_MAX) break
    }
  } catch {
    // The status has come; a body that breaks off is shown as far as it got.
  }
  return storable(Buffer.concat(chunks).subarray(0, SHOWN_BYTES_MAX).toString('utf8'))
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

/** PostgreSQL's text holds no NUL. */
const storable = (text: string): string => text.replaceAll('\0', '')

function failed(error: unknown, address: string | null): Outcome {
  const message = error instanceof Error ? error.message : String(error)
  return {
    status: null,
    error: errorOf(error),
    detail: storable(message).slice(0, 300),
    body: null,
    address,
    retryAfterMs: null,
  }
}

const BY_CODE: readonly (readonly [RegExp, AttemptError])[] = [
  [/^(UND_ERR_CONNECT_TIMEOUT|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)$/, 'connect'],
  [/^(UND_ERR_(HEADERS|BODY)_TIMEOUT|UND_ERR_ABORTED)$/, 'timeout'],
  [/^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_|INVALID_ARG))/, 'protocol'],
  [/^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_OSSL)/, 'tls'],
]

function errorOf(error: unknown): AttemptError {
  if (error instanceof AddressRefused) return 'refused_address'
  if (error instanceof NameUnresolved) return 'dns'
  if (!(error instanceof Error)) return 'connection'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timeout'
  if (error.name === 'HTTPParserError') return 'protocol'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return BY_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? 'connection'
}
