import type { FetchPage, WireEvent } from './events-feed.ts'
import { parsePage, Unavailable, type Wire } from './wire.ts'

const PAGE = '100'

/** Pages of `GET /v1/events`. */
export function eventPages(wire: Wire): FetchPage {
  return async ({ sinceMs, after }) => {
    const { body, serverMs } = await wire.get('/v1/events', {
      limit: PAGE,
      'created[gte]': sinceMs > 0 ? new Date(sinceMs).toISOString() : undefined,
      starting_after: after ?? undefined,
    })
    const { data, next } = parsePage(body)
    const rows: readonly unknown[] = data
    return { events: rows.filter(isEvent), next, serverMs }
  }
}

/** One event. @throws CommandError when there is none */
export async function readEvent(wire: Wire, id: string): Promise<WireEvent> {
  const { body } = await wire.get(`/v1/events/${encodeURIComponent(id)}`)
  if (isEvent(body)) return body
  throw new Unavailable('The answer is not an event of a OneRouter API.')
}

function isEvent(value: unknown): value is WireEvent {
  if (typeof value !== 'object' || value === null) return false
  if (!('id' in value && 'type' in value && 'created_at' in value && 'sequence' in value)) return false
  if (!('data' in value && typeof value.data === 'object' && value.data !== null)) return false
  return 'object' in value.data && typeof value.data.object === 'object' && value.data.object !== null
}
