import { words } from './badge.tsx'
import type { Option } from './field.tsx'

/** Values of the API as the options of a filter or a form. */
export const optionsOf = (values: readonly string[]): readonly Option[] =>
  values.map((value) => [value, words(value)])

/** The start of a day that a date field names, for `created[gte]`. */
export function since(day: string | undefined): { readonly gte: string } | undefined {
  return day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(day) ? { gte: `${day}T00:00:00Z` } : undefined
}
