import { Pool } from 'undici'
import { type AddressPolicy, mayShowAnswer, vetUrl } from './address-guard.ts'
import { AddressRefused, createConnector, NameUnresolved, type Resolve } from './connect.ts'
import { exchange } from './exchange.ts'
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
  /** What it was vetted and opened for; each of its connections is vetted by itself. */
  readonly url: string
  readonly policy: AddressPolicy
  readonly path: string
  readonly connections: number
  address: string | null
  /** Whether the answers of that address may be shown. */
  shown: boolean
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
  /** @throws AddressRefused */
  const lineFor = (request: Request): Line => {
    const known = lines.get(request.endpointId)
    if (known !== undefined && isFor(known, request)) {
      // Most recently used goes last.
      lines.delete(request.endpointId)
      lines.set(request.endpointId, known)
      return known
    }
    const vetted = vetUrl(request.url, request.policy)
    if (!vetted.ok) throw new AddressRefused(vetted.refusal)
    if (known !== undefined) drop(request.endpointId, known)
    const [oldest] = lines
    if (lines.size >= POOLS_MAX && oldest !== undefined) drop(...oldest)
    const line = openLine(options, request, vetted.target.origin)
    lines.set(request.endpointId, line)
    return line
  }
  return {
    async send(request) {
      let line: Line | null = null
      try {
        line = lineFor(request)
        return await sendOn(options, line, request)
      } catch (error) {
        return failed(error, line?.address ?? null)
      }
    },
    async close() {
      for (const [id, line] of lines) drop(id, line)
      await Promise.all(closing)
    },
  }
}

const isFor = (line: Line, { url, policy, connections }: Request): boolean =>
  line.url === url && line.policy === policy && line.connections === connections

function openLine(options: SenderOptions, request: Request, origin: string): Line {
  const { deadlines, resolve, ca } = options
  const { url, policy, connections } = request
  const { pathname, search } = new URL(url)
  const line: Line = {
    url,
    policy,
    path: `${pathname}${search}`,
    connections,
    address: null,
    shown: false,
    pool: new Pool(origin, {
      connections,
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: deadlines.firstByteMs,
      bodyTimeout: deadlines.totalMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: createConnector({
        policy,
        resolve,
        dnsMs: deadlines.dnsMs,
        connectMs: deadlines.connectMs,
        ...(ca !== undefined && { ca }),
        onConnected: (address) => {
          line.address = address
          line.shown = mayShowAnswer(address, policy)
        },
      }),
    }),
  }
  return line
}

async function sendOn(options: SenderOptions, line: Line, request: Request): Promise<Outcome> {
  const { status, retryAfter, body } = await exchange(line.pool, {
    path: line.path,
    headers: request.headers,
    body: request.body,
    totalMs: options.deadlines.totalMs,
    bytesMax: ANSWER_BYTES_MAX,
  })
  const error = errorOfStatus(status)
  return {
    status,
    error,
    detail: null,
    body: line.shown ? storable(body.subarray(0, SHOWN_BYTES_MAX).toString('utf8')) : null,
    address: line.address,
    retryAfterMs: error === null ? null : retryAfterMs(retryAfter, options.now()),
  }
}

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
