import type { Measured } from './cells.ts'
import { figure, paired, show } from './figures.ts'
import { table } from './report.ts'

export interface Compared {
  /** Over the column of subjects, and over their rate. */
  readonly what: string
  readonly per: string
  /** The others are measured by the first. */
  readonly subjects: readonly string[]
  readonly connections: readonly number[]
}

/** A row for each number of connections and subject. */
export function comparison(
  cells: readonly Measured[],
  { what, per, subjects, connections }: Compared,
): readonly string[] {
  const base = subjects[0] ?? ''
  const rows = connections.flatMap((count) =>
    subjects.map((subject) => {
      const where = { connections: count, delayMs: 0 }
      const like = { subject, ...where }
      return [
        subject,
        String(count),
        show(figure(cells, like, 'perSecond'), 0),
        show(paired(cells, subject, base, where, 'perSecond')),
        show(figure(cells, like, 'p50Ms')),
        show(figure(cells, like, 'p99Ms'), 1),
        show(figure(cells, like, 'serverMs'), 0),
        show(figure(cells, like, 'databaseMs'), 0),
      ]
    }),
  )
  const head = [what, 'connections', per, `× ${base}`, 'p50 ms', 'p99 ms']
  return table([...head, 'server CPU ms per 1,000', 'PostgreSQL CPU ms per 1,000'], rows)
}
