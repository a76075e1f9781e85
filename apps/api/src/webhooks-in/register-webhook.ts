import type { Provider, ProviderContext } from '@onerouter/providers'
import type { Registration } from '../store/webhook-registrations.ts'

const HOUR_MS = 3_600_000
/** How often a provider is asked whether our webhook is still what we made it. */
const LOOK_EVERY_MS = 6 * HOUR_MS
const RETRY_MS = [60_000, 5 * 60_000, 30 * 60_000, HOUR_MS, LOOK_EVERY_MS]

export interface Registering {
  readonly url: string
  /** The provider's id of what we registered before. */
  readonly earlier: string | null
  readonly sandbox: boolean
  /** Looks made since the last one that ended well. */
  readonly tries: number
}

export interface Registered extends Registration {
  /** Credential fields that the registration made, to be stored. */
  readonly credentials: Readonly<Record<string, string>>
}

/**
 * Makes the provider send its events to our address, where its API can do that; elsewhere says why its owner has to.
 * Asked again later it changes nothing, or repairs what was changed there.
 */
export async function registerWebhook(
  provider: Provider,
  ctx: ProviderContext<object>,
  { url, earlier, sandbox, tries }: Registering,
): Promise<Registered> {
  const rest = { url, ref: null, credentials: {}, tries: 0, dueMs: LOOK_EVERY_MS }
  if (provider.webhooks.register === undefined) return { ...rest, state: 'by_hand', reason: null }
  if (!sandbox && !url.startsWith('https://')) {
    return { ...rest, state: 'by_hand', reason: 'PUBLIC_URL is not https, so the provider cannot reach it' }
  }
  const outcome = await provider.webhooks.register(ctx, url, earlier)
  if (outcome.kind === 'ok') {
    return { ...rest, state: 'registered', reason: null, ...outcome.value }
  }
  const asked = outcome.kind === 'rejected' || outcome.kind === 'declined'
  const dueMs = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? LOOK_EVERY_MS
  return {
    ...rest,
    state: asked ? 'refused' : 'unreachable',
    reason: 'message' in outcome ? outcome.message : outcome.reason,
    tries: tries + 1,
    dueMs: asked ? LOOK_EVERY_MS : dueMs,
  }
}
