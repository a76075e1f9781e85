import type { RoutingRule, RoutingUse } from 'onerouter'
import { routeInWords, ruleInWords } from './in-words.ts'

export interface RuleSet {
  readonly rules: readonly RoutingRule[]
  readonly default: RoutingUse | null
}

/** One rule that is not the same in both. Lines are in words, as people compare them. */
export interface Difference {
  readonly name: string
  readonly kind: 'added' | 'removed' | 'changed' | 'moved'
  readonly gone: readonly string[]
  readonly come: readonly string[]
}

const DEFAULT = 'Everything else'
const defaultLines = (use: RoutingUse | null) => [
  use === null ? 'the default order' : `to ${routeInWords(use)}`,
]
const without = (lines: readonly string[], others: readonly string[]) =>
  lines.filter((line) => !others.includes(line))

/** What changes from one set of rules to another. Rules are told apart by their names, which are unique in a set. */
export function differences(before: RuleSet, after: RuleSet): readonly Difference[] {
  const names = (set: RuleSet, other: RuleSet) =>
    set.rules.map(({ name }) => name).filter((name) => other.rules.some((one) => one.name === name))
  const [was, is] = [names(before, after), names(after, before)]
  const written = after.rules.map((rule) => {
    const old = before.rules.find(({ name }) => name === rule.name)
    return changeOf(old, rule, was.indexOf(rule.name) !== is.indexOf(rule.name))
  })
  const removed = before.rules
    .filter(({ name }) => !is.includes(name))
    .map(({ name, ...rule }) => difference(name, 'removed', ruleInWords({ name, ...rule }), []))
  const [gone, come] = [defaultLines(before.default), defaultLines(after.default)]
  const rest = gone[0] === come[0] ? [] : [difference(DEFAULT, 'changed', gone, come)]
  return [...written.filter((one) => one !== null), ...removed, ...rest]
}

function changeOf(old: RoutingRule | undefined, rule: RoutingRule, moved: boolean): Difference | null {
  const come = ruleInWords(rule)
  if (old === undefined) return difference(rule.name, 'added', [], come)
  const gone = ruleInWords(old)
  if (come.join('\n') !== gone.join('\n'))
    return difference(rule.name, 'changed', without(gone, come), without(come, gone))
  return moved ? difference(rule.name, 'moved', [], []) : null
}

const difference = (
  name: string,
  kind: Difference['kind'],
  gone: readonly string[],
  come: readonly string[],
): Difference => ({ name, kind, gone, come })
