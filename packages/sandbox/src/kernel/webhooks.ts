import type { Faults } from './faults.ts'
import type {
  Clock,
  Emulator,
  ProviderName,
  Task,
  WebhookDelivery,
  WebhookFailure,
  WebhookFault,
} from './types.ts'

export const WEBHOOK_TASK = 'kernel.webhook'
/** How long `webhook_late` holds an event back unless the plan says otherwise. */
export const LATE_WEBHOOK_MS = 300_000
/** A reordered event leaves after the next one to the same URL, or after this long when none follows. */
export const REORDER_LIMIT_MS = 30_000
const KEPT_DELIVERIES = 500

export interface Attempt {
  readonly at: number
  /** HTTP status, or null when no answer came. */
  readonly status: number | null
  readonly error: string | null
  readonly forged: boolean
}

export interface DeliveryRecord {
  readonly id: string
  readonly delivery: WebhookDelivery
  attempts: Attempt[]
  state: 'pending' | 'held' | 'delivered' | 'failed' | 'lost'
  forgeNext: boolean
}

export interface WebhookQueueOptions {
  readonly records: Map<string, DeliveryRecord>
  readonly clock: Clock
  /**
   * Signs: receivers live in real time, however far the emulated one was moved, and refuse what comes from the future.
   */
  readonly signingClock: Clock
  readonly faults: Faults
  readonly fetch: typeof fetch
  readonly timeoutSignal: (ms: number) => AbortSignal
  readonly emulator: (provider: ProviderName) => Emulator | undefined
  readonly schedule: (atMs: number, task: Task) => void
  /** Called after every attempt, when the record has changed. */
  readonly changed: () => void
  readonly concurrency: number
}

export interface WebhookQueue {
  deliver(delivery: WebhookDelivery): void
  /** The handler of `WEBHOOK_TASK`. */
  start(data: Readonly<Record<string, unknown>>): void
  /** Resolves when no attempt is under way or waiting for a free place. */
  idle(): Promise<void>
  /** After a restart: attempts that were under way when the process died are made again. */
  recover(scheduledIds: ReadonlySet<string>): void
  recent(provider: ProviderName, limit: number): readonly DeliveryRecord[]
}

/** Spoils every signature in the headers but keeps its length and alphabet, so only a real check notices. */
export function forge(headers: Record<string, string>): Record<string, string> {
  const spoil = (part: string) =>
    part.startsWith('t=')
      ? part
      : part.slice(0, -12) + part.slice(-12).replace(/[0-9A-Za-z]/g, (char) => (char === '0' ? '1' : '0'))
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      /sig/i.test(name) ? value.split(',').map(spoil).join(',') : value,
    ]),
  )
}

type Change = Partial<Pick<DeliveryRecord, 'state' | 'forgeNext'>>
/** One copy of a delivery: when it leaves and how it differs from an ordinary one. */
interface Copy {
  readonly afterMs: number
  readonly change: Change
}
const FRESH = { state: 'pending', forgeNext: false } as const
const NOW: Copy = { afterMs: 0, change: {} }

const SPOILED = {
  // Swallowed by something that answered 2xx for the receiver: the provider never tries again.
  webhook_lost: () => [{ afterMs: 0, change: { state: 'lost' } }],
  webhook_doubled: () => [NOW, NOW],
  webhook_reordered: () => [{ afterMs: REORDER_LIMIT_MS, change: { state: 'held' } }],
  webhook_late: (delayMs = LATE_WEBHOOK_MS) => [{ afterMs: delayMs, change: {} }],
  webhook_forged: () => [{ afterMs: 0, change: { forgeNext: true } }],
} satisfies Record<WebhookFault, (delayMs?: number) => Copy[]>

