/** A history as a sequence diagram: Mermaid text, readable as it is. */
import type { TraceLine } from './history.ts'

const LINES_MAX = 300

export function sequenceDiagram(trace: readonly TraceLine[]): string {
  const actors = new Map<string, string>()
  for (const { from, to } of trace) {
    for (const name of [from, to]) if (!actors.has(name)) actors.set(name, `p${actors.size}`)
  }
  const shown = trace.slice(0, LINES_MAX)
  const lines = shown.map(({ atMs, from, to, text }) => {
    const said = `${timeOf(atMs)} ${text.replace(/[;#\n]/g, ' ')}`
    return `  ${actors.get(from)}->>${actors.get(to)}: ${said}`
  })
  const left = trace.length - shown.length
  return [
    'sequenceDiagram',
    ...[...actors].map(([name, alias]) => `  participant ${alias} as ${name}`),
    ...lines,
    ...(left > 0 ? [`  %% … and ${left} more steps`] : []),
  ].join('\n')
}

/** Since the beginning of the history. */
function timeOf(ms: number): string {
  const seconds = ms / 1_000
  if (seconds < 120) return `${seconds.toFixed(3)} s`
  return seconds < 7_200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3_600).toFixed(1)} h`
}
