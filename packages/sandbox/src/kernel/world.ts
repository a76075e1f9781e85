import { type Accounts, createAccounts } from './accounts.ts'
import { createClock } from './clock.ts'
import { createFaults, type Faults } from './faults.ts'
import type { Snapshot } from './persistence.ts'
import { createRandom } from './random.ts'
import { createRunner, type Runner } from './runner.ts'
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
export interface Kernel extends Omit<Runner, 'onTask'> {
  readonly world: World
  readonly accounts: Accounts
  readonly faults: Faults
  readonly webhooks: WebhookQueue
  nextDueMs(): number | undefined
  /** Calls back when a task was scheduled or an attempt changed a record. */
  onChange(listener: () => void): void
  snapshot(): Snapshot
}

export function createKernel(options: WorldOptions): Kernel {
  const { restored } = options
  const clock = createClock(options.clock, restored?.offsetMs)
  const random = createRandom(options.seed, restored?.random)
  const tasks = createTaskQueue(restored?.tasks)
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
    signingClock: options.clock,
    faults,
    fetch: options.fetch,
    timeoutSignal: options.timeoutSignal,
    emulator: options.emulator,
    schedule,
    changed,
    concurrency: options.deliveryConcurrency,
  })
  const { onTask, ...runner } = createRunner({ clock, tasks, webhooks, warn: options.warn })
  onTask(WEBHOOK_TASK, webhooks.start)
  webhooks.recover(scheduledDeliveries(tasks.all()))

  return {
    world: {
      clock,
      random,
      urls: options.urls,
      collection,
      schedule,
      onTask,
      deliver: webhooks.deliver,
      accountByCredential: accounts.byCredential,
      account: accounts.get,
    },
    accounts,
    faults,
    webhooks,
    nextDueMs: tasks.nextAtMs,
    ...runner,
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

/** Ids of the deliveries that already have a task waiting for them. */
const scheduledDeliveries = (tasks: readonly QueuedTask[]): Set<string> =>
  new Set(tasks.flatMap(({ task }) => (task.kind === WEBHOOK_TASK ? [String(task.data.id)] : [])))
