import { describe, expect, test } from 'vitest'
import { disputes } from './conformance/disputes.ts'
import { faults } from './conformance/faults.ts'
import { lifecycle } from './conformance/lifecycle.ts'
import { lists } from './conformance/lists.ts'
import { missingParts } from './conformance/missing.ts'
import { publishProofs } from './conformance/proofs.ts'
import { refunding } from './conformance/refunds.ts'
import { safety } from './conformance/safety.ts'
import { webhooks } from './conformance/webhooks.ts'
import { type Expectations, type MakeWorld, openWorld } from './conformance/world.ts'

export type { Expectations, MakeWorld } from './conformance/world.ts'

/**
 * What every payment adapter promises, as one suite that runs unchanged over all of them against an emulated
 * provider. What a provider cannot do is asserted to be refused; nothing is skipped.
 */
export function providerConformance(name: string, expectations: Expectations, makeWorld: MakeWorld): void {
  const open = () => openWorld(makeWorld, expectations)
  const missing = missingParts(name, makeWorld)
  describe(`${name} keeps the provider contract`, () => {
    // One answer for a new adapter, instead of a hundred failures with the same cause.
    if (missing.length > 0) {
      test('has what the suite looks at', () => expect.fail(notYet(name, missing)))
      return
    }
    publishProofs(name, 'payments')
    describe('life of a payment', () => lifecycle(open))
    describe('refunds', () => refunding(open))
    describe('disputes', () => disputes(open))
    describe('failures on the way', () => faults(open))
    describe('lists', () => lists(open))
    describe('webhooks', () => webhooks(open))
    describe('money and secrets', () => safety(open, expectations))
  })
}

const notYet = (name: string, missing: readonly string[]): string =>
  [
    `${name} cannot be tried yet. Missing:`,
    ...missing.map((part) => `  - ${part}`),
    'docs/internals/adding-a-provider.md says how each is written; packages/providers/src/spec.ts what each must promise.',
  ].join('\n')
