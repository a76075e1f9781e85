/** Bugs in what the store promises: seeded in the store in memory, where they stand for a wrong statement in SQL. */
import type { Mutant } from './mutate.ts'

const STORE = 'test/sim/memory-store.ts'
const TABLES = 'test/sim/memory-tables.ts'
const READS = 'test/sim/memory-reads.ts'

export const STORE_MUTANTS: readonly Mutant[] = [
  {
    name: 'keys-not-unique',
    hazard: 'two requests with one key are both the first',
    file: TABLES,
    find: 'if (work.tables.idempotency.has(key)) return false',
    replace: '',
  },
  {
    name: 'keys-of-all-accounts',
    hazard: 'a key of one account answers another',
    file: TABLES,
    find: '`${ref.account_id}|${ref.environment}|${ref.key}`',
    replace: '`${ref.key}`',
  },
  {
    name: 'payment-writers-not-fenced',
    hazard: 'who read an old version writes over the new one',
    file: STORE,
    find: 'if (row === null || row.version !== payment.version - 1) throw stale()\n        const next',
    replace: 'if (row === null) throw stale()\n        const next',
  },
  {
    name: 'refunds-not-reserved',
    hazard: 'refunds that arrive together exceed the capture',
    file: STORE,
    find: "if (row === null || row.status !== 'succeeded' || left < refund.amount) {",
    replace: "if (row === null || row.status !== 'succeeded' || left < 0n) {",
    also: [
      {
        file: TABLES,
        find: "if (row.refunded + row.refund_pending > row.captured) throw check('refunds_within_captured')",
        replace: '',
      },
    ],
  },
  {
    name: 'events-not-in-the-commit',
    hazard: 'a payment moves without telling',
    file: STORE,
    find: 'insertEvents(work, events)\n        answer(work, stored, operation)\n        return true\n      }),\n    settleRefund',
    replace: 'answer(work, stored, operation)\n        return true\n      }),\n    settleRefund',
  },
  {
    name: 'lease-without-end',
    hazard: 'work taken by a process that dies is never taken again',
    file: READS,
    find: 'const taken = { ...row, due_at: at(leaseMs), tries: row.tries + 1 }',
    replace: 'const taken = { ...row, due_at: at(leaseMs * 1e5), tries: row.tries + 1 }',
  },
  {
    name: 'inbox-forgets',
    hazard: 'a webhook that waits is not looked at again',
    file: READS,
    find: '...{ state, reason, payment_id: paymentId, due_at: at(dueMs), applied_at },',
    replace: '...{ state, reason, payment_id: paymentId, due_at: at(null && dueMs), applied_at },',
  },
  {
    name: 'found-for-another-account',
    hazard: 'a payment of another account is found by its id',
    file: READS,
    find: 'getPaymentOfAccount(accountId, environments, id) {\n      const row = tables.payment.get(id)\n      return row?.account_id === accountId',
    replace:
      'getPaymentOfAccount(accountId, environments, id) {\n      const row = [...tables.payment.values()].find((one) => one.account_id !== accountId) ?? tables.payment.get(id)\n      return row',
  },
  {
    name: 'refund-without-totals',
    hazard: 'a refund is settled and the payment does not know',
    file: STORE,
    find: 'refunded: payment.refunded + refundedDelta,',
    replace: 'refunded: payment.refunded,',
  },
  {
    name: 'claim-kept-by-refund',
    hazard: 'a key is claimed although its refund was refused',
    file: STORE,
    find: "throw new SqlError('OR001', 'the payment does not allow this any more')",
    replace: 'return true',
  },
]
