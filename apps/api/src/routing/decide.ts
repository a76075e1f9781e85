import type { RoutingUse } from '@onerouter/contract'
import type { Service } from '@onerouter/core'
import { unitOf } from './hash.ts'
import type { Candidate, RoutedPayment } from './payment.ts'
import type { CompiledRule, CompiledRules, Snapshot } from './snapshot.ts'
import { type Ranked, STRATEGIES } from './strategies.ts'

/** Who gets a payment, best first, and why. */
export interface Decision {
  readonly version: number
  readonly trial: boolean
  /** `null`: no rule matched. */
  readonly rule: string | null
  /** `null`: the default order. */
  readonly strategy: RoutingUse['strategy'] | null
  /** Empty when nobody can, or none of those the rule allows. */
  readonly ranked: readonly Ranked[]
  /** Those who could, but whom the rule leaves out. */
  readonly leftOut: readonly Service[]
}

/**
 * Orders the providers for one payment: a pure function of the snapshot, the payment and the candidates. Who cannot take
 * the payment is out before any rule is asked, so that no rule can bring it back.
 */
export function decide(
  snapshot: Snapshot,
  payment: RoutedPayment,
  candidates: readonly Candidate[],
): Decision {
  const able = candidates.filter(({ refusal }) => refusal === null).map(({ provider }) => provider)
  const trial = onTrial(snapshot, payment)
  const rules = trial && snapshot.trial !== null ? snapshot.trial.rules : snapshot.inForce
  const rule = firstMatch(rules, payment)
  const use = rule?.use ?? rules.default
  const salt = `${rules.version}/${rule?.name ?? ''}`
  const ranked = use === null ? byDefault(able) : byUse(use, able, { snapshot, payment, salt })
  return {
    version: rules.version,
    trial,
    rule: rule?.name ?? null,
    strategy: use?.strategy ?? null,
    ranked: sickLast(ranked, candidates),
    leftOut: able.filter((provider) => ranked.every((one) => one.provider !== provider)),
  }
}

function onTrial({ trial }: Snapshot, payment: RoutedPayment): boolean {
  return trial !== null && unitOf(payment.id, `trial/${trial.rules.version}`) * 100 < trial.percent
}

function firstMatch(rules: CompiledRules, payment: RoutedPayment): CompiledRule | null {
  const list = rules.byCurrency.get(payment.amount.currency) ?? rules.byCurrency.get('*') ?? []
  for (const rule of list) if (matches(rule, payment)) return rule
  return null
}

function matches({ tests }: CompiledRule, payment: RoutedPayment): boolean {
  for (const test of tests) if (!test(payment)) return false
  return true
}

function byDefault(able: readonly Service[]): readonly Ranked[] {
  return able.map((provider) => ({ provider, score: null, why: 'default order' }))
}

function byUse(
  use: RoutingUse,
  able: readonly Service[],
  by: { readonly snapshot: Snapshot; readonly payment: RoutedPayment; readonly salt: string },
): readonly Ranked[] {
  const { snapshot, payment, salt } = by
  const ranked = STRATEGIES[use.strategy](use, { payment, able, statistics: snapshot.statistics, salt })
  const rest = (use.fallback ?? able).filter(
    (provider) => able.includes(provider) && ranked.every((one) => one.provider !== provider),
  )
  return [...ranked, ...rest.map((provider) => ({ provider, score: null, why: 'fallback' }))]
}

/** Who is out of order goes to the end and stays a last resort: a wrong suspicion must not refuse a payment. */
function sickLast(ranked: readonly Ranked[], candidates: readonly Candidate[]): readonly Ranked[] {
  const sick = candidates.filter(({ health }) => health === 'open')
  if (sick.length === 0) return ranked
  const isSick = ({ provider }: Ranked) => sick.some((one) => one.provider === provider)
  const set = ranked.filter(isSick).map((one) => ({ ...one, why: `set back, its calls fail; ${one.why}` }))
  return [...ranked.filter((one) => !isSick(one)), ...set]
}
