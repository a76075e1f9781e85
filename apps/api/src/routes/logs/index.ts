import { Readable } from 'node:stream'
import { type LogEntry, LogListQuery, type QueryOf, type RouteOf } from '@onerouter/contract'
import { ApiError, parseId, type Uuid, uuidV7 } from '@onerouter/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { type LogFilter, type LogPage, listCalls, listRequests } from '../../logs/list.ts'
import type { Queryable } from '../../store/rows.ts'
import type { Wait } from '../../worker/worker.ts'
import { csvHead, csvLine, presentCall, presentRequest } from './present.ts'

export interface Logs {
  readonly deps: Deps
  readonly db: Queryable
  readonly wait: (ms: number) => Wait
  /** Writes what this process still holds, so that callers find what they have just done. */
  readonly flush: () => Promise<void>
}

type Query = QueryOf<RouteOf<'listLogs'>>
type Kind = 'request' | 'provider_call'

export function logRoutes(app: FastifyInstance, logs: Logs): void {
  mount(app, 'listLogs', async ({ query, principal }) => {
    await logs.flush()
    const kind = query.kind ?? 'request'
    const page = parsePage(kind, query)
    const entries = await read(logs, kind, filterOf(principal, query), page)
    return listAnswer(entries, page.limit, (entry) => entry)
  })
  const config = { scope: 'analytics:read' } as const
  const schema = { querystring: LogListQuery }
  app.get<{ Querystring: Query }>('/api/logs/stream', { config, schema }, (request, reply) => {
    const events = tail(logs, callerIn(request), request.query)
    reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no')
    return reply.type('text/event-stream; charset=utf-8').send(Readable.from(events))
  })
  for (const format of ['csv', 'ndjson'] as const) {
    app.get<{ Querystring: Query }>(`/api/logs/export.${format}`, { config, schema }, (request, reply) => {
      const lines = exported(logs, callerIn(request), request.query, format)
      reply.header('content-disposition', `attachment; filename="onerouter-logs.${format}"`)
      const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson'
      return reply.type(`${type}; charset=utf-8`).send(Readable.from(lines))
    })
  }
}

function callerIn(request: FastifyRequest): Principal {
  if (request.principal === null) throw new ApiError('unauthenticated', 'Send a valid API key.')
  return request.principal
}

async function read(logs: Logs, kind: Kind, filter: LogFilter, page: LogPage): Promise<LogEntry[]> {
  return kind === 'request'
    ? (await listRequests(logs.db, filter, page)).map(presentRequest)
    : (await listCalls(logs.db, filter, page)).map(presentCall)
}

/** Nobody has the nil id: what cannot exist matches nothing. */
const NONE = '00000000-0000-0000-0000-000000000000'
const idIn = (kind: Parameters<typeof parseId>[0], text: string | undefined): Uuid | undefined =>
  text === undefined ? undefined : (parseId(kind, text) ?? NONE)

function filterOf(principal: Principal, query: Query): LogFilter {
  const visible = visibleEnvironments(callerOf(principal))
  const { environment, status } = query
  const kind = query.kind ?? 'request'
  return {
    accountId: principal.accountId,
    environments: environment === undefined ? visible : visible.filter((one) => one === environment),
    services: principal.services === null ? null : [...principal.services],
    id: idIn(kind, query.id),
    keyId: idIn('key', query.key_id),
    method: query.method?.toUpperCase(),
    status: status === undefined || status.endsWith('xx') ? undefined : Number.parseInt(status, 10),
    statusClass: status?.endsWith('xx') === true ? Number.parseInt(status, 10) : undefined,
    path: query.path,
    code: query.code,
    paymentId: idIn('payment', query.payment_id),
    provider: query.provider,
    text: query.text,
    created: parsePage(kind, { ...query, starting_after: undefined }).created,
  }
}

const PAGE = 500
const EXPORT_ROWS_MAX = 1_000_000

async function* exported(
  logs: Logs,
  principal: Principal,
  query: Query,
  format: 'csv' | 'ndjson',
): AsyncGenerator<string> {
  await logs.flush()
  const kind = query.kind ?? 'request'
  const filter = filterOf(principal, query)
  let after = parsePage(kind, query).after
  if (format === 'csv') yield csvHead()
  for (let rows = 0; rows < EXPORT_ROWS_MAX; rows += PAGE) {
    const page = (await read(logs, kind, filter, { after, limit: PAGE })).slice(0, PAGE)
    yield page.map((entry) => (format === 'csv' ? csvLine(entry) : `${JSON.stringify(entry)}\n`)).join('')
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = parseId(kind, last.id) ?? null
  }
}

const LOOK_EVERY_MS = 500
const BEAT_EVERY_MS = 15_000
/** Long enough for a person; a client that wants more connects again with `Last-Event-ID`. */
const STREAM_MS_MAX = 15 * 60_000
/** Rows become visible in batches, so a look goes back a little and tells what it has not told yet. */
const LATE_MS = 5_000

async function* tail(logs: Logs, principal: Principal, query: Query): AsyncGenerator<string> {
  const kind = query.kind ?? 'request'
  const filter = filterOf(principal, query)
  const begunMs = logs.deps.now()
  const told = new Map<string, number>()
  let beatMs = begunMs
  yield ': connected\n\n'
  while (logs.deps.now() - begunMs < STREAM_MS_MAX && !logs.deps.stopping()) {
    const nowMs = logs.deps.now()
    const from = Math.max(begunMs, nowMs - LATE_MS)
    const newerThan = uuidV7(from, new Uint8Array(10))
    const fresh = await read(logs, kind, filter, { after: null, newerThan, limit: PAGE })
    const news = fresh.filter((entry) => !told.has(entry.id) && !isTail(entry))
    for (const entry of news) told.set(entry.id, nowMs)
    for (const [id, atMs] of told) if (nowMs - atMs > 2 * LATE_MS) told.delete(id)
    if (news.length > 0) {
      yield news.map((entry) => `id: ${entry.id}\nevent: log\ndata: ${JSON.stringify(entry)}\n\n`).join('')
    } else if (nowMs - beatMs >= BEAT_EVERY_MS) {
      beatMs = nowMs
      yield ': alive\n\n'
    }
    await logs.wait(LOOK_EVERY_MS).done
  }
}

/** Who watches the log would otherwise watch itself watching. */
const isTail = (entry: LogEntry): boolean => entry.route?.startsWith('/api/logs') === true
