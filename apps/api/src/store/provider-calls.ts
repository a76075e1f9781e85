import type { Environment, Service, Uuid } from '@onerouter/core'
import type { Exchange } from '@onerouter/providers'
import type { Queryable } from './rows.ts'
import { rowJson } from './rows.ts'

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

const QUEUE_MAX = 5_000
const BATCH_MAX = 200

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

export function createCallLog(db: Queryable, onError: (error: unknown) => void): CallLog {
  let waiting: ProviderCallRow[] = []
  let dropped = 0
  let writing: Promise<void> | null = null
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX)
      waiting = waiting.slice(BATCH_MAX)
      try {
        await db.query({
          name: 'log-provider-calls',
          text: 'insert into provider_call select r.* from jsonb_populate_recordset(null::provider_call, $1::jsonb) r',
          values: [rowJson(batch)],
        })
      } catch (error) {
        dropped += batch.length
        onError(error)
      }
    }
  }
  const flush = (): Promise<void> => {
    writing ??= write().finally(() => {
      writing = null
    })
    return writing
  }
  return {
    add(row) {
      if (waiting.length >= QUEUE_MAX) {
        waiting = waiting.slice(1)
        dropped += 1
      }
      waiting.push(row)
      void flush()
    },
    flush,
    dropped: () => dropped,
  }
}
