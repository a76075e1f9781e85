import { type Outcome, ok, unknown } from '@onerouter/core'
import type { MessageSnapshot } from '@onerouter/providers'
import { guarded } from '../engine/call-provider.ts'
import { TAKEOVER_MS } from '../engine/ports.ts'
import { IN_FLIGHT_MS, REVIEW_AFTER_MS, unknownDelayMs } from '../engine/schedule.ts'
import { accessForRow, contextOf, type SmsAccess } from './access.ts'
import type { Sms } from './ports.ts'
import type { SmsRow } from './row.ts'
import { nextLookMs } from './schedule.ts'
import { applySnapshot, settleAbsent, settleSend } from './settle.ts'
import { claimSms, listInTheDark, postponeSms, takenMessages } from './store.ts'

/** The provider's clock may be this far behind ours. */
const SKEW_MS = 2 * 60_000
/** Messages to one number whose fate is open at once; more of them wait for each other. */
const ALIKE_MAX = 100

/** One look after a message that is due: what became of its sending, of itself, or of its price. */
export async function tendSms(sms: Sms, row: SmsRow): Promise<void> {
  const access = await accessForRow(sms, row)
  if (row.send_state !== 'accepted') return await resolve(sms, row, access)
  const messageRef = row.provider_message_id
  if (access === null || messageRef === null) return await postponeSms(sms.db, row, row.send_state, null)
  const { outcome } = await guarded(sms.engine, () =>
    access.messages.fetch(contextOf(sms, access, 'later', 'fetch', row), messageRef),
  )
  if (outcome.kind === 'ok') await applySnapshot(sms, row, outcome.value)
  else await postponeSms(sms.db, row, row.send_state, nextLookMs(row, row.tries))
}

/** For a caller who waits: looks now unless somebody else is looking. */
export async function resolveNow(sms: Sms, row: SmsRow): Promise<void> {
  const claimed = await claimSms(sms.db, row, TAKEOVER_MS)
  if (claimed !== null) await resolve(sms, claimed, await accessForRow(sms, claimed))
}

async function resolve(sms: Sms, row: SmsRow, access: SmsAccess | null): Promise<void> {
  if (access === null) return await postpone(sms, row)
  const { outcome } = await guarded(sms.engine, () => lookFor(sms, access, row))
  if (outcome.kind === 'unknown') return await postpone(sms, row)
  if (outcome.kind === 'ok' && outcome.value === null) return await settleAbsent(sms, row)
  if (outcome.kind === 'ok' && outcome.value !== null) {
    await settleSend(sms, row, ok(outcome.value), access.messages, null)
  }
}

/** `null` = it was never sent. Looking is all that is done: a second send could be a second message. */
async function lookFor(sms: Sms, access: SmsAccess, row: SmsRow): Promise<Outcome<MessageSnapshot | null>> {
  const { recipient: to, sender: from, body } = row
  const alike = await listInTheDark(sms.db, row, to, ALIKE_MAX)
  // The same text to the same number under way: the message found could be that one's.
  if (alike.some((other) => other.id !== row.id && isTwin(other, row) && other.send_state === 'sent')) {
    return unknown('the same text is being sent')
  }
  const ctx = contextOf(sms, access, 'later', 'find', row)
  const createdFromMs = row.created_at.getTime() - SKEW_MS
  const found = await access.messages.find(ctx, { to, from, body, createdFromMs })
  if (found.kind !== 'ok') return unknown(`not to be had: ${found.kind}`)
  const taken = await takenMessages(
    sms.db,
    row,
    found.value.map(({ messageRef }) => messageRef),
  )
  const free = found.value.find(({ messageRef }) => !taken.has(messageRef))
  if (free !== undefined) return ok(free)
  const age = sms.engine.now() - row.created_at.getTime()
  return age > IN_FLIGHT_MS + access.messages.lookupLagMs ? ok(null) : unknown('not found yet')
}

const isTwin = (a: SmsRow, b: SmsRow): boolean => a.body === b.body && a.sender === b.sender

/** After two weeks without evidence a person is asked; nothing becomes failed because time passed. */
async function postpone(sms: Sms, row: SmsRow): Promise<void> {
  const old = sms.engine.now() - row.created_at.getTime() > REVIEW_AFTER_MS
  if (old) return await postponeSms(sms.db, row, 'needs_review', null)
  await postponeSms(sms.db, row, 'unknown', unknownDelayMs(row.tries))
}
