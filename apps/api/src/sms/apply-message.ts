import type { MessageSnapshot } from '@onerouter/providers'
import { guarded } from '../engine/call-provider.ts'
import { applied, comesBack, ignored, notKnownYet } from '../engine/inbound-outcome.ts'
import type { InboundOutcome } from '../engine/ports.ts'
import type { InboundRow } from '../store/rows.ts'
import { accessForRow, contextOf } from './access.ts'
import type { Sms } from './ports.ts'
import type { SmsRow } from './row.ts'
import { applySnapshot, settleSend } from './settle.ts'
import { findSmsByProviderId, getSms, listInTheDark } from './store.ts'

const DARK_MAX = 50
/** A message of the provider's may carry a time a little before our own row's. */
const SKEW_MS = 2 * 60_000

/** Works out what a callback means. Only the id is taken from it: the provider is asked for the rest. */
export async function applyMessage(sms: Sms, row: InboundRow, messageRef: string): Promise<InboundOutcome> {
  const message = await findSmsByProviderId(sms.db, row, messageRef)
  if (message !== null) return await fetchAndApply(sms, row, message, messageRef)
  return (await tryAdopt(sms, row, messageRef)) ?? notKnown(row)
}

async function fetchAndApply(
  sms: Sms,
  row: InboundRow,
  message: SmsRow,
  messageRef: string,
): Promise<InboundOutcome> {
  const snapshot = await fetchMessage(sms, message, messageRef)
  if (snapshot === null) return unreachable(sms, row)
  await applySnapshot(sms, message, snapshot)
  return applied()
}

/** The callback is the first we hear of a message whose sending nobody saw the end of. */
async function tryAdopt(sms: Sms, row: InboundRow, messageRef: string): Promise<InboundOutcome | null> {
  const dark = await listInTheDark(sms.db, row, null, DARK_MAX)
  const [first] = dark
  if (first === undefined) return null
  const snapshot = await fetchMessage(sms, first, messageRef)
  if (snapshot === null) return unreachable(sms, row)
  const match = dark.find((candidate) => isOf(candidate, snapshot))
  const access = match === undefined ? null : await accessForRow(sms, match)
  // While its call is under way its own answer will name it.
  if (match === undefined || access === null || match.send_state === 'sent') return null
  const settled = await settleSend(sms, match, { kind: 'ok', value: snapshot }, access.messages, null)
  return settled.sms.provider_message_id === messageRef ? applied() : null
}

function isOf(row: SmsRow, snapshot: MessageSnapshot): boolean {
  return (
    row.recipient === snapshot.to &&
    (snapshot.from === null || snapshot.from === row.sender) &&
    snapshot.body.trimEnd().endsWith(row.body.trimEnd()) &&
    snapshot.createdAtMs >= row.created_at.getTime() - SKEW_MS
  )
}

async function fetchMessage(sms: Sms, row: SmsRow, messageRef: string): Promise<MessageSnapshot | null> {
  const access = await accessForRow(sms, row)
  if (access === null) return null
  const { outcome } = await guarded(sms.engine, () =>
    access.messages.fetch(contextOf(sms, access, 'later', 'fetch', row), messageRef),
  )
  return outcome.kind === 'ok' ? outcome.value : null
}

/** Brings a message up to date with what its provider says now; `null` when the provider could not be asked. */
export async function refreshMessage(sms: Sms, row: SmsRow): Promise<SmsRow | null> {
  if (row.provider_message_id === null) return row
  const snapshot = await fetchMessage(sms, row, row.provider_message_id)
  if (snapshot === null) return null
  await applySnapshot(sms, row, snapshot)
  return await getSms(sms.db, row)
}

const notKnown = (row: InboundRow): InboundOutcome =>
  notKnownYet(row, 'message not known yet', ignored('concerns no message of this account'))

const unreachable = (sms: Sms, row: InboundRow): InboundOutcome =>
  comesBack(row, sms.engine.now(), 'the message could not be fetched')
