/** A process of the pool: runs the batches it is sent, with one seeded bug in the engine when it is told so. */
import { flushCompileCache, registerHooks } from 'node:module'
import { type Mutant, mutate } from './mutate.ts'

/** Histories from consecutive seeds, or one from a list of choices. */
export type Task =
  | { readonly from: number; readonly count: number; readonly untilFound?: boolean }
  | { readonly choices: readonly number[] }

Error.stackTraceLimit = 0
if (process.send === undefined) throw new Error('this file is a process of the pool')
const send = process.send.bind(process)
const mutant = JSON.parse(process.argv[2] ?? 'null') as Mutant | null // given by the pool
if (mutant !== null) registerHooks({ load: mutate(mutant) })
// Loaded only now, so that the hook sees every module of the engine.
const { runBatch, runKept } = await import('./batch.ts')
const { outsideMicrotasks } = await import('./loop.ts')

process.on('message', (task: Task) => {
  const run = (drain: () => void) =>
    'choices' in task ? runKept(task.choices, drain) : runBatch(task, drain)
  outsideMicrotasks(run).then(
    (result) => send(result),
    (error: unknown) => {
      throw error
    },
  )
})
// It ends by a signal, after which nothing is kept of what was compiled.
flushCompileCache()
send('ready')
