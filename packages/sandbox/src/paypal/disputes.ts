import { notFound } from './errors.ts'
import type { Answer, Call, Capture, Dispute } from './state.ts'
import { disputeSummary, disputeView, link } from './views.ts'
import { validationError } from './webhooks.ts'

/** Disputes API v1, the merchant's side: reading. Answering is done at PayPal. */

const DEFAULT_PAGE = 10
const PAGE_MAX = 50

interface Disputed {
  readonly capture: Capture
  readonly dispute: Dispute
}

function disputesOf({ paypal, account }: Call): Disputed[] {
  return [...paypal.captures.values()].flatMap((capture) =>
    capture.accountId === account.id && capture.dispute !== null
      ? [{ capture, dispute: capture.dispute }]
      : [],
  )
}

export function getDispute(call: Call): Answer {
  const found = disputesOf(call).find(({ dispute }) => dispute.id === call.params[0])
  if (found === undefined) throw notFound()
  return { status: 200, body: disputeView(call.paypal, found.capture, found.dispute) }
}

/** Newest first, in numbered pages. */
export function listDisputes(call: Call): Answer {
  const size = numberOf(call, 'page_size', DEFAULT_PAGE)
  const page = numberOf(call, 'page', 1)
  const after = call.query.get('create_time_after')
  const afterMs = after === null ? Number.NEGATIVE_INFINITY : Date.parse(after)
  if (Number.isNaN(afterMs)) throw validationError('create_time_after', 'Not a valid date-time')
  const all = disputesOf(call)
    .filter(({ dispute }) => dispute.createdAt >= afterMs)
    .toSorted((a, b) => b.dispute.createdAt - a.dispute.createdAt)
  const items = all.slice((page - 1) * size, page * size)
  return {
    status: 200,
    body: {
      items: items.map(({ dispute }) => disputeSummary(call.paypal, dispute)),
      links: [link(`${call.paypal.world.urls.api.paypal}/v1/customer/disputes?${call.query}`, 'self')],
    },
  }
}

function numberOf(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name)
  if (text === null) return fallback
  if (!/^[1-9]\d?$/.test(text) || Number(text) > PAGE_MAX) throw validationError(name, 'Not a valid number')
  return Number(text)
}
