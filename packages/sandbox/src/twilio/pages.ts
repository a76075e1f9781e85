import { html, type Markup, page } from '../kernel/html.ts'
import { htmlResponse, readBody, seeOther } from '../kernel/http.ts'
import { isOnTheWay, simulateMessage } from './lifecycle.ts'
import { applyKeyword } from './opt-outs.ts'
import { segmentsOf } from './segments.ts'
import type { MessageRow, Twilio } from './state.ts'

/** The test phones: what arrived, what is on its way, and a way to answer. */
const INBOX = '/twilio/inbox'
const ACCENT = '#c8102e'
const SHOWN = 50
const MAX_REPLY = 1_600

const show = (status: number, title: string, body: Markup): Response =>
  htmlResponse(status, page({ title, body, accent: ACCENT }))

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`

const button = (action: string, label: string): Markup =>
  html`<button name="action" value="${action}">${label}</button>`

function actions(row: MessageRow): Markup {
  const report = html`${button('deliver', 'Deliver')}${button('undeliver', 'Mark as undelivered')}`
  const reply = html`<label>Reply<input name="text" maxlength="${MAX_REPLY}" autocomplete="off"></label>
${button('reply', 'Send reply')}${button('stop', 'Reply STOP')}${button('start', 'Reply START')}`
  if (!isOnTheWay(row) && row.status !== 'delivered') return html``
  return html`<form method="post" action="${INBOX}/${row.sid}"><div class="row">${
    isOnTheWay(row) ? report : reply
  }</div></form>`
}

function message(row: MessageRow): Markup {
  const error = row.errorCode === null ? '' : html` <span class="error">(${row.errorCode})</span>`
  const media = row.media === 0 ? '' : html`<p>${row.media} media file(s)</p>`
  return html`<article><h2>${row.from ?? row.serviceSid} → ${row.to}</h2>
<p>${time(row.createdAt)} · ${row.direction === 'inbound' ? 'reply' : 'message'} · ${row.status}${error}</p>
<p style="color:var(--ink);white-space:pre-wrap;overflow-wrap:anywhere">${row.body}</p>${media}${actions(row)}
</article>`
}

function inbox(tw: Twilio, phone: string | null): Response {
  const rows = [...tw.state.messages.values()]
    .reverse()
    .filter((row) => phone === null || row.to === phone || row.from === phone)
  const filter = html`<form method="get" action="${INBOX}">
<label>Phone number<input name="phone" value="${phone ?? ''}" inputmode="tel" autocomplete="off"></label>
<button class="primary">Show</button></form>`
  const list =
    rows.length === 0
      ? html`<p role="status">No messages yet.</p>`
      : html`${rows.slice(0, SHOWN).map(message)}`
  const more =
    rows.length > SHOWN
      ? html`<p>${rows.length - SHOWN} older messages are not shown: name a phone number.</p>`
      : ''
  return show(200, 'Test phones', html`<h1>Test phones</h1>${filter}${list}${more}`)
}

/** An answer from the phone; nothing is told of it, because no number here has an inbound webhook. */
function reply(tw: Twilio, row: MessageRow, body: string): void {
  applyKeyword(tw, row, body)
  const now = tw.world.clock.now()
  const inbound: MessageRow = {
    sid: tw.sid('SM'),
    account: row.account,
    direction: 'inbound',
    to: row.from ?? '',
    from: row.to,
    serviceSid: row.serviceSid,
    body,
    media: 0,
    segments: segmentsOf(body),
    status: 'received',
    errorCode: null,
    price: null,
    createdAt: now,
    updatedAt: now,
    sentAt: now,
    callback: null,
    validitySeconds: 0,
  }
  tw.state.messages.set(inbound.sid, inbound)
}

function act(tw: Twilio, row: MessageRow, form: URLSearchParams): string | null {
  const action = form.get('action')
  if (action === 'deliver' || action === 'undeliver') {
    const result = simulateMessage(tw, row.account, row.sid, action)
    return result.ok ? null : result.reason
  }
  if (row.direction !== 'outbound-api' || row.status !== 'delivered') return `the message is ${row.status}`
  const typed = action === 'reply' ? (form.get('text') ?? '') : (action ?? '').toUpperCase()
  if (!['reply', 'stop', 'start'].includes(action ?? '') || typed === '') return 'nothing to send'
  reply(tw, row, [...typed].slice(0, MAX_REPLY).join(''))
  return null
}

/** Serves `/twilio/inbox` on the sandbox's own port. */
export async function phonePages(tw: Twilio, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  if (pathname === INBOX && request.method === 'GET') return inbox(tw, searchParams.get('phone') || null)
  const row = tw.state.messages.get(pathname.startsWith(`${INBOX}/`) ? pathname.slice(INBOX.length + 1) : '')
  if (row === undefined || request.method !== 'POST') {
    return show(404, 'Not found', html`<h1>Not found</h1><p role="status">There is no such page.</p>`)
  }
  const form = new URLSearchParams(new TextDecoder().decode(await readBody(request, 65_536)))
  const problem = act(tw, row, form)
  if (problem === null) return seeOther(INBOX)
  return show(409, 'Not possible', html`<h1>Not possible</h1><p role="alert" class="error">${problem}</p>`)
}