export function createWebhookQueue(options: WebhookQueueOptions): WebhookQueue {
  const { records, clock, faults, schedule } = options
  const waiting: DeliveryRecord[] = []
  const running = new Map<string, Promise<void>>()
  let lastId = Math.max(0, ...[...records.keys()].map(Number))

  const queue = (record: DeliveryRecord, atMs: number) =>
    schedule(atMs, { kind: WEBHOOK_TASK, data: { id: record.id, held: record.state === 'held' } })

  function add(delivery: WebhookDelivery, atMs: number, change: Change): void {
    lastId += 1
    const record: DeliveryRecord = { id: String(lastId), delivery, ...FRESH, attempts: [], ...change }
    records.set(record.id, record)
    prune(records)
    if (record.state !== 'lost') queue(record, atMs)
  }

  function release(url: string): void {
    for (const record of records.values()) {
      if (record.state !== 'held' || record.delivery.url !== url) continue
      record.state = 'pending'
      queue(record, clock.now())
    }
  }

  async function attempt(record: DeliveryRecord): Promise<void> {
    const made = await send(record, options)
    const retryMs = settle(record, made)
    if (retryMs !== undefined) queue(record, clock.now() + retryMs)
    if (record.state === 'failed') {
      options.emulator(record.delivery.provider)?.deliveryExhausted?.(record.delivery)
    }
    release(record.delivery.url)
    options.changed()
  }

  function pump(): void {
    while (running.size < options.concurrency) {
      const next = waiting.shift()
      if (next === undefined) return
      const done = attempt(next).finally(() => {
        running.delete(next.id)
        pump()
      })
      running.set(next.id, done)
    }
  }

  return {
    deliver(delivery) {
      const plan = faults.takeWebhook(delivery.provider, delivery.eventType)
      const copies = plan === undefined ? [NOW] : SPOILED[plan.fault](plan.delayMs)
      for (const { afterMs, change } of copies) add(delivery, clock.now() + afterMs, change)
    },
    start(data) {
      const record = records.get(String(data.id))
      if (record === undefined || (record.state === 'held') !== (data.held === true)) return
      if (record.state === 'held') record.state = 'pending'
      if (record.state !== 'pending' || running.has(record.id) || waiting.includes(record)) return
      waiting.push(record)
      pump()
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values())
    },
    recover(scheduledIds) {
      for (const record of records.values()) {
        if (record.state === 'pending' && !scheduledIds.has(record.id)) queue(record, clock.now())
      }
    },
    recent: (provider, limit) =>
      [...records.values()]
        .filter((record) => record.delivery.provider === provider)
        .slice(-limit)
        .reverse(),
  }
}

function failureOf({ status, error }: Attempt): WebhookFailure {
  if (status === null) return error === 'TimeoutError' ? 'timeout' : 'connect'
  return status >= 500 ? '5xx' : '4xx'
}

/** Books an attempt; the answer is the wait before the next one, if there is to be one. */
function settle(record: DeliveryRecord, made: Attempt): number | undefined {
  record.attempts = [...record.attempts, made]
  record.forgeNext = false
  const delivered = made.status !== null && made.status >= 200 && made.status < 300
  const { retryDelaysMs, retryOn } = record.delivery
  const isWorthwhile = retryOn === undefined || retryOn.includes(failureOf(made))
  const retryMs = isWorthwhile ? retryDelaysMs[record.attempts.length - 1] : undefined
  if (delivered) record.state = 'delivered'
  else if (retryMs === undefined) record.state = 'failed'
  return delivered ? undefined : retryMs
}

async function send(record: DeliveryRecord, options: WebhookQueueOptions): Promise<Attempt> {
  const { delivery, forgeNext } = record
  const at = options.clock.now()
  const attempt = (status: number | null, error: string | null): Attempt => ({
    at,
    status,
    error,
    forged: forgeNext,
  })
  const emulator = options.emulator(delivery.provider)
  if (emulator === undefined) return attempt(null, `no emulator for ${delivery.provider}`)
  try {
    const signed = emulator.signWebhook(delivery, options.signingClock.now())
    const answer = await options.fetch(delivery.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(forgeNext ? forge(signed) : signed) },
      body: delivery.body,
      redirect: 'manual',
      signal: options.timeoutSignal(delivery.timeoutMs),
    })
    await answer.body?.cancel()
    return attempt(answer.status, null)
  } catch (error) {
    return attempt(null, error instanceof Error ? error.name : 'unknown')
  }
}

/** Settled records go, oldest first; waiting ones always stay. */
function prune(records: Map<string, DeliveryRecord>): void {
  for (const [id, record] of records) {
    if (records.size <= KEPT_DELIVERIES) return
    if (record.state !== 'pending' && record.state !== 'held') records.delete(id)
  }
}
