/** The figures of a run as a table that fits a terminal and a Markdown page alike. */
import { VERDICTS, type Violation } from './books.ts'
import type { ChaosOptions } from './options.ts'
import type { Reconciled } from './reconcile.ts'
import type { ChaosResult } from './run.ts'

const SHOWN = 25
const SHOWN_CHARS = 2_000

export function report(options: ChaosOptions, result: ChaosResult, commit: string): string {
  const lines = [
    `seed ${options.seed} · ${options.minutes} min · ${options.clients} clients · commit ${commit}`,
    '',
    '| figure | value |',
    '|---|---|',
    ...rowsOf(result).map(([name, value]) => `| ${name} | ${value} |`),
  ]
  return [...lines, ...listed(result.violations)].join('\n')
}

/** The first of them, each on a line. */
export function listed(violations: readonly Violation[]): string[] {
  const lines = violations
    .slice(0, SHOWN)
    .map(({ verdict, what }) => `VIOLATION ${verdict}: ${what.slice(0, SHOWN_CHARS)}`)
  return violations.length > SHOWN ? [...lines, `… and ${violations.length - SHOWN} more`] : lines
}

function rowsOf(result: ChaosResult): (readonly [string, string])[] {
  const settled = result.unknowns.map((one) => one.settledMs).filter((ms) => ms !== null)
  const afterHeal = result.unknowns.map((one) => one.settledAfterHealMs).filter((ms) => ms !== null)
  const deeds = [...result.deeds].sort(([a], [b]) => (a < b ? -1 : 1))
  const captured = [...result.captured].map(([code, minor]) => `${minor} ${code}`).join(', ')
  const answered = Map.groupBy(result.wishes, (wish) => String(wish.answers[0]?.status ?? 'none'))
  const answers = [...answered].sort().map(([status, wishes]) => `${status} × ${wishes.length}`)
  return [
    ...deeds.map(([name, times]) => [name, String(times)] as const),
    ['wishes of clients (sent as requests)', `${result.wishes.length} (${result.requests})`],
    ['first definitive answers', answers.join(', ')],
    [
      'payments · refunds · orders at providers',
      `${result.payments} · ${result.refunds} · ${result.providerOrders}`,
    ],
    ['canceled, paid all the same, given back', String(result.compensated)],
    ['paid twice, and given back', String(result.duplicates)],
    ['captured, equal in both books (minor units)', captured],
    ['replays compared byte for byte', String(result.replays)],
    ['events delivered, compared by id (requests)', `${result.events} (${result.deliveries})`],
    ['PostgreSQL back after a crash', spread(result.recoveriesMs)],
    ['process ready again after its kill', spread(result.restartsMs)],
    ['outcomes that were unknown for a while', String(result.unknowns.length)],
    ['… settled after', spread(settled)],
    ['… still open when the faults ended, settled after', spread(afterHeal)],
    ['… settled within 60 s, the provider’s own outages included', share(settled)],
    ['… settled within 60 s once the faults had ended', share(afterHeal)],
    ['… slowest', slowest(result.unknowns)],
    ['everything settled after the end of the faults', seconds(result.convergedMs)],
    ['reconciliation, first look', countsOf(result.found)],
    ['reconciliation, last look', countsOf(result.reconciled)],
    ['**reconciliation, unexplained**', `**${result.reconciled.unexplained}**`],
    ...VERDICTS.map((verdict) => {
      const times = result.violations.filter((one) => one.verdict === verdict).length
      return [`**${verdict}**`, `**${times}**`] as const
    }),
  ]
}

function slowest(unknowns: ChaosResult['unknowns']): string {
  const sorted = unknowns.toSorted((a, b) => (b.settledMs ?? 0) - (a.settledMs ?? 0)).slice(0, 5)
  return (
    sorted.map((one) => `${one.provider} ${one.kind} ${seconds(one.settledMs ?? 0)}`).join(', ') || 'none'
  )
}

const countsOf = ({ counts }: Reconciled): string =>
  [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ') || 'none'

export const PROMISED_MS = 60_000

export function share(values: readonly number[]): string {
  if (values.length === 0) return 'none were open'
  const within = values.filter((ms) => ms <= PROMISED_MS).length
  return `${((100 * within) / values.length).toFixed(1)} % (${within} of ${values.length})`
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** Median, 99th percentile and longest. */
export function spread(values: readonly number[]): string {
  if (values.length === 0) return 'none'
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    seconds(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} (${values.length})`
}
