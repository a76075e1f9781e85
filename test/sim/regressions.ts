/** Histories that once failed, kept as lists of choices: every run begins with them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

export interface Regression {
  readonly name: string
  /** What it guards against, as a sentence. */
  readonly guards: string
  /** The kind of violation it showed. */
  readonly violation: string
  /** The seeded bug with which it shows that again, where there is one. */
  readonly mutant: string | null
  readonly choices: readonly number[]
}

const FOLDER = new URL('./regressions/', import.meta.url)

export function readRegression(file: URL): Regression {
  const name =
    file.pathname
      .split('/')
      .at(-1)
      ?.replace(/\.json$/, '') ?? ''
  const {
    guards,
    violation,
    mutant = null,
    choices,
  } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Regression> // checked below
  const isList = Array.isArray(choices) && choices.every((one) => Number.isInteger(one) && one >= 0)
  if (
    typeof guards !== 'string' ||
    typeof violation !== 'string' ||
    !isList ||
    !(mutant === null || typeof mutant === 'string')
  ) {
    throw new Error(`${file.pathname} is no kept history`)
  }
  return { name, guards, violation, mutant, choices }
}

export function readRegressions(): readonly Regression[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => readRegression(new URL(file, FOLDER)))
}

export function keepRegression({ name, ...rest }: Regression): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(new URL(`${name}.json`, FOLDER), `${JSON.stringify(rest)}\n`)
}
