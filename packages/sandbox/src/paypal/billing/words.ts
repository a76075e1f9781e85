import type { Detail } from '../errors.ts'

/** Texts of the v1 APIs where they differ from Orders v2 (Subscriptions v1 reference, error messages). */
const TEXTS: Readonly<Record<string, string>> = {
  MISSING_REQUIRED_PARAMETER: 'A required field is missing.',
  INVALID_PARAMETER_SYNTAX: 'The value of a field does not conform to the expected format.',
  INVALID_PARAMETER_VALUE: 'The value of a field is invalid.',
  INVALID_STRING_MIN_LENGTH: 'The value of a field is too short.',
  INVALID_STRING_MAX_LENGTH: 'The value of a field is too long.',
  INVALID_INTEGER_MIN_VALUE: 'The integer value of a field is too small.',
  INVALID_INTEGER_MAX_VALUE: 'The integer value of a field is too large.',
  INVALID_PATCH_PATH: 'The specified field cannot be patched.',
}

/** v1 tells short from long, where v2 has one issue for both. */
export function inV1Words(detail: Detail): Detail {
  const short = (detail.value ?? '').length < 3
  const length = short ? 'INVALID_STRING_MIN_LENGTH' : 'INVALID_STRING_MAX_LENGTH'
  const issue = detail.issue === 'INVALID_STRING_LENGTH' ? length : detail.issue
  const description = detail.description ?? TEXTS[issue]
  return { ...detail, issue, ...(description === undefined ? {} : { description }) }
}
