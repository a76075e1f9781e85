/** A seeded bug: one place of the engine's source, replaced while the module is loaded. The tree is never edited. */
import { readFileSync } from 'node:fs'
import type { LoadHookSync } from 'node:module'

export interface Mutant {
  readonly name: string
  /** From the repository's root. */
  readonly file: string
  readonly find: string
  readonly replace: string
  /** What goes wrong in the world with it. */
  readonly hazard: string
}

const ROOT = new URL('../../', import.meta.url)

/** Changes the one file of the mutant on its way into the module loader. */
export function mutate(mutant: Mutant): LoadHookSync {
  const target = new URL(mutant.file, ROOT).href
  return (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (url !== target) return loaded
    return { ...loaded, source: mutated(mutant, String(loaded.source)) }
  }
}

/** The text must occur exactly once: a mutant that changes nothing, or more than it says, proves nothing. */
export function mutated({ name, file, find, replace }: Mutant, source: string): string {
  const [before, after, ...more] = source.split(find)
  if (before === undefined || after === undefined || more.length > 0) {
    const times = more.length === 0 ? 'no longer occurs' : `occurs ${more.length + 1} times`
    throw new Error(`mutant ${name}: its text ${times} in ${file}; the table must follow the engine`)
  }
  return before + replace + after
}

/** What is wrong with the table, if anything: found before anything is run. */
export function problemsOf(mutants: readonly Mutant[]): string[] {
  const problems: string[] = []
  const names = new Set<string>()
  for (const mutant of mutants) {
    if (names.has(mutant.name)) problems.push(`mutant ${mutant.name}: the name is taken`)
    names.add(mutant.name)
    try {
      mutated(mutant, readFileSync(new URL(mutant.file, ROOT), 'utf8'))
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  return problems
}
