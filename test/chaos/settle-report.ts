/** The figures of `npm run chaos -- --settle`, by provider and kind of call. */
import type { SettleOptions } from './options.ts'
import { listed, PROMISED_MS, share, spread } from './report.ts'
import type { SettleResult } from './settle.ts'
import type { Unknown } from './settling.ts'

const SHARE_PROMISED = 0.99

export function settleReport(options: SettleOptions, result: SettleResult, commit: string): string {
  const { unknowns, violations } = result
  const groups = Map.groupBy(unknowns, ({ provider, kind }) => `${provider} ${kind}`)
  const rows = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `seed ${options.seed} · ${options.unknowns} calls · ${options.outageS} s away · commit ${commit}`,
    '',
    '| calls of unknown outcome | settled within 60 s once the provider answers | time until then |',
    '|---|---|---|',
    ...rows.map(([name, ones]) => rowOf(name, ones)),
    rowOf('**all**', unknowns),
    ...listed(violations),
  ].join('\n')
}

/** 99 of 100 within a minute, and every book right. */
export function keepsPromise({ unknowns, violations }: SettleResult): boolean {
  const within = timesOf(unknowns).filter((ms) => ms <= PROMISED_MS).length
  return violations.length === 0 && unknowns.length > 0 && within >= SHARE_PROMISED * unknowns.length
}

const timesOf = (unknowns: readonly Unknown[]): number[] =>
  unknowns.map((one) => one.settledAfterHealMs).filter((ms) => ms !== null)

const rowOf = (name: string, unknowns: readonly Unknown[]): string =>
  `| ${name} | ${share(timesOf(unknowns))} | ${spread(timesOf(unknowns))} |`
