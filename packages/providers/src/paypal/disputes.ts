import {
  type DisputeReason,
  type DisputeStage,
  type DisputeStatus,
  type Outcome,
  unknown,
} from '@onerouter/core'
import type { DisputeSnapshot, Disputes, ListedDispute } from '../disputes.ts'
import type { ListedPage, ListWindow } from '../listing.ts'
import { ask, type PaypalContext } from './api.ts'
import type { PaypalCredentials } from './credentials.ts'
import { idOf, isRecord, moneyOf, recordsOf, textOf, timeOf } from './wire.ts'

const PATH = '/v1/customer/disputes'
/** Disputes API v1, List disputes: fifty a page, and no page after the fiftieth. */
const PAGE = 50
const PAGES_MAX = 50

export const disputes: Disputes<PaypalCredentials> = {
  fetch,
  listSince,
  // PayPal's Resolution Center; its address is in no reference, only in PayPal's own e-mails.
  evidenceUrl: (environment, disputeRef) =>
    `https://www.${environment === 'test' ? 'sandbox.' : ''}paypal.com/resolutioncenter/view/${encodeURIComponent(disputeRef)}`,
}

async function fetch(ctx: PaypalContext, disputeRef: string): Promise<Outcome<DisputeSnapshot>> {
  const path = `${PATH}/${encodeURIComponent(disputeRef)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => {
    const dispute = disputeOf(body)
    return dispute?.disputeRef === disputeRef ? dispute : undefined
  })
  return outcome
}

/** The list can be bounded below only, so what is younger than the window is left out here. */
async function listSince(
  ctx: PaypalContext,
  { fromMs, toMs, cursor }: ListWindow,
): Promise<Outcome<ListedPage<ListedDispute>>> {
  const page = cursor === null ? 1 : Number.parseInt(cursor, 10)
  if (page > PAGES_MAX) return unknown('more disputes in the window than PayPal lists')
  const query = new URLSearchParams({
    create_time_after: new Date(fromMs).toISOString(),
    page: String(page),
    page_size: String(PAGE),
  })
  const { outcome } = await ask(ctx, { method: 'GET', path: `${PATH}?${query}` }, (body) => {
    // An empty list may be left out, but its links are there all the same.
    if (!isRecord(body) || !Array.isArray(body.items ?? body.links)) return undefined
    const listed = recordsOf(body.items)
    const items = listed.map(readListed).filter((item) => item !== undefined)
    if (items.length !== listed.length) return undefined
    return {
      items: items.filter(({ openedAtMs }) => openedAtMs < toMs).map(({ openedAtMs: _, ...item }) => item),
      nextCursor: listed.length < PAGE ? null : String(page + 1),
    }
  })
  return outcome
}

function readListed(
  item: Readonly<Record<string, unknown>>,
): (ListedDispute & { readonly openedAtMs: number }) | undefined {
  const disputeRef = idOf(item.dispute_id)
  const openedAtMs = timeOf(item.create_time)
  if (disputeRef === null || openedAtMs === null) return undefined
  // How it ended is told by the dispute itself.
  return { disputeRef, paymentRef: null, status: statusOf(item), openedAtMs }
}

/** Disputes API v1, `status`. */
const STATUS: Readonly<Record<string, DisputeStatus>> = {
  OPEN: 'open',
  WAITING_FOR_SELLER_RESPONSE: 'open',
  WAITING_FOR_BUYER_RESPONSE: 'under_review',
  UNDER_REVIEW: 'under_review',
}

/** The same, `dispute_outcome.outcome_code`. With a payout PayPal pays the buyer itself. */
const OUTCOME: Readonly<Record<string, DisputeStatus>> = {
  RESOLVED_BUYER_FAVOUR: 'lost',
  ACCEPTED: 'lost',
  RESOLVED_SELLER_FAVOUR: 'won',
  RESOLVED_WITH_PAYOUT: 'won',
  DENIED: 'won',
  CANCELED_BY_BUYER: 'closed',
  NONE: 'closed',
}

const REASON: Readonly<Record<string, DisputeReason>> = {
  MERCHANDISE_OR_SERVICE_NOT_RECEIVED: 'product_not_received',
  MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED: 'product_unacceptable',
  UNAUTHORISED: 'fraudulent',
  CREDIT_NOT_PROCESSED: 'credit_not_processed',
  DUPLICATE_TRANSACTION: 'duplicate',
  INCORRECT_AMOUNT: 'incorrect_amount',
  PAYMENT_BY_OTHER_MEANS: 'duplicate',
  CANCELED_RECURRING_BILLING: 'subscription_canceled',
  PROBLEM_WITH_REMITTANCE: 'processing_error',
}

const STAGE: Readonly<Record<string, DisputeStage>> = {
  INQUIRY: 'inquiry',
  CHARGEBACK: 'chargeback',
  PRE_ARBITRATION: 'pre_arbitration',
  ARBITRATION: 'arbitration',
}

const known = <T>(table: Readonly<Record<string, T>>, word: string | null): T | undefined =>
  word !== null && Object.hasOwn(table, word) ? table[word] : undefined

function statusOf(dispute: Readonly<Record<string, unknown>>): DisputeSnapshot['status'] {
  const word = textOf(dispute.status)
  if (word !== 'RESOLVED') return known(STATUS, word) ?? 'unrecognised'
  const outcome = isRecord(dispute.dispute_outcome) ? textOf(dispute.dispute_outcome.outcome_code) : null
  return known(OUTCOME, outcome) ?? 'unrecognised'
}

function disputeOf(body: unknown): DisputeSnapshot | undefined {
  if (!isRecord(body)) return undefined
  const disputeRef = idOf(body.dispute_id)
  const providerStatus = textOf(body.status)
  const amount = moneyOf(body.dispute_amount)
  const openedAtMs = timeOf(body.create_time)
  if (disputeRef === null || providerStatus === null || amount === null || openedAtMs === null) {
    return undefined
  }
  const transaction = recordsOf(body.disputed_transactions)[0] ?? {}
  const outcome = isRecord(body.dispute_outcome) ? body.dispute_outcome : {}
  const status = statusOf(body)
  const providerReason = textOf(body.reason)
  return {
    disputeRef,
    paymentRef: idOf(transaction.seller_transaction_id),
    reference: textOf(transaction.custom),
    status,
    providerStatus: textOf(outcome.outcome_code) ?? providerStatus,
    stage: known(STAGE, textOf(body.dispute_life_cycle_stage)) ?? 'chargeback',
    reason: known(REASON, providerReason) ?? 'other',
    providerReason,
    amount,
    // "Either the merchant or PayPal refunds": only a lost one is the merchant's.
    deducted: status === 'lost' ? moneyOf(outcome.amount_refunded) : null,
    fee: null,
    respondByMs: timeOf(body.seller_response_due_date),
    openedAtMs,
  }
}
