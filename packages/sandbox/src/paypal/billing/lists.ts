import { isRecord } from '../../kernel/http.ts'
import { type JsonObject, malformed } from '../errors.ts'
import { asChoice, newFindings, settle } from '../parse.ts'
import type { Answer, Call } from '../state.ts'
import { link } from '../views.ts'

export interface Patch {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value: unknown
}

export function patches(call: Call): Patch[] {
  if (!Array.isArray(call.body)) throw malformed('INVALID_PARAMETER_SYNTAX', { location: 'body' })
  return call.body.map((entry: unknown, index) => {
    const { op, path, value } = isRecord(entry) ? entry : {}
    const findings = newFindings()
    const known = asChoice(op, `/${index}/op`, findings, ['add', 'replace', 'remove'])
    settle(findings)
    if (known === undefined || typeof path !== 'string') {
      throw malformed('MISSING_REQUIRED_PARAMETER', { field: `/${index}`, location: 'body' })
    }
    return { op: known, path, value }
  })
}

/** `page` and `page_size`; totals only when asked for. */
export function paged<T>(call: Call, name: string, rows: readonly T[], view: (row: T) => JsonObject): Answer {
  const size = whole(call, 'page_size', 10, 20)
  const page = whole(call, 'page', 1, 100_000)
  const shown = rows.slice((page - 1) * size, page * size)
  const totals =
    call.query.get('total_required') === 'true'
      ? { total_items: rows.length, total_pages: Math.ceil(rows.length / size) }
      : {}
  return { status: 200, body: { [name]: shown.map(view), ...totals, links: [selfLink(call)] } }
}

/** The list itself; what it was asked for is not repeated. */
export const selfLink = (call: Call): JsonObject =>
  link(`${call.paypal.world.urls.api.paypal}${call.path}`, 'self')

function whole(call: Call, name: string, fallback: number, max: number): number {
  const text = call.query.get(name)
  if (text === null) return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw malformed('INVALID_PARAMETER_VALUE', { field: name, value: text, location: 'query' })
}
