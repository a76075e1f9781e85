import { Readable } from 'node:stream'
import type { LogEntry, QueryOf, RouteOf } from '@onerouter/contract'
import { formatId, parseId, type Uuid } from '@onerouter/core'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../../deps.ts'
import { visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { type Found, type LogFilter, type LogPage, listCalls, listRequests } from '../../logs/list.ts'
import { type Tailing, tail } from '../../logs/tail.ts'
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

type Query = QueryOf<RouteOf<'exportLogsCsv'>>
type Kind = 'request' | 'provider_call'

export function logRoutes(app: FastifyInstance, logs: Logs): void {
  mount(app, 'listLogs', async ({ query, principal }) => {
    await logs.flush()
    const kind = query.kind ?? 'request'
    const page = parsePage(kind, query)
    const { rows, lookedTo } = await read(logs, kind, filterOf(principal, query), page)
    const answer = listAnswer(rows, page.limit, (entry) => entry)
    return lookedTo === null ? answer : { ...answer, has_more: true, next_cursor: formatId(kind, lookedTo) }
  })
  mount(app, 'streamLogs', async ({ query, principal, request, reply }) => {
    const events = tail(tailing(logs, principal, query), request.headers['last-event-id'])
    reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no')
    return reply.type('text/event-stream; charset=utf-8').send(Readable.from(events))
  })
  mount(app, 'exportLogsCsv', async ({ query, principal, reply }) =>
    sendExport(reply, exported(logs, principal, query, 'csv'), 'csv'),
  )
  mount(app, 'exportLogsNdjson', async ({ query, principal, reply }) =>
    sendExport(reply, exported(logs, principal, query, 'ndjson'), 'ndjson'),
  )
}

function sendExport(reply: FastifyReply, lines: AsyncGenerator<string>, format: 'csv' | 'ndjson') {
  reply.header('content-disposition', `attachment; filename="onerouter-logs.${format}"`)
  const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson'
  return reply.type(`${type}; charset=utf-8`).send(Readable.from(lines))
}

async function read(logs: Logs, kind: Kind, filter: LogFilter, page: LogPage): Promise<Found<LogEntry>> {
  if (kind === 'request') {
    const { rows, lookedTo } = await listRequests(logs.db, filter, page)
    return { rows: rows.map(presentRequest), lookedTo }
  }
  const { rows, lookedTo } = await listCalls(logs.db, filter, page)
  return { rows: rows.map(presentCall), lookedTo }
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
    created: parsePage(kind, query).created,
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
  let after: Uuid | null = null
  if (format === 'csv') yield csvHead()
  for (let told = 0; told < EXPORT_ROWS_MAX; ) {
    const { rows, lookedTo } = await read(logs, kind, filter, { after, limit: PAGE })
    const page = rows.slice(0, PAGE)
    if (page.length > 0) {
      yield page.map((entry) => (format === 'csv' ? csvLine(entry) : `${JSON.stringify(entry)}\n`)).join('')
    }
    told += page.length
    const last = page.at(-1)
    const more = rows.length > PAGE && last !== undefined
    after = more ? (parseId(kind, last.id) ?? null) : lookedTo
    if (after === null) return
  }
}

function tailing(logs: Logs, principal: Principal, query: Query): Tailing {
  const kind = query.kind ?? 'request'
  const filter = filterOf(principal, query)
  return {
    kind,
    now: logs.deps.now,
    wait: logs.wait,
    stopping: logs.deps.stopping,
    read: async (created, page) => (await read(logs, kind, { ...filter, created }, page)).rows,
  }
}
