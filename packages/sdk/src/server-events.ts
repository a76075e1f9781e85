/** One event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). */
export interface ServerEvent {
  /** Empty where the server gave none. */
  readonly id: string
  readonly data: string
}

/** Events out of the pieces in which they arrive; comments and what is unfinished at the end are none. */
export async function* serverEvents(
  pieces: AsyncIterable<string>,
): AsyncGenerator<ServerEvent, void, undefined> {
  let rest = ''
  let id = ''
  let data: string[] = []
  for await (const piece of pieces) {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { id, data: data.join('\n') }
        data = []
      } else {
        const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
        if (field === 'data') data.push(value)
        if (field === 'id') id = value
      }
    }
  }
}
