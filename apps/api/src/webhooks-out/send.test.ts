import { createServer, type Server } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, expect, test } from 'vitest'
import { policyFor } from './address-guard.ts'
import { createSender } from './send.ts'
import { createReceiver, type Receiver } from './testing/receiver.ts'

const policy = policyFor({ production: false, allowed: [], own: { addresses: [], ports: [] } }, 'test')
/** The real ones, shortened a hundred times. */
const deadlines = { dnsMs: 50, connectMs: 100, firstByteMs: 150, totalMs: 400 }
const sender = createSender({ resolve: async () => [], deadlines, now: Date.now })
const open: { close(): unknown }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})
afterAll(() => sender.close())

let serial = 0
const send = (url: string) =>
  sender.send({ endpointId: `e${++serial}`, url, headers: {}, body: '{}', connections: 1, policy })

async function answering(answer: Receiver['answer']): Promise<Receiver> {
  const receiver = await createReceiver(answer)
  open.push(receiver)
  return receiver
}

async function rawServer(reply: string): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(reply))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
}

test.each([200, 201, 202, 204, 299])('%i is delivered', async (status) => {
  const hooks = await answering((response) => response.writeHead(status).end())
  expect(await send(hooks.url)).toMatchObject({ status, error: null, address: '127.0.0.1' })
})

test.each([301, 302, 303, 307, 308])(
  'S14: %i to the metadata address is a failure and never followed',
  async (status) => {
    const hooks = await answering((response) =>
      response.writeHead(status, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    )
    expect(await send(hooks.url)).toMatchObject({ status, error: 'redirect' })
    expect(hooks.received).toHaveLength(1)
  },
)

test('410 says that it wants no more; 429 and 503 say when', async () => {
  const gone = await answering((response) => response.writeHead(410).end())
  expect(await send(gone.url)).toMatchObject({ status: 410, error: 'gone' })
  const slow = await answering((response) => response.writeHead(429, { 'retry-after': '7' }).end())
  expect(await send(slow.url)).toMatchObject({ error: 'status', retryAfterMs: 7_000 })
  const at = new Date(Date.now() + 60_000).toUTCString()
  const dated = await answering((response) => response.writeHead(503, { 'retry-after': at }).end())
  expect((await send(dated.url)).retryAfterMs).toBeGreaterThan(50_000)
})

test('S16: an endless answer is cut, its connection dropped, and its status holds', async () => {
  const hooks = await answering((response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  })
  const outcome = await send(hooks.url)
  expect(outcome).toMatchObject({ status: 200, error: null })
  expect(outcome.body).toHaveLength(1024)
  await expect.poll(() => hooks.open()).toBe(0)
})

test('S16: an answer that drips ends with the total deadline', async () => {
  const hooks = await answering((response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  })
  const beganMs = Date.now()
  expect(await send(hooks.url)).toMatchObject({ status: 200, error: null })
  expect(Date.now() - beganMs).toBeLessThan(5_000)
  await expect.poll(() => hooks.open()).toBe(0)
})

test('S16: silence ends with the first-byte deadline', async () => {
  const hooks = await answering(() => undefined)
  expect(await send(hooks.url)).toMatchObject({ status: null, error: 'timeout' })
})

test('S16: a gzip bomb stays compressed, a flood of headers and HTTP/0.9 are no answers', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const hooks = await answering((response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
  })
  expect((await send(hooks.url)).body?.length).toBeLessThanOrEqual(1024)
  const flood = await rawServer(`HTTP/1.1 200 OK\r\n${'x-flood: 0123456789\r\n'.repeat(5_000)}\r\n`)
  expect(await send(flood)).toMatchObject({ status: null, error: 'protocol' })
  expect(await send(await rawServer('hello, this is HTTP/0.9\n'))).toMatchObject({ error: 'protocol' })
})

test('a connection that is refused or broken off says so', async () => {
  expect(await send('http://127.0.0.1:1/')).toMatchObject({ status: null, error: 'connect' })
  const hooks = await answering((response) => response.destroy())
  expect(await send(hooks.url)).toMatchObject({ status: null, error: 'connection' })
})

test('what the guard refuses never leaves; a name nobody knows is a DNS failure', async () => {
  expect(await send('http://169.254.169.254/')).toMatchObject({ error: 'refused_address', address: null })
  expect(await send('http://user:pass@127.0.0.1/')).toMatchObject({ error: 'refused_address' })
  const failing = createSender({
    resolve: () => Promise.reject(new Error('ENOTFOUND')),
    deadlines,
    now: Date.now,
  })
  const url = 'https://nobody.test/'
  const request = { endpointId: 'x', url, headers: {}, body: '', connections: 1, policy }
  expect(await failing.send(request)).toMatchObject({ error: 'dns' })
  await failing.close()
})
