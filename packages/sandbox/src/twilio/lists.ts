import { accountUri, messageEntity } from './entities.ts'
import { refuse } from './errors.ts'
import { phoneNumber, text, whole } from './fields.ts'
import type { MessageRow, Twilio } from './state.ts'

const DAY_MS = 86_400_000
const MAX_PAGE_SIZE = 1_000
const FILTERS = ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>'] as const

/** A GMT day or an instant, as the first and the last millisecond it stands for. */
function moment(query: URLSearchParams, name: string): readonly [first: number, last: number] | null {
  const value = text(query, name)
  if (value === null) return null
  const first = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(first)) return refuse(20001, `Invalid parameter ${name}: not a date`)
  const isDay = value.length === 10
  return [first, isDay ? first + DAY_MS - 1 : first + 999]
}

/** Messages that were not sent yet have no date, so every date filter leaves them out. */
function dateFilter(query: URLSearchParams): (sentAt: number | null) => boolean {
  const [on, before, after] = [
    moment(query, 'DateSent'),
    moment(query, 'DateSent<'),
    moment(query, 'DateSent>'),
  ] as const
  if (on === null && before === null && after === null) return () => true
  const from = Math.max(on?.[0] ?? -Infinity, after?.[0] ?? -Infinity)
  const to = Math.min(on?.[1] ?? Infinity, before?.[1] ?? Infinity)
  return (sentAt) => sentAt !== null && sentAt >= from && sentAt <= to
}

function matches(tw: Twilio, account: string, query: URLSearchParams): MessageRow[] {
  const [to, from] = ['To', 'From'].map((name) => {
    const value = text(query, name)
    return value === null ? null : (phoneNumber(value) ?? value)
  })
  const sentThen = dateFilter(query)
  return [...tw.state.messages.values()]
    .filter(
      (row) =>
        row.account === account &&
        (to == null || row.to === to) &&
        (from == null || row.from === from) &&
        sentThen(row.sentAt),
    )
    .reverse()
}

/** Where the page starts: right after the token's message, or where that was if it is gone. */
function startOf(rows: readonly MessageRow[], token: string | null, offset: number): number {
  const at = token?.startsWith('PA') === true ? rows.findIndex(({ sid }) => sid === token.slice(2)) : -1
  return at < 0 ? Math.min(offset, rows.length) : at + 1
}

/** `GET …/Messages.json`, newest first; clients follow `next_page_uri` and make up no addresses. */
export function listMessages(tw: Twilio, account: string, query: URLSearchParams): object {
  const asked = whole(query, 'PageSize', { min: 1, max: 999_999_999, fallback: 50 })
  const size = Math.min(asked, MAX_PAGE_SIZE)
  const page = whole(query, 'Page', { min: 0, max: 999_999_999, fallback: 0 })
  const rows = matches(tw, account, query)
  const begin = startOf(rows, text(query, 'PageToken'), page * size)
  const shown = rows.slice(begin, begin + size)
  const base = `${accountUri(tw.credential(account, 'account_sid'))}/Messages.json`
  const uri = (number: number, token: string | null): string => {
    const filters = FILTERS.flatMap((name): [string, string][] => {
      const value = text(query, name)
      return value === null ? [] : [[name, value]]
    })
    const place: [string, string][] = [
      ['PageSize', String(size)],
      ['Page', String(number)],
      ...(token === null ? [] : [['PageToken', token] satisfies [string, string]]),
    ]
    return `${base}?${new URLSearchParams([...filters, ...place])}`
  }
  const last = shown.at(-1)
  const hasNext = last !== undefined && begin + size < rows.length
  return {
    messages: shown.map((row) => messageEntity(tw, row)),
    page,
    page_size: size,
    start: page * size,
    end: page * size + Math.max(0, shown.length - 1),
    uri: uri(page, text(query, 'PageToken')),
    first_page_uri: uri(0, null),
    next_page_uri: hasNext ? uri(page + 1, `PA${last.sid}`) : null,
    previous_page_uri: page > 0 ? uri(page - 1, null) : null,
  }
}
