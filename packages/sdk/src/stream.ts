import { fromWire } from './case.ts'
import { OneRouterError } from './errors.ts'
import { type CallOptions, checkedRetries, type Settings } from './options.ts'
import { retryDelayMs } from './retry.ts'
import { type Failed, noAnswer, type Operation, type Prepared, pause, prepare, refusalIn } from './send.ts'
import { serverEvents } from './server-events.ts'

/** Answers that are read while they arrive. */
export interface Streams {
  /** The text of an answer, piece by piece. A connection that breaks off ends it with an error. */
  text(operation: Operation, options?: CallOptions): AsyncGenerator<string, void, undefined>
  /** One object a line. */
  lines<T>(operation: Operation, options?: CallOptions): AsyncGenerator<T, void, undefined>
  /** Server-sent events for as long as they are read: what breaks off or ends is taken up again behind the last event. */
  events<T>(operation: Operation, options?: StreamOptions): AsyncGenerator<T, void, undefined>
}

export interface StreamOptions extends CallOptions {
  /** The id of the last object that was seen: begins behind it. */
  readonly lastEventId?: string
}

/** The server says that it is alive every 15 seconds: less patience would take every pause for a broken line. */
const SILENT_MS_MIN = 20_000
/** Objects that come again after a new connection are known by their ids. */
const REMEMBERED = 1_000

export function createStreams(settings: Settings): Streams {
  const text: Streams['text'] = (operation, options = {}) => open(settings, operation, options)
  return {
    text,
    async *lines<T>(operation: Operation, options: CallOptions = {}) {
      let rest = ''
      for await (const piece of text(operation, options)) {
        const lines = (rest + piece).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) if (line !== '') yield fromWire(JSON.parse(line)) as T // the operation's schema
      }
      if (rest !== '') yield fromWire(JSON.parse(rest)) as T // as above
    },
    events: (operation, options = {}) => follow(settings, operation, options),
  }
}

async function* follow<T>(
  settings: Settings,
  operation: Operation,
  options: StreamOptions,
): AsyncGenerator<T, void, undefined> {
  const retries = checkedRetries(options.maxRetries ?? settings.maxRetries)
  const { system } = settings
  const seen = new Set<string>()
  let { lastEventId } = options
  for (let attempt = 0; ; ) {
    const headers = { ...options.headers, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) }
    let error: OneRouterError | null = null
    try {
      // One try each: this loop counts them.
      for await (const event of serverEvents(
        open(settings, operation, { ...options, headers, maxRetries: 0 }),
      )) {
        attempt = 0
        if (event.id !== '') lastEventId = event.id
        if (seen.has(event.id)) continue
        remember(seen, event.id)
        yield fromWire(JSON.parse(event.data)) as T // the operation's schema
      }
    } catch (cause) {
      if (!(cause instanceof OneRouterError) || !cause.retryable) throw cause
      error = cause
    }
    if (error !== null && attempt >= retries) throw error
    const delayMs = retryDelayMs({ attempt, answer: null }, system.now(), system.random) ?? 0
    attempt += error === null ? 0 : 1
    await pause(settings, delayMs, options.signal)
  }
}

function remember(seen: Set<string>, id: string): void {
  if (id === '') return
  seen.add(id)
  if (seen.size > REMEMBERED) for (const oldest of seen) if (seen.delete(oldest)) break
}

async function* open(
  settings: Settings,
  operation: Operation,
  options: CallOptions,
): AsyncGenerator<string, void, undefined> {
  const retries = checkedRetries(options.maxRetries ?? settings.maxRetries)
  const { system } = settings
  const request = prepare(settings, operation, options)
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted()
    const opened = await openOnce(settings, request, options.signal)
    if ('pieces' in opened) return yield* opened.pieces
    const delayMs = retryDelayMs({ attempt, answer: opened.answer }, system.now(), system.random)
    if (attempt >= retries || delayMs === null) throw opened.error
    await pause(settings, delayMs, options.signal)
  }
}

interface Opened {
  readonly pieces: AsyncGenerator<string, void, undefined>
}

/** Until the answer begins it is a call like any other; from then on only silence ends it. */
async function openOnce(
  settings: Settings,
  { url, init, timeoutMs }: Prepared,
  signal: AbortSignal | undefined,
): Promise<Opened | Failed> {
  const { system } = settings
  const controller = new AbortController()
  const stop = () => controller.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  const close = () => signal?.removeEventListener('abort', stop)
  const cancelTimer = system.after(timeoutMs, () => controller.abort(new Error('no answer in time')))
  try {
    const response = await system.fetch(url, { ...init, signal: controller.signal })
    if (response.ok) {
      const silentMs = Math.max(timeoutMs, SILENT_MS_MIN)
      return { pieces: piecesOf(settings, response, { controller, signal, close, silentMs }) }
    }
    const { status, headers } = response
    const failed = refusalIn({ status, headers, text: await response.text() }, system.now())
    close()
    return failed
  } catch (cause) {
    close()
    signal?.throwIfAborted()
    return { error: noAnswer(cause), answer: null }
  } finally {
    cancelTimer()
  }
}

interface Line {
  readonly controller: AbortController
  readonly signal: AbortSignal | undefined
  readonly close: () => void
  readonly silentMs: number
}

async function* piecesOf(
  { system }: Settings,
  response: Response,
  { controller, signal, close, silentMs }: Line,
): AsyncGenerator<string, void, undefined> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  try {
    while (reader !== undefined) {
      const cancel = system.after(silentMs, () => controller.abort(new Error('silence')))
      const { done, value } = await reader.read().finally(cancel)
      const piece = decoder.decode(value, { stream: !done })
      if (piece !== '') yield piece
      if (done) return
    }
  } catch (cause) {
    signal?.throwIfAborted()
    throw noAnswer(cause)
  } finally {
    close()
    // Who stops reading lets go of the connection.
    controller.abort(new Error('nobody reads on'))
  }
}
