import { type Accounts, createAccounts } from './accounts.ts'
import { createClock } from './clock.ts'
import { createFaults, type Faults } from './faults.ts'
import type { Snapshot } from './persistence.ts'
import { createRandom } from './random.ts'
import { createTaskQueue, type QueuedTask } from './tasks.ts'
import type { Clock, Emulator, ProviderName, SandboxAccount, World } from './types.ts'
import { createWebhookQueue, type DeliveryRecord, WEBHOOK_TASK, type WebhookQueue } from './webhooks.ts'

export interface WorldOptions {
  /** The clock beneath the movable one: the machine's, or a simulator's. */
  readonly clock: Clock
  readonly seed: number
  readonly urls: World['urls']
  /** Carries webhook deliveries. */
  readonly fetch: typeof fetch
  readonly timeoutSignal: (ms: number) => AbortSignal
  readonly deliveryConcurrency: number
  readonly emulator: (provider: ProviderName) => Emulator | undefined
  readonly restored?: Snapshot | undefined
  readonly warn: (message: string) => void
}

/** A world with the strings that move it; emulators see only `world`. */
export interface Kernel {
  readonly world: World
  readonly accounts: Accounts
  readonly faults: Faults
  readonly webhooks: WebhookQueue
  nextDueMs(): number | undefined
  /** Starts everything that is due, without waiting for deliveries. */
  startDue(): void
  /** Runs everything that is due until nothing is, deliveries included. */
  runDue(): Promise<void>
  /** Moves the clock forward through every task on the way, each at its own time. */
  advance(ms: number): Promise<void>
  /** Calls back when a task was scheduled or an attempt changed a record. */
  onChange(listener: () => void): void
  snapshot(): Snapshot
}

/** A run that long is a task that schedules itself for its own instant. */
const TASK_LIMIT = 1_000_000

export function createKernel(options: WorldOptions): Kernel {
  const { restored } = options
  const clock = createClock(options.clock, restored?.offsetMs)
  const random = createRandom(options.seed, restored?.random)
  const tasks = createTaskQueue(restored?.tasks)
  const handlers = new Map<string, (data: Readonly<Record<string, unknown>>) => void>()
  const collections = new Map<string, Map<string, object>>(
    Object.entries(restored?.collections ?? {}).map(([name, rows]) => [name, new Map(rows)]),
  )
  const faults = createFaults()
  const listeners: (() => void)[] = []
  const changed = () => {
    for (const listener of listeners) listener()
  }

  function collection<T extends object>(name: string): Map<string, T> {
    const table = collections.get(name) ?? new Map<string, object>()
    collections.set(name, table)
    // Each name has one writer, which is what gives its rows their type.
    return table as Map<string, T>
  }
  function schedule(atMs: number, task: QueuedTask['task']): void {
    tasks.add({ atMs, task })
    changed()
  }

  const accounts = createAccounts(collection<SandboxAccount>('kernel.accounts'), random)
  const webhooks = createWebhookQueue({
    records: collection<DeliveryRecord>('kernel.deliveries'),
    clock,
    faults,
    fetch: options.fetch,
    timeoutSignal: options.timeoutSignal,
    emulator: options.emulator,
    schedule,
    changed,
    concurrency: options.deliveryConcurrency,
  })
  handlers.set(WEBHOOK_TASK, webhooks.start)
  webhooks.recover(
    new Set(tasks.all().flatMap(({ task }) => (task.kind === WEBHOOK_TASK ? [String(task.data.id)] : []))),
  )

  function run({ task }: QueuedTask): void {
    const handler = handlers.get(task.kind)
    if (handler === undefined) options.warn(`no handler for the task ${task.kind}; it is dropped`)
    else handler(task.data)
  }
  function startDue(): void {
    for (let i = 0; i < TASK_LIMIT; i += 1) {
      const due = tasks.takeDue(clock.now())
      if (due === undefined) return
      run(due)
    }
    throw new Error('tasks keep scheduling themselves for the same instant')
  }
  async function settle(): Promise<void> {
    for (let i = 0; i < TASK_LIMIT; i += 1) {
      startDue()
      await webhooks.idle()
      const next = tasks.nextAtMs()
      if (next === undefined || next > clock.now()) return
    }
  }
  async function advance(ms: number): Promise<void> {
    const target = clock.now() + ms
    await settle()
    for (let next = tasks.nextAtMs(); next !== undefined && next <= target; next = tasks.nextAtMs()) {
      clock.reach(next)
      await settle()
    }
    clock.reach(target)
  }

  return {
    world: {
      clock,
      random,
      urls: options.urls,
      collection,
      schedule,
      onTask: (kind, handler) => void handlers.set(kind, handler),
      deliver: webhooks.deliver,
      accountByCredential: accounts.byCredential,
      account: accounts.get,
    },
    accounts,
    faults,
    webhooks,
    nextDueMs: tasks.nextAtMs,
    startDue,
    runDue: settle,
    advance,
    onChange: (listener) => void listeners.push(listener),
    snapshot: () => ({
      version: 1,
      offsetMs: clock.offsetMs(),
      random: random.state(),
      tasks: tasks.all(),
      collections: Object.fromEntries([...collections].map(([name, table]) => [name, [...table]])),
    }),
  }
}
