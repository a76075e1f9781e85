import type { RoutingConditions, RoutingRule, RoutingUse } from '@onerouter/contract'
import {
  ApiError,
  exponentOf,
  type FieldProblem,
  parseCurrency,
  parseDecimal,
  parseId,
  type Service,
} from '@onerouter/core'
import { ROUTABLE } from './payment.ts'
import { isZone } from './time.ts'

interface Written {
  readonly rules?: readonly RoutingRule[] | undefined
  readonly default?: RoutingUse | undefined
}

const SHOWN_MAX = 20

/**
 * What a schema cannot say of rules: whether they mean anything.
 * @throws ApiError invalid_request with a pointer to each thing that does not.
 */
export function assertRules({ rules = [], default: fallThrough }: Written): void {
  const problems: FieldProblem[] = []
  const names = new Set<string>()
  for (const [i, rule] of rules.entries()) {
    const at = `/rules/${i}`
    if (names.has(rule.name))
      problems.push({ pointer: `${at}/name`, detail: 'is the name of an earlier rule' })
    names.add(rule.name)
    problems.push(...aboutConditions(rule.when ?? {}, `${at}/when`), ...aboutUse(rule.use, `${at}/use`))
  }
  if (fallThrough !== undefined) problems.push(...aboutUse(fallThrough, '/default'))
  const [first] = problems
  if (first === undefined) return
  throw new ApiError('invalid_request', `${first.pointer} ${first.detail}.`, {
    errors: problems.slice(0, SHOWN_MAX),
  })
}

function aboutUse(use: RoutingUse, at: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  const { strategy, providers, weights, fallback } = use
  if (strategy === 'split' && weights === undefined) {
    problems.push({ pointer: `${at}/weights`, detail: 'is required for split' })
  }
  if (strategy === 'split' && providers !== undefined) {
    problems.push({ pointer: `${at}/providers`, detail: 'does not go with split, which has weights' })
  }
  if (strategy !== 'split' && weights !== undefined) {
    problems.push({ pointer: `${at}/weights`, detail: 'goes with split only' })
  }
  if (strategy === 'order' && providers === undefined) {
    problems.push({ pointer: `${at}/providers`, detail: 'is required for order' })
  }
  for (const name of ['min_samples', 'explore_percent'] as const) {
    if (use[name] === undefined || strategy === 'least_cost' || strategy === 'success_rate') continue
    problems.push({ pointer: `${at}/${name}`, detail: 'goes with least_cost and success_rate only' })
  }
  problems.push(
    ...aboutServices(providers ?? [], (i) => `${at}/providers/${i}`),
    ...aboutServices(weights?.map(({ provider }) => provider) ?? [], (i) => `${at}/weights/${i}/provider`),
    ...aboutServices(fallback ?? [], (i) => `${at}/fallback/${i}`),
  )
  return problems
}

function aboutServices(services: readonly Service[], at: (i: number) => string): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  for (const [i, service] of services.entries()) {
    if (!ROUTABLE.includes(service)) problems.push({ pointer: at(i), detail: 'takes no payments' })
    else if (services.indexOf(service) !== i) problems.push({ pointer: at(i), detail: 'is named twice' })
  }
  return problems
}

function aboutConditions(when: RoutingConditions, at: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  for (const [i, code] of (when.currencies ?? []).entries()) {
    if (parseCurrency(code) !== undefined) continue
    problems.push({ pointer: `${at}/currencies/${i}`, detail: 'is no ISO 4217 currency' })
  }
  for (const [i, code] of (when.countries ?? []).entries()) {
    if (/^[A-Za-z]{2}$/.test(code)) continue
    problems.push({ pointer: `${at}/countries/${i}`, detail: 'must be a country by ISO 3166-1, such as IN' })
  }
  for (const [i, one] of (when.customers ?? []).entries()) {
    if (/^[^@\s]*@[^@\s]+$/.test(one) || parseId('customer', one) !== undefined) continue
    problems.push({
      pointer: `${at}/customers/${i}`,
      detail: 'must be an e-mail address, @ and a domain, or the id of a customer',
    })
  }
  problems.push(...aboutAmount(when, at), ...aboutTime(when.time ?? {}, `${at}/time`))
  return problems
}

function aboutAmount({ amount, currencies }: RoutingConditions, at: string): readonly FieldProblem[] {
  if (amount === undefined) return []
  const code = currencies?.length === 1 ? parseCurrency(currencies[0] ?? '') : undefined
  if (code === undefined) {
    return [{ pointer: `${at}/amount`, detail: 'needs exactly one currency in currencies' }]
  }
  const problems: FieldProblem[] = []
  const read = (name: 'min' | 'max'): bigint | undefined => {
    const text = amount[name]
    if (text === undefined) return undefined
    const minor = parseDecimal(text, exponentOf(code))
    if (minor === undefined) {
      problems.push({ pointer: `${at}/amount/${name}`, detail: `must be an amount of ${code}, as text` })
    }
    return minor
  }
  const min = read('min')
  const max = read('max')
  if (min !== undefined && max !== undefined && min > max) {
    problems.push({ pointer: `${at}/amount/max`, detail: 'must not be less than min' })
  }
  return problems
}

function aboutTime(time: NonNullable<RoutingConditions['time']>, at: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  if (time.time_zone !== undefined && !isZone(time.time_zone)) {
    problems.push({ pointer: `${at}/time_zone`, detail: 'is no time zone, such as Asia/Kolkata' })
  }
  if (time.from !== undefined && time.from === time.to) {
    problems.push({ pointer: `${at}/to`, detail: 'must differ from from' })
  }
  for (const name of ['starts_at', 'ends_at'] as const) {
    const text = time[name]
    if (text === undefined || (RFC3339.test(text) && !Number.isNaN(Date.parse(text)))) continue
    problems.push({ pointer: `${at}/${name}`, detail: 'must be an RFC 3339 time' })
  }
  return problems
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i
