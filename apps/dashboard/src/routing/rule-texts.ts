import type {
  RoutingConditions,
  RoutingDay,
  RoutingRule,
  RoutingStrategy,
  RoutingUse,
  Service,
} from 'onerouter'
import { PAYMENT_PROVIDERS } from '../payments/provider-names.ts'
import { choice, given, textOf } from '../ui/given.ts'

export const STRATEGIES: readonly RoutingStrategy[] = ['order', 'split', 'least_cost', 'success_rate']
export const DAYS: readonly RoutingDay[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
/** Who comes after those that the strategy names. */
export const FALLBACKS = ['everybody', 'nobody', 'these'] as const
export type Fallback = (typeof FALLBACKS)[number]
const MINUTE = 16

export const fallbackOf = ({ fallback }: RoutingUse): Fallback =>
  fallback === undefined ? 'everybody' : fallback.length === 0 ? 'nobody' : 'these'

/** `EUR, USD` of a list. */
export const listText = (values: readonly string[] | undefined): string => (values ?? []).join(', ')

const listIn = (text: string | undefined): readonly string[] | undefined => {
  const values = (text ?? '').split(/[\s,]+/).filter(Boolean)
  return values.length === 0 ? undefined : values
}

/** One line for each name and value. */
export const metadataText = (metadata: RoutingConditions['metadata']): string =>
  Object.entries(metadata ?? {})
    .flatMap(([name, values]) => values.map((value) => `${name}: ${value}`))
    .join('\n')

function metadataIn(text: string | undefined): RoutingConditions['metadata'] | undefined {
  const found = new Map<string, string[]>()
  for (const line of (text ?? '').split('\n')) {
    const [name = '', ...rest] = line.split(':')
    if (name.trim() !== '') found.set(name.trim(), [...(found.get(name.trim()) ?? []), rest.join(':').trim()])
  }
  return found.size === 0 ? undefined : Object.fromEntries(found)
}

/** An instant as a `datetime-local` field has it, in the reader's own zone. */
export function localText(instant: string | undefined): string {
  if (instant === undefined) return ''
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, MINUTE)
}

/** A field that was not touched keeps what it stood for, exactly. */
const kept = <T>(text: string | undefined, shown: string, was: T | undefined, read: T | undefined) =>
  (text ?? '') === shown.trim() ? was : read

const number = (text: string | undefined): number | undefined =>
  text === undefined || !/^\d+$/.test(text) ? undefined : Number.parseInt(text, 10)

/** Services in the order of the fields `name-1`, `name-2`, … */
const servicesIn = (form: FormData, name: string): readonly Service[] =>
  PAYMENT_PROVIDERS.flatMap(
    (_, place) => choice(PAYMENT_PROVIDERS, textOf(form, `${name}-${place + 1}`)) ?? [],
  )

const checkedIn = <T extends string>(form: FormData, name: string, values: readonly T[]): readonly T[] =>
  values.filter((value) => form.get(`${name}-${value}`) === 'on')

/** What the form's fields say about whom a payment goes to. */
export function routeIn(form: FormData): RoutingUse {
  const strategy = choice(STRATEGIES, textOf(form, 'strategy')) ?? 'order'
  const fallback = choice(FALLBACKS, textOf(form, 'fallback'))
  const parts = {
    fallback: fallback === 'these' ? servicesIn(form, 'after') : fallback === 'nobody' ? [] : undefined,
  }
  if (strategy === 'order') return { strategy, providers: servicesIn(form, 'place'), ...given(parts) }
  if (strategy === 'split') {
    const weights = PAYMENT_PROVIDERS.flatMap((provider) => {
      const weight = number(textOf(form, `weight-${provider}`)) ?? 0
      return weight === 0 ? [] : [{ provider, weight }]
    })
    return { strategy, weights, ...given(parts) }
  }
  const among = checkedIn(form, 'among', PAYMENT_PROVIDERS)
  return {
    strategy,
    ...given({
      ...parts,
      providers: among.length === 0 || among.length === PAYMENT_PROVIDERS.length ? undefined : among,
      minSamples: number(textOf(form, 'min-samples')),
      explorePercent: number(textOf(form, 'explore-percent')),
    }),
  }
}

/** What the form's fields say about which payments a rule is for; `before` is what they were filled with. */
export function whenIn(form: FormData, before: RoutingConditions): RoutingConditions {
  const text = (name: string) => textOf(form, name)
  const { metadata, time } = before
  const amount = given({ min: text('amount-min'), max: text('amount-max') })
  const days = checkedIn(form, 'day', DAYS)
  const instant = (name: 'starts-at' | 'ends-at', was: string | undefined) => {
    const local = text(name)
    return kept(local, localText(was), was, local && new Date(local).toISOString())
  }
  const when = given({
    days: days.length === 0 ? undefined : days,
    from: text('from'),
    to: text('to'),
    timeZone: text('time-zone'),
    startsAt: instant('starts-at', time?.startsAt),
    endsAt: instant('ends-at', time?.endsAt),
  })
  return given({
    currencies: listIn(text('currencies')?.toUpperCase()),
    countries: listIn(text('countries')?.toUpperCase()),
    methods: listIn(text('methods')),
    customers: listIn(text('customers')),
    amount: Object.keys(amount).length === 0 ? undefined : amount,
    metadata: kept(text('metadata'), metadataText(metadata), metadata, metadataIn(text('metadata'))),
    time: Object.keys(when).length === 0 ? undefined : when,
  })
}

/** The rule that a form describes. */
export function ruleIn(form: FormData, before: RoutingRule): RoutingRule {
  const when = whenIn(form, before.when ?? {})
  return {
    name: textOf(form, 'name') ?? '',
    ...given({ enabled: before.enabled, when: Object.keys(when).length === 0 ? undefined : when }),
    use: routeIn(form),
  }
}
