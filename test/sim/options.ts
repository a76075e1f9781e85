/** What `npm run sim` can be told. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export interface Options {
  readonly seed: number
  readonly histories: number
  readonly workers: number
  /** A seed or the file of a kept history, run once and shown. */
  readonly replay: string | null
  readonly mutants: boolean
  /** Only these mutants. */
  readonly only: readonly string[]
  readonly report: boolean
  /** The first failing history is kept under this name. */
  readonly keep: string | null
}

export const USAGE = `npm run sim -- [--seed N] [--histories M] [--workers W]   kept histories, then M fresh ones from seed N
npm run sim -- --replay SEED|FILE                         one history, shown step by step
npm run sim -- --mutants [--only NAME,…] [--report]       every seeded bug, until it is found
  --report        writes what was found to docs/internals
  --keep NAME     keeps the first failing history in test/sim/regressions`

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      histories: { type: 'string', default: '10000' },
      workers: { type: 'string', default: String(Math.min(availableParallelism(), 16)) },
      replay: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      report: { type: 'boolean', default: false },
      keep: { type: 'string' },
    },
  })
  return {
    seed: whole('seed', values.seed, 0),
    histories: whole('histories', values.histories, 1),
    workers: whole('workers', values.workers, 1),
    replay: values.replay ?? null,
    mutants: values.mutants,
    only: values.only === '' ? [] : values.only.split(','),
    report: values.report,
    keep: values.keep ?? null,
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`--${name} must be a whole number of at least ${least}, not "${text}"`)
  }
  return value
}
