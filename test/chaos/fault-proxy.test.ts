import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

let server: Server
let proxy: FaultProxy
let open: Socket[] = []
let nowMs = 0

beforeEach(async () => {
  nowMs = 0
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  proxy = await startFaultProxy(
    () => port,
    () => nowMs,
  )
})
afterEach(async () => {
  for (const socket of open) socket.destroy()
  open = []
  await proxy.close()
  server.close()
})

async function connected(): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' })
  open.push(socket)
  await once(socket, 'connect')
  return socket
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [bytes] = await once(socket, 'data')
  return String(bytes)
}

test('a sound link carries bytes both ways', async () => {
  expect(await echo(await connected(), 'hello')).toBe('hello')
})

test('a cut ends the links of that moment and none after it', async () => {
  const socket = await connected()
  await echo(socket, 'a')
  proxy.break('cut', 0)
  await once(socket, 'close')
  expect(await echo(await connected(), 'b')).toBe('b')
})

test('a reset reaches the client as a broken connection', async () => {
  const socket = await connected()
  await echo(socket, 'a')
  const broken = once(socket, 'error')
  socket.on('error', () => {})
  proxy.break('reset', 0)
  expect(await broken).toMatchObject([{ code: 'ECONNRESET' }])
})

test('what a stalled link holds arrives when it is healed', async () => {
  const socket = await connected()
  await echo(socket, 'a')
  proxy.break('stall', 60_000)
  const late = echo(socket, 'b')
  proxy.heal()
  expect(await late).toBe('b')
})

test('a refusing proxy takes no new link until it is healed', async () => {
  proxy.break('refuse', 60_000)
  const socket = connect({ port: proxy.port, host: '127.0.0.1' })
  open.push(socket)
  await expect(once(socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' })
  proxy.heal()
  expect(await echo(await connected(), 'c')).toBe('c')
})
