import type { RoundOptions } from './cells.ts'
import { SUBJECTS, type Subject } from './world.ts'

export interface Options extends RoundOptions {
  readonly subjects: readonly Subject[]
  /** Seconds at a steady rate, 0 = not at all. */
  readonly offerSeconds: number
  readonly write: boolean
}

const FULL = {
  rounds: 3,
  seconds: 5,
  connections: [1, 32, 128],
  delays: [0, 50],
  /** A server is cold for its first ten thousand creates: its processor time falls by a third meanwhile. */
  warmUpSeconds: 15,
  offerSeconds: 20,
}
/** Says that everything still runs; its figures say nothing. */
const SMOKE = { rounds: 1, seconds: 1, connections: [4], delays: [0], warmUpSeconds: 1, offerSeconds: 0 }

export function parseOptions(args: readonly string[]): Options {
  const base = args.includes('--smoke') ? SMOKE : FULL
  const given = (name: string): string | undefined => {
    const at = args.indexOf(`--${name}`)
    return at < 0 ? undefined : args[at + 1]
  }
  const number = (name: string, fallback: number): number => Number(given(name) ?? fallback)
  const list = (name: string, fallback: readonly number[]): readonly number[] =>
    given(name)?.split(',').map(Number) ?? fallback
  const named = given('subjects')?.split(',')
  return {
    subjects: SUBJECTS.filter((subject) => named === undefined || named.includes(subject)),
    rounds: number('rounds', base.rounds),
    seconds: number('seconds', base.seconds),
    connections: list('connections', base.connections),
    delays: list('delays', base.delays),
    warmUpSeconds: number('warm-up', base.warmUpSeconds),
    offerSeconds: number('offer', base.offerSeconds),
    write: args.includes('--write'),
  }
}
