import { readFile, writeFile } from 'node:fs/promises'
import { arch, cpus, totalmem } from 'node:os'
import type { Measured } from './cells.ts'
import { spreadOf } from './figures.ts'

/** Said only when it is so; the smoke test looks for it. */
export const SOUND = "Every counted answer is in the provider's book once and in the tables."

const FILE = new URL('../../docs/benchmarks.md', import.meta.url)

export function machine(cells: readonly Pick<Measured, 'loadAverage'>[]): string {
  const load = spreadOf(cells.map(({ loadAverage }) => loadAverage))
  const what = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}, ${arch()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`
  return `${what}; everything on it: load generator, provider stub, server, PostgreSQL. Load average ${load.min.toFixed(0)} to ${load.max.toFixed(0)} while it ran.`
}

/** Puts a section in place of the one of the same name, and leaves the rest of the page as it is. */
export async function writeSection(name: string, lines: readonly string[]): Promise<void> {
  const page = await readFile(FILE, 'utf8')
  const begin = `<!-- ${name} -->`
  const end = `<!-- end of ${name} -->`
  const text = [begin, '', ...lines, '', end].join('\n')
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  const next =
    before === undefined || after === undefined ? `${page.trimEnd()}\n\n${text}\n` : before + text + after
  await writeFile(FILE, next)
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ]
}
