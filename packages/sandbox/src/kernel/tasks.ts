import type { Task } from './types.ts'

export interface QueuedTask {
  readonly atMs: number
  readonly task: Task
}

/** Later work in order of time; tasks of the same instant run in the order they were scheduled. */
export interface TaskQueue {
  add(entry: QueuedTask): void
  nextAtMs(): number | undefined
  /** Takes the earliest task that is due at `nowMs`. */
  takeDue(nowMs: number): QueuedTask | undefined
  all(): readonly QueuedTask[]
}

export function createTaskQueue(restored: readonly QueuedTask[] = []): TaskQueue {
  const entries = [...restored].sort((a, b) => a.atMs - b.atMs)
  return {
    add(entry) {
      let low = 0
      let high = entries.length
      while (low < high) {
        const middle = (low + high) >>> 1
        const other = entries[middle]
        if (other !== undefined && other.atMs <= entry.atMs) low = middle + 1
        else high = middle
      }
      entries.splice(low, 0, entry)
    },
    nextAtMs: () => entries[0]?.atMs,
    takeDue(nowMs) {
      const first = entries[0]
      return first !== undefined && first.atMs <= nowMs ? entries.shift() : undefined
    },
    all: () => entries,
  }
}
