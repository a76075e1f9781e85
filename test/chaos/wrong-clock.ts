/** Processes whose clocks are wrong, by libfaketime. */
import { spawnSync } from 'node:child_process'

/** What a process must find in its environment for its clock to be so many seconds off. */
export type WrongClock = (skewS: number) => Readonly<Record<string, string>>

const ANSWER_WITHIN_MS = 20_000

/**
 * `null` where the machine has no `faketime`. It only tells where its library is: run under the command itself, a program
 * is a child of it, which a kill of the command leaves alive.
 */
export function findWrongClock(): WrongClock | null {
  const asked = spawnSync('faketime', ['-m', '-f', '+1s', 'printenv', 'LD_PRELOAD'], {
    encoding: 'utf8',
    timeout: ANSWER_WITHIN_MS,
  })
  const library = asked.status === 0 ? asked.stdout.trim() : ''
  if (library === '') return null
  return (skewS) =>
    skewS === 0 ? {} : { LD_PRELOAD: library, FAKETIME: `${skewS > 0 ? '+' : '-'}${Math.abs(skewS)}s` }
}
