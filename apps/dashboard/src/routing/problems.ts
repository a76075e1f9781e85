import { type FieldError, OneRouterError } from 'onerouter'

/** What the API says about the fields of a form, by their JSON pointers. */
export type Problems = readonly FieldError[]

export const problemsOf = (error: unknown): Problems => (error instanceof OneRouterError ? error.errors : [])

const isIn = (pointer: string, place: string): boolean => pointer === place || pointer.startsWith(`${place}/`)

/** What is wrong at this place of the body or inside it, in a sentence; `undefined` when nothing is. */
export function problemAt(problems: Problems, place: string): string | undefined {
  const found = problems.filter(({ pointer }) => isIn(pointer, place))
  if (found.length === 0) return undefined
  return found.map(({ pointer, detail }) => `${inside(pointer, place)}${detail}`).join('; ')
}

/** `entry 2: ` for something inside a list; nothing for the field itself. */
function inside(pointer: string, place: string): string {
  const entry = /^\/(\d+)/.exec(pointer.slice(place.length))?.[1]
  return entry === undefined ? '' : `entry ${Number.parseInt(entry, 10) + 1} `
}

/** The rules that something is wrong with, by their places. */
export const faultyRules = (problems: Problems): readonly number[] => [
  ...new Set(
    problems.flatMap(({ pointer }) => {
      const place = /^\/rules\/(\d+)/.exec(pointer)?.[1]
      return place === undefined ? [] : [Number.parseInt(place, 10)]
    }),
  ),
]
