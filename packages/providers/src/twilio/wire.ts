/** The parts of Twilio's answers that are read; everything else in them is ignored. */
export interface Message {
  readonly sid: string
  readonly status: string
  readonly to: string
  readonly from: string | null
  readonly body: string
  readonly dateCreatedMs: number
  /** A number in text, as Twilio writes it. */
  readonly numSegments: string | null
  readonly price: string | null
  readonly priceUnit: string | null
  readonly errorCode: string | null
}

export interface MessagePage {
  readonly messages: readonly Message[]
  /** Path and query of the next page; `null` on the last. */
  readonly nextPageUri: string | null
}

export interface Account {
  readonly sid: string
  readonly status: string
}

/** Twilio's ids are two letters and 32 hex digits; `MM` has media. */
export const MESSAGE_SID = /^(?:SM|MM)[0-9a-fA-F]{32}$/

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null

/** Error codes are JSON numbers in answers and text in callbacks. */
export const codeOf = (value: unknown): string | null =>
  typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value)

/** `undefined` when it is no message of ours to read. */
export function readMessage(body: unknown): Message | undefined {
  if (!isRecord(body)) return undefined
  const sid = textOf(body.sid)
  const status = textOf(body.status)
  const to = textOf(body.to)
  // RFC 2822, not ISO (Twilio API reference, Message resource).
  const dateCreatedMs = Date.parse(textOf(body.date_created) ?? '')
  if (sid === null || !MESSAGE_SID.test(sid) || status === null || to === null) return undefined
  if (Number.isNaN(dateCreatedMs)) return undefined
  return {
    sid,
    status,
    to,
    from: textOf(body.from),
    body: typeof body.body === 'string' ? body.body : '',
    dateCreatedMs,
    numSegments: textOf(body.num_segments),
    price: textOf(body.price),
    priceUnit: textOf(body.price_unit),
    errorCode: codeOf(body.error_code),
  }
}

/** One message that cannot be read makes the page unreadable: it could be the one that is sought. */
export function readPage(body: unknown): MessagePage | undefined {
  if (!isRecord(body) || !Array.isArray(body.messages)) return undefined
  const messages = body.messages.map(readMessage)
  if (messages.some((message) => message === undefined)) return undefined
  return {
    messages: messages.filter((message) => message !== undefined),
    nextPageUri: textOf(body.next_page_uri),
  }
}

export function readAccount(body: unknown): Account | undefined {
  if (!isRecord(body)) return undefined
  const sid = textOf(body.sid)
  const status = textOf(body.status)
  return sid === null || status === null ? undefined : { sid, status }
}
