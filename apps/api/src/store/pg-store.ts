import * as idempotency from './idempotency.ts'
import * as inbound from './inbound.ts'
import type { MoneyStore } from './money-store.ts'
import * as operations from './operations.ts'
import * as payments from './payments.ts'
import * as record from './record.ts'
import * as refunds from './refunds.ts'
import type { Queryable } from './rows.ts'
import * as settle from './settle.ts'

/** The engine's transactions on PostgreSQL. */
export function pgStore(db: Queryable): MoneyStore {
  return {
    recordCreate: (...rest) => record.recordCreate(db, ...rest),
    recordFailover: (...rest) => record.recordFailover(db, ...rest),
    recordCompletion: (...rest) => record.recordCompletion(db, ...rest),
    recordConfirm: (...rest) => record.recordConfirm(db, ...rest),
    recordRefund: (...rest) => record.recordRefund(db, ...rest),
    recordLateSuccess: (...rest) => record.recordLateSuccess(db, ...rest),
    settlePayment: (...rest) => settle.settlePayment(db, ...rest),
    settleRefund: (...rest) => settle.settleRefund(db, ...rest),
    adoptRefund: (...rest) => refunds.adoptRefund(db, ...rest),
    getPayment: (...rest) => payments.getPayment(db, ...rest),
    getPaymentById: (...rest) => payments.getPaymentById(db, ...rest),
    getPaymentOfAccount: (...rest) => payments.getPaymentOfAccount(db, ...rest),
    findPaymentByProviderIds: (...rest) => payments.findPaymentByProviderIds(db, ...rest),
    getOperation: (...rest) => operations.getOperation(db, ...rest),
    listOperations: (...rest) => operations.listOperations(db, ...rest),
    claimDueOperations: (...rest) => operations.claimDueOperations(db, ...rest),
    claimOperation: (...rest) => operations.claimOperation(db, ...rest),
    postponeOperation: (...rest) => operations.postponeOperation(db, ...rest),
    nextOperationDueMs: (...rest) => operations.nextOperationDueMs(db, ...rest),
    sendScouts: (...rest) => operations.sendScouts(db, ...rest),
    fetchWaiting: (...rest) => operations.fetchWaiting(db, ...rest),
    getRefund: (...rest) => refunds.getRefund(db, ...rest),
    getRefundOfAccount: (...rest) => refunds.getRefundOfAccount(db, ...rest),
    findRefundByProviderId: (...rest) => refunds.findRefundByProviderId(db, ...rest),
    getIdempotency: (...rest) => idempotency.getIdempotency(db, ...rest),
    freezeAnswer: (...rest) => idempotency.freezeAnswer(db, ...rest),
    releaseClaim: (...rest) => idempotency.releaseClaim(db, ...rest),
    reapIdempotency: (...rest) => idempotency.reapIdempotency(db, ...rest),
    addressByToken: (...rest) => inbound.addressByToken(db, ...rest),
    addressesOf: (...rest) => inbound.addressesOf(db, ...rest),
    signingVersions: (...rest) => inbound.signingVersions(db, ...rest),
    storeInbound: (...rest) => inbound.storeInbound(db, ...rest),
    claimDueInbound: (...rest) => inbound.claimDueInbound(db, ...rest),
    finishInbound: (...rest) => inbound.finishInbound(db, ...rest),
    nextInboundDueMs: (...rest) => inbound.nextInboundDueMs(db, ...rest),
  }
}
