/**
 * Vitest global set-up: one real PostgreSQL (and Redis, where the machine has one) for the whole run, in a
 * temporary folder that is gone afterwards, also when the run is killed.
 */
import { existsSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '@onerouter/cli'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startRedis } from './redis-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's own database; tests use `createDatabase()` instead. */
    postgresUrl: string
    /** `null` when the machine has no Redis. */
    redisUrl: string | null
  }
}

export const templateDatabase = 'onerouter_template'

const migrations = fileURLToPath(new URL('../../apps/api/src/store/migrate.ts', import.meta.url))

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-test-'))
  // Started by root, PostgreSQL runs as another user, who must be able to enter.
  await chmod(folder, 0o755)
  const [postgres, redis] = await Promise.all([
    startPostgres({
      dataDir: join(folder, 'postgres'),
      log: () => undefined,
      durable: false,
      deleteAfter: folder,
    }),
    startRedis(),
  ])
  if (redis === undefined) {
    console.log('SKIPPED: tests that need Redis (no redis-server on this machine; .ci/run installs it).')
  }
  await makeTemplate(postgres.url)
  project.provide('postgresUrl', postgres.url)
  project.provide('redisUrl', redis?.url ?? null)
  return async () => {
    await Promise.all([postgres.stop(), redis?.stop()])
  }
}

/** Migrates once; every test file's database is then a file copy of this one. */
async function makeTemplate(url: string): Promise<void> {
  const admin = new pg.Client(url)
  await admin.connect()
  try {
    await admin.query(`CREATE DATABASE ${templateDatabase}`)
    if (existsSync(migrations)) {
      const template = new URL(url)
      template.pathname = `/${templateDatabase}`
      const { migrate } = await import('../../apps/api/src/store/migrate.ts')
      await migrate(template.href)
    }
    // No session may ever open the template: one would make every copy of it fail.
    await admin.query(`ALTER DATABASE ${templateDatabase} ALLOW_CONNECTIONS false`)
  } finally {
    await admin.end()
  }
}
