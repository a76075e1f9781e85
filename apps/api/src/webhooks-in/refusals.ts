import type { Log } from '../engine/ports.ts'
import type { WebhookAddress } from '../store/inbound.ts'
import type { Queryable } from '../store/rows.ts'
import { noteRefused } from '../store/webhook-registrations.ts'

/** A flood of forgeries must not become a flood of writes. */
const WRITE_EVERY_MS = 1_000
const ADDRESSES_MAX = 10_000

/** Counts deliveries that an address of ours refused: a provider whose deliveries all fail will give up on us. */
export function createRefusals(db: Queryable, now: () => number, log: Log) {
  const open = new Map<string, { count: number; writtenAtMs: number }>()
  return (address: WebhookAddress, reason: string): void => {
    const key = `${address.account_id}/${address.environment}/${address.service}`
    if (open.size >= ADDRESSES_MAX) open.clear()
    const state = open.get(key) ?? { count: 0, writtenAtMs: Number.NEGATIVE_INFINITY }
    open.set(key, state)
    state.count += 1
    const nowMs = now()
    if (nowMs - state.writtenAtMs < WRITE_EVERY_MS) return
    const { count } = state
    Object.assign(state, { count: 0, writtenAtMs: nowMs })
    noteRefused(db, address, { count, reason, at: new Date(nowMs) }).catch((error: unknown) =>
      log.warn({ err: error, provider: address.service }, 'a refused webhook was not noted'),
    )
  }
}
