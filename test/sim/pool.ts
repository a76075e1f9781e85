/** Processes that run batches side by side, and what they found together. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BatchResult, Found } from './batch.ts'
import { count, type Marks } from './marks.ts'
import type { Mutant } from './mutate.ts'
import type { Task } from './runner.ts'
import { FLAGS_FOR_HISTORIES } from './tuning.ts'

export interface Runner {
  run(task: Task): Promise<BatchResult>
  end(): Promise<void>
}

/** Far above the slowest honest batch: one that hangs must not hang the run. */
const BATCH_MS_MAX = 600_000

const RUNNER = fileURLToPath(new URL('./runner.ts', import.meta.url))

/** A process, not a thread: two busy threads of one process slow each other by a third. */
export async function startRunner(mutant: Mutant | null): Promise<Runner> {
  const child = fork(RUNNER, [JSON.stringify(mutant)], { execArgv: [...FLAGS_FOR_HISTORIES] })
  const gone = once(child, 'exit')
  await nextWord(child, gone)
  return {
    async run(task) {
      const word = nextWord(child, gone)
      child.send(task)
      return (await word) as BatchResult // what runners answer
    },
    async end() {
      child.kill()
      await gone
    },
  }
}

/** What the process says next; one that ends instead has failed. */
async function nextWord(child: ChildProcess, gone: Promise<unknown>): Promise<unknown> {
  const limit = AbortSignal.timeout(BATCH_MS_MAX)
  const [word] = await Promise.race([
    once(child, 'message', { signal: limit }),
    gone.then(() => {
      throw new Error('a process of the pool has ended by itself')
    }),
  ])
  return word
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
    const runner = await startRunner(null)
    try {
      while (next < options.histories) {
        const from = next
        const size = Math.min(BATCH, options.histories - from)
        next += size
        const result = await runner.run({ from: options.seed + from, count: size })
        sum.histories += result.histories
        sum.events += result.events
        sum.cpuMs += result.cpuMs
        for (const [name, times] of result.marks) count(marks, name, times)
        found.push(...result.found)
        progress(sum.histories)
      }
    } finally {
      await runner.end()
    }
  }
  await Promise.all(Array.from({ length: options.workers }, work))
  found.sort((a, b) => a.seed - b.seed)
  return { ...sum, wallMs: performance.now() - began, marks, found }
}
