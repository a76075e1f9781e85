/** One supervised program: started with a lifeline, awaited until ready, restarted when it crashes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { lineSplitter } from './log-line.ts'

/** What to run and how to speak about it. */
export type ChildSpec = {
  /** The log prefix. */
  name: string
  /** For sentences: "The API". */
  title: string
  script: string
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** What of its environment is known only later: the program loads meanwhile and is sent it. */
  restOfEnv?: Promise<Readonly<Record<string, string>>>
  readyWithinMs: number
  /** The variable that moves its port, for the sentence about a port taken meanwhile. */
  portVariable: string
}

/** How the supervisor is told. `died` comes for good only: restarts have been used up. */
export type ChildEvents = {
  line: (name: string, line: string) => void
  note: (line: string) => void
  spawned: (pid: number) => void
  died: (reason: string) => void
}

/** A supervised program. `ready` holds the fields of its first ready message. */
export type Child = {
  ready: Promise<Readonly<Record<string, unknown>>>
  stop: () => Promise<void>
  kill: () => void
}

const restartDelaysMs = [250, 500, 1_000, 2_000, 4_000, 8_000]
/** A program that ran this long is healthy again: its next crash starts the delays from the beginning. */
const healthyAfterMs = 60_000
const stopWithinMs = 10_000
const lifeline = fileURLToPath(new URL('./lifeline.ts', import.meta.url))

/** Starts the program. A first start that fails is final; later crashes are answered by restarts. */
export function startChild(spec: ChildSpec, events: ChildEvents, now: () => number): Child {
  let current: Attempt | undefined
  let timer: NodeJS.Timeout | undefined
  let stopping = false
  let crashes = 0
  const first = Promise.withResolvers<Readonly<Record<string, unknown>>>()

  const launch = (restart: boolean): void => {
    const began = now()
    const attempt = runOnce(spec, events)
    current = attempt
    attempt.ready.then(first.resolve, (error: Error) => {
      if (!restart) first.reject(error)
    })
    attempt.exited.then((reason) => {
      if (stopping || (!restart && !attempt.wasReady())) return
      if (now() - began > healthyAfterMs) crashes = 0
      const delay = restartDelaysMs[crashes]
      crashes += 1
      if (delay === undefined) {
        events.died(`${spec.title} keeps crashing (${reason}); its last lines are above.`)
        return
      }
      events.note(`${spec.title} stopped unexpectedly (${reason}); starting it again in ${delay} ms.`)
      timer = setTimeout(() => launch(true), delay)
    })
  }
  launch(false)

  return {
    ready: first.promise,
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      await current?.stop()
    },
    kill: () => {
      stopping = true
      clearTimeout(timer)
      current?.signal('SIGKILL')
    },
  }
}

type Attempt = {
  ready: Promise<Readonly<Record<string, unknown>>>
  exited: Promise<string>
  wasReady: () => boolean
  stop: () => Promise<void>
  signal: (name: NodeJS.Signals) => void
}

function runOnce(spec: ChildSpec, events: ChildEvents): Attempt {
  const child = spawn(process.execPath, ['--import', lifeline, spec.script], {
    cwd: spec.cwd,
    env: spec.restOfEnv === undefined ? spec.env : { ...spec.env, ONEROUTER_ENV_FOLLOWS: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own process group: Ctrl-C reaches the supervisor alone, which stops things in their order.
    detached: process.platform !== 'win32',
  })
  if (child.pid !== undefined) events.spawned(child.pid)
  spec.restOfEnv?.then(
    // One that is gone meanwhile needs nothing.
    (env) => child.send({ type: 'environment', env }, () => undefined),
    // Whoever waits for it as well says why it cannot be known.
    () => undefined,
  )
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on(
      'data',
      lineSplitter((line) => events.line(spec.name, line)),
    )
  }
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
  })
  let isReady = false
  const ready = awaitReady(child, spec, exited).then((message) => {
    isReady = true
    return message
  })
  ready.catch(() => undefined)
  const signal = (name: NodeJS.Signals) => signalGroup(child, name)
  return { ready, exited, wasReady: () => isReady, signal, stop: () => stopChild(child, exited, signal) }
}

function awaitReady(
  child: ChildProcess,
  spec: ChildSpec,
  exited: Promise<string>,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const expect = (): void => {
      timer = setTimeout(() => {
        reject(
          new Error(
            `${spec.title} was not ready within ${spec.readyWithinMs / 1000} s; its lines are above.`,
          ),
        )
      }, spec.readyWithinMs)
    }
    // What it waits for has limits of its own.
    if (spec.restOfEnv === undefined) expect()
    else spec.restOfEnv.then(expect, () => undefined)
    child.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('type' in message)) return
      if (message.type !== 'ready') return
      clearTimeout(timer)
      resolve({ ...message })
    })
    exited.then((reason) => {
      clearTimeout(timer)
      reject(
        new Error(
          `${spec.title} could not start (${reason}); it says why above. ` +
            `If its port is taken, ${spec.portVariable} moves it.`,
        ),
      )
    })
  })
}

async function stopChild(
  child: ChildProcess,
  exited: Promise<string>,
  signal: (name: NodeJS.Signals) => void,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  signal('SIGTERM')
  const timer = setTimeout(() => signal('SIGKILL'), stopWithinMs)
  await exited
  clearTimeout(timer)
  // What the program itself started shares its group; nothing of it stays behind.
  signal('SIGKILL')
}

/** Signals the program and everything it started. SIGTERM goes to the program alone: it stops its own. */
function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return
  const group = process.platform !== 'win32' && name === 'SIGKILL'
  try {
    process.kill(group ? -child.pid : child.pid, name)
  } catch {
    // Already gone.
  }
}
