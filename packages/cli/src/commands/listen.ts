import { type Command, EXIT, type Invocation, usageError } from './command.ts'
import { connect, localSettings } from './connection.ts'
import { eventPages } from './events-api.ts'
import { type Feed, openFeed, type WireEvent } from './events-feed.ts'
import { createForwarder, type Forwarded, forwardUrl } from './forward.ts'
import { listenSecret } from './listen-secret.ts'
import { listOption } from './parse.ts'
import { createWire, orUnreachable, Unavailable, type Wire } from './wire.ts'

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 5_000

/** `onerouter listen`: what a webhook endpoint would get, on a server that no webhook can reach. */
export const listen: Command = {
  name: 'listen',
  summary: 'sends events to a local server as they happen, signed for it',
  args: [],
  options: {
    'forward-to': { value: 'URL', help: 'where to send them: localhost:4000/hooks, a port, or an address' },
    events: { value: 'TYPES', help: 'only these, comma-separated: payment.succeeded, refund.*' },
    secret: { value: 'SECRET', help: 'sign with this whsec_… instead of the one kept in the data folder' },
    'print-secret': { help: 'print the secret and end' },
  },
  details: [
    'Bodies and headers are those of real deliveries (Standard Webhooks). The printed secret stays the same from run to run: give it to your server once.',
    'Events of one object arrive in order. A lost connection to the API is taken up where it broke; a local server that is down is tried again for a minute.',
    'Without --forward-to events are only shown.',
  ],
  examples: [
    'listen --forward-to localhost:4000/hooks',
    'listen --forward-to 4000 --events payment.succeeded,refund.*',
    'listen --print-secret',
  ],
  async run(invocation) {
    const { world, option, show } = invocation
    const secret = await listenSecret(world, localSettings(world).dataDir, option('secret'))
    if (invocation.flag('print-secret')) {
      show({ secret }, secret)
      return EXIT.ok
    }
    const wanted = matcher(listOption(invocation, 'events') ?? ['*'])
    const target = option('forward-to')
    const url = target === undefined ? undefined : forwardUrl(target)
    const wire = createWire({ world, ...(await connect(invocation)) })
    // At the start an API that does not answer is an error; later it is a pause.
    const feed = await openFeed(eventPages(wire)).catch(orUnreachable)
    begin(invocation, secret, url)
    await watch({ invocation, wire, feed, wanted, secret, url })
    return EXIT.ok
  },
}

function begin({ show }: Invocation, secret: string, url: string | undefined): void {
  const lines = url === undefined ? [] : [`Forwarding to ${url}`, `Signing secret: ${secret}`]
  show(
    { kind: 'ready', forward_to: url ?? null, ...(url !== undefined && { secret }) },
    [...lines, 'Waiting for events; Ctrl-C ends.'].join('\n'),
  )
}

interface Watch {
  readonly invocation: Invocation
  readonly wire: Wire
  readonly feed: Feed
  readonly wanted: (type: string) => boolean
  readonly secret: string
  readonly url: string | undefined
}

async function watch({ invocation, wire, feed, wanted, secret, url }: Watch): Promise<void> {
  const { world } = invocation
  const report = (forwarded: Forwarded): void => tell(invocation, forwarded)
  const forwarder =
    url === undefined ? undefined : createForwarder({ world, url, secret, trigger: 'auto', report })
  let failures = 0
  while (!world.stop.aborted) {
    try {
      const events = await feed.look()
      if (failures > 0) world.note('The API answers again.')
      failures = 0
      if (feed.skipped()) world.note('Too many events at once: older ones were left out.')
      for (const event of events.filter(({ type }) => wanted(type))) {
        if (forwarder === undefined) seen(invocation, event)
        else forwarder.take(event)
      }
    } catch (error) {
      if (world.stop.aborted) break
      if (!(error instanceof Unavailable)) throw error
      if (failures === 0) world.note(`${error.message} Trying again until it does; nothing is lost.`)
      failures += 1
      await world.sleep(
        error.retryMs ?? Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 6)),
      )
      continue
    }
    await forwarder?.room()
    await world.sleep(wire.pauseMs(1))
  }
  await forwarder?.idle()
}

function seen({ show }: Invocation, event: WireEvent): void {
  show({ kind: 'event', event }, `${event.created_at}  ${event.type}  ${event.id}`)
}

function tell({ show, world, json }: Invocation, forwarded: Forwarded): void {
  const { event, status, durationMs, problem, again } = forwarded
  const about = `${event.type}  ${event.id}  ${String(event.data.object.id ?? '')}`
  if (again) {
    if (!json) world.note(`${about}: ${problem}; trying again for a minute.`)
    return
  }
  const outcome = problem === null ? `[${status}] ${durationMs} ms` : `NOT DELIVERED: ${problem}`
  const later = problem === null ? '' : `\n  again: onerouter events resend ${event.id} --forward-to …`
  show(
    { kind: 'delivery', event, status, duration_ms: durationMs, problem },
    `${event.created_at}  ${about}  ${outcome}${later}`,
  )
}

/** `payment.succeeded`, `payment.*` or `*`. */
function matcher(patterns: readonly string[]): (type: string) => boolean {
  for (const pattern of patterns) {
    if (!/^(\*|[a-z_]+\.(\*|[a-z_]+))$/.test(pattern)) throw usageError(`"${pattern}" is no event type.`)
  }
  return (type) =>
    patterns.some(
      (pattern) =>
        pattern === '*' ||
        pattern === type ||
        (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
    )
}
