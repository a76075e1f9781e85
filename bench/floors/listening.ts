import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port, tells it to the parent, and ends with the parent. */
export function listening(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo // a TCP listener has no other kind
    process.send?.({ port })
  })
  process.on('disconnect', () => process.exit())
}
