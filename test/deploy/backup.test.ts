/** Backup, restore and the drill, on the server and the client programs that a distribution ships. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../apps/api/src/store/migrate.ts'
import { type DistributionServer, findPostgresTools, startDistributionServer } from './postgres-tools.ts'

const run = promisify(execFile)
const SCRIPTS = fileURLToPath(new URL('../../deploy/backup/', import.meta.url))
const tools = await findPostgresTools()
if (tools === undefined)
  console.warn('SKIPPED: backup and restore (no PostgreSQL client programs on this machine)')

describe.skipIf(tools === undefined)('a backup', () => {
  let server: DistributionServer
  let folder: string
  const script = (name: string, args: readonly string[], url: string) =>
    run(join(SCRIPTS, name), [...args], {
      timeout: 60_000,
      env: { PATH: `${tools}${delimiter}${process.env.PATH}`, DATABASE_URL: url },
    })

  beforeAll(async () => {
    if (tools === undefined) return
    folder = await mkdtemp(join(tmpdir(), 'onerouter-backup-'))
    server = await startDistributionServer(tools)
    await migrate(server.url)
    await query(
      server.url,
      "insert into account (id, name) select gen_random_uuid(), 'a' from generate_series(1, 40)",
    )
  }, 120_000)
  afterAll(async () => {
    await server?.stop()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  test('the drill restores every table alike, by an owner whom the policies bind', async () => {
    const { stdout } = await script('drill.sh', [], server.url)
    expect(stdout).toMatch(/Drill passed: \d{2,} tables restored alike/)
  })

  test('a restored database serves under its policies, and knows its migrations', async () => {
    const { stdout } = await script('backup.sh', [folder], server.url)
    const file = stdout.trim().split('\n').at(-1) ?? ''
    await query(server.url, 'create database restored')
    const url = server.url.replace(/onerouter$/, 'restored')
    await script('restore.sh', [file], url)
    expect(await query(url, 'select count(*)::int as n from account')).toEqual([{ n: 40 }])
    expect((await migrate(url)).applied).toEqual([])
    const [policy] = await query(
      url,
      "select relforcerowsecurity as forced from pg_class where relname = 'payment'",
    )
    expect(policy).toEqual({ forced: true })
  })

  test('a damaged backup, and a database that is not empty, are refused', async () => {
    const names = await readdir(folder)
    const file = join(folder, names.find((name) => name.endsWith('.dump')) ?? '')
    await expect(script('restore.sh', [file], server.url)).rejects.toThrow(/into an empty one/)
    await writeFile(file, 'not a backup')
    await query(server.url, 'create database empty')
    const url = server.url.replace(/onerouter$/, 'empty')
    await expect(script('restore.sh', [file], url)).rejects.toThrow(/FAILED|did NOT match/)
  })
})

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query("set app.scope = 'engine'")
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
