import type { freezeAnswer, getIdempotency, reapIdempotency, releaseClaim } from './idempotency.ts'
import type {
  addressByToken,
  addressesOf,
  claimDueInbound,
  finishInbound,
  nextInboundDueMs,
  signingVersions,
  storeInbound,
} from './inbound.ts'
import type {
  claimDueOperations,
  claimOperation,
  fetchWaiting,
  getOperation,
  listOperations,
  nextOperationDueMs,
  postponeOperation,
  sendScouts,
} from './operations.ts'
import type { findPaymentByProviderIds, getPayment, getPaymentById, getPaymentOfAccount } from './payments.ts'
import type {
  recordCompletion,
  recordConfirm,
  recordCreate,
  recordFailover,
  recordLateSuccess,
  recordRefund,
} from './record.ts'
import type { adoptRefund, findRefundByProviderId, getRefund, getRefundOfAccount } from './refunds.ts'
import type { settlePayment, settleRefund } from './settle.ts'

/** A domain transaction as the engine calls it: the database is the store's own business. */
export type Bound<F> = F extends (db: never, ...rest: infer A) => infer R ? (...rest: A) => R : never

/**
 * Every transaction the engine makes, by name. PostgreSQL is the store (`pgStore`); the simulator runs the same
 * engine over a store in memory that is held equal to it.
 */
export interface MoneyStore {
  readonly recordCreate: Bound<typeof recordCreate>
  readonly recordFailover: Bound<typeof recordFailover>
  readonly recordCompletion: Bound<typeof recordCompletion>
  readonly recordConfirm: Bound<typeof recordConfirm>
  readonly recordRefund: Bound<typeof recordRefund>
  readonly recordLateSuccess: Bound<typeof recordLateSuccess>
  readonly settlePayment: Bound<typeof settlePayment>
  readonly settleRefund: Bound<typeof settleRefund>
  readonly adoptRefund: Bound<typeof adoptRefund>
  readonly getPayment: Bound<typeof getPayment>
  readonly getPaymentById: Bound<typeof getPaymentById>
  readonly getPaymentOfAccount: Bound<typeof getPaymentOfAccount>
  readonly findPaymentByProviderIds: Bound<typeof findPaymentByProviderIds>
  readonly getOperation: Bound<typeof getOperation>
  readonly listOperations: Bound<typeof listOperations>
  readonly claimDueOperations: Bound<typeof claimDueOperations>
  readonly claimOperation: Bound<typeof claimOperation>
  readonly postponeOperation: Bound<typeof postponeOperation>
  readonly nextOperationDueMs: Bound<typeof nextOperationDueMs>
  readonly sendScouts: Bound<typeof sendScouts>
  readonly fetchWaiting: Bound<typeof fetchWaiting>
  readonly getRefund: Bound<typeof getRefund>
  readonly getRefundOfAccount: Bound<typeof getRefundOfAccount>
  readonly findRefundByProviderId: Bound<typeof findRefundByProviderId>
  readonly getIdempotency: Bound<typeof getIdempotency>
  readonly freezeAnswer: Bound<typeof freezeAnswer>
  readonly releaseClaim: Bound<typeof releaseClaim>
  readonly reapIdempotency: Bound<typeof reapIdempotency>
  readonly addressByToken: Bound<typeof addressByToken>
  readonly addressesOf: Bound<typeof addressesOf>
  readonly signingVersions: Bound<typeof signingVersions>
  readonly storeInbound: Bound<typeof storeInbound>
  readonly claimDueInbound: Bound<typeof claimDueInbound>
  readonly finishInbound: Bound<typeof finishInbound>
  readonly nextInboundDueMs: Bound<typeof nextInboundDueMs>
}
