/** Runs a real PostgreSQL of its own in a folder: created on the first start, recovered on every later one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPostgresBinaries, type PostgresBinaries } from './binaries.ts'
import { clusterState, createCluster, database, superuser } from './create-cluster.ts'
import { freePort, isPortFree } from './free-port.ts'
import { armGuard } from './guard.ts'
import { chooseRunAs, placeCluster, type RunAs, reachableBinaries } from './run-as.ts'
import { clearStaleServer, readPostmasterFile, setAside, stopServer, takeOwnership } from './stale.ts'

/** How to run the server. */
export type PostgresOptions = {
  /** Holds the cluster, its password and its log. Created when absent. */
  dataDir: string
  /** Receives progress in sentences. */
  log: (line: string) => void
  /** `false` gives up crash safety for speed: only for data that tests throw away. */
  durable?: boolean
  /** Deletes this folder once the server is gone, also when this process is killed. */
  deleteAfter?: string
}

/** A running server. `stop` is bounded and may be called twice; `exited` settles whenever the server is gone. */
export type RunningPostgres = {
  url: string
  port: number
  pid: number
  exited: Promise<void>
  stop: () => Promise<void>
}

const readyWithinMs = 60_000
const startAttempts = 4

/** Starts the server and answers when it accepts connections. Errors are sentences for the user. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const home = resolve(options.dataDir)
  const durable = options.durable ?? true
  await mkdir(home, { recursive: true, mode: 0o755 })
  const release = await takeOwnership(home)
  try {
    const here = await chooseRunAs(join(home, 'data'))
    const place = await placeCluster(home, here)
    // A cluster moved out of root's home keeps the owner it has there.
    const runAs = place === home ? here : await chooseRunAs(join(place, 'data'))
    const binaries = await reachableBinaries(await findPostgresBinaries(), runAs)
    const clusterDir = join(place, 'data')
    const password = await keptPassword(home)
    await prepareCluster({ clusterDir, binaries, runAs, password, durable, log: options.log })
    const deleteAfter = options.deleteAfter === undefined ? [] : [...new Set([options.deleteAfter, place])]
    const server = await launch({ home, clusterDir, binaries, runAs, durable, deleteAfter })
    return supervise(server, { password, release, deleteAfter })
  } catch (error) {
    await release()
    throw error
  }
}

type Preparation = {
  clusterDir: string
  binaries: PostgresBinaries
  runAs: RunAs
  password: string
  durable: boolean
  log: (line: string) => void
}

async function prepareCluster(to: Preparation): Promise<void> {
  const state = await clusterState(to.clusterDir)
  if (state === 'whole') {
    await refuseOtherMajor(to.clusterDir, to.binaries)
    await clearStaleServer(to.clusterDir, to.log)
    return
  }
  if (state === 'broken') await setAside(to.clusterDir, to.log)
  to.log('Creating the PostgreSQL data directory (first start only).')
  await createCluster({ ...to, dir: to.clusterDir })
}

async function refuseOtherMajor(clusterDir: string, binaries: PostgresBinaries): Promise<void> {
  const made = (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8')).trim()
  const have = binaries.version.split('.')[0]
  if (made === have) return
  throw new Error(
    `${clusterDir} was made by PostgreSQL ${made}, but the embedded server is version ${have}. ` +
      `Dump it with PostgreSQL ${made} and load it into a fresh data directory, or set DATABASE_URL.`,
  )
}

/** The superuser's password: random, kept readable for the owner only, the same for the cluster's whole life. */
async function keptPassword(home: string): Promise<string> {
  const file = join(home, 'password')
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (kept !== '') return kept
  const fresh = randomBytes(24).toString('base64url')
  await writeFile(file, `${fresh}\n`, { mode: 0o600 })
  return fresh
}

type Launch = {
  home: string
  clusterDir: string
  binaries: PostgresBinaries
  runAs: RunAs
  durable: boolean
  deleteAfter: readonly string[]
}

type Server = {
  child: ChildProcess
  pid: number
  port: number
  exited: Promise<void>
  disarm: () => void
}

async function launch(at: Launch): Promise<Server> {
  let reason = ''
  for (let attempt = 1; attempt <= startAttempts; attempt += 1) {
    const port = await choosePort(at.home, attempt)
    const logFile = join(at.home, 'postgres.log')
    const server = await spawnServer(at, port, logFile)
    if (await becomesReady(server, at.clusterDir)) {
      await writeFile(join(at.home, 'port'), `${port}\n`)
      return server
    }
    reason = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-6).join('\n')
    await stopServer(server.pid)
    server.disarm()
    // Two failures pass by themselves: a port taken meanwhile, and a killed server's workers on their way out.
    if (!/could not bind|could not create any TCP|still in use/.test(reason)) break
    await sleep(250 * attempt)
  }
  throw new Error(
    `PostgreSQL did not start. Its log (${join(at.home, 'postgres.log')}) ends with:\n${reason}`,
  )
}

/** The port of the last start where possible, so that an open psql session survives a restart. */
async function choosePort(home: string, attempt: number): Promise<number> {
  const kept = Number((await readFile(join(home, 'port'), 'utf8').catch(() => '')).trim())
  const usable = Number.isInteger(kept) && kept > 0 && kept < 65_536 && attempt === 1
  return usable && (await isPortFree(kept)) ? kept : freePort()
}

async function spawnServer(at: Launch, port: number, logFile: string): Promise<Server> {
  const log = await open(logFile, 'w', 0o600)
  try {
    const child = spawn(at.binaries.postgres, ['-D', at.clusterDir, ...serverSettings(port, at.durable)], {
      ...at.runAs,
      cwd: at.clusterDir,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      // A file, not a pipe: the server must be able to write after this process is gone.
      stdio: ['ignore', log.fd, log.fd],
      // Its own process group: Ctrl-C in the terminal reaches the supervisor alone, which stops things in order.
      detached: true,
    })
    const exited = new Promise<void>((settle) => child.once('exit', () => settle()))
    await new Promise<void>((settle, reject) => {
      child.once('spawn', settle)
      child.once('error', reject)
    })
    if (child.pid === undefined) throw new Error('PostgreSQL could not be started')
    // From its first moment on: this process may be killed while the server still recovers.
    const disarm = armGuard(child.pid, at.deleteAfter)
    return { child, pid: child.pid, port, exited, disarm }
  } finally {
    await log.close()
  }
}

function serverSettings(port: number, durable: boolean): string[] {
  const settings: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Neither a failed statement nor the values in a DETAIL line belong in a log file.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(durable
      ? {}
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '4GB' }),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Watches `postmaster.pid` as pg_ctl does: its last line turns to `ready`. */
async function becomesReady(server: Server, clusterDir: string): Promise<boolean> {
  for (let waited = 0; waited < readyWithinMs; waited += 20) {
    if (server.child.exitCode !== null || server.child.signalCode !== null) return false
    const file = await readPostmasterFile(clusterDir)
    if (file?.pid === server.pid && file.status === 'ready') return true
    await sleep(20)
  }
  return false
}

type Supervision = {
  password: string
  release: () => Promise<void>
  deleteAfter: readonly string[]
}

async function supervise(server: Server, by: Supervision): Promise<RunningPostgres> {
  let stopping: Promise<void> | undefined
  const stop = async () => {
    await stopServer(server.pid)
    server.disarm()
    await by.release()
    for (const dir of by.deleteAfter) await rm(dir, { recursive: true, force: true })
  }
  return {
    url: `postgres://${superuser}:${by.password}@127.0.0.1:${server.port}/${database}`,
    port: server.port,
    pid: server.pid,
    exited: server.exited,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}
