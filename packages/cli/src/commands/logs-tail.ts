import { type Command, EXIT } from './command.ts'
import { connect } from './connection.ts'
import { listOption, oneOf } from './parse.ts'
import { createWire, member, orUnreachable, parsePage, Unavailable, type Wire } from './wire.ts'

type Row = Readonly<Record<string, unknown>>

interface Log {
  readonly path: string
  /** What is worth a new line when it changes. */
  state(row: Row): string
  at(row: Row): string
  line(row: Row): string
}

const text = (row: Row, name: string): string => member(row, name) ?? ''

const LOGS = {
  requests: {
    path: '/api/logs',
    state: () => '',
    at: (row) => text(row, 'created_at'),
    line: (row) =>
      `${text(row, 'method')} ${text(row, 'path')}  ${String(row.status ?? '')} ${text(row, 'code')}  ${String(row.duration_ms ?? '')} ms  ${text(row, 'id')}`,
  },
  in: {
    path: '/api/webhooks/logs',
    state: (row) => text(row, 'status'),
    at: (row) => text(row, 'received_at'),
    line: (row) =>
      `${text(row, 'service_name')} ${text(row, 'event_type')}  ${text(row, 'status')}  ${text(row, 'payment_id')} ${text(row, 'reason')}`,
  },
  events: {
    path: '/v1/events',
    state: () => '',
    at: (row) => text(row, 'created_at'),
    line: (row) => `${text(row, 'type')}  ${text(row, 'id')}`,
  },
  out: {
    path: '/api/webhooks/deliveries',
    state: (row) => `${text(row, 'status')} ${String(row.attempt_count)}`,
    at: (row) => text(row, 'created_at'),
    line: (row) =>
      `${text(row, 'event_type')}  ${text(row, 'status')} ${String(row.last_status ?? '')} → ${text(row, 'url')} ${text(row, 'last_error')}`,
  },
} as const satisfies Readonly<Record<string, Log>>

type LogName = keyof typeof LOGS

/** Who watches would otherwise watch its own looking. */
const OWN: ReadonlySet<string> = new Set(Object.values(LOGS).map(({ path }) => path))
const NAMES = Object.keys(LOGS) as readonly LogName[] // keys of a literal

/** Pages of 100 that one look reads when much happened at once. */
const PAGES_MAX = 20
const KNOWN_MAX = 5_000

/** `onerouter logs tail` */
export const logsTail: Command = {
  name: 'logs tail',
  summary: 'shows as they come: requests, webhooks of the providers, events, deliveries to you',
  args: [],
  options: {
    only: {
      value: 'LOGS',
      help: 'requests (to the API), in (from providers), events, out (to your endpoints); all by default',
    },
  },
  details: ['Each change of state is a line of its own: received, then applied; pending, then delivered.'],
  examples: ['logs tail', 'logs tail --only in,out --json'],
  async run(invocation) {
    const { world, show } = invocation
    const chosen = (listOption(invocation, 'only') ?? NAMES).map((name) => oneOf('--only', name, NAMES))
    const wire = createWire({ world, ...(await connect(invocation)) })
    const tails = chosen.map((name) => ({ name, tail: createTail(wire, LOGS[name]) }))
    await Promise.all(tails.map(({ tail }) => tail())).catch(orUnreachable)
    show({ kind: 'ready', logs: chosen }, `Watching ${chosen.join(', ')}; Ctrl-C ends.`)
    let away = false
    while (!world.stop.aborted) {
      await world.sleep(wire.pauseMs(tails.length))
      try {
        for (const { name, tail } of tails) {
          for (const row of await tail()) {
            const log: Log = LOGS[name]
            show({ kind: name, row }, `${log.at(row)}  ${name.padEnd(6)}  ${log.line(row).trimEnd()}`)
          }
        }
        if (away) world.note('The API answers again.')
        away = false
      } catch (error) {
        if (world.stop.aborted) break
        if (!(error instanceof Unavailable)) throw error
        if (!away) world.note(`${error.message} Trying again until it does.`)
        away = true
        await world.sleep(error.retryMs ?? 1_000)
      }
    }
    return EXIT.ok
  },
}

/** What is new or changed since the last look, oldest first; the first look only learns what there is. */
function createTail(wire: Wire, log: Log): () => Promise<readonly Row[]> {
  const known = new Map<string, string>()
  let first = true
  return async () => {
    const news: Row[] = []
    let after: string | undefined
    for (let page = 0; page < PAGES_MAX; page++) {
      const { body } = await wire.get(log.path, { limit: '100', starting_after: after })
      const { data, next } = parsePage(body)
      const unknown = data.filter((row) => !known.has(text(row, 'id')))
      news.push(...data.filter((row) => known.get(text(row, 'id')) !== log.state(row)))
      // A page that holds something known is the last one with anything new.
      if (first || next === null || unknown.length < data.length) break
      after = next
    }
    for (const row of news) known.set(text(row, 'id'), log.state(row))
    // The oldest were put in first.
    for (const id of known.keys()) {
      if (known.size <= KNOWN_MAX) break
      known.delete(id)
    }
    const told = first ? [] : news.filter((row) => !OWN.has(text(row, 'route'))).reverse()
    first = false
    return told
  }
}
