import type { Service } from '@onerouter/core'

/** What came of an account's own payments, per provider, method, currency and country. */
export interface Observation {
  readonly provider: Service
  readonly method: string | null
  readonly currency: string
  readonly country: string | null
  /** Charges that came to an end, or should have. */
  readonly attempts: number
  readonly succeeded: number
  /** Payments whose fee is known, what they came to and what the provider kept, in minor units of the currency. */
  readonly priced: number
  readonly paid: bigint
  readonly fees: bigint
}

/** A share between 0 and 1, how many payments say so, and how like the asked one those were. */
export interface Estimate {
  readonly rate: number
  readonly samples: number
  readonly about: string
}

export interface Statistics {
  success(provider: Service, asked: Asked, minSamples: number): Estimate | null
  cost(provider: Service, asked: Asked, minSamples: number): Estimate | null
}

export interface Asked {
  readonly method: string | null
  readonly currency: string
  readonly country: string | null
}

interface Sum {
  attempts: number
  succeeded: number
  priced: number
  paid: bigint
  fees: bigint
}

const PPM = 1_000_000n
const ANY = '*'
const keyOf = (provider: Service, method: string, currency: string, country: string): string =>
  `${provider}/${currency}/${method}/${country}`

/**
 * Sums at four widths, made once per snapshot. The narrowest with enough samples answers: like method, currency and
 * country; like method and currency; like currency; for success, which knows no currency, all of the provider.
 */
export function indexObservations(observations: readonly Observation[]): Statistics {
  const sums = new Map<string, Sum>()
  for (const one of observations) {
    const { provider, currency } = one
    const method = one.method ?? ''
    add(sums, keyOf(provider, method, currency, one.country ?? ''), one)
    add(sums, keyOf(provider, method, currency, ANY), one)
    add(sums, keyOf(provider, ANY, currency, ANY), one)
    add(sums, keyOf(provider, ANY, ANY, ANY), one)
  }
  const widths = (provider: Service, { method, currency, country }: Asked) => [
    [keyOf(provider, method ?? '', currency, country ?? ''), 'method, currency and country'],
    [keyOf(provider, method ?? '', currency, ANY), 'method and currency'],
    [keyOf(provider, ANY, currency, ANY), 'currency'],
    [keyOf(provider, ANY, ANY, ANY), 'provider'],
  ]
  return {
    success(provider, asked, minSamples) {
      for (const [key = '', about = ''] of widths(provider, asked)) {
        const sum = sums.get(key)
        if (sum === undefined || sum.attempts < minSamples) continue
        // Laplace's rule: a few lucky payments are not a certainty.
        return { rate: (sum.succeeded + 1) / (sum.attempts + 2), samples: sum.attempts, about }
      }
      return null
    },
    cost(provider, asked, minSamples) {
      for (const [key = '', about = ''] of widths(provider, asked).slice(0, 3)) {
        const sum = sums.get(key)
        if (sum === undefined || sum.priced < minSamples || sum.paid <= 0n) continue
        return { rate: Number((sum.fees * PPM) / sum.paid) / Number(PPM), samples: sum.priced, about }
      }
      return null
    },
  }
}

function add(sums: Map<string, Sum>, key: string, one: Observation): void {
  const sum = sums.get(key) ?? { attempts: 0, succeeded: 0, priced: 0, paid: 0n, fees: 0n }
  sum.attempts += one.attempts
  sum.succeeded += one.succeeded
  sum.priced += one.priced
  sum.paid += one.paid
  sum.fees += one.fees
  sums.set(key, sum)
}
