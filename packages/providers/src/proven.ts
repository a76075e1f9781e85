import type { Service } from '@onerouter/core'
import results from './conformance-results.json' with { type: 'json' }

/** An operation that the conformance suite has seen succeed at this provider. */
export interface ProvenOperation {
  readonly operation: string
  readonly suite: string
  readonly test: string
  /** The day this test first showed it. */
  readonly since: string
  /** The day its suite last ran for publication. */
  readonly lastRun: string
}

/** What executed tests prove of a provider; written by `npm run gen -- --conformance`, held by every test run. */
export function provenOperations(provider: Service): readonly ProvenOperation[] {
  return Object.entries(results)
    .filter(([key]) => key.startsWith(`${provider}/`))
    .flatMap(([, { suite, lastRun, proofs }]) => proofs.map((proof) => ({ ...proof, suite, lastRun })))
}
