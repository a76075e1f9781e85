import { isRecord } from '../kernel/http.ts'
import { type Detail, type JsonObject, PaypalRefusal } from './errors.ts'
import { fromMinor, type Money, type MoneyProblem, parseValue } from './money.ts'

/**
 * Reading a request body. Problems are collected, not thrown one by one, because PayPal reports all of a
 * body's schema violations (400) at once, and business rules (422) only for a body that has none.
 */
export interface Findings {
  readonly schema: Detail[]
  readonly rules: Detail[]
}

export const newFindings = (): Findings => ({ schema: [], rules: [] })

export function settle(findings: Findings): void {
  if (findings.schema.length > 0) throw new PaypalRefusal(400, findings.schema)
  if (findings.rules.length > 0) throw new PaypalRefusal(422, findings.rules)
}

export function asObject(value: unknown, field: string, findings: Findings): JsonObject | undefined {
  if (value === undefined || value === null) return undefined
  if (isRecord(value)) return value
  findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field, location: 'body' })
  return undefined
}

export function asText(
  value: unknown,
  field: string,
  findings: Findings,
  rule: {
    readonly max: number
    readonly min?: number
    readonly required?: boolean
    readonly tooLong?: string
  },
): string | undefined {
  if (value === undefined || value === null) {
    if (rule.required === true) missing(field, findings)
    return undefined
  }
  if (typeof value !== 'string') {
    findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field, location: 'body' })
    return undefined
  }
  if (value.length < (rule.min ?? 1) || value.length > rule.max) {
    const issue =
      value.length > rule.max ? (rule.tooLong ?? 'INVALID_STRING_LENGTH') : 'INVALID_STRING_LENGTH'
    findings.schema.push({ issue, field, value: value.slice(0, 300), location: 'body' })
    return undefined
  }
  return value
}

export function asChoice<T extends string>(
  value: unknown,
  field: string,
  findings: Findings,
  choices: readonly T[],
): T | undefined {
  if (value === undefined || value === null) return undefined
  const found = choices.find((choice) => choice === value)
  if (found === undefined) {
    const shown = typeof value === 'string' ? { value } : {}
    findings.schema.push({ issue: 'INVALID_PARAMETER_VALUE', field, ...shown, location: 'body' })
  }
  return found
}

/** A URL the payer's browser may be sent to; anything but http(s) would be a script or a local file. */
export function asUrl(value: unknown, field: string, findings: Findings): string | undefined {
  const text = asText(value, field, findings, { max: 4000 })
  if (text === undefined) return undefined
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  findings.schema.push({ issue: 'INVALID_PARAMETER_SYNTAX', field, value: text, location: 'body' })
  return undefined
}

export const missing = (field: string, findings: Findings): void => {
  findings.schema.push({ issue: 'MISSING_REQUIRED_PARAMETER', field, location: 'body' })
}

const SCHEMA_PROBLEMS: ReadonlySet<MoneyProblem> = new Set([
  'INVALID_PARAMETER_SYNTAX',
  'INVALID_STRING_LENGTH',
])

/** An amount, normalised to the currency's decimals. `zero`: a breakdown part or a tax may be 0. */
export function asMoney(
  value: unknown,
  field: string,
  findings: Findings,
  rule: { readonly zero?: boolean; readonly required?: boolean } = {},
): Money | undefined {
  if ((value === undefined || value === null) && rule.required === true) missing(field, findings)
  const object = asObject(value, field, findings)
  if (object === undefined) return undefined
  const currencyField = `${field}/currency_code`
  const currency = asText(object.currency_code, currencyField, findings, { min: 3, max: 3, required: true })
  const text = asText(object.value, `${field}/value`, findings, { max: 32, required: true })
  if (currency === undefined || text === undefined) return undefined

  const parsed = parseValue(currency, text)
  if (!parsed.ok) {
    const { problem } = parsed
    const at = problem === 'INVALID_CURRENCY_CODE' ? currencyField : `${field}/value`
    const shown = problem === 'INVALID_CURRENCY_CODE' ? currency : text
    const list = SCHEMA_PROBLEMS.has(problem) ? findings.schema : findings.rules
    list.push({ issue: problem, field: at, value: shown, location: 'body' })
    return undefined
  }
  if (parsed.minor < 0n || (parsed.minor === 0n && rule.zero !== true)) {
    const issue = rule.zero === true ? 'CANNOT_BE_NEGATIVE' : 'CANNOT_BE_ZERO_OR_NEGATIVE'
    findings.rules.push({ issue, field: `${field}/value`, value: text, location: 'body' })
    return undefined
  }
  return fromMinor(currency, parsed.minor)
}
