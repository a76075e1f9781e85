/** A webhook receiver in a process of its own: answers 204 and reports when each event came. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const clockMs = (): number => performance.timeOrigin + performance.now()
let batch: [id: string, atMs: number][] = []

const server = createServer((request, response) => {
  const atMs = clockMs()
  request.resume()
  request.on('end', () => {
    response.writeHead(204).end()
    batch.push([String(request.headers['webhook-id']), atMs])
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo // listening on TCP
  process.send?.({ port })
})
setInterval(() => {
  if (batch.length === 0) return
  process.send?.({ batch })
  batch = []
}, 20)
process.on('disconnect', () => process.exit())
