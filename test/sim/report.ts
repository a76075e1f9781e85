/** What a run found, as pages of the documentation: written by the command itself, never by hand. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Hunted, medianOf } from './hunt.ts'
import { MARK_NAMES, MARKS } from './marks.ts'
import type { Options } from './options.ts'
import type { RunResult } from './pool.ts'

const ROOT = new URL('../../', import.meta.url)
const pageOf = (name: string): URL => new URL(`docs/internals/${name}.md`, ROOT)

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: fileURLToPath(ROOT), encoding: 'utf8', timeout: 10_000 }).trim()
}

/** Of the tree as it ran: changes that are not committed are said. */
function commit(): string {
  const dirty = git('status', '--porcelain', '--', 'apps', 'packages', 'test') !== ''
  return `\`${git('rev-parse', '--short=12', 'HEAD')}\`${dirty ? ' with changes that were not committed' : ''}`
}

function machine(): string {
  const all = cpus()
  return `${all.length} cores (${all[0]?.model.trim() ?? 'unknown'}), Node ${process.version}`
}

const number = (value: number): string => Math.round(value).toLocaleString('en')

export function writeRunReport(options: Options, result: RunResult): void {
  const { histories, events, cpuMs, wallMs, marks } = result
  const command = `npm run sim -- --seed ${options.seed} --histories ${histories} --report`
  const rows: readonly (readonly [string, string])[] = [
    ['seeds', `${number(options.seed)} to ${number(options.seed + histories - 1)}`],
    ['histories', number(histories)],
    ['events', number(events)],
    ['violations', String(result.found.length)],
    ['marks reached', `${MARK_NAMES.filter((name) => marks.has(name)).length} of ${MARK_NAMES.length}`],
    ['time', `${number(wallMs / 1_000)} s on ${options.workers} workers`],
    ['histories per second of processor time', number(histories / (cpuMs / 1_000))],
    ['commit', commit()],
    ['machine', machine()],
    ['day', new Date().toISOString().slice(0, 10)],
  ]
  const text = [
    '# Report of a simulation run',
    '',
    `Written by \`${command}\`. What it means: [simulation.md](simulation.md).`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
    '',
    '## How often each situation was reached',
    '',
    '| mark | situation | times |',
    '|---|---|---:|',
    ...MARK_NAMES.map((name) => `| ${name} | ${MARKS[name]} | ${number(marks.get(name) ?? 0)} |`),
    '',
  ].join('\n')
  writeFileSync(pageOf('simulation-report'), text)
  console.log('Written: docs/internals/simulation-report.md')
}

export function writeMutantReport(options: Options, hunted: readonly Hunted[]): void {
  const most = Math.max(...hunted.map((one) => one.histories ?? 0))
  const text = [
    '# Seeded bugs, and how soon the simulator finds them',
    '',
    `Written by \`npm run sim -- --mutants --seed ${options.seed} --histories ${options.histories} --report\` at`,
    `commit ${commit()}. Each bug is put into the engine while it is loaded, one at a time, and histories are run`,
    'from the same seed until one shows a violation. What it means: [simulation.md](simulation.md).',
    '',
    `**${hunted.length} bugs, all found; median ${medianOf(hunted)} histories, most ${number(most)}.**`,
    '',
    '| bug | what goes wrong | histories until found | seen as |',
    '|---|---|---:|---|',
    ...hunted.map(
      ({ mutant, histories, violation }) =>
        `| ${mutant.name} | ${mutant.hazard} | ${histories} | ${violation} |`,
    ),
    '',
  ].join('\n')
  writeFileSync(pageOf('mutants'), text)
  console.log('Written: docs/internals/mutants.md')
}
