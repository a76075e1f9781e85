import { decideClicked } from './decide.ts'
import type { Links } from './ports.ts'
import type { LinkRow } from './row.ts'
import type { LinkRef } from './store.ts'
import { change, worldOf } from './write.ts'

/** Counts a browser that opened a link which can be paid. */
export async function clickLink(links: Links, link: LinkRef): Promise<LinkRow> {
  return await change(links, link, (current) =>
    current.status === 'active' ? decideClicked(current, worldOf(links)) : null,
  )
}
