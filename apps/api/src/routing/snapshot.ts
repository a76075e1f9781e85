import type { RoutingUse } from '@onerouter/contract'
import type { RoutingRules } from '../store/tables.ts'
import { compileConditions, type Test } from './conditions.ts'
import { indexObservations, type Observation, type Statistics } from './statistics.ts'
import { createZones } from './time.ts'

export interface CompiledRule {
  readonly name: string
  readonly tests: readonly Test[]
  readonly use: RoutingUse
}

export interface CompiledRules {
  readonly version: number
  /** The rules that can match a currency, in order; `*` for currencies that no rule names. */
  readonly byCurrency: ReadonlyMap<string, readonly CompiledRule[]>
  readonly default: RoutingUse | null
}

/** Everything a decision needs, made once and never changed: the same snapshot decides the same way for ever. */
export interface Snapshot {
  readonly inForce: CompiledRules
  readonly trial: { readonly rules: CompiledRules; readonly percent: number } | null
  readonly statistics: Statistics
}

export function compileRules(version: number, set: RoutingRules): CompiledRules {
  const zones = createZones()
  const enabled = set.rules.filter((rule) => rule.enabled !== false)
  const compiled = enabled.map((rule) => ({
    currencies: rule.when?.currencies?.map((code) => code.toUpperCase()) ?? null,
    rule: { name: rule.name, tests: compileConditions(rule.when ?? {}, zones), use: rule.use },
  }))
  const named = new Set(compiled.flatMap(({ currencies }) => currencies ?? []))
  const rulesFor = (currency: string | null) =>
    compiled
      .filter(({ currencies }) => currencies === null || (currency !== null && currencies.includes(currency)))
      .map(({ rule }) => rule)
  const byCurrency = new Map([...named].map((currency) => [currency, rulesFor(currency)]))
  byCurrency.set('*', rulesFor(null))
  return { version, byCurrency, default: set.default }
}

export interface StoredPolicy {
  readonly version: number
  readonly rules: RoutingRules
  readonly trial: { readonly version: number; readonly percent: number; readonly rules: RoutingRules } | null
}

export const NO_POLICY: StoredPolicy = { version: 0, rules: { rules: [], default: null }, trial: null }

export function makeSnapshot(policy: StoredPolicy, observations: readonly Observation[]): Snapshot {
  const { trial } = policy
  return {
    inForce: compileRules(policy.version, policy.rules),
    trial:
      trial === null ? null : { rules: compileRules(trial.version, trial.rules), percent: trial.percent },
    statistics: indexObservations(observations),
  }
}

/** Without a rule, without anything observed: the default order. */
export const NO_RULES: Snapshot = makeSnapshot(NO_POLICY, [])

/** Whether any rule goes by what was observed; where none does, nothing needs to be counted. */
export function needsObservations(policy: StoredPolicy): boolean {
  return [policy.rules, ...(policy.trial === null ? [] : [policy.trial.rules])].some((set) =>
    [set.default, ...set.rules.map(({ use }) => use)].some(
      (use) => use?.strategy === 'least_cost' || use?.strategy === 'success_rate',
    ),
  )
}
