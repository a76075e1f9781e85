/** New events of an installation, found by looking again and again: nothing is stored on either side. */

/** An event exactly as deliveries carry it. */
export interface WireEvent {
  readonly id: string
  readonly type: string
  readonly created_at: string
  readonly sequence: number
  readonly data: { readonly object: Readonly<Record<string, unknown>> }
}

export interface EventPage {
  readonly events: readonly WireEvent[]
  /** What continues the list; `null` at its end. */
  readonly next: string | null
  /** The server's clock, in milliseconds. */
  readonly serverMs: number
}

/** A page of events, newest first, made at or after that time. */
export type FetchPage = (query: {
  readonly sinceMs: number
  readonly after: string | null
}) => Promise<EventPage>

export interface Feed {
  /** The events not seen before, oldest first; those of one object by their sequence. */
  look(): Promise<readonly WireEvent[]>
  /** More events were waiting than one look reads; cleared by asking. */
  skipped(): boolean
}

/**
 * An event becomes visible when its transaction ends, after the moment it carries: each look goes back this far,
 * and knows by id what it has seen.
 */
const OVERLAP_MS = 15_000
/** Of 100 events each. */
const PAGES_MAX = 200
/** Every so often a look reads the whole overlap, not only down to what it knows. */
const THOROUGH_EVERY = 20

/** Starts at the server's now: what happened before is not told. */
export async function openFeed(fetchPage: FetchPage): Promise<Feed> {
  const first = await fetchPage({ sinceMs: 0, after: null })
  const seen = new Map<string, number>(first.events.map((event) => [event.id, Date.parse(event.created_at)]))
  let watermarkMs = first.serverMs
  let looks = 0
  let skipped = false
  /** Nothing of before the start is new, wherever it turns up. */
  await readAll(fetchPage, { sinceMs: watermarkMs - OVERLAP_MS, seen, thorough: true })

  return {
    async look() {
      looks += 1
      const sinceMs = watermarkMs - OVERLAP_MS
      const thorough = looks % THOROUGH_EVERY === 1
      // A look that fails half way leaves nothing behind: the next one finds all of it again.
      const found = await readAll(fetchPage, { sinceMs, seen: new Map(seen), thorough })
      for (const event of found.events) seen.set(event.id, Date.parse(event.created_at))
      for (const [id, createdMs] of seen) if (createdMs < sinceMs - OVERLAP_MS) seen.delete(id)
      watermarkMs = Math.max(watermarkMs, found.serverMs)
      skipped ||= found.cut
      return inOrder(found.events)
    },
    skipped() {
      const was = skipped
      skipped = false
      return was
    },
  }
}

interface Reading {
  readonly sinceMs: number
  /** Grows by what is read. */
  readonly seen: Map<string, number>
  readonly thorough: boolean
}

async function readAll(fetchPage: FetchPage, { sinceMs, seen, thorough }: Reading) {
  const events: WireEvent[] = []
  let after: string | null = null
  let serverMs: number | undefined
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer: EventPage = await fetchPage({ sinceMs, after })
    serverMs ??= answer.serverMs
    const fresh = answer.events.filter(({ id }) => !seen.has(id))
    for (const event of fresh) seen.set(event.id, Date.parse(event.created_at))
    events.push(...fresh)
    after = answer.next
    if (after === null || (fresh.length === 0 && !thorough)) return { events, serverMs, cut: false }
  }
  return { events, serverMs: serverMs ?? 0, cut: true }
}

/** Ids sort by time, which may tie or run ahead; of one object the sequence alone decides. */
function inOrder(newestFirst: readonly WireEvent[]): WireEvent[] {
  const oldestFirst = [...newestFirst].reverse()
  const ofObject = Map.groupBy(oldestFirst, objectOf)
  for (const events of ofObject.values()) events.sort((a, b) => a.sequence - b.sequence)
  // Each place in time stays with its object; which event of the object stands there is by sequence.
  return oldestFirst.flatMap((event) => ofObject.get(objectOf(event))?.shift() ?? [])
}

/** The object an event tells about; an event about none stands alone. */
export function objectOf(event: WireEvent): string {
  const { id } = event.data.object
  return typeof id === 'string' ? id : event.id
}
