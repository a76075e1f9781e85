import { type Command, CommandError, EXIT, type Invocation, usageError } from './command.ts'
import { connect, localSettings } from './connection.ts'
import { readEvent } from './events-api.ts'
import { forwardOne, forwardUrl } from './forward.ts'
import { listenSecret } from './listen-secret.ts'
import { createWire, member, orUnreachable, parsePage, type Wire } from './wire.ts'

/** An event goes to at most so many endpoints. */
const DELIVERIES = '100'

/** `onerouter events resend`: one event again, under the id it always had. */
export const eventsResend: Command = {
  name: 'events resend',
  summary: 'delivers an event once more: to its endpoints, or to a local server',
  args: ['ID'],
  options: {
    'forward-to': {
      value: 'URL',
      help: 'a local server instead: localhost:4000/hooks, a port, or an address',
    },
    secret: {
      value: 'SECRET',
      help: 'with --forward-to: sign with this whsec_… instead of the one `listen` uses',
    },
  },
  details: [
    'ID is an event (evt_…: all its deliveries) or one delivery (whd_…). Bytes and webhook-id are those of the first time, so that a server which knows the id can leave it alone.',
  ],
  examples: [
    'events resend evt_…',
    'events resend whd_…',
    'events resend evt_… --forward-to localhost:4000/hooks',
  ],
  async run(invocation) {
    const { world, option, args } = invocation
    const id = args[0] ?? ''
    const kind = /^(evt|whd)_[0-9A-Za-z]+$/.exec(id)?.[1]
    if (kind === undefined) throw usageError(`"${id}" is neither an event (evt_…) nor a delivery (whd_…).`)
    const target = option('forward-to')
    if (target !== undefined && kind !== 'evt') throw usageError('--forward-to takes an event (evt_…).')
    const wire = createWire({ world, ...(await connect(invocation)) })
    if (target !== undefined) return toLocalServer(invocation, wire, id, forwardUrl(target))
    const deliveries = kind === 'whd' ? [id] : await deliveriesOf(wire, id)
    for (const delivery of deliveries) await redeliver(invocation, wire, delivery)
    return EXIT.ok
  },
}

async function toLocalServer(invocation: Invocation, wire: Wire, id: string, url: string): Promise<number> {
  const { world, option, show } = invocation
  const secret = await listenSecret(world, localSettings(world).dataDir, option('secret'))
  const event = await readEvent(wire, id).catch(orUnreachable)
  const sent = await forwardOne({ world, url, secret, trigger: 'manual', report: () => {} }, event)
  const { status, durationMs, problem } = sent
  const outcome = problem === null ? `[${status}] ${durationMs} ms` : `NOT DELIVERED: ${problem}`
  show(
    { kind: 'delivery', event, status, duration_ms: durationMs, problem },
    `${event.type}  ${event.id}  ${outcome}`,
  )
  return problem === null ? EXIT.ok : EXIT.failed
}

async function deliveriesOf(wire: Wire, eventId: string): Promise<readonly string[]> {
  const query = { event_id: eventId, limit: DELIVERIES }
  const { body } = await wire.get('/api/webhooks/deliveries', query).catch(orUnreachable)
  const ids = parsePage(body).data.flatMap((delivery) => member(delivery, 'id') ?? [])
  if (ids.length > 0) return ids
  throw new CommandError(
    'No endpoint wanted this event, so there is nothing to deliver again; --forward-to sends it to a local server.',
    { code: 'no_deliveries' },
  )
}

async function redeliver({ show }: Invocation, wire: Wire, id: string): Promise<void> {
  const path = `/api/webhooks/deliveries/${encodeURIComponent(id)}/redeliver`
  const { body } = await wire.post(path).catch(orUnreachable)
  const text = `${member(body, 'event_type')}  ${member(body, 'event_id')}  ${id}  → ${member(body, 'url')}`
  show({ kind: 'redelivery', delivery: body }, text)
}
