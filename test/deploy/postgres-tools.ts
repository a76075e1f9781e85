/** A PostgreSQL with its client programs, as a distribution installs them: what operators have, and tests of backups need. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const DEBIAN = '/usr/lib/postgresql'
const WITHIN_MS = 60_000

/** The folder of `initdb`, `pg_ctl`, `psql` and `pg_dump` of one version; `undefined` where they are not installed. */
export async function findPostgresTools(): Promise<string | undefined> {
  if (!existsSync(DEBIAN)) return undefined
  const versions = (await readdir(DEBIAN)).sort((a, b) => Number(b) - Number(a))
  return versions
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((folder) => ['initdb', 'pg_ctl', 'psql', 'pg_dump'].every((name) => existsSync(join(folder, name))))
}

export interface DistributionServer {
  readonly url: string
  readonly stop: () => Promise<void>
}

/**
 * A server of its own in a temporary folder, with a database whose owner is no superuser, as managed databases give it.
 * PostgreSQL refuses to run as root, so root starts it as the user of the package.
 */
export async function startDistributionServer(tools: string): Promise<DistributionServer> {
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-drill-'))
  const port = await freePort()
  const asOwner = await ownerOf(folder)
  const data = join(folder, 'data')
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`
  await asOwner(join(tools, 'initdb'), ['-D', data, '-U', 'boss', '--auth=trust', '-E', 'UTF8', '--locale=C'])
  const log = join(folder, 'log')
  await asOwner(join(tools, 'pg_ctl'), ['-D', data, '-w', '-l', log, '-o', options, 'start'])
  const admin = ['-h', '127.0.0.1', '-p', String(port), '-U', 'boss', '-qc']
  await run(join(tools, 'psql'), [...admin, 'create role shop login createdb createrole', 'postgres'])
  await run(join(tools, 'psql'), [...admin, 'create database onerouter owner shop', 'postgres'])
  return {
    url: `postgresql://shop@127.0.0.1:${port}/onerouter`,
    async stop() {
      await asOwner(join(tools, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type AsOwner = (program: string, args: readonly string[]) => Promise<unknown>

async function ownerOf(folder: string): Promise<AsOwner> {
  // No pipe to the server's output: it would be kept open for as long as the server runs.
  const start = { timeout: WITHIN_MS, stdio: 'ignore' as const }
  if (process.getuid?.() !== 0) return (program, args) => run(program, [...args], start)
  const asked = await run('id', ['-u', 'postgres'])
  const uid = Number(asked.stdout.trim())
  const group = await run('id', ['-g', 'postgres'])
  const gid = Number(group.stdout.trim())
  await chown(folder, uid, gid)
  return (program, args) => run(program, [...args], { ...start, uid, gid, cwd: folder })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port to be had')
  return address.port
}
