import type { InputHTMLAttributes } from 'react'
import { Field } from '../ui/field.tsx'

/** What is wrong at a place of the rule that is being written, such as `/amount/max`. */
export type ProblemAt = (place: string) => string | undefined

interface PlacedFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  /** Where its value is in the rule: the API says by it what is wrong. Also its name, if that is left out. */
  readonly at: string
  readonly label: string
  readonly hint?: string | undefined
  readonly problem: ProblemAt
}

/** `/time_zone` as forms name it: `time-zone`. */
const nameOf = (place: string): string => place.slice(1).replaceAll(/[/_]/g, '-')

/** A text field for one value of a rule, told what the API says of that value. */
export function PlacedField({ at, problem, ...field }: PlacedFieldProps) {
  return <Field name={nameOf(at)} {...field} problem={problem(at)} />
}
