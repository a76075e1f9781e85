import type { Answered, ApiPromise } from './answer.ts'
import { ServerError } from './errors.ts'
import type { CallOptions } from './options.ts'
import type { Call, Operation } from './send.ts'

/** Up to 100 objects, newest first. */
export interface Page<T> {
  readonly data: readonly T[]
  readonly hasMore: boolean
  /** What `startingAfter` takes to continue; `null` on the last page. */
  readonly nextCursor: string | null
  /** The following page, or `null` after the last one. */
  nextPage(): Promise<Page<T>> | null
}

/**
 * A running list call. Awaited it is its first page; in `for await` it is every object of every page, each page
 * fetched when it is reached.
 */
export interface List<T> extends ApiPromise<Page<T>>, AsyncIterable<T> {
  /** The first page, under a name that says so. */
  readonly page: Promise<Page<T>>
}

type WirePage<T> = Omit<Page<T>, 'nextPage'>

/** Starts a list call. */
export function list<T>(call: Call, path: string, query: object = {}, options?: CallOptions): List<T> {
  const fetchPage = (cursor: object): ApiPromise<WirePage<T>> => {
    const operation: Operation = { method: 'GET', path, query: { ...query, ...cursor } }
    return call(operation, options)
  }
  const first = fetchPage({})
  const toPage = (wire: WirePage<T>): Page<T> => ({
    ...wire,
    nextPage: () =>
      wire.hasMore && wire.nextCursor !== null
        ? fetchPage({ startingAfter: wire.nextCursor }).then(toPage)
        : null,
  })
  const page = first.then(toPage)
  return Object.assign(page, {
    page,
    // By way of the page, so that a failure that was handled here is not reported as unhandled there.
    withResponse: (): Promise<Answered<Page<T>>> =>
      page.then(async (data) => ({ ...(await first.withResponse()), data })),
    [Symbol.asyncIterator]: () => everyItem(page),
  })
}

async function* everyItem<T>(first: Promise<Page<T>>): AsyncGenerator<T, void, undefined> {
  let seen: string | null = null
  for (let page: Page<T> | null = await first; page !== null; page = await page.nextPage()) {
    yield* page.data
    // Without this, a cursor that does not move would never end.
    if (page.hasMore && page.nextCursor === seen) {
      throw new ServerError({ code: 'malformed_answer', message: 'The list answers the same page again.' })
    }
    seen = page.nextCursor
  }
}
