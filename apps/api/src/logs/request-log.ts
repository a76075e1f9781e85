import type { Environment, Uuid } from '@onerouter/core'
import { type Columns, column, names, unnested, valuesOf } from '../store/columns.ts'
import { type Queryable, sqlState } from '../store/rows.ts'

export interface RequestRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly method: string
  readonly route: string
  readonly path: string
  readonly query: string | null
  readonly status: number
  readonly code: string | null
  readonly key_id: Uuid | null
  readonly person_id: Uuid | null
  readonly duration_ms: number
  readonly provider_ms: number
  readonly created_at: Date
}

/** Takes rows at no cost and writes them soon: no request ever waits for it. */
export interface RequestLog {
  add(row: RequestRow): void
  /** Writes what is waiting; called at stop and by readers who want to see their own requests. */
  flush(): Promise<void>
  readonly dropped: () => number
}

/** Some seconds of a busy server; beyond, the newest are given up and counted. */
const QUEUE_MAX = 10_000
const BATCH_MAX = 500
const GATHER_MS = 250
/** SQLSTATE check_violation: no partition takes the row. */
const NO_PARTITION = '23514'

const COLUMNS: Columns<RequestRow> = {
  account_id: column('uuid', (row) => row.account_id),
  environment: column('text', (row) => row.environment),
  id: column('uuid', (row) => row.id),
  method: column('text', (row) => row.method),
  route: column('text', (row) => row.route),
  path: column('text', (row) => row.path),
  query: column('text', (row) => row.query),
  status: column('int4', (row) => row.status),
  code: column('text', (row) => row.code),
  key_id: column('uuid', (row) => row.key_id),
  person_id: column('uuid', (row) => row.person_id),
  duration_ms: column('float4', (row) => row.duration_ms),
  provider_ms: column('float4', (row) => row.provider_ms),
  created_at: column('timestamptz', (row) => row.created_at),
}

/** A request's id is its row's alone, so that nothing can be in the way; a batch that fails has written nothing. */
const INSERT = {
  name: 'log-requests',
  text: `insert into request_log (${names(COLUMNS)}) select * from ${unnested(COLUMNS, 1)}`,
}

export interface RequestLogOptions {
  readonly db: Queryable
  readonly keepDays: number
  /** Calls once, that much later. */
  readonly after: (ms: number, call: () => void) => void
  readonly onError: (error: unknown) => void
}

export function createRequestLog({ db, keepDays, after, onError }: RequestLogOptions): RequestLog {
  let waiting: RequestRow[] = []
  let dropped = 0
  let writing: Promise<void> | null = null
  let gathering = false
  const insert = async (batch: readonly RequestRow[]): Promise<void> => {
    const values = valuesOf(COLUMNS, batch)
    try {
      await db.query({ ...INSERT, values })
    } catch (error) {
      if (sqlState(error) !== NO_PARTITION) throw error
      await keepLogs(db, keepDays)
      await db.query({ ...INSERT, values })
    }
  }
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX)
      waiting = waiting.slice(BATCH_MAX)
      try {
        await insert(batch)
      } catch (error) {
        dropped += batch.length
        onError(error)
      }
    }
  }
  const flush = (): Promise<void> => {
    gathering = false
    writing ??= write().finally(() => {
      writing = null
    })
    return writing
  }
  return {
    add(row) {
      if (waiting.length >= QUEUE_MAX) {
        dropped += 1
        return
      }
      waiting.push(row)
      if (gathering) return
      gathering = true
      after(GATHER_MS, () => void flush())
    },
    flush,
    dropped: () => dropped,
  }
}

const CALLS_PER_STATEMENT = 5_000
const STATEMENTS_MAX = 200

/** Makes the months to come and removes what is older than wanted: requests by the month, calls by the row. */
export async function keepLogs(db: Queryable, keepDays: number): Promise<void> {
  await db.query({ name: 'keep-request-log', text: 'select keep_request_log($1)', values: [keepDays] })
  for (let i = 0; i < STATEMENTS_MAX; i++) {
    const { rowCount } = await db.query({
      name: 'reap-provider-calls',
      text: `delete from provider_call where ctid = any(array(select ctid from provider_call
        where created_at < now() - $1::int * interval '1 day' limit ${CALLS_PER_STATEMENT}))`,
      values: [keepDays],
    })
    if ((rowCount ?? 0) < CALLS_PER_STATEMENT) return
  }
}
