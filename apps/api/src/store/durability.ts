/** What asks about settings needs of a database. */
export interface Asked {
  readonly engine: {
    query(text: string, values: unknown[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>
  }
}

const RISKS: Readonly<Record<string, string>> = {
  fsync: 'a crash of its machine can lose or damage everything that was committed',
  full_page_writes: 'a crash of its machine can leave torn pages behind',
  synchronous_commit: 'a crash can forget payments whose creation was confirmed',
}

/** In words, what the database does not do to keep what it has confirmed; empty where it keeps its word. */
export async function durabilityProblems({ engine }: Asked): Promise<string[]> {
  const { rows } = await engine.query(
    `select name from pg_settings where name = any($1::text[]) and setting = 'off' order by name`,
    [Object.keys(RISKS)],
  )
  return rows.map(({ name }) => `PostgreSQL runs with ${String(name)} = off: ${RISKS[String(name)] ?? ''}`)
}

/**
 * Commits that are not durable are for development alone. @throws Error in words where `mustKeep` and the
 * database would forget.
 */
export async function requireDurable(
  db: Asked,
  mustKeep: boolean,
  warn: (problem: string) => void,
): Promise<void> {
  const problems = await durabilityProblems(db)
  if (mustKeep && problems.length > 0) {
    throw new Error(`${problems.join('\n')}\nSet it to on, or do not run with ENVIRONMENT=production.`)
  }
  for (const problem of problems) warn(problem)
}
