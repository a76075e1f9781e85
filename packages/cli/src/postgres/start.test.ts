import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive } from './process-identity.ts'
import { startPostgres } from './start.ts'

let folder = ''
let lines: string[] = []
const options = () => ({
  dataDir: join(folder, 'postgres'),
  log: (line: string) => lines.push(line),
  durable: false,
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onerouter-pg-'))
  // Where root starts it, PostgreSQL runs as another user, who must be able to enter.
  await chmod(folder, 0o755)
  lines = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

test('what was written is there after a stop and a second start, at the same address', async () => {
  const first = await startPostgres(options())
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.stop()
  expect(isAlive(first.pid)).toBe(false)
  const second = await startPostgres(options())
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  expect(second.url).toBe(first.url)
  await second.stop()
  await second.stop()
})

test('committed data survive a killed server, and its stale lock file is no obstacle', async () => {
  const first = await startPostgres({ ...options(), durable: true })
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  process.kill(first.pid, 'SIGKILL')
  await first.exited
  await first.stop()
  const second = await startPostgres(options())
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  await second.stop()
})

test('a lock file whose process id now belongs to another program is removed', async () => {
  const first = await startPostgres(options())
  await first.stop()
  await writeFile(join(folder, 'postgres/data/postmaster.pid'), `${process.pid}\n/elsewhere\n0\n1\n`)
  const second = await startPostgres(options())
  expect(lines.join()).toContain('lock file')
  await second.stop()
})

test('a half-made cluster is made anew; an incomplete one is set aside, never deleted', async () => {
  await mkdir(join(folder, 'postgres/data.new/base'), { recursive: true })
  const first = await startPostgres(options())
  await first.stop()
  expect(await readdir(join(folder, 'postgres'))).not.toContain('data.new')
  await rm(join(folder, 'postgres/data/global/pg_control'))
  const second = await startPostgres(options())
  await second.stop()
  expect(await readdir(join(folder, 'postgres'))).toContain('data.unusable-1')
})

test('a port taken meanwhile moves the server, not the user', async () => {
  const first = await startPostgres(options())
  await first.stop()
  const squatter = createServer().listen(first.port, '127.0.0.1')
  await once(squatter, 'listening')
  const second = await startPostgres(options())
  expect(second.port).not.toBe(first.port)
  await second.stop()
  squatter.close()
})

test('the password is for the owner only', async () => {
  const server = await startPostgres(options())
  await server.stop()
  const { mode } = await stat(join(folder, 'postgres/password'))
  expect(mode & 0o077).toBe(0)
  expect((await readFile(join(folder, 'postgres/password'), 'utf8')).trim().length).toBeGreaterThanOrEqual(32)
})

test('a killed supervisor takes the server with it, and a living one keeps others out', async () => {
  const script = join(folder, 'supervisor.mjs')
  const start = fileURLToPath(new URL('./start.ts', import.meta.url))
  await writeFile(
    script,
    `const { startPostgres } = await import(${JSON.stringify(start)})
     const server = await startPostgres({ dataDir: ${JSON.stringify(options().dataDir)}, log() {}, durable: false })
     console.log(server.pid)
     setInterval(() => {}, 1000)`,
  )
  const supervisor = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: supervisor.stdout }), 'line')
  const pid = Number(line)
  expect(isAlive(pid)).toBe(true)
  await expect(startPostgres(options())).rejects.toThrow(`process ${supervisor.pid}`)
  supervisor.kill('SIGKILL')
  await expect
    .poll(() => readFile(join(folder, 'postgres/data/postmaster.pid')).catch(() => 'gone'), {
      timeout: 10_000,
    })
    .toBe('gone')
  const next = await startPostgres(options())
  await next.stop()
})

test.skipIf(process.getuid?.() !== 0)(
  'root may keep the folder behind a closed home; nothing of it stays behind',
  async () => {
    await chmod(folder, 0o700)
    const server = await startPostgres({ ...options(), deleteAfter: folder })
    const [row] = await query(server.url, 'SHOW data_directory')
    await server.stop()
    const directory = String(Object.values(row ?? {})[0])
    expect(directory).not.toContain(folder)
    await expect(stat(directory)).rejects.toThrow('ENOENT')
  },
)
