import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@onerouter/cli'

/** Measures on a PostgreSQL that is made for it and gone afterwards. */
export async function onOwnPostgres<T>(measure: (url: string, pid: number) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'onerouter-bench-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    log: () => undefined,
    deleteAfter: folder,
  })
  try {
    return await measure(postgres.url, postgres.pid)
  } finally {
    await postgres.stop()
  }
}
