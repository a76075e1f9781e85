import type { LogEntry } from '@onerouter/contract'
import { parseId, type Uuid, uuidV7 } from '@onerouter/core'
import type { CreatedRange } from '../store/created.ts'
import type { Wait } from '../worker/worker.ts'
import type { LogPage } from './list.ts'

/** What a tail needs of the world. */
export interface Tailing {
  readonly kind: 'request' | 'provider_call'
  readonly now: () => number
  readonly wait: (ms: number) => Wait
  readonly stopping: () => boolean
  /** Entries of the caller that pass the filter, oldest first; one more than the page takes says that there are more. */
  read(created: CreatedRange, page: LogPage): Promise<LogEntry[]>
}

const PAGE = 500
const PAGES_MAX = 100
const LOOK_EVERY_MS = 500
const BEAT_EVERY_MS = 15_000
/** Long enough for a person; a client that wants more connects again with `Last-Event-ID`. */
const STREAM_MS_MAX = 15 * 60_000
/** Rows become visible in batches, so a look goes back a little and tells what it has not told yet. */
const LATE_MS = 5_000
/** Who comes back later than that has an export for what was missed. */
const RESUME_MS_MAX = 3_600_000
/** A request's id is made when it begins, and its row when it has been answered. */
const LASTS_MS_MAX = 20 * 60_000

/**
 * Entries as server-sent events. After `Last-Event-ID` some that were told already may come again, but none is left out;
 * they are known by their id.
 */
export async function* tail(world: Tailing, lastEventId: unknown): AsyncGenerator<string> {
  const begunMs = world.now()
  const told = new Map<string, number>()
  let fromMs = resumeFromMs(world.kind, lastEventId, begunMs)
  let beatMs = begunMs
  yield ': connected\n\n'
  while (world.now() - begunMs < STREAM_MS_MAX && !world.stopping()) {
    const nowMs = world.now()
    let any = false
    for await (const page of pagesSince(world, fromMs)) {
      const news = page.filter((entry) => !told.has(entry.id) && !isTail(entry))
      for (const entry of news) told.set(entry.id, nowMs)
      if (news.length > 0) yield news.map(eventOf).join('')
      any ||= news.length > 0
    }
    fromMs = Math.max(fromMs, nowMs - LATE_MS)
    for (const [id, atMs] of told) if (nowMs - atMs > 2 * LATE_MS) told.delete(id)
    if (any) beatMs = nowMs
    if (nowMs - beatMs >= BEAT_EVERY_MS) {
      beatMs = nowMs
      yield ': alive\n\n'
    }
    await world.wait(LOOK_EVERY_MS).done
  }
}

const eventOf = (entry: LogEntry): string => `id: ${entry.id}\nevent: log\ndata: ${JSON.stringify(entry)}\n\n`

/** By the time of their rows where ids are older than those, which for calls they are not. */
async function* pagesSince({ kind, read }: Tailing, fromMs: number): AsyncGenerator<LogEntry[]> {
  const requests = kind === 'request'
  const created = { gt: null, gte: requests ? new Date(fromMs) : null, lt: null, lte: null }
  let newerThan: Uuid = idAt(requests ? fromMs - LASTS_MS_MAX : fromMs)
  for (let page = 0; page < PAGES_MAX; page++) {
    const rows = await read(created, { after: null, newerThan, limit: PAGE })
    yield rows
    const last = rows.at(-1)
    const lastId = last === undefined ? undefined : parseId(kind, last.id)
    if (rows.length <= PAGE || lastId === undefined) return
    newerThan = lastId
  }
}

const idAt = (ms: number): Uuid => uuidV7(Math.max(0, ms), new Uint8Array(10))

function resumeFromMs(kind: Tailing['kind'], lastEventId: unknown, nowMs: number): number {
  const id = typeof lastEventId === 'string' ? parseId(kind, lastEventId) : undefined
  if (id === undefined) return nowMs
  // The first 48 bits of a UUIDv7 are its time in milliseconds.
  const atMs = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
  return Math.min(nowMs, Math.max(atMs - LATE_MS, nowMs - RESUME_MS_MAX))
}

/** Who watches the log would otherwise watch itself watching. */
const isTail = (entry: LogEntry): boolean => entry.route?.startsWith('/api/logs') === true
