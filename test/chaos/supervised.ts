/** One process of the installation, started again whenever it ends, as a service manager would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reaper } from './reaper.ts'

export interface Command {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface Supervised {
  /** What the running process said when it was ready; null while there is none. */
  ready(): Readonly<Record<string, unknown>> | null
  /** Resolves once a process is ready. @throws Error when none becomes ready in time. */
  whenReady(): Promise<void>
  /** SIGKILL; answers once the process is gone. The next one is already on its way. */
  kill(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Of the running process; undefined while there is none. */
  pid(): number | undefined
  /** From each kill to the next ready process, in milliseconds. */
  readonly restartsMs: readonly number[]
  /** Ends that nobody here asked for. */
  readonly deaths: readonly string[]
  stop(): Promise<void>
}

/** Generous: on a machine that others use too, a start takes long without anything being wrong. */
const READY_WITHIN_MS = 240_000
const STOP_WITHIN_MS = 30_000
const PAUSE_MS = 250
const KEPT_LINES = 40

/** `say` receives what the process prints that deserves a look. */
export function supervise(command: Command, say: (line: string) => void, reaper: Reaper): Supervised {
  let child: ChildProcess | undefined
  let ready: Readonly<Record<string, unknown>> | null = null
  let stopping = false
  let killedAt: number | null = null
  const restartsMs: number[] = []
  const deaths: string[] = []
  const waiting = new Set<() => void>()
  const last: string[] = []

  function run(): Promise<NodeJS.Signals | null> {
    const started = spawn(process.execPath, command.args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env.PATH ?? '', ...cache(), ...command.env },
    })
    child = started
    const { pid } = started
    if (pid !== undefined) reaper.born(pid)
    for (const stream of [started.stdout, started.stderr]) {
      stream?.setEncoding('utf8')
      stream?.on('data', (text: string) => keep(text))
    }
    started.once('message', (message) => {
      ready = message as Record<string, unknown> // both programs send exactly one object
      if (killedAt !== null) restartsMs.push(performance.now() - killedAt)
      killedAt = null
      for (const wake of waiting) wake()
    })
    return new Promise((resolve) => {
      started.once('error', () => resolve(null))
      started.once('exit', (code, signal) => {
        ready = null
        if (pid !== undefined) reaper.gone(pid)
        if (!stopping && killedAt === null) {
          deaths.push(`${command.name} ended by itself (${code ?? signal}): ${last.slice(-3).join(' | ')}`)
        }
        resolve(signal)
      })
    })
  }
  function keep(text: string): void {
    for (const line of text.split('\n')) {
      if (line === '') continue
      last.push(line)
      if (last.length > KEPT_LINES) last.shift()
      say(`${command.name}: ${line}`)
    }
  }
  const loop = (async () => {
    while (!stopping) {
      const signal = await run()
      // One that could not start (no database) is not started again in the same breath.
      if (!stopping && signal !== 'SIGKILL') await sleep(PAUSE_MS)
    }
  })()
  return {
    ready: () => ready,
    restartsMs,
    deaths,
    async whenReady() {
      if (ready !== null) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(
        () => reject(new Error(`${command.name} did not become ready:\n${last.slice(-10).join('\n')}`)),
        READY_WITHIN_MS,
      )
      waiting.add(resolve)
      await promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(resolve)
      })
    },
    async kill() {
      const victim = child
      if (victim === undefined || victim.exitCode !== null || victim.signalCode !== null) return
      killedAt = performance.now()
      ready = null
      const gone = new Promise<void>((resolve) => victim.once('exit', () => resolve()))
      victim.kill('SIGKILL')
      await gone
    },
    signal: (signal) => void child?.kill(signal),
    pid: () => child?.pid,
    async stop() {
      stopping = true
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_WITHIN_MS)
      child?.kill('SIGCONT')
      child?.kill('SIGTERM')
      await loop
      clearTimeout(timer)
    },
  }
}

/** Compiled once for all the processes that follow; without it most of a restart is reading source. */
function cache(): Readonly<Record<string, string>> {
  const folder = process.env.NODE_COMPILE_CACHE
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}
