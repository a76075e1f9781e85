import type { Uuid } from '@onerouter/core'
import type { ApiKeyRow } from '../store/api-keys.ts'
import type { Stale } from '../store/invalidation.ts'

/** Revocation is pushed; these limits only hold when the push is lost. */
const KNOWN_MS = 5_000
const UNKNOWN_MS = 1_000
const ENTRIES_MAX = 10_000

interface Entry {
  readonly row: ApiKeyRow | null
  readonly untilMs: number
}

export interface KeyLookup {
  /** The stored key with this hash, revoked and expired ones included; `null` when there is none. */
  find(hash: Buffer): Promise<ApiKeyRow | null>
  forget(stale: Stale): void
}

/** Looks keys up by hash with a short memory; callers who ask for one key at once share one query. */
export function createKeyLookup(
  load: (hash: Buffer) => Promise<ApiKeyRow | null>,
  now: () => number,
): KeyLookup {
  const entries = new Map<string, Entry>()
  const flights = new Map<string, Promise<ApiKeyRow | null>>()
  // A look-up that began before something was revoked must not be remembered after it.
  let generation = 0

  const fetch = async (name: string, hash: Buffer): Promise<ApiKeyRow | null> => {
    const begun = generation
    const row = await load(hash)
    if (begun === generation) {
      if (entries.size >= ENTRIES_MAX) for (const oldest of entries.keys()) if (entries.delete(oldest)) break
      entries.set(name, { row, untilMs: now() + (row === null ? UNKNOWN_MS : KNOWN_MS) })
    }
    return row
  }

  return {
    async find(hash) {
      const name = hash.toString('base64')
      const known = entries.get(name)
      if (known !== undefined && known.untilMs > now()) return known.row
      entries.delete(name)
      const flight = flights.get(name) ?? fetch(name, hash).finally(() => flights.delete(name))
      flights.set(name, flight)
      return flight
    },
    forget(stale) {
      if (stale.kind !== 'key' && stale.kind !== 'everything') return
      generation += 1
      flights.clear()
      if (stale.kind === 'everything') entries.clear()
      else dropKey(entries, stale.keyId)
    },
  }
}

function dropKey(entries: Map<string, Entry>, keyId: Uuid): void {
  for (const [name, entry] of entries) {
    // Unknown hashes go too: the message may be about a key that has just been made.
    if (entry.row === null || entry.row.id === keyId) entries.delete(name)
  }
}
