import type { Service } from '@onerouter/core'
import { ApiError } from '@onerouter/core'
import type { Provider, ProviderEvent, RawWebhook } from '@onerouter/providers'
import type { WebhookAddress } from '../store/inbound.ts'
import type { InboundRow } from '../store/rows.ts'
import { contextFor } from './call-provider.ts'
import type { Engine } from './ports.ts'

/** Razorpay and PayPal retry for up to three days with the secret of the first attempt. */
const RETIRED_WITHIN_DAYS = 4
/** Trying many accounts' secrets is a way to be slow, not a way to find one. */
const TOKENLESS_MAX = 20

export type Received = 'stored' | 'repeated'

/**
 * Takes in a provider's delivery: verify the raw bytes, keep them once, answer. What it means is worked out
 * later. Errors: 404 without a matching address, 401 when no signature holds, 400 when it is no event.
 */
export async function receiveWebhook(
  engine: Engine,
  service: Service,
  token: string | null,
  webhook: RawWebhook,
): Promise<Received> {
  const provider = engine.provider(service)
  if (provider === undefined) throw noAddress()
  const addresses = await candidates(engine, service, token)
  const verified = await verifyFor(engine, provider, { addresses, exact: token !== null }, webhook)
  const event = provider.webhooks.parse(webhook.body)
  if (event === null) throw new ApiError('invalid_request', `The body is no ${provider.label} event.`)
  const at = new Date(webhook.receivedAtMs)
  const fate = fateOf(event, verified.address)
  const stored = await engine.store.storeInbound(
    {
      account_id: verified.address.account_id,
      environment: verified.address.environment,
      id: engine.newId(),
      provider: service,
      event_id: event.id,
      event_type: event.type,
      ...fate,
      payment_id: null,
      body: Buffer.from(webhook.body),
      tries: 0,
      due_at: fate.state === 'received' ? at : null,
      received_at: at,
      applied_at: fate.state === 'ignored' ? at : null,
    },
    verified.dedupeKeys,
  )
  if (stored && fate.state === 'received') engine.wake(0, 'inbound')
  return stored ? 'stored' : 'repeated'
}

async function candidates(
  engine: Engine,
  service: Service,
  token: string | null,
): Promise<readonly WebhookAddress[]> {
  if (token !== null) {
    const address = await engine.store.addressByToken(service, token)
    if (address === null) throw noAddress()
    return [address]
  }
  const all = await engine.store.addressesOf(service, TOKENLESS_MAX)
  if (all.length === 0 || all.length > TOKENLESS_MAX) throw noAddress()
  return all
}

interface Verified {
  readonly address: WebhookAddress
  readonly dedupeKeys: readonly string[]
}

interface Candidates {
  readonly addresses: readonly WebhookAddress[]
  /** The sender knew the address's secret token. */
  readonly exact: boolean
}

async function verifyFor(
  engine: Engine,
  provider: Provider,
  { addresses, exact }: Candidates,
  webhook: RawWebhook,
): Promise<Verified> {
  const matches: Verified[] = []
  const reasons = new Set<string>()
  for (const address of addresses) {
    const verdict = await verifyAt(engine, provider, address, webhook)
    if (verdict.ok) matches.push({ address, dedupeKeys: verdict.dedupeKeys })
    else reasons.add(verdict.reason)
  }
  const [match] = matches
  // Two accounts with one secret cannot be told apart, and a guess would be a leak.
  if (match === undefined || matches.length > 1) {
    const unavailable = reasons.has('unavailable')
    const [address] = addresses
    const [reason] = reasons
    // Without the token anybody could have sent it.
    if (exact && address !== undefined && reason !== undefined) engine.refused?.(address, reason)
    engine.log.warn({ provider: provider.name, reasons: [...reasons] }, 'webhook refused')
    throw unavailable
      ? new ApiError('provider_unavailable', 'The signature could not be checked now; send it again.')
      : new ApiError('unauthenticated', 'The signature does not hold.')
  }
  return match
}

async function verifyAt(
  engine: Engine,
  provider: Provider,
  address: WebhookAddress,
  webhook: RawWebhook,
): Promise<Awaited<ReturnType<Provider['webhooks']['verify']>>> {
  let last: Awaited<ReturnType<Provider['webhooks']['verify']>> = { ok: false, reason: 'no_secret' }
  for (const version of await engine.store.signingVersions(address, RETIRED_WITHIN_DAYS)) {
    const credential = await engine.credentials.version(
      address.account_id,
      address.environment,
      address.service,
      version,
    )
    if (credential === null) continue
    const call = { verb: 'webhooks.verify', paymentId: null, operationId: null }
    last = await provider.webhooks.verify(contextFor(engine, credential, 'first', call), webhook)
    if (last.ok) return last
  }
  return last
}

/** What no adapter looks into is kept and done with: nobody has to come back to it. */
function fateOf(event: ProviderEvent, address: WebhookAddress): Pick<InboundRow, 'state' | 'reason'> {
  if (isWrongMode(event, address)) {
    return { state: 'quarantined', reason: 'the event belongs to the other environment' }
  }
  return event.about.kind === 'other'
    ? { state: 'ignored', reason: 'type not used' }
    : { state: 'received', reason: null }
}

function isWrongMode(event: ProviderEvent, address: WebhookAddress): boolean {
  return event.livemode !== null && event.livemode !== (address.environment === 'live')
}

const noAddress = () => new ApiError('not_found', 'There is no such webhook address.')
