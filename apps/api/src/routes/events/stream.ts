import { Readable } from 'node:stream'
import type { EventStreamQuery } from '@onerouter/contract'
import { ApiError, type Environment, formatId, parseId, type Uuid, uuidV7 } from '@onerouter/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { eventsAfter } from '../../store/events.ts'
import type { EventRow, Queryable } from '../../store/rows.ts'
import type { Wait } from '../../worker/worker.ts'

export interface EventStreams {
  readonly db: Queryable
  readonly now: () => number
  readonly wait: (ms: number) => Wait
  readonly stopping: () => boolean
}

const LOOK_EVERY_MS = 1_000
const BEAT_EVERY_MS = 15_000
/** A revoked key or a removed person hears no longer than this: each connection proves itself anew. */
const STREAM_MS_MAX = 60_000
/** Ids are made before their transactions commit, so a look goes back a little and tells what it has not told yet. */
const LATE_MS = 5_000
const PAGE = 1_000
/** Enough for every tab of a large team; whoever is refused asks for the list instead. */
const STREAMS_MAX = 50
const RECONNECT_MS = 1_000

/**
 * Events as they happen, as server-sent events. Every process looks into the database for itself while somebody
 * listens: a NOTIFY within the transactions of payments would put all their commits in one queue.
 */
export function eventStreamRoute(app: FastifyInstance, streams: EventStreams): void {
  const open = new Map<Uuid, number>()
  mount(app, 'streamEvents', async ({ query, principal, request, reply }) => {
    const { accountId } = principal
    const count = open.get(accountId) ?? 0
    if (count >= STREAMS_MAX) {
      const detail = `This account has ${STREAMS_MAX} open streams here. Close one, or list events instead.`
      throw new ApiError('rate_limit_exceeded', detail)
    }
    open.set(accountId, count + 1)
    const body = Readable.from(tail(streams, filterOf(principal, query), lastSeen(request)))
    reply.raw.once('close', () => {
      const left = (open.get(accountId) ?? 1) - 1
      if (left === 0) open.delete(accountId)
      else open.set(accountId, left)
    })
    reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no')
    return reply.type('text/event-stream; charset=utf-8').send(body)
  })
}

/** `Last-Event-ID`, which browsers send by themselves when they connect again. */
function lastSeen(request: FastifyRequest): Uuid | null {
  const sent = request.headers['last-event-id']
  return typeof sent === 'string' ? (parseId('event', sent) ?? null) : null
}

interface Filter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  readonly type: string | undefined
}

function filterOf(principal: Principal, { environment, type }: EventStreamQuery): Filter {
  const visible = visibleEnvironments(callerOf(principal))
  return {
    accountId: principal.accountId,
    environments: environment === undefined ? visible : visible.filter((one) => one === environment),
    type,
  }
}

/** The first 48 bits of a version 7 id are the milliseconds at which it was made. */
const madeAtMs = (id: Uuid): number => Number.parseInt(id.slice(0, 13).replace('-', ''), 16)
const idAt = (ms: number): Uuid => uuidV7(Math.max(0, ms), new Uint8Array(10))

/** However much there is: a listener that is slow is waited for, and one that was away goes on where it was. */
async function* tail(streams: EventStreams, filter: Filter, seen: Uuid | null): AsyncGenerator<string> {
  const begunMs = streams.now()
  const told = new Set<Uuid>(seen === null ? [] : [seen])
  let floor = seen === null ? idAt(begunMs) : idAt(madeAtMs(seen) - LATE_MS)
  let beatMs = begunMs
  yield `retry: ${RECONNECT_MS}\n: connected\n\n`
  while (streams.now() - begunMs < STREAM_MS_MAX && !streams.stopping()) {
    const lookMs = streams.now()
    const late = idAt(lookMs - LATE_MS)
    const next = floor > late ? floor : late
    let after: Uuid | null = floor
    while (after !== null && streams.now() - begunMs < STREAM_MS_MAX) {
      const rows: EventRow[] = await eventsAfter(streams.db, { ...filter, floor: after, limit: PAGE })
      const news = rows.filter(({ id }) => !told.has(id))
      // Only what the next look reads again has to be known again.
      for (const { id } of news) if (id > next) told.add(id)
      if (news.length > 0) {
        beatMs = streams.now()
        yield news.map(asText).join('')
      }
      after = rows.length === PAGE ? (rows.at(-1)?.id ?? null) : null
    }
    floor = next
    for (const id of told) if (id <= floor) told.delete(id)
    if (lookMs - beatMs >= BEAT_EVERY_MS) {
      beatMs = lookMs
      yield ': alive\n\n'
    }
    await streams.wait(LOOK_EVERY_MS).done
  }
}

/** The text that webhooks carry, as one message. It has no line breaks: it was made by JSON.stringify. */
const asText = ({ id, payload }: EventRow): string => `id: ${formatId('event', id)}\ndata: ${payload}\n\n`
