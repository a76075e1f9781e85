import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly path: string
}

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** Resolves when `count` requests have come in all. */
  until(count: number): Promise<void>
  /** What later requests are answered with; 204 by default. */
  answer: (response: ServerResponse, request: IncomingMessage, n: number) => void
  /** Connections open now. */
  open(): number
  close(): Promise<void>
}

/** A real HTTP server on loopback that keeps what it got. For tests. */
export async function createReceiver(answer?: Receiver['answer']): Promise<Receiver> {
  const received: Received[] = []
  let waiting: { count: number; done: () => void }[] = []
  let open = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        path: request.url ?? '',
      })
      receiver.answer(response, request, received.length)
      for (const { count, done } of waiting) if (received.length >= count) done()
      waiting = waiting.filter(({ count }) => received.length < count)
    })
  })
  server.on('connection', (socket) => {
    open += 1
    socket.on('close', () => {
      open -= 1
    })
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    answer:
      answer ??
      ((response) => {
        response.writeHead(204).end()
      }),
    until(count) {
      if (received.length >= count) return Promise.resolve()
      return new Promise((done) => waiting.push({ count, done }))
    },
    open: () => open,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
