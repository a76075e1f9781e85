import { badParameter, refused, resourceMissing } from './errors.ts'
import { isEventType } from './event-types.ts'
import { LIST, page } from './list.ts'
import {
  boolean,
  clearable,
  list,
  metadata,
  required,
  text,
  url,
  type Values,
  withMetadata,
} from './params.ts'
import { route } from './router.ts'
import { type Context, type EndpointRow, find, newId, nowSeconds, ownRows, randomText } from './state.ts'
import { render } from './templates.ts'
import type { WebhookEndpoint } from './wire.ts'

/** Endpoints one account may have in each mode. */
const MAX_ENDPOINTS = 16
/** For how long at most the old secret signs along with the new one. */
const MAX_ROLL_MS = 24 * 3_600_000

const SHARED = { description: clearable(text(5_000)), metadata }
const CREATE = {
  ...SHARED,
  url: required(url),
  enabled_events: required(list(text(), 500)),
  api_version: text(),
  connect: boolean,
}
const UPDATE = { ...SHARED, url, enabled_events: list(text(), 500), disabled: boolean }

function checkedEvents(types: readonly string[]): string[] {
  types.forEach((type, place) => {
    if (isEventType(type)) return
    const param = `enabled_events[${place}]`
    throw badParameter(`Invalid ${param}: must be one of the documented event types, not ${type}`, param)
  })
  if (types.length === 0) throw badParameter('You must enable at least one event.', 'enabled_events')
  return [...types]
}

function living(context: Context): EndpointRow[] {
  return ownRows(context, context.store.endpoints).filter((row) => !row.deleted)
}

function newSecret(context: Context): string {
  return `whsec_${randomText(context.world, 32)}`
}

function create(context: Context, values: Values<typeof CREATE>) {
  const enabled_events = checkedEvents(values.enabled_events)
  if (living(context).length >= MAX_ENDPOINTS) {
    const mode = context.livemode ? 'live' : 'test'
    throw refused(`You have reached the maximum of ${MAX_ENDPOINTS} ${mode} webhook endpoints.`)
  }
  const { world, accountId, livemode } = context
  const object: WebhookEndpoint = {
    id: newId(world, 'we'),
    object: 'webhook_endpoint',
    api_version: values.api_version ?? null,
    application: null,
    created: nowSeconds(world),
    description: values.description ?? null,
    enabled_events,
    livemode,
    metadata: withMetadata({}, values.metadata),
    status: 'enabled',
    url: values.url,
  }
  const secret = newSecret(context)
  const row: EndpointRow = { accountId, livemode, object, secret, previousSecret: null, deleted: false }
  context.store.endpoints.set(object.id, row)
  return { ...render(object), secret } // shown this once
}

function findEndpoint(context: Context, id: string): EndpointRow {
  const row = find(context, context.store.endpoints, 'webhook endpoint', id, 'id')
  if (!row.deleted) return row
  throw resourceMissing('webhook endpoint', id, 'id')
}

function update(context: Context, values: Values<typeof UPDATE>, id: string) {
  const { object } = findEndpoint(context, id)
  const events =
    values.enabled_events === undefined ? object.enabled_events : checkedEvents(values.enabled_events)
  object.metadata = withMetadata(object.metadata, values.metadata)
  object.enabled_events = events
  object.url = values.url ?? object.url
  if (values.description !== undefined) object.description = values.description
  if (values.disabled !== undefined) object.status = values.disabled ? 'disabled' : 'enabled'
  return render(object)
}

/** The dashboard's "Roll secret": the old secret keeps signing for `overlapMs`. Answers the new one. */
export function rollSecret(context: Context, id: string, overlapMs: number): string {
  const row = findEndpoint(context, id)
  const untilMs = context.world.clock.now() + Math.min(Math.max(0, overlapMs), MAX_ROLL_MS)
  row.previousSecret = { value: row.secret, untilMs }
  row.secret = newSecret(context)
  return row.secret
}

export const webhookEndpointRoutes = [
  route('POST', '/v1/webhook_endpoints', CREATE, create),
  route('GET', '/v1/webhook_endpoints', LIST, (context, values) => {
    const all = context.store.endpoints
    const rows = living(context)
    return { ...page(context, { url: '/v1/webhook_endpoints', noun: 'webhook endpoint', rows, all }, values) }
  }),
  route('GET', '/v1/webhook_endpoints/:id', {}, (context, _values, id) =>
    render(findEndpoint(context, id).object),
  ),
  route('POST', '/v1/webhook_endpoints/:id', UPDATE, update),
  route('DELETE', '/v1/webhook_endpoints/:id', {}, (context, _values, id) => {
    findEndpoint(context, id).deleted = true
    return { id, object: 'webhook_endpoint', deleted: true }
  }),
]
