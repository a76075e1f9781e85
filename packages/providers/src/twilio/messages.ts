import type { Outcome } from '@onerouter/core'
import { ok, unknown } from '@onerouter/core'
import type { MessageSnapshot, Messages, SoughtMessage } from '../messages.ts'
import { ask, type TwilioContext } from './call.ts'
import type { TwilioCredentials } from './credentials.ts'
import { explain } from './errors.ts'
import { toSnapshot } from './from-wire.ts'
import { messagePath, messagesPath, searchPath, toForm, unacceptable } from './to-wire.ts'
import { MESSAGE_SID, type Message, type MessagePage, readMessage, readPage } from './wire.ts'

/** Twilio states no bound; long enough that a message it took is surely in its list. */
const LOOKUP_LAG_MS = 15 * 60_000
const PAGES_MAX = 5

const snapshotIn = (body: unknown): MessageSnapshot | undefined => {
  const message = readMessage(body)
  return message === undefined ? undefined : toSnapshot(message)
}

export const messages: Messages<TwilioCredentials> = {
  lookupLagMs: LOOKUP_LAG_MS,
  sender: ({ from_number: number }) => number,
  accepts: unacceptable,
  explain,
  async send(ctx, message) {
    const path = messagesPath(ctx.credentials.account_sid)
    const { outcome } = await ask(ctx, { method: 'POST', path, body: { form: toForm(message) } }, snapshotIn)
    return outcome
  },
  async fetch(ctx, messageRef) {
    // It becomes part of a path; what Twilio names is always of this shape.
    if (!MESSAGE_SID.test(messageRef)) return unknown('no message sid')
    const path = messagePath(ctx.credentials.account_sid, messageRef)
    const { outcome } = await ask(ctx, { method: 'GET', path }, snapshotIn)
    return outcome
  },
  find,
}

/** Looks through the messages to the number, newest first, until they are older than the one sought. */
async function find(ctx: TwilioContext, sought: SoughtMessage): Promise<Outcome<readonly MessageSnapshot[]>> {
  const { account_sid: sid } = ctx.credentials
  const found: MessageSnapshot[] = []
  let path: string | null = searchPath(sid, sought)
  for (let page = 0; path !== null; page++) {
    if (page >= PAGES_MAX) return unknown('more messages than can be looked through')
    const outcome = await readList(ctx, path)
    if (outcome.kind !== 'ok') return outcome
    const listed = outcome.value.messages
    found.push(...listed.filter((message) => isSought(message, sought)).map(toSnapshot))
    const last = listed.at(-1)
    if (last === undefined || last.dateCreatedMs < sought.createdFromMs) break
    const next: string | null = outcome.value.nextPageUri
    // The address comes from outside; our credentials go with it.
    if (next !== null && !next.startsWith(`${messagesPath(sid)}?`)) return unknown('foreign next page')
    path = next
  }
  return ok(found.sort((a, b) => a.createdAtMs - b.createdAtMs))
}

async function readList(ctx: TwilioContext, path: string): Promise<Outcome<MessagePage>> {
  const { outcome } = await ask(ctx, { method: 'GET', path }, readPage)
  return outcome
}

/** Trial accounts put a sentence before the text (Twilio docs, Free trial), so it is compared from the end. */
function isSought(message: Message, sought: SoughtMessage): boolean {
  return (
    message.to === sought.to &&
    (message.from === null || message.from === sought.from) &&
    message.body.trimEnd().endsWith(sought.body.trimEnd()) &&
    message.dateCreatedMs >= sought.createdFromMs
  )
}
