/** Watches from beside the proxies how long outcomes stay unknown, and waits until nothing is left to settle. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosDatabase } from './database.ts'

/** A call whose outcome was not known at once. */
export interface Unknown {
  readonly reference: string
  readonly provider: string
  readonly kind: string
  /** Milliseconds from the call to its settlement; null = still open when last looked. */
  settledMs: number | null
  /** Milliseconds from the end of all faults to its settlement; null = settled before. */
  settledAfterHealMs: number | null
}

export interface SettlingWatch {
  /** From now on nothing is broken on purpose. */
  healed(): void
  stop(): Promise<readonly Unknown[]>
}

const LOOK_EVERY_MS = 250
const SAY_EVERY_MS = 30_000
/** A call this old is no longer merely under way: it was cut, or its process died. */
const UNDER_WAY_MS = 6_000

interface OpenRow {
  readonly reference: string
  readonly provider: string
  readonly kind: string
  readonly state: string
}

export function watchSettling(database: ChaosDatabase): SettlingWatch {
  // Times are ours alone: the processes' clocks may be wrong on purpose.
  const firstSeenMs = new Map<string, number>()
  const seen = new Map<string, Unknown>()
  let healedAtMs: number | null = null
  let stopped = false
  async function look(): Promise<void> {
    const open = await database.query<OpenRow>(
      `select reference, provider, kind, state from operation where state in ('sent', 'unknown') limit 5000`,
    )
    const nowMs = performance.now()
    const still = new Set(open.map((row) => row.reference))
    for (const { reference, provider, kind, state } of open) {
      const bornMs = firstSeenMs.get(reference) ?? nowMs
      firstSeenMs.set(reference, bornMs)
      if (seen.has(reference) || (state === 'sent' && nowMs - bornMs < UNDER_WAY_MS)) continue
      seen.set(reference, { reference, provider, kind, settledMs: null, settledAfterHealMs: null })
    }
    for (const one of seen.values()) {
      if (one.settledMs !== null || still.has(one.reference)) continue
      const bornMs = firstSeenMs.get(one.reference) ?? nowMs
      one.settledMs = nowMs - bornMs
      if (healedAtMs !== null) one.settledAfterHealMs = nowMs - Math.max(healedAtMs, bornMs)
    }
  }
  const loop = (async () => {
    while (!stopped) {
      // The database may be down on purpose; the next look sees what this one missed.
      await look().catch(() => {})
      await sleep(LOOK_EVERY_MS)
    }
    await look()
  })()
  return {
    healed() {
      healedAtMs = performance.now()
    },
    async stop() {
      stopped = true
      await loop
      return [...seen.values()]
    },
  }
}

interface Due {
  readonly unsettled: string
  readonly inbound: string
  readonly pending: string
  readonly due: string
}

/** Waits until every call is settled and everything due is done; answers in words what is left at the end. */
export async function converge(
  database: ChaosDatabase,
  withinMs: number,
  say: (line: string) => void,
): Promise<string[]> {
  const deadline = performance.now() + withinMs
  let left = await openWork(database)
  let saidAt = performance.now()
  while (performance.now() < deadline && left.length > 0) {
    await sleep(LOOK_EVERY_MS)
    left = await openWork(database)
    if (performance.now() - saidAt < SAY_EVERY_MS) continue
    saidAt = performance.now()
    say(`still open: ${left.join(', ')}`)
  }
  return left
}

/**
 * As if hours passed: every look that is planned for later becomes due now. Calls of unknown outcome are no looks: their
 * own schedule must settle them.
 */
export async function bringLooksForward(database: ChaosDatabase): Promise<void> {
  await database.query(`update inbound set due_at = now() where state = 'received' and due_at is not null`)
  await database.query(
    `update operation set due_at = now() where due_at is not null and state not in ('sent', 'unknown')`,
  )
}

interface OpenCall {
  readonly operation: string
  readonly calls: readonly string[] | null
}

const DESCRIBED_MAX = 5

/** What is known of each call that would not settle: its row, and its newest exchanges with the provider. */
export async function describeOpenCalls(database: ChaosDatabase): Promise<string[]> {
  const rows = await database.query<OpenCall>(
    `select concat_ws(' ', o.provider, o.kind, o.reference, 'of payment', o.payment_id, 'is', o.state, 'after', o.tries,
         'tries, due', coalesce(o.due_at::text, 'never'), 'at', now()::text, 'request', o.request::text, 'failure',
         o.failure::text) as operation,
       (select array_agg(concat_ws(' ', c.created_at::text, c.verb, c.status, c.outcome, left(c.response, 200)) order by c.id desc) from (
         select * from provider_call where operation_id = o.id order by id desc limit 6) c) as calls
     from operation o where o.state in ('sent', 'unknown', 'needs_review', 'late_succeeded', 'compensating')
     order by o.id limit ${DESCRIBED_MAX}`,
  )
  return rows.map(({ operation, calls }) => [operation, ...(calls ?? [])].join('; '))
}

async function openWork(database: ChaosDatabase): Promise<string[]> {
  const [row] = await database.query<Due>(
    `select (select count(*) from operation where state in
         ('sent', 'unknown', 'needs_review', 'late_succeeded', 'compensating'))::text as unsettled,
       (select count(*) from inbound where state = 'received')::text as inbound,
       (select count(*) from payment where refund_pending > 0)::text as pending,
       (select count(*) from operation where due_at < now() + interval '1 second' and state = 'exposed')::text
         as due`,
  )
  if (row === undefined) return ['the database did not answer']
  const words: readonly (readonly [string, string])[] = [
    [row.unsettled, 'calls of unknown outcome'],
    [row.inbound, 'webhooks not applied'],
    [row.pending, 'payments with refunds pending'],
    [row.due, 'looks that are due'],
  ]
  return words.filter(([count]) => count !== '0').map(([count, what]) => `${count} ${what}`)
}
