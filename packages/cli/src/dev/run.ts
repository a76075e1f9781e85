/** `onerouter dev`: everything a developer needs, started together, stopped together. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isPortFree } from '../postgres/free-port.ts'
import { type Banner, banner } from './banner.ts'
import { type Child, type ChildEvents, type ChildSpec, startChild } from './child.ts'
import { type DevDatabase, runDatabase } from './database.ts'
import { type DevKeys, keptKeys } from './keys.ts'
import {
  type ApiNeeds,
  apiProgram,
  apiUrl,
  dashboardProgram,
  dashboardUrl,
  type Surroundings,
  sandboxProgram,
  sandboxUrl,
} from './programs.ts'
import { openRunFile, type RunFile } from './run-file.ts'
import { type DevSettings, portUses, readSettings, takenPort } from './settings.ts'

/** The outside world of a run, given by the composition in `main.ts`. */
export type DevWorld = {
  root: string
  env: Readonly<Record<string, string | undefined>>
  /** Milliseconds of a clock that never jumps. */
  now: () => number
  /** Milliseconds since this program was started. */
  uptimeMs: () => number
  /** Progress and problems of the run itself. */
  say: (line: string) => void
  /** A line of one of the programs. */
  line: (name: string, line: string) => void
  /** The result of the start, for standard output. */
  show: (text: string) => void
  /** Resolves when the user asks to stop. */
  stopAsked: Promise<void>
  /** A short random text. */
  reference: string
}

/** Stopping takes no longer than this, whatever hangs. */
const stopWithinMs = 25_000

/** Runs until asked to stop. Answers with the exit code; problems have been said in sentences. */
export async function runDev(world: DevWorld): Promise<number> {
  const settings = readSettings(world.env, world.root)
  if ('problems' in settings) {
    for (const problem of settings.problems) world.say(problem)
    return 1
  }
  const running: Running = {
    stopping: false,
    sandbox: undefined,
    others: [],
    database: undefined,
    runFile: undefined,
  }
  const fatal = Promise.withResolvers<string>()
  const over = Promise.race([world.stopAsked.then(() => undefined), fatal.promise.then(fail)])
  const started = startAll({ world, settings, running, died: fatal.resolve })
  let code = 0
  try {
    const text = await Promise.race([started, over])
    if (text !== undefined) world.show(text)
    await over
  } catch (error) {
    world.say(error instanceof Error ? error.message : String(error))
    code = 1
  }
  const inTime = await Promise.race([
    stopAll(running, started).then(() => true),
    sleep(stopWithinMs, false, { ref: false }),
  ])
  if (inTime) return code
  world.say('Something did not stop in time and was ended.')
  for (const child of [running.sandbox, ...running.others]) child?.kill()
  return 1
}

function fail(reason: string): never {
  throw new Error(reason)
}

type Running = {
  stopping: boolean
  sandbox: Child | undefined
  others: Child[]
  /** Under way from its first moment on: what it has begun must be stopped as well. */
  database: Promise<DevDatabase> | undefined
  runFile: RunFile | undefined
}
type Start = { world: DevWorld; settings: DevSettings; running: Running; died: (reason: string) => void }

async function startAll({ world, settings, running, died }: Start): Promise<string> {
  const surroundings: Surroundings = { root: world.root, env: world.env, settings }
  const dashboardSpec = dashboardProgram(surroundings)
  running.runFile = await openRunFile(settings.dataDir, world.say)
  await refuseTakenPorts(settings, dashboardSpec !== undefined)

  const events: ChildEvents = {
    line: world.line,
    note: world.say,
    spawned: (pid) => void running.runFile?.add(pid),
    died,
  }
  const launch = (spec: ChildSpec): Child['ready'] => {
    if (running.stopping) throw new Error('Stopped while starting.')
    const child = startChild(spec, events, world.now)
    if (spec.name === 'sandbox') running.sandbox = child
    else running.others.push(child)
    return child.ready
  }
  // What takes longest to load goes first and waits, once it has, for what it needs; the dashboard comes when a core is free.
  const needs = Promise.withResolvers<ApiNeeds>()
  const api = launch(apiProgram(surroundings, needs.promise))
  const sandbox = settings.sandbox ? launch(sandboxProgram(surroundings)) : undefined
  const dashboard = dashboardSpec && Promise.resolve(sandbox).then(() => launch(dashboardSpec))
  const needed = Promise.all([
    databaseUrl({ world, settings, running, died }),
    keysOf(world, settings),
    sandbox,
  ]).then(([databaseUrl, keys]) => needs.resolve({ databaseUrl, keys }))
  const [ready] = await Promise.all([api, dashboard, sandbox, needed])
  return banner({
    apiUrl: apiUrl(settings),
    sandboxUrl: sandbox && sandboxUrl(settings),
    dashboardUrl: dashboard && dashboardUrl(settings),
    ...readReady(ready),
    reference: `try-${world.reference}`,
    seconds: (world.uptimeMs() / 1000).toFixed(1),
  })
}

async function refuseTakenPorts(settings: DevSettings, dashboard: boolean): Promise<void> {
  const uses = portUses(settings, dashboard)
  const free = await Promise.all(uses.map((use) => isPortFree(use.port, use.host)))
  const taken = uses.filter((_, index) => !free[index])
  if (taken.length > 0) throw new Error(taken.map(takenPort).join('\n'))
}

async function databaseUrl({ world, settings, running, died }: Start): Promise<string> {
  if (settings.databaseUrl !== undefined) return settings.databaseUrl
  running.database = runDatabase(`${settings.dataDir}/postgres`, world.say, died)
  return (await running.database).url
}

/** In production keys are never made up: the API asks for them in words. */
async function keysOf(world: DevWorld, settings: DevSettings): Promise<DevKeys | undefined> {
  if (settings.production || (world.env.SECRET_KEY && world.env.ENCRYPTION_KEY)) return undefined
  return keptKeys(settings.dataDir)
}

/** The API's ready message comes from another program: only what has the right shape is shown. */
function readReady(
  message: Readonly<Record<string, unknown>>,
): Pick<Banner, 'apiKey' | 'signIn' | 'services'> {
  const { apiKey, dashboard, services } = message
  const signIn = typeof dashboard === 'object' && dashboard !== null ? { ...dashboard } : {}
  const hasSignIn = 'email' in signIn && 'password' in signIn
  return {
    apiKey: typeof apiKey === 'string' ? apiKey : undefined,
    signIn: hasSignIn ? { email: String(signIn.email), password: String(signIn.password) } : undefined,
    services: Array.isArray(services) ? services.map(String) : [],
  }
}

/** In the reverse order of need: whatever still calls the database or the sandbox goes first. */
async function stopAll(running: Running, started: Promise<unknown>): Promise<void> {
  running.stopping = true
  await Promise.all(running.others.map((child) => child.stop()))
  await running.sandbox?.stop()
  // A start that was interrupted settles now: its programs are gone. A database that is just being made is waited for.
  await started.catch(() => undefined)
  const database = await running.database?.catch(() => undefined)
  await database?.stop()
  await running.runFile?.remove()
}
