import type { WebhookAddress } from '../store/inbound.ts'
import type { Invalidation } from '../store/invalidation.ts'
import type { MoneyStore } from '../store/money-store.ts'

const ADDRESSES_MAX = 5_000
/** Other processes say when credentials change; this is for what they say while nobody hears. */
const VERSIONS_MS = 10_000

const keyOf = (at: WebhookAddress): string => `${at.account_id}/${at.environment}/${at.service}`

/**
 * The same store, which knows by heart whose an address is and which versions of credentials may sign there: a provider's
 * delivery is then acknowledged after one statement, the one that keeps it.
 */
export function remembering(
  store: MoneyStore,
  invalidation: Pick<Invalidation, 'subscribe'>,
  now: () => number,
): MoneyStore {
  const addresses = new Map<string, WebhookAddress>()
  const versions = new Map<string, { readonly known: number[]; readonly untilMs: number }>()
  let changes = 0
  invalidation.subscribe((stale) => {
    if (stale.kind === 'credentials') {
      const { accountId: account_id, environment, service } = stale
      versions.delete(keyOf({ account_id, environment, service }))
    } else if (stale.kind === 'everything') versions.clear()
    else return
    changes += 1
  })
  return {
    ...store,
    async addressByToken(service, token) {
      const key = `${service}/${token}`
      const known = addresses.get(key)
      if (known !== undefined) return known
      const address = await store.addressByToken(service, token)
      // A token is made once and never given to anybody else; only those that exist are kept.
      if (address !== null) put(addresses, key, address)
      return address
    },
    async signingVersions(address, retiredWithinDays) {
      const key = keyOf(address)
      const remembered = versions.get(key)
      if (remembered !== undefined && remembered.untilMs > now()) return remembered.known
      const begun = changes
      const known = await store.signingVersions(address, retiredWithinDays)
      // What changed while it was read is not remembered.
      if (begun === changes) put(versions, key, { known, untilMs: now() + VERSIONS_MS })
      return known
    },
  }
}

function put<T>(entries: Map<string, T>, key: string, value: T): void {
  entries.delete(key)
  if (entries.size >= ADDRESSES_MAX) for (const oldest of entries.keys()) if (entries.delete(oldest)) break
  entries.set(key, value)
}
