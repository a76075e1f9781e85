/**
 * Makes a failing history small: its choices are a list of numbers in which 0 means "nothing bad happens", so
 * parts of it are taken out or set to 0 for as long as the same violation shows. The rest is what it needs.
 */
export interface Shrunk {
  readonly choices: readonly number[]
  readonly runs: number
}

export interface ShrinkLimits {
  readonly runs: number
  readonly passes: number
}

const LIMITS: ShrinkLimits = { runs: 6_000, passes: 6 }

/** `fails`: whether these choices still show the same violation. */
export function shrink(
  found: readonly number[],
  fails: (choices: readonly number[]) => boolean,
  limits: ShrinkLimits = LIMITS,
): Shrunk {
  let best = trimmed(found)
  let runs = 0
  const keep = (candidate: readonly number[]): boolean => {
    if (runs >= limits.runs) return false
    runs += 1
    if (!fails(candidate)) return false
    best = trimmed(candidate)
    return true
  }
  for (let pass = 0; pass < limits.passes; pass++) {
    const before = weightOf(best)
    for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < best.length; ) {
        if (keep([...best.slice(0, at), ...best.slice(at + size)])) continue
        const part = best.slice(at, at + size)
        const zeroed = [...best.slice(0, at), ...part.map(() => 0), ...best.slice(at + size)]
        if (part.some((value) => value !== 0)) keep(zeroed)
        at += size
      }
    }
    if (weightOf(best) === before || runs >= limits.runs) break
  }
  return { choices: best, runs }
}

/** Choices past the end are 0 anyway. */
function trimmed(choices: readonly number[]): readonly number[] {
  let end = choices.length
  while (end > 0 && choices[end - 1] === 0) end -= 1
  return choices.slice(0, end)
}

const weightOf = (choices: readonly number[]): number =>
  choices.length * 2 + choices.filter((value) => value !== 0).length
