/** Creates a PostgreSQL data directory so that it either exists whole or does not exist. */
import { spawn } from 'node:child_process'
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PostgresBinaries } from './binaries.ts'
import { makeOwnDir, type RunAs } from './run-as.ts'

/** The superuser and the database that OneRouter uses in a cluster of its own. */
export const superuser = 'onerouter'
export const database = 'onerouter'

/** What creating a cluster needs to know. `durable: false` skips the flush to disk (tests only). */
export type NewCluster = {
  dir: string
  binaries: PostgresBinaries
  runAs: RunAs
  password: string
  durable: boolean
}

/**
 * Initialises beside the final place and renames: a run that dies half-way leaves only a `.new` folder, which
 * the next run clears away.
 */
export async function createCluster(cluster: NewCluster): Promise<void> {
  const unfinished = `${cluster.dir}.new`
  await rm(unfinished, { recursive: true, force: true })
  await makeOwnDir(unfinished, cluster.runAs)
  const passwordFile = join(unfinished, '..', 'initdb-password')
  await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600 })
  try {
    if (cluster.runAs !== undefined) await chown(passwordFile, cluster.runAs.uid, cluster.runAs.gid)
    await initdb(cluster, unfinished, passwordFile)
    await createDatabase(cluster, unfinished)
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(unfinished, cluster.dir)
}

/** A cluster is whole when both its version and its control file are there. */
export async function clusterState(dir: string): Promise<'absent' | 'whole' | 'broken'> {
  const version = await readFile(join(dir, 'PG_VERSION'), 'utf8').catch(codeOf)
  const control = await readFile(join(dir, 'global', 'pg_control')).catch(codeOf)
  if (typeof version === 'string' && typeof control !== 'symbol') return 'whole'
  const entry = await readFile(dir).catch((error: NodeJS.ErrnoException) => error.code)
  return entry === 'ENOENT' ? 'absent' : 'broken'
}

const missing = Symbol('missing')

function codeOf(error: NodeJS.ErrnoException): typeof missing {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return missing
  throw error
}

async function initdb(cluster: NewCluster, dir: string, passwordFile: string): Promise<void> {
  const flags = [
    `--pgdata=${dir}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The built-in collation is the same on every machine, so an index copied elsewhere stays right.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ]
  if (!cluster.durable) flags.push('--no-sync')
  await run(cluster, cluster.binaries.initdb, flags, '', dir)
}

/** Single-user mode: the database exists before the cluster is ever reachable. */
async function createDatabase(cluster: NewCluster, dir: string): Promise<void> {
  const flags = ['--single', '-D', dir, ...(cluster.durable ? [] : ['-F']), 'postgres']
  await run(cluster, cluster.binaries.postgres, flags, `CREATE DATABASE ${database};\n`, dir)
}

function run(cluster: NewCluster, file: string, args: string[], input: string, cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...cluster.runAs,
      cwd,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 120_000,
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else
        reject(
          new Error(`PostgreSQL could not create its data directory (${code ?? signal}): ${output.trim()}`),
        )
    })
  })
}
