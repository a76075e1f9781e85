import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url))

/** Any number will do as long as it is ours: one migrator at a time per database. */
const LOCK = 4_815_162_342

export interface Migrated {
  readonly applied: readonly string[]
  /** What a newer version has applied already. */
  readonly newer: readonly string[]
}

/**
 * Brings the database to the newest schema. Files are plain SQL, applied once, in the order of their names and
 * never edited afterwards: a file that changed since it was applied is refused.
 * @param options.beside whether to go on beside a newer version, which has only added so far; else that is refused
 * @throws Error in words when a file changed, or when the database is newer than this program.
 */
export async function migrate(
  databaseUrl: string,
  options: { readonly beside?: boolean } = {},
): Promise<Migrated> {
  const files = await readMigrations()
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // reported by the query that meets it
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
      name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
    const known = await client.query<{ name: string; checksum: string }>(
      'SELECT name, checksum FROM schema_migration',
    )
    const checksums = new Map(known.rows.map((row) => [row.name, row.checksum]))
    refuseEdited(files, checksums)
    const newer = newerThan(files, [...checksums.keys()], options.beside ?? false)
    const applied: string[] = []
    for (const file of files) {
      if (checksums.has(file.name)) continue
      await apply(client, file)
      applied.push(file.name)
    }
    return { applied, newer }
  } finally {
    await client.end()
  }
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

async function readMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(FOLDER + name, 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

function refuseEdited(files: readonly Migration[], applied: ReadonlyMap<string, string>): void {
  const edited = files.find(({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum)
  if (edited === undefined) return
  throw new Error(
    `The migration ${edited.name} was edited after it was applied. Restore it and add a new file.`,
  )
}

/** Files that take something away are named `NNNN_remove_…`: a version that does not know one may need what is gone. */
const REMOVES = /^\d+_remove_/

function newerThan(
  files: readonly Migration[],
  applied: readonly string[],
  beside: boolean,
): readonly string[] {
  const known = new Set(files.map(({ name }) => name))
  const newer = applied.filter((name) => !known.has(name)).sort()
  const last = files.at(-1)?.name ?? ''
  const refused = newer.find((name) => !beside || name < last || REMOVES.test(name))
  if (refused === undefined) return newer
  throw new Error(
    `The database was migrated by a newer OneRouter (${refused} is unknown here). Update this one.`,
  )
}

async function apply(client: pg.Client, file: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    // The row first: whoever else applies the same file waits here and then fails, instead of doing it twice.
    await client.query('INSERT INTO schema_migration (name, checksum) VALUES ($1, $2)', [
      file.name,
      file.checksum,
    ])
    await client.query(file.sql)
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK')
    throw new Error(`The migration ${file.name} failed: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  }
}
