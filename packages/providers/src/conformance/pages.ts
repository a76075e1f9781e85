import { expect } from 'vitest'
import type { ListedPage, ListWindow } from '../listing.ts'

const PAGES_MAX = 20

/** How late a provider's list may be: PayPal's reports take up to three hours. */
export const LISTED_WITHIN_MS = 3 * 3_600_000 + 60_000

/** Every page of a list, which must end. */
export async function everyPage<T>(
  span: Omit<ListWindow, 'cursor'>,
  list: (window: ListWindow) => Promise<ListedPage<T>>,
): Promise<readonly T[]> {
  const items: T[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const read: ListedPage<T> = await list({ ...span, cursor })
    items.push(...read.items)
    cursor = read.nextCursor
    if (cursor === null) return items
  }
  return expect.fail('the list never ends')
}
