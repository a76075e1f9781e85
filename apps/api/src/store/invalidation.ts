import type { Environment, Service, Uuid } from '@onerouter/core'
import pg from 'pg'

/** What other processes must hear of: something cached is no longer true, in whichever process it is cached. */
export type Stale =
  | { readonly kind: 'key'; readonly keyId: Uuid }
  | {
      readonly kind: 'credentials'
      readonly accountId: Uuid
      readonly environment: Environment
      readonly service: Service
    }
  | { readonly kind: 'services'; readonly accountId: Uuid }
  | { readonly kind: 'routing'; readonly accountId: Uuid; readonly environment: Environment }
  /** Nothing cached: deliveries became due, made by a process that delivers none itself. */
  | { readonly kind: 'deliveries' }
  /** Messages may have been missed: forget all of it. */
  | { readonly kind: 'everything' }

export interface Invalidation {
  subscribe(handler: (stale: Stale) => void): void
  /** Tells this process at once; `notifyText` in the changing transaction tells the others at its commit. */
  here(stale: Stale): void
  close(): Promise<void>
}

const CHANNEL = 'onerouter_stale'
const RECONNECT_MS = 500

/** The statement that tells other processes, with its values; runs inside the transaction that changes the row. */
export function notifyStatement(stale: Stale): { readonly text: string; readonly values: [string, string] } {
  return { text: 'SELECT pg_notify($1, $2)', values: [CHANNEL, JSON.stringify(stale)] }
}

/** Listens on a connection of its own and comes back when it breaks. */
export async function openInvalidation(
  url: string,
  log: { warn(fields: object, message: string): void },
): Promise<Invalidation> {
  const handlers = new Set<(stale: Stale) => void>()
  const tell = (stale: Stale): void => {
    for (const handler of handlers) handler(stale)
  }
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'onerouter listener',
      keepAlive: true,
    })
    let lost = false
    const retry = (error?: Error): void => {
      if (lost || closed) return
      lost = true
      log.warn({ err: error }, 'the listener lost its connection; caches fall back on their time limits')
      timer = setTimeout(() => connect().catch(() => undefined), RECONNECT_MS)
      timer.unref()
    }
    fresh.on('error', retry)
    fresh.on('end', () => retry())
    fresh.on('notification', ({ payload }) => tell(parseStale(payload)))
    try {
      await fresh.connect()
      await fresh.query(`LISTEN ${CHANNEL}`)
    } catch (error) {
      retry(error instanceof Error ? error : undefined)
      return
    }
    client = fresh
    tell({ kind: 'everything' })
  }
  await connect()
  return {
    subscribe: (handler) => void handlers.add(handler),
    here: tell,
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end()
    },
  }
}

/** Anybody with access to the database can notify: what is not understood counts as everything. */
function parseStale(payload: string | undefined): Stale {
  try {
    const parsed: unknown = JSON.parse(payload ?? '')
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      'kind' in parsed &&
      typeof parsed.kind === 'string'
    ) {
      return parsed as Stale // written by notifyStatement; an unknown kind is ignored by every handler
    }
  } catch {
    // falls through to the answer that is always safe
  }
  return { kind: 'everything' }
}
