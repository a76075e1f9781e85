/**
 * Every page of the dashboard by its name in the router: what browser tests, pictures and measurements walk through.
 * `every-page.test.ts` holds it complete.
 */
import { readdir } from 'node:fs/promises'
import type { Furnished } from './furnish.ts'

interface PageEntry {
  /** Its address, where that is not its name. */
  readonly at?: (made: Furnished) => string
  /** Something opens beside the rows of its list. */
  readonly opens?: true
  /** Whether texts that others write are on it; where none are, a sentence says why. */
  readonly texts: 'shown' | { readonly none: string }
}

const WORDS_OF_OURS = { none: 'It shows words and numbers of our own.' } as const
const CHECKED = { none: 'Only what was checked by its shape is shown: domains, codes, ids.' } as const

export const EVERY_PAGE = {
  '/': { texts: 'shown' },
  '/analytics': { texts: CHECKED },
  '/analytics?group=key': { texts: 'shown' },
  '/analytics?view=costs': { texts: CHECKED },
  '/analytics?view=performance': { texts: WORDS_OF_OURS },
  '/analytics?view=failures': { texts: WORDS_OF_OURS },
  '/payments': { texts: 'shown' },
  '/payments/[id]': { at: ({ payment }) => `/payments/${payment}`, texts: 'shown' },
  '/refunds': { opens: true, texts: 'shown' },
  '/disputes': { opens: true, texts: 'shown' },
  '/payment-links': { opens: true, texts: 'shown' },
  '/subscriptions': { texts: 'shown' },
  '/subscriptions/[id]': { at: ({ subscription }) => `/subscriptions/${subscription}`, texts: 'shown' },
  '/plans': { opens: true, texts: 'shown' },
  '/customers': { opens: true, texts: 'shown' },
  '/saved-payment-methods': { opens: true, texts: 'shown' },
  '/sms': { opens: true, texts: 'shown' },
  '/services': { texts: 'shown' },
  '/routing': { opens: true, texts: 'shown' },
  '/payment-methods': { texts: WORDS_OF_OURS },
  '/domains': { opens: true, texts: CHECKED },
  '/keys': { opens: true, texts: 'shown' },
  '/webhooks': { opens: true, texts: 'shown' },
  '/webhooks/deliveries': { opens: true, texts: 'shown' },
  '/webhooks/inbound': { opens: true, texts: 'shown' },
  '/events': { opens: true, texts: 'shown' },
  '/logs': { opens: true, texts: 'shown' },
  '/reconciliation': { opens: true, texts: 'shown' },
  '/review': { opens: true, texts: 'shown' },
  '/audit': { opens: true, texts: 'shown' },
  '/team': { texts: 'shown' },
  '/settings': { texts: 'shown' },
  '/settings/security': { texts: 'shown' },
  '/sign-in': { texts: WORDS_OF_OURS },
  '/join': { texts: WORDS_OF_OURS },
  '/not-found': { at: () => '/nothing/here', texts: WORDS_OF_OURS },
} as const satisfies Readonly<Record<string, PageEntry>>

const ENTRIES: readonly (readonly [name: string, entry: PageEntry])[] = Object.entries(EVERY_PAGE)

/** What `npm test` walks through: a page of each section, one of one object, and the entrance. */
export const SHORT_WALK: readonly string[] = [
  '/',
  '/payments/[id]',
  '/routing',
  '/webhooks/deliveries',
  '/reconciliation',
  '/team',
  '/sign-in',
] satisfies readonly (keyof typeof EVERY_PAGE)[]

/** `npm run e2e` proves the whole: minutes, so it is a command of its own, and `npm test` has a short form. */
export const IS_WHOLE = process.env.EVERY_PAGE === '1'

/** The names of the pages that proofs of every page walk through in this run. */
export const WALK: readonly string[] = ENTRIES.map(([name]) => name).filter(
  (name) => IS_WHOLE || SHORT_WALK.includes(name),
)

export interface PageVisit {
  readonly name: string
  readonly path: string
  readonly opens: boolean
  readonly showsTexts: boolean
}

/** Every page with its address, for somebody who has made these things. */
export const visitsOf = (made: Furnished): readonly PageVisit[] =>
  ENTRIES.map(([name, { at, opens = false, texts }]) => ({
    name,
    path: at?.(made) ?? name,
    opens,
    showsTexts: texts === 'shown',
  }))

const APP = new URL('../../apps/dashboard/src/app/', import.meta.url)

/** The names that Next.js makes of the folders; parts in brackets are no part of an address. */
export async function routesOfRouter(): Promise<readonly string[]> {
  const files = await readdir(APP, { recursive: true })
  return files
    .filter((file) => /(?:^|\/)(?:page|not-found)\.tsx$/.test(file))
    .map((file) => `/${file.replace(/\(\w+\)\//g, '').replace(/\/?page\.tsx$|\.tsx$/, '')}`)
    .sort()
}
