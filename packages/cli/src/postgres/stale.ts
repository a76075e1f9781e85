/** Clears away what a killed run left behind: its server, its lock files, its half-made cluster. */
import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, isServerOf, processesIn, processIdentity } from './process-identity.ts'

/** The first lines of `postmaster.pid` (PostgreSQL documentation, Database File Layout). */
export type PostmasterFile = { pid: number; port: number; status: string }

/** Reads a `postmaster.pid`; a file cut short by a crash answers `undefined`. */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n')
  const pid = Math.abs(Number(lines[0]))
  const port = Number(lines[3])
  if (!Number.isInteger(pid) || pid === 0) return undefined
  return { pid, port: Number.isInteger(port) ? port : 0, status: (lines[7] ?? '').trim() }
}

export async function readPostmasterFile(clusterDir: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parsePostmasterFile(text)
}

/**
 * Stops a server that outlived its supervisor, and removes a lock file whose id now belongs to another
 * program (or to a dead one nobody has collected). Any other lock file is left to PostgreSQL's own checks.
 */
export async function clearStaleServer(clusterDir: string, log: (line: string) => void): Promise<void> {
  const found = await readPostmasterFile(clusterDir)
  if (found === undefined || !isAlive(found.pid)) return
  const home = await realpath(clusterDir)
  if (await isServerOf(found.pid, home)) {
    log(`Stopping the PostgreSQL server that an interrupted run left behind (process ${found.pid}).`)
    await stopServer(found.pid)
    return
  }
  log('Removing the lock file of a PostgreSQL server that is gone.')
  await endWorkers(home)
  await rm(join(clusterDir, 'postmaster.pid'), { force: true })
}

/** Without the lock file PostgreSQL would not notice workers of the dead server that still run: they end first. */
async function endWorkers(home: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const workers = await processesIn(home)
    if (workers.length === 0) return
    if (waited >= 2_000) for (const pid of workers) process.kill(pid, waited < 5_000 ? 'SIGQUIT' : 'SIGKILL')
    await sleep(50)
  }
  throw new Error(`Programs still use ${home}, but its server is gone. End them and start again.`)
}

/** Fast shutdown, then immediate shutdown, each bounded; both are safe, the second replays its log at start. */
export async function stopServer(pid: number): Promise<void> {
  const steps: readonly { signal: NodeJS.Signals; waitMs: number }[] = [
    { signal: 'SIGINT', waitMs: 10_000 },
    { signal: 'SIGQUIT', waitMs: 5_000 },
    { signal: 'SIGKILL', waitMs: 2_000 },
  ]
  for (const { signal, waitMs } of steps) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (let waited = 0; waited < waitMs; waited += 20) {
      if (!(await processIdentity(pid))) return
      await sleep(20)
    }
  }
  throw new Error(`The PostgreSQL server (process ${pid}) does not stop. End it yourself and start again.`)
}

/** Moves a data directory that cannot be used out of the way. Never deletes it: it may hold somebody's data. */
export async function setAside(clusterDir: string, log: (line: string) => void): Promise<void> {
  for (let n = 1; n <= 100; n += 1) {
    const aside = `${clusterDir}.unusable-${n}`
    const taken = await readFile(aside).catch((error: NodeJS.ErrnoException) => error.code)
    if (taken !== 'ENOENT') continue
    await rename(clusterDir, aside)
    log(`The PostgreSQL data directory was incomplete. It is kept as ${aside}; a new one is created.`)
    return
  }
  throw new Error(`Too many unusable data directories beside ${clusterDir}; remove some.`)
}

/** Takes the data directory for this process, or says who has it. Answers with the way to give it back. */
export async function takeOwnership(home: string): Promise<() => Promise<void>> {
  const file = join(home, 'owner.json')
  const owner = parseOwner(await readFile(file, 'utf8').catch(() => ''))
  if (owner !== undefined && owner.pid !== process.pid) {
    const alive = await processIdentity(owner.pid)
    if (alive !== undefined && alive === owner.identity) {
      throw new Error(
        `OneRouter already runs on this data directory (process ${owner.pid}). ` +
          'Stop it first, or give this one its own ONEROUTER_DATA_DIR.',
      )
    }
  }
  const identity = await processIdentity(process.pid)
  await writeFile(file, `${JSON.stringify({ pid: process.pid, identity })}\n`, { mode: 0o600 })
  return () => rm(file, { force: true })
}

function parseOwner(text: string): { pid: number; identity: string } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    if (!('pid' in value) || !('identity' in value)) return undefined
    return { pid: Number(value.pid), identity: String(value.identity) }
  } catch {
    return undefined
  }
}
