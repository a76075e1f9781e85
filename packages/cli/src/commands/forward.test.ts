import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { WireEvent } from './events-feed.ts'
import { createForwarder, type Forwarded, forwardOne, forwardUrl } from './forward.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const event = (id: string, object = 'pay_1', sequence = 1): WireEvent => ({
  id,
  type: 'payment.created',
  created_at: '2026-11-01T00:00:00.000Z',
  sequence,
  data: { object: { id: object } },
})

interface Sent {
  readonly headers: Record<string, string>
  readonly body: string
}

/** A local server played by a function, and a clock that only sleeping moves. */
function stand(answer: (sent: Sent, n: number) => Promise<Response> | Response) {
  const sent: Sent[] = []
  const reports: Forwarded[] = []
  const clock = { ms: Date.now() }
  const forwarding = {
    url: 'http://localhost:4000/',
    secret: SECRET,
    trigger: 'auto',
    report: (forwarded: Forwarded) => void reports.push(forwarded),
    world: {
      now: () => clock.ms,
      sleep: async (ms: number) => {
        clock.ms += ms
      },
      stop: new AbortController().signal,
      fetch: async (_url: unknown, init?: RequestInit) => {
        const headers = Object.fromEntries(new Headers(init?.headers))
        const one = { headers, body: String(init?.body) }
        sent.push(one)
        return answer(one, sent.length)
      },
    },
  } as const
  return { sent, reports, forwarding, clock }
}

test('what arrives verifies with the official library, and carries the headers of real deliveries', async () => {
  const { sent, forwarding } = stand(() => new Response())
  const result = await forwardOne(forwarding, event('evt_1'))
  expect(result).toMatchObject({ status: 200, problem: null, again: false })
  const [{ headers, body } = { headers: {}, body: '' }] = sent
  expect(new Webhook(SECRET).verify(body, headers)).toEqual(event('evt_1'))
  expect(headers).toMatchObject({
    'webhook-id': 'evt_1',
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'OneRouter-Webhooks/1',
    'onerouter-delivery-attempt': '1',
    'onerouter-delivery-trigger': 'auto',
  })
})

test('a server that is down is tried again for a minute with the same bytes; then the event is given up, aloud', async () => {
  const refused = () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))
  const back = stand((_, n) => (n < 4 ? refused() : new Response()))
  expect(await forwardOne(back.forwarding, event('evt_1'))).toMatchObject({ status: 200 })
  expect(new Set(back.sent.map(({ body }) => body)).size).toBe(1)
  expect(back.sent.map(({ headers }) => headers['onerouter-delivery-attempt'])).toEqual(['1', '2', '3', '4'])
  expect(back.reports.map(({ again }) => again)).toEqual([true, false])

  const gone = stand(refused)
  const begunMs = gone.clock.ms
  const given = await forwardOne(gone.forwarding, event('evt_1'))
  expect(given).toMatchObject({ status: null, problem: 'nothing listens there', again: false })
  expect(gone.clock.ms - begunMs).toBeGreaterThan(50_000)
  expect(gone.clock.ms - begunMs).toBeLessThanOrEqual(60_000)
})

test('an answer is final, whatever it says', async () => {
  const { sent, forwarding } = stand(() => new Response('no', { status: 500 }))
  expect(await forwardOne(forwarding, event('evt_1'))).toMatchObject({ status: 500, problem: 'answered 500' })
  expect(sent).toHaveLength(1)
})

test('events of one object wait for each other, those of others do not wait for them', async () => {
  const gate = Promise.withResolvers<Response>()
  const { sent, forwarding } = stand(({ body }) =>
    body.includes('pay_slow') ? gate.promise : new Response(),
  )
  const forwarder = createForwarder(forwarding)
  forwarder.take(event('evt_1', 'pay_slow', 1))
  forwarder.take(event('evt_2', 'pay_slow', 2))
  forwarder.take(event('evt_3', 'pay_fast', 1))
  await expect.poll(() => sent.length).toBe(2)
  expect(sent.map(({ headers }) => headers['webhook-id']).sort()).toEqual(['evt_1', 'evt_3'])
  gate.resolve(new Response())
  await forwarder.idle()
  expect(sent.map(({ headers }) => headers['webhook-id'])[2]).toBe('evt_2')
})

test('more objects than connections: all are served, and taking pauses when too many wait', async () => {
  let open = 0
  let most = 0
  const { sent, forwarding } = stand(async () => {
    open += 1
    most = Math.max(most, open)
    await Promise.resolve()
    open -= 1
    return new Response()
  })
  const forwarder = createForwarder(forwarding)
  for (let i = 0; i < 1_500; i++) forwarder.take(event(`evt_${i}`, `pay_${i}`))
  await forwarder.room()
  expect(sent.length).toBeGreaterThanOrEqual(500)
  await forwarder.idle()
  expect(sent).toHaveLength(1_500)
  expect(most).toBeLessThanOrEqual(16)
})

test.each([
  ['localhost:4000/hooks', 'http://localhost:4000/hooks'],
  ['4000', 'http://localhost:4000/'],
  ['4000/hooks?x=1', 'http://localhost:4000/hooks?x=1'],
  ['https://shop.example/h#part', 'https://shop.example/h'],
  ['[::1]:4000', 'http://[::1]:4000/'],
])('%s is read as %s', (text, url) => expect(forwardUrl(text)).toBe(url))

test.each(['http://', 'http://a:b@localhost', 'a b'])('%s is no address to forward to', (text) =>
  expect(() => forwardUrl(text)).toThrow('--forward-to'),
)
