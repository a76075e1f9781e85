/** A table as people read it and as a file has it: one description for both. */
export interface TextColumn<T> {
  readonly heading: string
  readonly text: (row: T) => string | number | null
  readonly right?: boolean
  /** An exact amount: people see it grouped, files have it as it is. */
  readonly money?: boolean
  /** Left out on small screens. */
  readonly wide?: boolean
}

/** RFC 4180. A text that a spreadsheet would take for a formula is told apart by an apostrophe. */
function field(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function csvOf<T>(columns: readonly TextColumn<T>[], rows: readonly T[]): string {
  const lines = [
    columns.map(({ heading }) => field(heading)),
    ...rows.map((row) => columns.map(({ text }) => field(text(row)))),
  ]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}
