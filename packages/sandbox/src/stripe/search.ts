import { badParameter } from './errors.ts'
import { type Context, nowSeconds, ownRows } from './state.ts'
import { render } from './templates.ts'
import type { PaymentIntent } from './wire.ts'

/**
 * Search sees an object only after a while, so nobody may read their own write by it (Stripe docs,
 * Search).
 */
const INDEXING_S = 30
const DEFAULT_LIMIT = 10
const CLAUSE = /^(?:metadata\['([^']+)'\]|(status|currency|customer))\s*:\s*'([^']*)'$/

/** The part of the query language payments need: `metadata['k']:'v'`, `status:'x'`, joined by AND. */
export function searchIntents(
  context: Context,
  values: { query: string; limit?: number | undefined; page?: string | undefined },
) {
  const clauses = values.query.split(/\s+AND\s+/).map((clause) => matcherOf(clause.trim()))
  const indexed = nowSeconds(context.world) - INDEXING_S
  const found = ownRows(context, context.store.intents).filter(
    ({ object }) => object.created <= indexed && clauses.every((matches) => matches(object)),
  )
  const from = values.page === undefined ? 0 : Number.parseInt(values.page, 10) || 0
  const to = from + Math.min(values.limit ?? DEFAULT_LIMIT, 100)
  return {
    object: 'search_result',
    data: found.slice(from, to).map((row) => render(row.object)),
    has_more: found.length > to,
    next_page: found.length > to ? String(to) : null,
    url: '/v1/payment_intents/search',
  }
}

function matcherOf(clause: string): (intent: PaymentIntent) => boolean {
  const [, key, field, value] = CLAUSE.exec(clause) ?? []
  if (value === undefined) {
    throw badParameter(`We were unable to parse your search query: ${clause}`, 'query')
  }
  if (key !== undefined) return (intent) => intent.metadata[key] === value
  return (intent) => {
    const fields: Readonly<Record<string, string | null>> = {
      status: intent.status,
      currency: intent.currency,
      customer: intent.customer,
    }
    return fields[field ?? ''] === value
  }
}
