import type { Measured } from './cells.ts'

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median =
    sorted.length % 2 === 1
      ? (sorted[middle] ?? Number.NaN)
      : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN }
}

export type Figure = 'perSecond' | 'p50Ms' | 'p99Ms' | 'serverMs' | 'databaseMs'

const at = (
  cells: readonly Measured[],
  like: Pick<Measured, 'subject' | 'connections' | 'delayMs'>,
): Measured[] =>
  cells.filter(
    (cell) =>
      cell.problems.length === 0 &&
      cell.subject === like.subject &&
      cell.connections === like.connections &&
      cell.delayMs === like.delayMs,
  )

export function figure(
  cells: readonly Measured[],
  like: Pick<Measured, 'subject' | 'connections' | 'delayMs'>,
  name: Figure,
): Spread {
  return spreadOf(at(cells, like).map((cell) => cell[name]))
}

/** The ratio of two subjects in each round by itself: what slows both cancels out. */
export function paired(
  cells: readonly Measured[],
  over: string,
  under: string,
  where: Pick<Measured, 'connections' | 'delayMs'>,
  name: Figure,
): Spread {
  const unders = at(cells, { subject: under, ...where })
  return spreadOf(
    at(cells, { subject: over, ...where }).flatMap((cell) => {
      const rival = unders.find(({ round }) => round === cell.round)
      return rival === undefined ? [] : [cell[name] / rival[name]]
    }),
  )
}

export function show({ median, min, max }: Spread, digits = 2): string {
  if (Number.isNaN(median)) return 'did not count'
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`
}
