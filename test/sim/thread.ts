/** A thread of the pool: runs the batches it is sent, with one seeded bug in the engine when it is told so. */
import { registerHooks } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { type Mutant, mutate } from './mutate.ts'

export interface ThreadData {
  readonly mutant: Mutant | null
}

export interface Task {
  readonly from: number
  readonly count: number
  readonly untilFound?: boolean
}

Error.stackTraceLimit = 0
const { mutant } = workerData as ThreadData // given by the pool
const port = parentPort
if (port === null) throw new Error('this file is the inside of a thread')
if (mutant !== null) registerHooks({ load: mutate(mutant) })
// Loaded only now, so that the hook sees every module of the engine.
const { runBatch } = await import('./batch.ts')
const { outsideMicrotasks } = await import('./loop.ts')

port.on('message', (task: Task) => {
  outsideMicrotasks((drain) => runBatch(task, drain)).then(
    (result) => port.postMessage(result),
    (error: unknown) => {
      throw error
    },
  )
})
port.postMessage('ready')
