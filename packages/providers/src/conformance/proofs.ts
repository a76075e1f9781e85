import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import type { Provider } from '../spec.ts'

/** An operation that a passing test has seen succeed. */
export interface Proof {
  readonly operation: string
  /** The first test, in the order of the suite, that shows it. */
  readonly test: string
  /** The day this test first showed it. */
  readonly since: string
}

export interface ProviderProofs {
  readonly suite: string
  /** Tests in the suite: a run of fewer was a filtered one and proves no absence. */
  readonly tests: number
  /** The day of the run that was published. */
  readonly lastRun: string
  readonly proofs: readonly Proof[]
}

const COMMITTED = new URL('../conformance-results.json', import.meta.url)
const GROUPS = [
  'credentials',
  'payments',
  'refunds',
  'disputes',
  'savedMethods',
  'subscriptions',
  'messages',
  'webhooks',
] as const

/** What the running test has seen succeed. */
let seen = new Set<string>()

/**
 * The same provider, which notes every operation that succeeds: an outcome that is ok, or a signature that holds.
 * Pure members prove nothing and are left as they are.
 */
export function proving(provider: Provider): Provider {
  const wrapped = GROUPS.flatMap((group) => {
    const members = provider[group]
    return members === undefined ? [] : [[group, noting(group, members)] as const]
  })
  return { ...provider, ...Object.fromEntries(wrapped) }
}

function noting(group: string, members: object): object {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]: [string, unknown]) => [
      name,
      isVerb(member) ? notingVerb(`${group}.${name}`, member) : member,
    ]),
  )
}

const isVerb = (member: unknown): member is Verb => typeof member === 'function'

type Verb = (...args: readonly unknown[]) => unknown

function notingVerb(operation: string, verb: Verb): (...args: readonly unknown[]) => unknown {
  return (...args) => {
    const answer: unknown = verb(...args)
    if (!(answer instanceof Promise)) return answer
    return answer.then((outcome: unknown) => {
      if (succeeded(outcome)) seen.add(operation)
      return outcome
    })
  }
}

function succeeded(outcome: unknown): boolean {
  if (typeof outcome !== 'object' || outcome === null) return false
  return ('kind' in outcome && outcome.kind === 'ok') || ('ok' in outcome && outcome.ok === true)
}

/** Notes what a test of OneRouter's own has seen succeed over a provider. */
export const saw = (operation: string): void => void seen.add(operation)

/** Call inside the suite's `describe`: holds what this run proves equal to what is published. */
export function publishProofs(provider: string, suite: string): void {
  const key = `${provider}/${suite}`
  const proven = new Map<string, string[]>()
  let tests = 0
  // What earlier files saw in this worker proves nothing here.
  beforeEach(() => {
    seen = new Set()
  })
  afterEach(({ task }) => {
    tests += 1
    if (task.result?.state !== 'fail') {
      for (const operation of seen) proven.set(operation, [...(proven.get(operation) ?? []), task.name])
    }
    seen = new Set()
  })
  afterAll(() => {
    const all = readResults()
    const today = process.env['ONEROUTER_WRITE_CONFORMANCE']
    if (today !== undefined) {
      const old = all[key]?.proofs ?? []
      const proofs = [...proven].sort(byOperation).map(([operation, names]): Proof => {
        const test = names[0] ?? ''
        const same = old.find((proof) => proof.operation === operation && proof.test === test)
        return { operation, test, since: same?.since ?? today }
      })
      const results = Object.entries({ ...all, [key]: { suite, tests, lastRun: today, proofs } }).sort(
        byOperation,
      )
      writeFileSync(COMMITTED, `${JSON.stringify(Object.fromEntries(results), null, 2)}\n`)
      return
    }
    const published = all[key]
    if (published === undefined || tests < published.tests) return
    const stale = 'what is proven differs from what is published (run: npm run gen -- --conformance)'
    expect([...proven.keys()].sort(), stale).toEqual(published.proofs.map(({ operation }) => operation))
    for (const { operation, test } of published.proofs) expect(proven.get(operation), stale).toContain(test)
  })
}

const byOperation = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1

function readResults(): Readonly<Record<string, ProviderProofs>> {
  try {
    return JSON.parse(readFileSync(COMMITTED, 'utf8')) // written above, by this very file
  } catch {
    return {}
  }
}
