import { ApiError, currency, formatMajor } from '@onerouter/core'
import type { Reply } from '../engine/ports.ts'
import { sendSms } from '../sms/send-sms.ts'
import { linkAddress } from './code.ts'
import { decideNotice } from './decide.ts'
import type { Links } from './ports.ts'
import type { LinkRow, Notice } from './row.ts'
import { ownClaim } from './withdraw-attempt.ts'
import { callerFor, change, inWords, worldOf } from './write.ts'

const DESCRIPTION_MAX = 100

/**
 * Sends the text message that carries a link, once or not at all, and notes how that went. Its failure says nothing
 * about the link: the link is there, and can be sent by other means.
 */
export async function notifyPayer(links: Links, link: LinkRow): Promise<LinkRow> {
  if (link.notice?.status !== 'pending') return link
  const notice = await send(links, link)
  return await change(links, link, (current) =>
    current.notice?.status === 'pending' ? decideNotice(current, notice, worldOf(links)) : null,
  )
}

async function send(links: Links, link: LinkRow): Promise<Notice> {
  const to = link.customer?.phone ?? ''
  const input = { to, body: textOf(links, link), environment: link.environment }
  try {
    // The key is the link's, so that whoever takes this over sends no second message.
    const reply = await sendSms(links.sms, callerFor(link), input, ownClaim('sms', link.id))
    return noticeOf(reply)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: 'failed', sms_id: null, error: inWords(error) }
  }
}

function noticeOf(reply: Reply): Notice {
  const body = JSON.parse(reply.body) as SmsAnswer // made by our own use case
  if (reply.status === 201) return { status: 'accepted', sms_id: body.id ?? null, error: null }
  // Whether the provider took it is being found out; the message itself tells.
  if (reply.status === 202) return { status: 'unknown', sms_id: body.id ?? null, error: null }
  const error = { code: body.code ?? 'internal', message: body.detail ?? 'The message was not sent.' }
  return { status: 'failed', sms_id: body.sms?.id ?? null, error }
}

interface SmsAnswer {
  readonly id?: string
  readonly code?: string
  readonly detail?: string
  readonly sms?: { readonly id: string }
}

function textOf({ publicUrl }: Links, link: LinkRow): string {
  const amount = `${formatMajor(link.amount, currency(link.currency))} ${link.currency}`
  const what = link.description === null ? '' : ` for ${cut(link.description)}`
  return `Pay ${amount}${what}: ${linkAddress(publicUrl, link.code)}`
}

const cut = (text: string): string =>
  text.length <= DESCRIPTION_MAX ? text : `${text.slice(0, DESCRIPTION_MAX - 1).trimEnd()}…`
