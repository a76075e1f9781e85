import type { OneRouter, OneRouterEvent } from 'onerouter'
import { CommandError, type World } from './command.ts'

/** The sandbox's webhooks and our own worker are far quicker. */
const HAPPENS_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 200

export interface Awaited {
  readonly type: OneRouterEvent['type']
  /** The event is about this object, or about one that belongs to it. */
  readonly subject: string
  /** Says how the object stands, where the event does not come. */
  readonly stands: () => Promise<string>
}

/** The event, once it is there. @throws CommandError when it does not come in time */
export async function awaitEvent(
  world: World,
  client: OneRouter,
  { type, subject, stands }: Awaited,
): Promise<OneRouterEvent> {
  const untilMs = world.now() + HAPPENS_WITHIN_MS
  while (world.now() < untilMs && !world.stop.aborted) {
    const page = await client.events.list({ type, limit: 50 })
    const found = page.data.find(({ data: { object } }) => isAbout(object, subject))
    if (found !== undefined) return found
    await world.sleep(LOOK_EVERY_MS)
  }
  throw new CommandError(`${type} did not happen within ${HAPPENS_WITHIN_MS / 1000} s; ${await stands()}.`, {
    code: 'did_not_happen',
  })
}

/** A dispute has an id that nobody knows before it is there; it names its payment. */
const isAbout = (object: { readonly id: string }, subject: string): boolean =>
  object.id === subject ||
  ('paymentId' in object && object.id.startsWith('dp_') && object.paymentId === subject)
