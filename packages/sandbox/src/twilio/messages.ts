import { refuse } from './errors.ts'
import { move } from './lifecycle.ts'
import type { MessageRow, MessageStatus, Twilio } from './state.ts'

const IN_PROGRESS: ReadonlySet<MessageStatus> = new Set(['accepted', 'scheduled', 'queued', 'sending'])

/** `POST …/Messages/{sid}.json`: an empty `Body` redacts, `Status=canceled` stops a scheduled message. */
export function updateMessage(tw: Twilio, row: MessageRow, form: URLSearchParams): void {
  const body = form.get('Body')
  const status = form.get('Status')
  if (body !== null && body !== '') refuse(20001, 'Invalid parameter Body: must be empty to redact it')
  if (status !== null && status !== 'canceled') refuse(20001, 'Invalid parameter Status: must be canceled')
  if (status !== null && row.status !== 'scheduled') {
    refuse(20409, `The message is ${row.status}: only scheduled messages can be canceled`)
  }
  if (body !== null && status === null && IN_PROGRESS.has(row.status)) {
    refuse(20009, 'Cannot redact this resource before it is complete')
  }
  if (status !== null) move(tw, row, 'canceled')
  if (body === null) return
  row.body = ''
  row.updatedAt = tw.world.clock.now()
}

export function deleteMessage(tw: Twilio, row: MessageRow): void {
  if (IN_PROGRESS.has(row.status)) refuse(20009, 'Cannot delete this resource before it is complete')
  tw.state.messages.delete(row.sid)
}
