import { connect, type Socket } from 'node:net'

export interface Heard {
  readonly status: number
  readonly overheadMs: number
}

/** One kept connection, with one request at a time on it. */
export interface Wire {
  /** `null`: no whole answer came. */
  ask(text: string): Promise<Heard | null>
  close(): void
}

const TIMEOUT_MS = 20_000

/**
 * HTTP/1.1 as far as the servers speak it that are measured: whole texts out, answers with a length in. Node's own client
 * takes longer for a request than they do.
 */
export function openWire(port: number): Wire {
  let socket: Socket | null = null
  let waiting: ((heard: Heard | null) => void) | null = null
  let come = ''
  const end = (heard: Heard | null): void => {
    const tell = waiting
    waiting = null
    come = ''
    tell?.(heard)
  }
  const open = (): Socket => {
    const made = connect({ port, host: '127.0.0.1', noDelay: true })
    made.setTimeout(TIMEOUT_MS)
    made.on('timeout', () => made.destroy())
    // What went wrong does not matter: the answer did not come.
    made.on('error', () => made.destroy())
    made.on('close', () => {
      if (socket === made) socket = null
      end(null)
    })
    made.on('data', (chunk) => {
      come += chunk.toString('latin1')
      const heard = read(come)
      if (heard !== null) end(heard)
    })
    return made
  }
  return {
    ask: (text) =>
      new Promise((resolve) => {
        waiting = resolve
        socket ??= open()
        socket.write(text)
      }),
    close: () => void socket?.destroy(),
  }
}

/** `null` while there is more to come. A letter is a byte. */
function read(come: string): Heard | null {
  const headEnd = come.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const head = come.slice(0, headEnd)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without a length: ${head}`)
  if (come.length < headEnd + 4 + Number(length)) return null
  return {
    status: Number(head.slice(9, 12)),
    overheadMs: Number(/\r\nonerouter-overhead-ms: *([\d.]+)/i.exec(head)?.[1] ?? 0),
  }
}
