import type { MovableClock } from './clock.ts'
import type { QueuedTask, TaskQueue } from './tasks.ts'
import type { WebhookQueue } from './webhooks.ts'

export type TaskHandler = (data: Readonly<Record<string, unknown>>) => void

/** Runs the later work of a world. */
export interface Runner {
  onTask(kind: string, handler: TaskHandler): void
  /** Starts everything that is due, without waiting for deliveries. */
  startDue(): void
  /** Runs everything that is due until nothing is, deliveries included. */
  runDue(): Promise<void>
  /** Moves the clock forward through every task on the way, each at its own time. */
  advance(ms: number): Promise<void>
}

export interface RunnerParts {
  readonly clock: MovableClock
  readonly tasks: TaskQueue
  readonly webhooks: Pick<WebhookQueue, 'idle'>
  readonly warn: (message: string) => void
}

/** A run that long is a task that schedules itself for its own instant. */
const TASK_LIMIT = 1_000_000

export function createRunner({ clock, tasks, webhooks, warn }: RunnerParts): Runner {
  const handlers = new Map<string, TaskHandler>()

  function run({ task }: QueuedTask): void {
    const handler = handlers.get(task.kind)
    if (handler === undefined) warn(`no handler for the task ${task.kind}; it is dropped`)
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
  async function runDue(): Promise<void> {
    for (let i = 0; i < TASK_LIMIT; i += 1) {
      startDue()
      await webhooks.idle()
      const next = tasks.nextAtMs()
      if (next === undefined || next > clock.now()) return
    }
  }
  async function advance(ms: number): Promise<void> {
    const target = clock.now() + ms
    await runDue()
    for (let next = tasks.nextAtMs(); next !== undefined && next <= target; next = tasks.nextAtMs()) {
      clock.reach(next)
      await runDue()
    }
    clock.reach(target)
  }
  return { onTask: (kind, handler) => void handlers.set(kind, handler), startDue, runDue, advance }
}
