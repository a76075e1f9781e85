import type { RoutingCandidate, RoutingRecord } from '../store/rows.ts'
import type { Decision } from './decide.ts'
import type { Candidate } from './payment.ts'

export interface Explained {
  readonly decision: Decision
  readonly candidates: readonly Candidate[]
  /** The request named the provider. */
  readonly named: boolean
}

/** What is kept with the payment while the `place`-th provider is in charge: every candidate, and why it won or fell. */
export function recordOf({ decision, candidates, named }: Explained, place: number): RoutingRecord {
  return {
    rule: ruleOf(decision, named),
    version: decision.version,
    name: decision.rule,
    strategy: decision.strategy,
    trial: decision.trial,
    candidates: byRank(decision, candidates).map((one) => judged(decision, one, place)),
  }
}

function ruleOf({ rule, strategy, ranked }: Decision, named: boolean): RoutingRecord['rule'] {
  if (named) return 'requested'
  if (rule !== null) return 'rule'
  if (strategy !== null) return 'default_rule'
  return ranked.length === 1 ? 'only_candidate' : 'default_order'
}

/** The ranked in their order, then the others as they were asked. */
function byRank({ ranked }: Decision, candidates: readonly Candidate[]): readonly Candidate[] {
  const place = ({ provider }: Candidate): number => {
    const found = ranked.findIndex((one) => one.provider === provider)
    return found < 0 ? ranked.length : found
  }
  return [...candidates].sort((a, b) => place(a) - place(b))
}

function judged(decision: Decision, candidate: Candidate, place: number): RoutingCandidate {
  const { provider, refusal, health } = candidate
  if (refusal !== null) return { provider, chosen: false, reason: refusal, score: null, health }
  const own = decision.ranked.findIndex((one) => one.provider === provider)
  const ranked = decision.ranked[own]
  if (ranked === undefined) {
    return { provider, chosen: false, reason: 'usable, but the rule leaves it out', score: null, health }
  }
  const { score, why } = ranked
  const plain = why === 'default order'
  if (own === place) {
    const reason = plain ? 'first usable in order' : why
    return { provider, chosen: true, reason, score, health }
  }
  const stands = own < place ? 'tried before, took nothing' : 'usable, later in order'
  return { provider, chosen: false, reason: plain ? stands : `${stands}: ${why}`, score, health }
}
