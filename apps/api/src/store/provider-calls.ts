import type { Environment, Service, Uuid } from '@onerouter/core'
import type { Exchange } from '@onerouter/providers'
import { type Columns, column, names, unnested, valuesOf } from './columns.ts'
import type { Queryable } from './rows.ts'

export interface ProviderCallRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly payment_id: Uuid | null
  readonly operation_id: Uuid | null
  readonly provider: Service
  readonly verb: string
  readonly method: string
  readonly path: string
  readonly status: number | null
  readonly outcome: string
  readonly duration_ms: number
  readonly provider_request_id: string | null
  readonly request: string | null
  readonly response: string | null
  readonly created_at: Date
}

export interface CallOwner {
  readonly accountId: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly verb: string
  readonly paymentId: Uuid | null
  readonly operationId: Uuid | null
}

/** The log row of one redacted exchange. */
export function callRow(id: Uuid, owner: CallOwner, exchange: Exchange): ProviderCallRow {
  return {
    account_id: owner.accountId,
    environment: owner.environment,
    id,
    payment_id: owner.paymentId,
    operation_id: owner.operationId,
    provider: owner.service,
    verb: owner.verb,
    method: exchange.method,
    path: exchange.path,
    status: exchange.response?.status ?? null,
    outcome: exchange.failure === null ? 'answered' : exchange.failure.reason,
    duration_ms: Math.round(exchange.durationMs),
    provider_request_id: exchange.requestId,
    request: exchange.request.body,
    response: exchange.response?.body ?? null,
    created_at: new Date(exchange.startedAtMs),
  }
}

const COLUMNS: Columns<ProviderCallRow> = {
  account_id: column('uuid', (row) => row.account_id),
  environment: column('text', (row) => row.environment),
  id: column('uuid', (row) => row.id),
  payment_id: column('uuid', (row) => row.payment_id),
  operation_id: column('uuid', (row) => row.operation_id),
  provider: column('text', (row) => row.provider),
  verb: column('text', (row) => row.verb),
  method: column('text', (row) => row.method),
  path: column('text', (row) => row.path),
  status: column('int4', (row) => row.status),
  outcome: column('text', (row) => row.outcome),
  duration_ms: column('int4', (row) => row.duration_ms),
  provider_request_id: column('text', (row) => row.provider_request_id),
  request: column('text', (row) => row.request),
  response: column('text', (row) => row.response),
  created_at: column('timestamptz', (row) => row.created_at),
}

const INSERT = `insert into provider_call (${names(COLUMNS)}) select * from ${unnested(COLUMNS, 1)}`

const QUEUE_MAX = 5_000
const BATCH_MAX = 200
/** A call without company is written at once; while there are many, those of so long go together. */
const GATHER_MS = 50

/**
 * Writes the log of provider calls off the money path: rows gather and go out in batches. It is a log: when the
 * database cannot keep up the oldest rows are dropped and counted, and no payment waits for it.
 */
export interface CallLog {
  add(row: ProviderCallRow): void
  /** Writes what is waiting; called at stop and by readers who want to see their own call. */
  flush(): Promise<void>
  readonly dropped: () => number
}

export interface CallLogOptions {
  readonly db: Queryable
  /** Calls once, that much later. */
  readonly after: (ms: number, call: () => void) => void
  readonly onError: (error: unknown) => void
}

export function createCallLog({ db, after, onError }: CallLogOptions): CallLog {
  let waiting: ProviderCallRow[] = []
  let dropped = 0
  let writing: Promise<void> = Promise.resolve()
  let gathering = false
  const write = async (): Promise<void> => {
    // Those that come meanwhile gather for the next time.
    for (let left = waiting.length; left > 0; left -= BATCH_MAX) {
      const batch = waiting.slice(0, Math.min(left, BATCH_MAX))
      waiting = waiting.slice(batch.length)
      try {
        await db.query({
          name: 'log-provider-calls',
          text: INSERT,
          values: valuesOf(COLUMNS, batch),
        })
      } catch (error) {
        dropped += batch.length
        onError(error)
      }
    }
  }
  const flush = (): Promise<void> => {
    writing = writing.then(write)
    return writing
  }
  const gather = (): void => {
    gathering = true
    void flush()
    after(GATHER_MS, () => {
      gathering = false
      if (waiting.length > 0) gather()
    })
  }
  return {
    add(row) {
      if (waiting.length >= QUEUE_MAX) {
        waiting = waiting.slice(1)
        dropped += 1
      }
      waiting.push(row)
      if (!gathering) gather()
    },
    flush,
    dropped: () => dropped,
  }
}
