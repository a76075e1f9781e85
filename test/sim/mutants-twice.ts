/** Bugs with money that comes beside a payment's own. */
import type { Mutant } from './mutate.ts'

const DUPLICATES = 'apps/api/src/engine/duplicates.ts'

export const TWICE_MUTANTS: readonly Mutant[] = [
  {
    name: 'second-payment-kept',
    hazard: 'what a second payment took for one order stays with the merchant',
    file: DUPLICATES,
    find: 'if (row.captured === 0n || row.provider_payment_id === null) return []',
    replace: "if (row.provider_payment_id !== '') return []",
  },
  {
    name: 'leading-payment-is-own',
    hazard: 'the payment that leads at the provider is taken for the one that was booked',
    file: DUPLICATES,
    find: 'const own = duplicates.find((one) => one.paymentRef === row.provider_payment_id)',
    replace: "const own = duplicates.find((one) => one.paymentRef === '')",
  },
  {
    name: 'duplicate-given-back-from-own',
    hazard: 'the refund of what came twice is taken from the payment’s own money',
    file: DUPLICATES,
    find: 'paymentRef: payment_ref,',
    replace: 'paymentRef: payment.provider_payment_id ?? payment_ref,',
  },
  {
    name: 'duplicate-believed-back',
    hazard: 'what came twice counts as given back before the provider says so',
    file: 'apps/api/src/engine/give-back.ts',
    find: "if (went >= operation.amount) return ok('back')",
    replace: "if (went <= operation.amount) return ok('back')",
  },
]
