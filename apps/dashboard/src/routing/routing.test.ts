import type { RoutingRule } from 'onerouter'
import { describe, expect, test } from 'vitest'
import { differences } from './diff.ts'
import { ruleInWords } from './in-words.ts'
import { faultyRules, problemAt } from './problems.ts'
import { fallbackOf, listText, localText, metadataText, ruleIn } from './rule-texts.ts'

const FULL: RoutingRule = {
  name: 'large in euros',
  when: {
    currencies: ['EUR'],
    countries: ['DE', 'AT'],
    methods: ['card'],
    customers: ['@example.com'],
    amount: { min: '1000.00', max: '9000.00' },
    metadata: { tier: ['gold', 'silver, old'], 'a:b': ['c'] },
    time: {
      days: ['mon', 'fri'],
      from: '22:00',
      to: '06:00',
      timeZone: 'Europe/Vienna',
      startsAt: '2026-11-01T10:20:30.000Z',
    },
  },
  use: { strategy: 'split', weights: [{ provider: 'paypal', weight: 30 }], fallback: ['stripe', 'razorpay'] },
}

/** The form as it is when nobody has touched it. */
function formOf({ name, when = {}, use }: RoutingRule): FormData {
  const form = new FormData()
  const set = (field: string, value: string | undefined) => form.set(field, value ?? '')
  set('name', name)
  set('currencies', listText(when.currencies))
  set('countries', listText(when.countries))
  set('methods', listText(when.methods))
  set('customers', listText(when.customers))
  set('amount-min', when.amount?.min)
  set('amount-max', when.amount?.max)
  set('metadata', metadataText(when.metadata))
  for (const day of when.time?.days ?? []) set(`day-${day}`, 'on')
  set('from', when.time?.from)
  set('to', when.time?.to)
  set('time-zone', when.time?.timeZone)
  set('starts-at', localText(when.time?.startsAt))
  set('ends-at', localText(when.time?.endsAt))
  set('strategy', use.strategy)
  set('fallback', fallbackOf(use))
  use.fallback?.forEach((service, place) => {
    set(`after-${place + 1}`, service)
  })
  use.providers?.forEach((service, place) => {
    set(`place-${place + 1}`, service)
    set(`among-${service}`, 'on')
  })
  for (const { provider, weight } of use.weights ?? []) set(`weight-${provider}`, String(weight))
  set('min-samples', use.minSamples?.toString())
  set('explore-percent', use.explorePercent?.toString())
  return form
}

describe('the form of a rule', () => {
  test.each<RoutingRule>([
    FULL,
    { name: 'all', use: { strategy: 'order', providers: ['razorpay', 'stripe'] } },
    { name: 'off', enabled: false, use: { strategy: 'order', providers: ['stripe'], fallback: [] } },
    {
      name: 'cheap',
      use: { strategy: 'least_cost', providers: ['paypal'], minSamples: 20, explorePercent: 0 },
    },
    { name: 'best', use: { strategy: 'success_rate' } },
  ])('left as it is says the same rule: $name', (rule) => {
    expect(ruleIn(formOf(rule), rule)).toEqual(rule)
  })

  test('a changed field changes its condition alone, and an emptied one takes it away', () => {
    const form = formOf(FULL)
    form.set('currencies', ' usd  eur')
    form.set('metadata', 'tier: bronze\ntier: tin\nurl: https://example.com')
    form.set('starts-at', '')
    const { when } = ruleIn(form, FULL)
    expect(when?.currencies).toEqual(['USD', 'EUR'])
    expect(when?.metadata).toEqual({ tier: ['bronze', 'tin'], url: ['https://example.com'] })
    expect(when?.time).not.toHaveProperty('startsAt')
    expect(when?.countries).toEqual(FULL.when?.countries)
  })
})

describe('the difference of two sets', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(
    (name): RoutingRule => ({ name, use: { strategy: 'order', providers: ['stripe'] } }),
  ) as [RoutingRule, RoutingRule, RoutingRule] // one for each of the three names

  test('names what came, went, changed and moved, and nothing else', () => {
    const changed: RoutingRule = { ...b, when: { currencies: ['EUR'] } }
    const found = differences({ rules: [a, b], default: null }, { rules: [changed, c], default: null })
    expect(found).toEqual([
      { name: 'b', kind: 'changed', gone: [], come: ['in EUR'] },
      { name: 'c', kind: 'added', gone: [], come: ruleInWords(c) },
      { name: 'a', kind: 'removed', gone: ruleInWords(a), come: [] },
    ])
    expect(differences({ rules: [a, b], default: null }, { rules: [b, a], default: null })).toMatchObject([
      { name: 'b', kind: 'moved' },
      { name: 'a', kind: 'moved' },
    ])
    expect(differences({ rules: [a, b], default: null }, { rules: [a, b], default: null })).toEqual([])
  })

  test('tells the default apart', () => {
    const [one] = differences(
      { rules: [], default: null },
      { rules: [], default: { strategy: 'least_cost', fallback: [] } },
    )
    expect(one).toMatchObject({
      gone: ['the default order'],
      come: ['to lowest real fees; nobody after that'],
    })
  })
})

test('what the API refuses is told at its field, with the entry of a list', () => {
  const problems = [
    { pointer: '/rules/1/when/currencies/1', detail: 'is no ISO 4217 currency' },
    { pointer: '/rules/10/name', detail: 'is the name of an earlier rule' },
  ]
  expect(problemAt(problems, '/rules/1/when/currencies')).toBe('entry 2 is no ISO 4217 currency')
  expect(problemAt(problems, '/rules/10/name')).toBe('is the name of an earlier rule')
  expect(problemAt(problems, '/rules/1/name')).toBeUndefined()
  expect(faultyRules(problems)).toEqual([1, 10])
})
