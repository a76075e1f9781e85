import type { Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import type { WebhookRegistration } from '../spec.ts'
import { ask, type PaypalContext } from './api.ts'
import { idOf, isRecord, recordsOf, textOf } from './wire.ts'

const PATH = '/v1/notifications/webhooks'
/** All events, those to come included: a list of ours would go stale or name one PayPal does not know. */
const EVERY_EVENT = [{ name: '*' }]

interface Registered {
  readonly id: string
  readonly url: string
  readonly hearsEverything: boolean
}

/**
 * Finds the webhook with our address, else the one we had registered before, or creates it; running twice leaves
 * one (Webhooks Management API v1).
 */
export async function register(
  ctx: PaypalContext,
  url: string,
  earlier: string | null = null,
): Promise<Outcome<WebhookRegistration>> {
  const listed = await find(ctx, url, earlier)
  if (listed.kind !== 'ok') return listed
  if (listed.value !== null) return settle(ctx, listed.value, url)
  const body = { json: { url, event_types: EVERY_EVENT } }
  const created = await ask(ctx, { method: 'POST', path: PATH, body }, readRegistered)
  if (created.outcome.kind === 'ok') return ok(registration(created.outcome.value))
  if (created.issue?.code !== 'WEBHOOK_URL_ALREADY_EXISTS') return created.outcome
  const again = await find(ctx, url, null)
  if (again.kind !== 'ok') return again
  // Taken, yet not ours to see: another app of the same account holds the address.
  return again.value === null ? created.outcome : settle(ctx, again.value, url)
}

async function find(
  ctx: PaypalContext,
  url: string,
  earlier: string | null,
): Promise<Outcome<Registered | null>> {
  const { outcome } = await ask(ctx, { method: 'GET', path: PATH }, (answer) => {
    if (!isRecord(answer) || !Array.isArray(answer.webhooks)) return undefined
    const all = recordsOf(answer.webhooks).flatMap((webhook) => readRegistered(webhook) ?? [])
    const byUrl = all.find((webhook) => webhook.url === url)
    return { found: byUrl ?? all.find(({ id }) => id === earlier) ?? null }
  })
  return outcome.kind === 'ok' ? ok(outcome.value.found) : outcome
}

/** An endpoint that was registered by hand may hear less than we need, or have an address of before. */
async function settle(
  ctx: PaypalContext,
  webhook: Registered,
  url: string,
): Promise<Outcome<WebhookRegistration>> {
  const changes = [
    ...(webhook.url === url ? [] : [{ op: 'replace', path: '/url', value: url }]),
    ...(webhook.hearsEverything ? [] : [{ op: 'replace', path: '/event_types', value: EVERY_EVENT }]),
  ]
  if (changes.length === 0) return ok(registration(webhook))
  const path = `${PATH}/${webhook.id}`
  const { outcome } = await ask(ctx, { method: 'PATCH', path, body: { json: changes } }, readRegistered)
  return outcome.kind === 'ok' ? ok(registration(webhook)) : outcome
}

/** Webhooks Management API v1, "Delete webhook": 204. */
export async function unregister(ctx: PaypalContext, ref: string): Promise<Outcome<object>> {
  const path = `${PATH}/${encodeURIComponent(ref)}`
  const { outcome } = await ask(ctx, { method: 'DELETE', path }, () => ({}))
  return outcome
}

function registration({ id }: Registered): WebhookRegistration {
  return { ref: id, credentials: { webhook_id: id } }
}

function readRegistered(answer: unknown): Registered | undefined {
  if (!isRecord(answer)) return undefined
  const id = idOf(answer.id)
  const url = textOf(answer.url)
  if (id === null || url === null) return undefined
  const hearsEverything = recordsOf(answer.event_types).some(({ name }) => name === '*')
  return { id, url, hearsEverything }
}
