import {
  type DisputeReason,
  type DisputeStage,
  type DisputeStatus,
  money,
  type Outcome,
  ok,
} from '@onerouter/core'
import type { DisputeSnapshot, Disputes, ListedDispute } from '../disputes.ts'
import type { ListedPage, ListWindow } from '../listing.ts'
import { ask, type RazorpayContext } from './call.ts'
import type { RazorpayCredentials } from './credentials.ts'
import { pageOf, windowQuery } from './lists.ts'
import { fromWireAmount, minorOf } from './money.ts'
import { idOf, isRecord, secondsOf, textOf } from './wire.ts'

export const disputes: Disputes<RazorpayCredentials> = {
  fetch,
  listSince,
  // Razorpay Dashboard, Disputes; the mode of test and live is a switch on the page.
  evidenceUrl: (_environment, disputeRef) =>
    `https://dashboard.razorpay.com/app/disputes/${encodeURIComponent(disputeRef)}`,
}

async function fetch(ctx: RazorpayContext, disputeRef: string): Promise<Outcome<DisputeSnapshot>> {
  const path = `/v1/disputes/${encodeURIComponent(disputeRef)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => {
    const dispute = disputeOf(body)
    return dispute?.disputeRef === disputeRef ? dispute : undefined
  })
  return outcome
}

async function listSince(
  ctx: RazorpayContext,
  window: ListWindow,
): Promise<Outcome<ListedPage<ListedDispute>>> {
  const path = `/v1/disputes?${windowQuery(window)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => pageOf(body, window, disputeOf))
  if (outcome.kind !== 'ok') return outcome
  const items = outcome.value.items.map(({ disputeRef, paymentRef, status }) => ({
    disputeRef,
    paymentRef,
    status,
  }))
  return ok({ items, nextCursor: outcome.value.nextCursor })
}

/** Razorpay API, Disputes entity, `status`. */
const STATUS: Readonly<Record<string, DisputeStatus>> = {
  open: 'open',
  under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  closed: 'closed',
}

/** The same, `phase`: a retrieval asks for papers, "fraud" is the bank's suspicion. */
const STAGE: Readonly<Record<string, DisputeStage>> = {
  fraud: 'inquiry',
  retrieval: 'inquiry',
  chargeback: 'chargeback',
  pre_arbitration: 'pre_arbitration',
  arbitration: 'arbitration',
}

/** `reason_code` is the network's or the bank's, of which Razorpay publishes no list: it is matched by its words. */
const REASON_WORDS: readonly (readonly [RegExp, DisputeReason])[] = [
  [/fraud|unauthori[sz]ed/, 'fraudulent'],
  [/not_(received|provided|delivered)/, 'product_not_received'],
  [/not_as_described|defective|counterfeit/, 'product_unacceptable'],
  [/duplicate|paid_by_other_means/, 'duplicate'],
  [/incorrect_amount/, 'incorrect_amount'],
  [/credit_not_processed|refund_not_processed/, 'credit_not_processed'],
  [/cancel/, 'subscription_canceled'],
  [/not_recogni[sz]ed|unrecogni[sz]ed/, 'unrecognized'],
  [/invalid|expired|processing/, 'processing_error'],
]

const reasonOf = (code: string | null): DisputeReason =>
  REASON_WORDS.find(([words]) => code !== null && words.test(code.toLowerCase()))?.[1] ?? 'other'

const known = <T>(table: Readonly<Record<string, T>>, word: string | null): T | undefined =>
  word !== null && Object.hasOwn(table, word) ? table[word] : undefined

function disputeOf(body: unknown): DisputeSnapshot | undefined {
  if (!isRecord(body)) return undefined
  const disputeRef = idOf(body.id, 'disp_')
  const providerStatus = textOf(body.status)
  const amount = fromWireAmount(body.amount, body.currency)
  const deducted = minorOf(body.amount_deducted)
  if (disputeRef === null || providerStatus === null || amount === undefined) return undefined
  const providerReason = textOf(body.reason_code)
  const respondBy = secondsOf(body.respond_by)
  return {
    disputeRef,
    paymentRef: idOf(body.payment_id, 'pay_'),
    reference: null,
    status: known(STATUS, providerStatus) ?? 'unrecognised',
    providerStatus,
    stage: known(STAGE, textOf(body.phase)) ?? 'chargeback',
    reason: reasonOf(providerReason),
    providerReason,
    amount,
    deducted: deducted === undefined ? null : money(deducted, amount.currency),
    fee: null,
    respondByMs: respondBy === 0 ? null : respondBy * 1000,
    openedAtMs: secondsOf(body.created_at) * 1000,
  }
}
