import { ValidationError } from './errors.ts'

/**
 * A path with its values percent-encoded. A value that would name another resource is refused: empty, `.` and
 * `..`, which every URL parser removes, however they are encoded.
 */
export function path(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return strings.reduce((before, text, i) => before + segment(values[i - 1]) + text)
}

function segment(value: string | undefined): string {
  // Plain JavaScript can hand in anything.
  const text = typeof value === 'string' ? value : ''
  if (/^\.{0,2}$/.test(text)) {
    throw new ValidationError({
      code: 'invalid_argument',
      message: `An id is expected in the path, not ${JSON.stringify(value) ?? 'undefined'}.`,
    })
  }
  return encodeURIComponent(text)
}
