import { PaypalRefusal } from './errors.ts'
import { send, webhooksOf } from './events.ts'
import { bodyObject } from './orders.ts'
import type { Answer, Call, EventRecord } from './state.ts'
import { link } from './views.ts'
import { unknownWebhook, validationError } from './webhooks.ts'

/** `webhooks-events`: what was sent, newest first, and sending it again. */

const DEFAULT_PAGE = 10
const MAX_PAGE = 300

function timeFilter(call: Call, name: string): number | undefined {
  const text = call.query.get(name)
  if (text === null) return undefined
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw validationError(name, 'Not a valid date-time')
  return ms
}

function whole(call: Call, name: string, fallback: number, max: number): number {
  const text = call.query.get(name)
  if (text === null) return fallback
  if (!/^\d{1,6}$/.test(text) || Number(text) > max) throw validationError(name, 'Not a valid number')
  return Number(text)
}

const eventView = (record: EventRecord): unknown => JSON.parse(record.body)

export function listEvents(call: Call): Answer {
  const size = Math.max(1, whole(call, 'page_size', DEFAULT_PAGE, MAX_PAGE))
  const offset = whole(call, 'next_page_token', 0, 999_999)
  const from = timeFilter(call, 'start_time') ?? -Infinity
  const to = timeFilter(call, 'end_time') ?? Infinity
  const type = call.query.get('event_type')
  const transaction = call.query.get('transaction_id')
  const matching = [...call.paypal.events.values()]
    .filter((row) => row.accountId === call.account.id && row.createdAt >= from && row.createdAt <= to)
    .filter(
      (row) =>
        (type === null || row.eventType === type) && (transaction ?? row.resourceId) === row.resourceId,
    )
    .reverse()
  const page = matching.slice(offset, offset + size)
  const here = `${call.paypal.world.urls.api.paypal}/v1/notifications/webhooks-events`
  const next = new URLSearchParams(call.query)
  next.set('next_page_token', String(offset + size))
  const links = [
    link(`${here}?${call.query}`, 'self'),
    ...(offset + size < matching.length ? [link(`${here}?${next}`, 'next')] : []),
  ]
  return { status: 200, body: { events: page.map(eventView), count: page.length, links } }
}

function eventOf(call: Call): EventRecord {
  const record = call.paypal.events.get(call.params[0] ?? '')
  if (record?.accountId === call.account.id) return record
  throw new PaypalRefusal(404, [], 'INVALID_RESOURCE_ID', 'The requested resource ID was not found')
}

export const getEvent = (call: Call): Answer => ({ status: 200, body: eventView(eventOf(call)) })

/** Sends the same bytes again, to the named webhooks or to all of the account. */
export function resendEvent(call: Call): Answer {
  const record = eventOf(call)
  const { webhook_ids: wanted } = bodyObject(call)
  const all = webhooksOf(call.paypal, call.account.id)
  const ids: readonly unknown[] =
    Array.isArray(wanted) && wanted.length > 0 ? wanted : all.map((row) => row.id)
  const targets = ids.map((id) => {
    const webhook = all.find((row) => row.id === id)
    if (webhook === undefined) throw unknownWebhook()
    return webhook
  })
  for (const webhook of targets) send(call.paypal, record, webhook.url, webhook.id)
  return { status: 202, body: eventView(record) }
}
