import { createHmac } from 'node:crypto'
import { isRecord } from '../kernel/http.ts'
import type { WebhookDelivery, World } from '../kernel/types.ts'
import { webhookEntity } from './entities.ts'
import { refuse } from './errors.ts'
import { type Fields, optionalFlag, optionalText, required, webUrl } from './fields.ts'
import { collectionOf, listQuery, pageOf } from './lists.ts'
import type { Razorpay, WebhookRow } from './state.ts'

/** Webhooks, "Best Practices": the receiver has five seconds. */
const TIMEOUT_MS = 5_000
const DAY_MS = 86_400_000
const MAX_WEBHOOKS = 30

/** Exponential for 24 hours; the steps are not published, doubling from 15 s ends after thirteen tries. */
export const RETRY_DELAYS_MS: readonly number[] = retryDelays(15_000)

function retryDelays(firstMs: number): number[] {
  const delays: number[] = []
  let total = 0
  for (let delay = firstMs; total + delay < DAY_MS; delay *= 2) {
    delays.push(delay)
    total += delay
  }
  return [...delays, DAY_MS - total]
}

export const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text, 'utf8').digest('hex')

/** Signs with the secret the event was born with: retries after a change of secret still use the old one. */
export function signWebhook(delivery: WebhookDelivery): Record<string, string> {
  const { secret } = delivery.signing
  return {
    'user-agent': 'Razorpay-Webhook/v1',
    'x-razorpay-event-id': delivery.eventId,
    ...(secret === undefined || secret === '' ? {} : { 'x-razorpay-signature': hmac(secret, delivery.body) }),
  }
}

/** Entities by name, in the order `contains` lists them. */
export type Payload = Readonly<Record<string, object>>

/** Tells every webhook of the account that subscribed to `event`; the event id is the same for all. */
export function emit(rzp: Razorpay, account: string, event: string, entities: Payload): void {
  const eventId = rzp.id('')
  const body = JSON.stringify({
    entity: 'event',
    account_id: rzp.merchant(account).merchantId,
    event,
    contains: Object.keys(entities),
    payload: Object.fromEntries(Object.entries(entities).map(([name, entity]) => [name, { entity }])),
    created_at: rzp.seconds(),
  })
  for (const webhook of rzp.state.webhooks.values()) {
    if (webhook.account !== account || !webhook.active || webhook.events[event] !== true) continue
    rzp.world.deliver({
      provider: 'razorpay',
      accountId: account,
      url: webhook.url,
      eventId,
      eventType: event,
      body,
      signing: { webhookId: webhook.id, secret: webhook.secret },
      retryDelaysMs: RETRY_DELAYS_MS,
      timeoutMs: TIMEOUT_MS,
    })
  }
}

/** After a day of failures Razorpay disables the webhook; only the merchant enables it again. */
export function disableWebhook(rzp: Razorpay, delivery: WebhookDelivery): void {
  const webhook = rzp.state.webhooks.get(delivery.signing['webhookId'] ?? '')
  if (webhook === undefined) return
  webhook.active = false
  webhook.disabledAt = rzp.seconds()
}

function events(value: unknown): Record<string, boolean> {
  if (!isRecord(value)) return refuse('The events field must be an object.', { field: 'events' })
  return Object.fromEntries(Object.keys(value).map((name) => [name, optionalFlag(value, name, false)]))
}

function address(fields: Fields): string {
  const url = webUrl(optionalText(fields, 'url', 255))
  return url === undefined ? refuse('The url format is invalid.', { field: 'url' }) : url.href
}

export function createWebhook(rzp: Razorpay, account: string, fields: Fields): object {
  required(fields, 'url')
  const own = [...rzp.state.webhooks.values()].filter((webhook) => webhook.account === account)
  if (own.length >= MAX_WEBHOOKS) refuse(`Maximum of ${MAX_WEBHOOKS} webhooks are allowed.`)
  const now = rzp.seconds()
  const webhook: WebhookRow = {
    id: rzp.id(''),
    account,
    url: address(fields),
    active: optionalFlag(fields, 'active', true),
    secret: optionalText(fields, 'secret', 255) ?? '',
    alertEmail: optionalText(fields, 'alert_email', 255),
    events: events(fields['events'] ?? {}),
    createdAt: now,
    updatedAt: now,
    disabledAt: null,
  }
  rzp.state.webhooks.set(webhook.id, webhook)
  return webhookEntity(webhook)
}

export function updateWebhook(rzp: Razorpay, account: string, id: string, fields: Fields): object {
  const webhook = rzp.state.webhooks.get(id)
  if (webhook?.account !== account) return refuse('The id provided does not exist')
  if (fields['url'] !== undefined) webhook.url = address(fields)
  if (fields['events'] !== undefined) webhook.events = events(fields['events'])
  webhook.secret = optionalText(fields, 'secret', 255) ?? webhook.secret
  webhook.alertEmail = optionalText(fields, 'alert_email', 255) ?? webhook.alertEmail
  webhook.active = optionalFlag(fields, 'active', webhook.active)
  if (webhook.active) webhook.disabledAt = null
  webhook.updatedAt = rzp.seconds()
  return webhookEntity(webhook)
}

export function listWebhooks(rzp: Razorpay, account: string, query: URLSearchParams): object {
  const rows = pageOf(rzp.state.webhooks.values(), listQuery(query), (row) => row.account === account)
  return collectionOf(rows.map(webhookEntity))
}

/** The account's public key id, as payers' browsers know it. */
export const keyIdOf = (world: World, account: string): string =>
  world.account(account)?.credentials['key_id'] ?? ''
