import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'

/** Builds the pages, once per state of the sources, in one process at a time. */
export interface Builds {
  /** Whether the pages of this name are ready to be served. */
  exists(name: string): Promise<boolean>
  /** Builds them, or waits for the process that already does. @throws Error with the end of the build's output */
  make(name: string): Promise<void>
  stop(): void
}

export interface BuildWorld {
  /** The dashboard's folder. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly sleep: (ms: number) => Promise<void>
  readonly now: () => number
}

const FOLDER = '.next'
/** Written last. Without it the folder is half a build. */
const DONE = 'onerouter-built'
const TIMEOUT_MS = 600_000
const LOOK_AGAIN_MS = 1_000
const OUTPUT_KEPT = 4_000
/** Older builds than this many are removed; a server that still runs may need the last ones. */
const KEPT = 2

export const distDirOf = (name: string): string => `${FOLDER}/${name}`

export function createBuilds(world: BuildWorld): Builds {
  const at = (name: string, file = ''): string => join(world.root, FOLDER, name, file)
  let running: ChildProcess | undefined
  let stopped = false
  const exists = (name: string) =>
    stat(at(name, DONE)).then(
      () => true,
      () => false,
    )

  async function build(name: string): Promise<void> {
    await rm(at(name), { recursive: true, force: true })
    running = startBuild(world, name)
    await finished(running)
    await writeFile(at(name, DONE), '')
    await removeOld(world.root, name)
  }

  return {
    exists,
    async make(name) {
      await mkdir(join(world.root, FOLDER), { recursive: true })
      const lock = `${at(name)}.lock`
      const endMs = world.now() + TIMEOUT_MS
      while (!stopped && world.now() < endMs) {
        if (await exists(name)) return
        if (await takeLock(lock)) {
          try {
            return await build(name)
          } finally {
            await rm(lock, { force: true })
          }
        }
        await world.sleep(LOOK_AGAIN_MS)
      }
      throw new Error('The pages were not built in time.')
    },
    stop() {
      stopped = true
      running?.kill('SIGKILL')
    },
  }
}

function startBuild({ root, env }: BuildWorld, name: string): ChildProcess {
  const next = createRequire(join(root, 'package.json')).resolve('next/dist/bin/next')
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: root,
    env: { ...env, DASHBOARD_DIST: distDirOf(name), NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    // Whoever is trying the API right now goes first.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  } catch {
    // Some systems do not let us; the build is then merely as eager as others.
  }
  return child
}

function finished(child: ChildProcess): Promise<void> {
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_KEPT)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`next build ended with ${code ?? 'a signal'}:\n${output}`))
    })
  })
}

/** One builder at a time; a lock whose process is gone is nobody's. */
async function takeLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch {
    const holder = await readFile(path, 'utf8').catch(() => '')
    if (/^[0-9]+$/.test(holder) && !isAlive(Number.parseInt(holder, 10))) await rm(path, { force: true })
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function removeOld(root: string, current: string): Promise<void> {
  const names = (await readdir(join(root, FOLDER))).filter((name) => /^[0-9a-f]{16}$/.test(name))
  const others = await Promise.all(
    names
      .filter((name) => name !== current)
      .map(async (name) => ({ name, builtMs: (await stat(join(root, FOLDER, name))).mtimeMs })),
  )
  const old = others.sort((a, b) => b.builtMs - a.builtMs).slice(KEPT - 1)
  for (const { name } of old) await rm(join(root, FOLDER, name), { recursive: true, force: true })
}
