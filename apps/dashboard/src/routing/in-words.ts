import type { RoutingConditions, RoutingRule, RoutingUse, Service } from 'onerouter'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { listText, localText } from './rule-texts.ts'

const names = (services: readonly Service[]): string =>
  services.map((service) => PROVIDER_NAMES[service]).join(', then ')

/** Which payments, one condition in each line; empty for all of them. */
export function conditionsInWords(when: RoutingConditions = {}): readonly string[] {
  const { currencies, countries, methods, customers, amount, metadata, time } = when
  const lines: string[] = []
  if (currencies !== undefined) lines.push(`in ${listText(currencies)}`)
  if (amount?.min !== undefined) lines.push(`of at least ${amount.min}`)
  if (amount?.max !== undefined) lines.push(`of at most ${amount.max}`)
  if (countries !== undefined) lines.push(`from ${listText(countries)}`)
  if (methods !== undefined) lines.push(`by ${listText(methods)}`)
  if (customers !== undefined) lines.push(`of ${listText(customers)}`)
  for (const [name, values] of Object.entries(metadata ?? {})) lines.push(`${name} is ${values.join(' or ')}`)
  if (time?.days !== undefined) lines.push(`on ${listText(time.days)}`)
  if (time?.from !== undefined || time?.to !== undefined)
    lines.push(`between ${time.from ?? '00:00'} and ${time.to ?? '24:00'}`)
  if (time?.timeZone !== undefined) lines.push(`by the clock of ${time.timeZone}`)
  if (time?.startsAt !== undefined) lines.push(`from ${localText(time.startsAt).replace('T', ' ')} on`)
  if (time?.endsAt !== undefined) lines.push(`until ${localText(time.endsAt).replace('T', ' ')}`)
  return lines
}

function strategyInWords({ strategy, providers, weights = [] }: RoutingUse): string {
  switch (strategy) {
    case 'order':
      return names(providers ?? [])
    case 'split': {
      const all = weights.reduce((sum, { weight }) => sum + weight, 0)
      return weights
        .map(({ provider, weight }) => `${PROVIDER_NAMES[provider]} ${Math.round((weight / all) * 100)} %`)
        .join(', ')
    }
    case 'least_cost':
      return `lowest real fees${providers === undefined ? '' : ` among ${listOf(providers)}`}`
    case 'success_rate':
      return `highest success rate${providers === undefined ? '' : ` among ${listOf(providers)}`}`
  }
}

const listOf = (services: readonly Service[]): string => services.map((one) => PROVIDER_NAMES[one]).join(', ')

/** Whom a payment goes to, and who comes after. */
export function routeInWords(use: RoutingUse): string {
  const first = strategyInWords(use)
  if (use.fallback === undefined) return `${first}; then everybody else who can`
  return use.fallback.length === 0 ? `${first}; nobody after that` : `${first}; then ${names(use.fallback)}`
}

/** A whole rule as lines, to be compared. */
export function ruleInWords(rule: RoutingRule): readonly string[] {
  const { minSamples, explorePercent } = rule.use
  return [
    ...(rule.enabled === false ? ['switched off'] : []),
    ...conditionsInWords(rule.when),
    `to ${routeInWords(rule.use)}`,
    ...(minSamples === undefined ? [] : [`at least ${minSamples} observations`]),
    ...(explorePercent === undefined ? [] : [`${explorePercent} % to explore`]),
  ]
}
