/** A seeded bug: one place of the engine's source, replaced while the module is loaded. The tree is never edited. */
import { readFileSync } from 'node:fs'
import type { LoadHookSync } from 'node:module'

export interface Edit {
  /** From the repository's root. */
  readonly file: string
  /** Occurs there exactly once. */
  readonly find: string
  readonly replace: string
}

export interface Mutant extends Edit {
  readonly name: string
  /** What goes wrong in the world with it. */
  readonly hazard: string
  /** Where a second wall stands behind the first: both must fall for the bug to show. */
  readonly also?: readonly Edit[]
}

const ROOT = new URL('../../', import.meta.url)

const editsOf = (mutant: Mutant): readonly Edit[] => [mutant, ...(mutant.also ?? [])]

/** Changes the files of the mutant on their way into the module loader. */
export function mutate(mutant: Mutant): LoadHookSync {
  return (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    const edits = editsOf(mutant).filter(({ file }) => new URL(file, ROOT).href === url)
    if (edits.length === 0) return loaded
    return { ...loaded, source: edits.reduce((source, edit) => edited(edit, source), String(loaded.source)) }
  }
}

/** The text must occur exactly once: a bug that changes nothing, or more than it says, proves nothing. */
export function edited({ file, find, replace }: Edit, source: string): string {
  const [before, after, ...more] = source.split(find)
  if (before === undefined || after === undefined || more.length > 0) {
    const times = after === undefined ? 'no longer occurs' : `occurs ${more.length + 1} times`
    throw new Error(`"${find}" ${times} in ${file}; the table of mutants must follow the engine`)
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
    for (const edit of editsOf(mutant)) {
      try {
        edited(edit, readFileSync(new URL(edit.file, ROOT), 'utf8'))
      } catch (error) {
        problems.push(`mutant ${mutant.name}: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
  return problems
}
