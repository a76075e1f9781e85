import type { AnalyticsInterval, AnalyticsOverviewParams } from 'onerouter'
import { PAYMENT_PROVIDERS } from '../payments/provider-names.ts'
import type { Environment } from '../session/client.ts'
import type { Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { INTERVALS } from './range.ts'
import type { KeyNames } from './series.ts'

export type GroupBy = 'provider' | 'method' | 'currency' | 'key'
const GROUPS: readonly GroupBy[] = ['provider', 'method', 'currency', 'key']

/** What a page of numbers asks, read from its address. */
export interface Question {
  /** The range's name; which instants it means depends on when it is asked. */
  readonly range: string | undefined
  readonly interval: AnalyticsInterval | undefined
  readonly group: GroupBy | undefined
  readonly zone: string
  /** As the API takes it, without the range. */
  readonly asked: Omit<AnalyticsOverviewParams, 'from' | 'to'>
  readonly keyNames: KeyNames
}
export interface QuestionProps {
  readonly question: Question
}

const isZone = (name: string | undefined): name is string => {
  try {
    return name !== undefined && new Intl.DateTimeFormat(undefined, { timeZone: name }) !== undefined
  } catch {
    return false // a name that nobody knows: the reader's own zone is used
  }
}

export function questionOf(chosen: Filters, environment: Environment, keyNames: KeyNames): Question {
  const { range, currency, method, key } = chosen
  const named = chosen['zone']
  const zone = isZone(named) ? named : Intl.DateTimeFormat().resolvedOptions().timeZone
  return {
    range,
    interval: choice(INTERVALS, chosen['interval']),
    group: choice(GROUPS, chosen['group']),
    zone,
    asked: {
      environment,
      timezone: zone,
      ...given({
        provider: choice(PAYMENT_PROVIDERS, chosen['provider']),
        currency: /^[A-Za-z]{3}$/.test(currency ?? '') ? currency?.toUpperCase() : undefined,
        method,
        keyId: key,
      }),
    },
    keyNames,
  }
}
