/** Turns a child's log line into what a person reads in a terminal. */

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: '',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
}

/** Fields that every line has, or that the text already says. */
const quiet = new Set(['level', 'time', 'pid', 'hostname', 'name', 'v', 'msg'])
const longestValue = 200
const longestLine = 2_000

/**
 * One readable line of a structured (pino) log record; any other text passes unchanged. Only shortens: what may be
 * logged at all was decided where the record was written.
 */
export function readable(line: string): string {
  const record = parseRecord(line)
  if (record === undefined) return cut(line, longestLine)
  const level = typeof record.level === 'number' ? (levels[record.level] ?? '') : ''
  const message = typeof record.msg === 'string' ? record.msg : ''
  const rest = Object.entries(record).flatMap(([name, value]) => (quiet.has(name) ? [] : field(name, value)))
  return cut([level, message, ...rest].filter((part) => part !== '').join(' '), longestLine)
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || !('level' in value)) return undefined
    return { ...value }
  } catch {
    return undefined
  }
}

function field(name: string, value: unknown): string[] {
  if (value === null || value === undefined || value === '') return []
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([inner, item]) =>
      typeof item === 'object'
        ? []
        : field(name === 'err' && inner === 'stack' ? '\n' : `${name}.${inner}`, item),
    )
  }
  if (name === '\n') return [`\n${String(value)}`]
  return [`${name}=${cut(String(value), longestValue)}`]
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}

/** Cuts a stream of chunks into lines; a line longer than `longest` characters is cut there. */
export function lineSplitter(take: (line: string) => void, longest = 65_536): (chunk: string) => void {
  let open = ''
  return (chunk) => {
    const lines = (open + chunk).split('\n')
    open = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') take(line.trimEnd())
    if (open.length > longest) {
      take(open)
      open = ''
    }
  }
}
