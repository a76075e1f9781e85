import { type Outcome, ok, unknown } from '@onerouter/core'
import { madeAtMs } from '../reference-time.ts'
import { call, type Form, path, type StripeContext } from './call.ts'
import { readList, readSession } from './wire.ts'

const HOUR_MS = 3_600_000
/** A session may be made by the last allowed re-send, and clocks differ a little. */
const FIND_BEFORE_MS = 10 * 60_000
const FIND_AFTER_MS = 24 * HOUR_MS
const FIND_PAGES_MAX = 10

/** The id of the session with our reference; `null` = certainly none in the window. */
export async function findSession(ctx: StripeContext, reference: string): Promise<Outcome<string | null>> {
  let after: string | undefined
  for (let page = 0; page < FIND_PAGES_MAX; page++) {
    const query = sessionWindow(reference, after)
    const sessions = await call(ctx, { method: 'GET', path: path(['checkout', 'sessions'], query) }, (body) =>
      readList(body, readSession),
    )
    if (sessions.kind !== 'ok') return sessions
    const found = sessions.value.data.find((session) => session.reference === reference)
    if (found !== undefined) return ok(found.id)
    after = sessions.value.data.at(-1)?.id
    if (!sessions.value.hasMore || after === undefined) return ok(null)
  }
  return unknown('more sessions in the window than a look-up reads')
}

function sessionWindow(reference: string, after: string | undefined): Form {
  const madeMs = madeAtMs(reference)
  const seconds = (ms: number) => String(Math.max(0, Math.floor(ms / 1000)))
  const window: Form =
    madeMs === null
      ? []
      : [
          ['created[gte]', seconds(madeMs - FIND_BEFORE_MS)],
          ['created[lte]', seconds(madeMs + FIND_AFTER_MS)],
        ]
  return [['limit', '100'], ...window, ...(after === undefined ? [] : ([['starting_after', after]] as const))]
}
