import { badParameter } from './errors.ts'
import { type Context, nowSeconds, ownRows, type Row } from './state.ts'
import { render, type Stored } from './templates.ts'

/**
 * Search sees an object only after a while, so nobody may read their own write by it (Stripe docs,
 * Search).
 */
const INDEXING_S = 30
const DEFAULT_LIMIT = 10
const CLAUSE = /^(?:metadata\['([^']+)'\]|(status|currency|customer|email))\s*:\s*'([^']*)'$/

interface Searched extends Stored {
  readonly created: number
  readonly metadata: Readonly<Record<string, string>>
  readonly status?: string
  readonly currency?: string
  readonly customer?: string | null
  readonly email?: string | null
}

/** The part of the query language payments need: `metadata['k']:'v'`, `status:'x'`, joined by AND. */
export function searchObjects<T extends Searched>(
  context: Context,
  source: { readonly rows: Map<string, Row<T>>; readonly url: string },
  values: { query: string; limit?: number | undefined; page?: string | undefined },
) {
  const clauses = values.query.split(/\s+AND\s+/).map((clause) => matcherOf(clause.trim()))
  const indexed = nowSeconds(context.world) - INDEXING_S
  const found = ownRows(context, source.rows).filter(
    ({ object }) => object.created <= indexed && clauses.every((matches) => matches(object)),
  )
  const from = values.page === undefined ? 0 : Number.parseInt(values.page, 10) || 0
  const to = from + Math.min(values.limit ?? DEFAULT_LIMIT, 100)
  return {
    object: 'search_result',
    data: found.slice(from, to).map((row) => render(row.object)),
    has_more: found.length > to,
    next_page: found.length > to ? String(to) : null,
    url: source.url,
  }
}

function matcherOf(clause: string): (object: Searched) => boolean {
  const [, key, field, value] = CLAUSE.exec(clause) ?? []
  if (value === undefined) {
    throw badParameter(`We were unable to parse your search query: ${clause}`, 'query')
  }
  if (key !== undefined) return (object) => object.metadata[key] === value
  return (object) => {
    const { status, currency, customer, email } = object
    const fields: Readonly<Record<string, string | null | undefined>> = { status, currency, customer, email }
    return fields[field ?? ''] === value
  }
}
