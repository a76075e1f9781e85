import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox } from './index.ts'
import { createRazorpay } from './razorpay/index.ts'
import { type SandboxServer, startServer } from './server.ts'

let server: SandboxServer
let changes = 0

beforeEach(async () => {
  changes = 0
  server = await startServer({
    ports: { pages: 0, api: { stripe: 0, razorpay: 0, paypal: 0, twilio: 0 } },
    sandbox: (urls) =>
      createSandbox({
        clock: { now: () => Date.now() },
        seed: 1,
        urls,
        fetch,
        emulators: { razorpay: createRazorpay },
      }),
    changed: () => {
      changes += 1
    },
    onError: (error) => console.error(error),
  })
})
afterEach(() => server.stop())

const post = (path: string, body: unknown, method = 'POST') =>
  fetch(`${server.urls.pages}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
  })
const createOrder = async (keys: Record<string, string>, amount = 500) => {
  const authorization = `Basic ${btoa(`${keys['key_id']}:${keys['key_secret']}`)}`
  return fetch(`${server.urls.api.razorpay}/v1/orders`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ amount, currency: 'INR' }),
  })
}

test('the index names each provider’s address and credentials, as JSON or HTML', async () => {
  const index = await (await fetch(server.urls.pages)).json()
  const { credentials } = server.sandbox.account('razorpay')
  expect(index).toMatchObject({
    providers: { razorpay: { api_base: server.urls.api.razorpay, credentials } },
  })
  const page = await fetch(server.urls.pages, { headers: { accept: 'text/html' } })
  expect(page.headers.get('content-type')).toMatch(/html/)
  expect(await page.text()).toContain(credentials['key_id'])
})

test('a new account pays through its own keys, simulations and books', async () => {
  const made = await (await post('/accounts', { provider: 'razorpay' })).json()
  const order = await (await createOrder(made.credentials)).json()
  const body = { credential: made.credentials.key_id }
  const result = await post(`/simulations/razorpay/${order.id}/succeed`, body)
  expect([result.status, await result.json()]).toEqual([200, { ok: true, status: 'captured' }])
  const foreign = await post(`/simulations/razorpay/${order.id}/succeed`, {})
  expect(foreign.status).toBe(409)
  const book = await (await fetch(`${server.urls.pages}/book/razorpay?account_id=${made.account_id}`)).json()
  expect(book.data).toMatchObject([{ orderRef: order.id, captured: '500', amount: '500' }])
  expect(changes).toBeGreaterThan(0)
})

test('the clock moves and the requests are listed', async () => {
  const before = server.sandbox.now()
  expect((await post('/clock/advance', { seconds: 86_400 })).status).toBe(200)
  expect(server.sandbox.now() - before).toBeGreaterThanOrEqual(86_400_000)
  await createOrder(server.sandbox.account('razorpay').credentials)
  const { data } = await (await fetch(`${server.urls.pages}/requests/razorpay?limit=1`)).json()
  expect(data).toMatchObject([{ method: 'POST', path: '/v1/orders', status: 200 }])
  expect(JSON.stringify(data)).not.toMatch(/authorization/i)
})

test('a lost answer cuts the socket, and faults can be planned and cleared', async () => {
  const keys = server.sandbox.account('razorpay').credentials
  expect((await post('/faults', { provider: 'razorpay', fault: 'lost_answer' })).status).toBe(201)
  await expect(createOrder(keys)).rejects.toThrow()
  await post('/faults', { provider: 'razorpay', fault: 'rate_limited', count: 5 })
  expect((await createOrder(keys)).status).toBe(429)
  expect((await post('/faults', {}, 'DELETE')).status).toBe(200)
  expect((await createOrder(keys)).status).toBe(200)
})

test.each([
  ['/faults', { provider: 'razorpay', fault: 'earthquake' }],
  ['/faults', { provider: 'razorpay', fault: 'late', count: 0 }],
  ['/faults', { provider: 'nobody', fault: 'late' }],
  ['/accounts', { provider: 'nobody' }],
  ['/clock/advance', { seconds: -1 }],
  ['/clock/advance', { seconds: '5' }],
])('control refuses %s %j', async (path, body) => {
  expect((await post(path, body)).status).toBe(400)
})

test('a web page cannot drive the sandbox across origins', async () => {
  const body = JSON.stringify({ seconds: 5 })
  const answer = await fetch(`${server.urls.pages}/clock/advance`, { method: 'POST', body })
  expect(answer.status).toBe(415)
})

test('a stalled connection does not hold up the stop', async () => {
  await post('/faults', { provider: 'razorpay', fault: 'stall' })
  const pending = createOrder(server.sandbox.account('razorpay').credentials).catch(() => 'cut')
  await expect.poll(() => server.sandbox.faults.list().length).toBe(0)
  await server.stop()
  expect(await pending).toBe('cut')
})
