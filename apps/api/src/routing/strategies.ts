import type { RoutingUse } from '@onerouter/contract'
import type { Service } from '@onerouter/core'
import { unitOf } from './hash.ts'
import type { RoutedPayment } from './payment.ts'
import type { Estimate, Statistics } from './statistics.ts'

/** A provider in its place. `score`: what it was ranked by; more is better except for costs. */
export interface Ranked {
  readonly provider: Service
  readonly score: number | null
  readonly why: string
}

export interface Ranking {
  readonly payment: RoutedPayment
  /** Who can take the payment, in the default order. */
  readonly able: readonly Service[]
  readonly statistics: Statistics
  /** Names the rule and its version: two rules draw independently of each other. */
  readonly salt: string
}

export type Strategy = (use: RoutingUse, ranking: Ranking) => readonly Ranked[]

export const STRATEGIES: Readonly<Record<RoutingUse['strategy'], Strategy>> = {
  order: inOrder,
  split: drawn,
  least_cost: (use, ranking) => observed(use, ranking, ranking.statistics.cost, COST),
  success_rate: (use, ranking) => observed(use, ranking, ranking.statistics.success, SUCCESS),
}

function inOrder(use: RoutingUse, { able }: Ranking): readonly Ranked[] {
  return takingPart(use, able).map((provider, i) => ({
    provider,
    score: null,
    why: `place ${i + 1} in the rule's order`,
  }))
}

/**
 * Weighted rendezvous hashing: each provider draws, the highest draw wins, and shares come out as the weights say. A
 * provider that cannot take the payment loses only its own share, to the others in their proportion.
 */
function drawn(use: RoutingUse, { able, payment, salt }: Ranking): readonly Ranked[] {
  const weights = (use.weights ?? []).filter(({ provider }) => able.includes(provider))
  return weights
    .map(({ provider, weight }) => {
      const score = weight / -Math.log(unitOf(payment.id, salt, provider))
      return {
        provider,
        score: rounded(score),
        exact: score,
        why: `drew ${score.toFixed(1)} with weight ${weight}`,
      }
    })
    .sort((a, b) => b.exact - a.exact)
    .map(({ provider, score, why }) => ({ provider, score, why }))
}

interface Kind {
  readonly better: (a: number, b: number) => number
  readonly words: (estimate: Estimate) => string
}
const percent = (rate: number): string => `${(rate * 100).toFixed(2)} %`
const COST: Kind = {
  better: (a, b) => a - b,
  words: ({ rate, samples, about }) =>
    `costs ${percent(rate)}, from ${samples} payments of the same ${about}`,
}
const SUCCESS: Kind = {
  better: (a, b) => b - a,
  words: ({ rate, samples, about }) =>
    `${percent(rate)} succeed, from ${samples} payments of the same ${about}`,
}

const MIN_SAMPLES = 50
const EXPLORE_PERCENT = 5

/**
 * The best observed first; of whom too little is known comes after them, except for a few payments that go there so
 * that something becomes known.
 */
function observed(
  use: RoutingUse,
  { able, payment, salt }: Ranking,
  estimate: Statistics['success'],
  kind: Kind,
): readonly Ranked[] {
  const { method, country } = payment
  const asked = { method, country, currency: payment.amount.currency }
  const known: { readonly ranked: Ranked; readonly rate: number }[] = []
  const unknown: Ranked[] = []
  for (const provider of takingPart(use, able)) {
    const found = estimate(provider, asked, use.min_samples ?? MIN_SAMPLES)
    if (found === null) unknown.push({ provider, score: null, why: 'too few payments observed' })
    else {
      const ranked = { provider, score: rounded(found.rate), why: kind.words(found) }
      known.push({ ranked, rate: found.rate })
    }
  }
  const best = known.sort((a, b) => kind.better(a.rate, b.rate)).map(({ ranked }) => ranked)
  if (unknown.length === 0 || best.length === 0) return [...best, ...unknown]
  const explore = (use.explore_percent ?? EXPLORE_PERCENT) / 100
  if (unitOf(payment.id, salt, 'explore') >= explore) return [...best, ...unknown]
  const first = unknown[Math.floor(unitOf(payment.id, salt, 'which') * unknown.length)]
  if (first === undefined) return [...best, ...unknown]
  const tried = { ...first, why: 'tried so that something becomes known of it' }
  return [tried, ...best, ...unknown.filter((one) => one !== first)]
}

/** In the rule's own order, which also breaks ties. */
function takingPart({ providers }: RoutingUse, able: readonly Service[]): readonly Service[] {
  return providers === undefined ? able : providers.filter((provider) => able.includes(provider))
}

const rounded = (score: number): number => Math.round(score * 10_000) / 10_000
