/**
 * A webhook receiver in a process of its own: answers 204 and reports when each event came. It reads no more of HTTP than the
 * requests at hand have, because it shares the machine with what is measured.
 */
import { type AddressInfo, createServer } from 'node:net'

const REPORT_EVERY_MS = 50
const ANSWER = 'HTTP/1.1 204 No Content\r\n\r\n'
const clockMs = (): number => performance.timeOrigin + performance.now()
let batch: [id: string, atMs: number][] = []

const server = createServer({ noDelay: true }, (socket) => {
  let pending: Buffer = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    const headEnd = pending.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const head = pending.toString('latin1', 0, headEnd)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])
    // A connection carries one request at a time: what is beyond this one's body would be a fault of the sender.
    if (pending.length < headEnd + 4 + length) return
    if (pending.length > headEnd + 4 + length) return socket.destroy()
    pending = Buffer.alloc(0)
    batch.push([/\r\nwebhook-id: (\S+)/i.exec(head)?.[1] ?? 'no id', clockMs()])
    socket.write(ANSWER, 'latin1')
  })
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo // listening on TCP
  process.send?.({ port })
})
setInterval(() => {
  if (batch.length === 0) return
  process.send?.({ batch })
  batch = []
}, REPORT_EVERY_MS)
process.on('disconnect', () => process.exit())
