/** Threads that run batches side by side, and what they found together. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { BatchResult, Found } from './batch.ts'
import { count, type Marks } from './marks.ts'
import type { Mutant } from './mutate.ts'
import type { Task, ThreadData } from './thread.ts'

export interface Thread {
  run(task: Task): Promise<BatchResult>
  end(): Promise<void>
}

/** Far above the slowest honest batch: one that hangs must not hang the run. */
const BATCH_MS_MAX = 600_000

export async function startThread(mutant: Mutant | null): Promise<Thread> {
  const workerData: ThreadData = { mutant }
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData })
  worker.setMaxListeners(0)
  await once(worker, 'message')
  return {
    async run(task) {
      const limit = AbortSignal.timeout(BATCH_MS_MAX)
      worker.postMessage(task)
      const [result] = (await once(worker, 'message', { signal: limit })) as [BatchResult] // what threads answer
      return result
    },
    async end() {
      await worker.terminate()
    },
  }
}

export interface RunResult {
  readonly histories: number
  readonly events: number
  readonly cpuMs: number
  readonly wallMs: number
  readonly marks: Marks
  readonly found: readonly Found[]
}

const BATCH = 250

export async function runHistories(
  options: { readonly seed: number; readonly histories: number; readonly workers: number },
  progress: (done: number) => void,
): Promise<RunResult> {
  const began = performance.now()
  const marks: Marks = new Map()
  const found: Found[] = []
  const sum = { histories: 0, events: 0, cpuMs: 0 }
  let next = 0
  const work = async (): Promise<void> => {
    const thread = await startThread(null)
    while (next < options.histories) {
      const from = next
      const size = Math.min(BATCH, options.histories - from)
      next += size
      const result = await thread.run({ from: options.seed + from, count: size })
      sum.histories += result.histories
      sum.events += result.events
      sum.cpuMs += result.cpuMs
      for (const [name, times] of result.marks) count(marks, name, times)
      found.push(...result.found)
      progress(sum.histories)
    }
    await thread.end()
  }
  await Promise.all(Array.from({ length: options.workers }, work))
  found.sort((a, b) => a.seed - b.seed)
  return { ...sum, wallMs: performance.now() - began, marks, found }
}
