import { isRecord } from '../kernel/http.ts'
import { PaypalRefusal } from './errors.ts'
import { EVENT_TYPES, eventTypeView, isEventType } from './event-types.ts'
import { webhooksOf } from './events.ts'
import { resourceId } from './ids.ts'
import { bodyObject } from './orders.ts'
import type { Answer, Call, Paypal, Webhook } from './state.ts'
import { link } from './views.ts'

/** Webhook management: older than Orders, so its errors name themselves and say `issue` in free text. */

const MAX_WEBHOOKS = 10
const MAX_EVENT_TYPES = 500
const MAX_URL = 2048
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** A 400 in the old form. */
export function validationError(field: string, issue: string): PaypalRefusal {
  const message = 'Invalid data provided'
  return new PaypalRefusal(400, [{ field, issue, location: 'body' }], 'VALIDATION_ERROR', message)
}

export const unknownWebhook = (): PaypalRefusal =>
  new PaypalRefusal(404, [], 'INVALID_RESOURCE_ID', 'The requested resource ID was not found')

function view(paypal: Paypal, webhook: Webhook) {
  const self = `${paypal.world.urls.api.paypal}/v1/notifications/webhooks/${webhook.id}`
  return {
    id: webhook.id,
    url: webhook.url,
    event_types: webhook.eventTypes.map(eventTypeView),
    links: [link(self, 'self'), link(self, 'update', 'PATCH'), link(self, 'delete', 'DELETE')],
  }
}

/** https only, as PayPal; loopback may be plain http, or no local listener could be tried out. */
export function readUrl(value: unknown, field = 'url'): string {
  if (typeof value !== 'string' || value.length > MAX_URL || !URL.canParse(value)) {
    throw validationError(field, 'Not a valid webhook URL')
  }
  const { protocol, hostname } = new URL(value)
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))) return value
  throw validationError(field, 'Not a valid webhook URL')
}

function readEventTypes(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_EVENT_TYPES) {
    throw validationError('event_types', 'Required field is missing or has too many entries')
  }
  const given: readonly unknown[] = value
  const names = given.map((entry) => (isRecord(entry) ? entry.name : undefined))
  return [...new Set(names)].map((name) => {
    if (typeof name === 'string' && (name === '*' || isEventType(name))) return name
    throw validationError('event_types', `Not a valid event type name: ${String(name)}`)
  })
}

function refuseTaken(call: Call, url: string, except?: string): void {
  const taken = webhooksOf(call.paypal, call.account.id).some((row) => row.url === url && row.id !== except)
  if (!taken) return
  throw new PaypalRefusal(400, [], 'WEBHOOK_URL_ALREADY_EXISTS', 'Webhook URL already exists')
}

export function webhookOf(call: Call): Webhook {
  const webhook = call.paypal.webhooks.get(call.params[0] ?? '')
  if (webhook?.accountId !== call.account.id) throw unknownWebhook()
  return webhook
}

export function createWebhook(call: Call): Answer {
  const given = bodyObject(call)
  const url = readUrl(given.url)
  const eventTypes = readEventTypes(given.event_types)
  refuseTaken(call, url)
  if (webhooksOf(call.paypal, call.account.id).length >= MAX_WEBHOOKS) {
    throw new PaypalRefusal(400, [], 'WEBHOOK_NUMBER_LIMIT_EXCEEDED', 'Number of webhooks exceeds the limit')
  }
  const id = resourceId(call.paypal.world.random)
  const webhook: Webhook = { id, accountId: call.account.id, url, eventTypes }
  call.paypal.webhooks.set(id, webhook)
  return { status: 201, body: view(call.paypal, webhook) }
}

export const listWebhooks = (call: Call): Answer => ({
  status: 200,
  body: { webhooks: webhooksOf(call.paypal, call.account.id).map((row) => view(call.paypal, row)) },
})

export const getWebhook = (call: Call): Answer => ({ status: 200, body: view(call.paypal, webhookOf(call)) })

export function patchWebhook(call: Call): Answer {
  const webhook = webhookOf(call)
  if (!Array.isArray(call.body)) throw validationError('patch_request', 'An array of operations is required')
  let { url, eventTypes } = webhook
  const changes: readonly unknown[] = call.body
  for (const change of changes) {
    const { op, path, value } = isRecord(change) ? change : {}
    if (op !== 'replace') throw validationError('op', 'Only replace is supported')
    if (path === '/url') url = readUrl(value)
    else if (path === '/event_types') eventTypes = readEventTypes(value)
    else throw validationError('path', 'Only /url and /event_types can be replaced')
  }
  refuseTaken(call, url, webhook.id)
  Object.assign(webhook, { url, eventTypes })
  return { status: 200, body: view(call.paypal, webhook) }
}

export function deleteWebhook(call: Call): Answer {
  call.paypal.webhooks.delete(webhookOf(call).id)
  return { status: 204 }
}

export const listWebhookEventTypes = (call: Call): Answer => ({
  status: 200,
  body: { event_types: webhookOf(call).eventTypes.map(eventTypeView) },
})

export const listAllEventTypes = (): Answer => ({
  status: 200,
  body: { event_types: Object.keys(EVENT_TYPES).map(eventTypeView) },
})
