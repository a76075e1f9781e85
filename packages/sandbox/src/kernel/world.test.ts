import { expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../index.ts'
import { json } from './http.ts'
import type { CreateEmulator, World } from './types.ts'

/** The smallest provider: it counts its calls, can schedule a note and can send a webhook. */
function createToy(seen: { world?: World; notes: string[] }): CreateEmulator {
  return (world) => {
    seen.world = world
    const calls = world.collection<{ count: number }>('toy.calls')
    world.onTask('toy.note', (data) => void seen.notes.push(`${String(data['text'])}@${world.clock.now()}`))
    return {
      provider: 'stripe',
      async api(request) {
        const row = calls.get('all') ?? { count: 0 }
        row.count += 1
        calls.set('all', row)
        return json(200, { count: row.count, sent: await request.text() })
      },
      pages: async () => new Response('page'),
      newCredentials: (random) => ({ secret_key: random.text('abc', 8) }),
      signWebhook: (_delivery, nowMs) => ({
        'x-signature': `t=${nowMs},v1=0123456789abcdef0123456789abcdef`,
      }),
      simulate: () => ({ ok: true, status: 'done' }),
      book: () => [],
      errorBody: (status) => ({ toy: status }),
    }
  }
}

function stand(options: Partial<Parameters<typeof createSandbox>[0]> = {}) {
  const seen: { world?: World; notes: string[] } = { notes: [] }
  const slept: number[] = []
  const sent: { at: number; body: string; signature: string | null }[] = []
  const sandbox: Sandbox = createSandbox({
    clock: { now: () => 1_000_000 },
    seed: 5,
    emulators: { stripe: createToy(seen) },
    timeoutSignal: () => new AbortController().signal,
    sleep: async (ms) => void slept.push(ms),
    fetch: async (_url, init) => {
      const signature = new Headers(init?.headers).get('x-signature')
      sent.push({ at: sandbox.now(), body: String(init?.body), signature })
      return new Response()
    },
    warn: () => {},
    ...options,
  })
  const call = (init: RequestInit = { method: 'POST', body: 'x' }) =>
    sandbox.fetch('stripe')(new Request('http://toy.test/v1/things?a=1', init))
  const { world } = seen
  if (world === undefined) throw new Error('the toy was not built')
  const count = () => world.collection<{ count: number }>('toy.calls').get('all')?.count ?? 0
  return { sandbox, call, world, seen, slept, sent, count }
}

const delivery = (body: string, retryDelaysMs: readonly number[] = []) => ({
  provider: 'stripe' as const,
  accountId: 'sandbox_stripe',
  url: 'http://receiver.test/',
  eventId: body,
  eventType: body,
  body,
  signing: {},
  retryDelaysMs,
  timeoutMs: 1_000,
})

test('advance runs every task at its own time, in order, with those they schedule', async () => {
  const { sandbox, world, seen } = stand()
  world.onTask('toy.chain', () => world.schedule(1_000_250, { kind: 'toy.note', data: { text: 'chained' } }))
  world.schedule(1_000_300, { kind: 'toy.note', data: { text: 'third' } })
  world.schedule(1_000_200, { kind: 'toy.chain', data: {} })
  world.schedule(1_000_100, { kind: 'toy.note', data: { text: 'first' } })
  world.schedule(1_009_000, { kind: 'toy.note', data: { text: 'not yet' } })
  await sandbox.advance(500)
  expect(seen.notes).toEqual(['first@1000100', 'chained@1000250', 'third@1000300'])
  expect(sandbox.now()).toBe(1_000_500)
})

test('the same seed gives the same accounts, and the default account is the same everywhere', () => {
  const key = (sandbox: Sandbox) => sandbox.account('stripe').credentials['secret_key']
  const one = stand({ seed: 1 }).sandbox
  const two = stand({ seed: 2 }).sandbox
  expect(key(one)).toBe(key(two))
  expect(one.createAccount('stripe')).toEqual(stand({ seed: 1 }).sandbox.createAccount('stripe'))
  expect(two.createAccount('stripe')).not.toEqual(stand({ seed: 1 }).sandbox.createAccount('stripe'))
})

test.each([
  ['error_before', 0, 500, '{"toy":500}'],
  ['error_after', 1, 500, '{"toy":500}'],
  ['rate_limited', 0, 429, '{"toy":429}'],
  ['truncated', 1, 200, '{"count":1,'],
  ['duplicate', 2, 200, '{"count":2,"sent":"x"}'],
  ['late', 1, 200, '{"count":1,"sent":"x"}'],
] as const)('%s: %i effects, status %i', async (fault, effects, status, text) => {
  const { sandbox, call, count } = stand()
  sandbox.faults.add({ provider: 'stripe', fault, count: 1 })
  const answer = await call()
  expect([answer.status, await answer.text(), count()]).toEqual([status, text, effects])
  expect((await call()).status).toBe(200)
})

test.each([
  ['lost_request', 0, false],
  ['lost_answer', 1, true],
  ['stall', 0, true],
] as const)('%s cuts the connection after %i effects', async (fault, effects, sent) => {
  const { sandbox, call, count } = stand()
  sandbox.faults.add({ provider: 'stripe', fault, count: 1 })
  await expect(call()).rejects.toMatchObject({ name: 'ConnectionCut', sent })
  expect(count()).toBe(effects)
})

test('html is a gateway page with the effect behind it', async () => {
  const { sandbox, call, count } = stand()
  sandbox.faults.add({ provider: 'stripe', fault: 'html', count: 1 })
  const answer = await call()
  expect([answer.status, answer.headers.get('content-type'), count()]).toEqual([502, 'text/html', 1])
})

test('a fault hits only what it matches, as often as it says', async () => {
  const { sandbox, call } = stand()
  sandbox.faults.add({ provider: 'stripe', fault: 'rate_limited', count: 2, match: 'POST /v1/things' })
  expect((await call({ method: 'GET' })).status).toBe(200)
  expect([(await call()).status, (await call()).status, (await call()).status]).toEqual([429, 429, 200])
  sandbox.faults.add({ provider: 'stripe', fault: 'rate_limited', count: 9 })
  sandbox.faults.clear()
  expect((await call()).status).toBe(200)
})

test('recent requests show path, body and status, never credentials', async () => {
  const { sandbox, call } = stand()
  await call({ method: 'POST', body: 'x', headers: { authorization: 'Bearer secret', 'x-other': '1' } })
  const [request] = sandbox.requests.recent('stripe', 10)
  expect(request).toMatchObject({ method: 'POST', path: '/v1/things?a=1', body: 'x', status: 200 })
  expect(request?.headers).not.toHaveProperty('authorization')
  expect(request?.headers['x-other']).toBe('1')
})

test('a body above the cap is refused unread', async () => {
  const { call, count } = stand()
  expect((await call({ method: 'POST', body: 'x'.repeat(1_100_000) })).status).toBe(413)
  expect(count()).toBe(0)
})

test('a failed delivery follows its schedule and stops at its end', async () => {
  let status = 500
  const at: number[] = []
  const { sandbox, world } = stand({
    fetch: async () => {
      at.push(sandbox.now() - 1_000_000)
      return new Response(null, { status })
    },
  })
  world.deliver(delivery('a', [100, 1_000]))
  await sandbox.advance(10_000)
  expect(at).toEqual([0, 100, 1_100])
  expect(sandbox.deliveries('stripe')).toMatchObject([
    { state: 'failed', attempts: [{ status: 500 }, {}, {}] },
  ])
  status = 200
})

test('a receiver that cannot be reached counts as a failed attempt', async () => {
  const { sandbox, world } = stand({ fetch: () => Promise.reject(new TypeError('refused')) })
  world.deliver(delivery('a'))
  await sandbox.runDue()
  expect(sandbox.deliveries('stripe')[0]?.attempts).toMatchObject([{ status: null, error: 'TypeError' }])
})

test('a delivery is signed in real time, however far the clock was moved: no receiver takes what comes from the future', async () => {
  const { sandbox, world, sent } = stand()
  await sandbox.advance(86_400_000)
  world.deliver(delivery('after a day'))
  await sandbox.advance(1)
  expect(sent).toMatchObject([{ at: 87_400_000, signature: expect.stringMatching(/^t=1000000,/) }])
})

test('a forged delivery keeps the form of its signature', async () => {
  const { sandbox, world, sent } = stand()
  sandbox.faults.add({ provider: 'stripe', fault: 'webhook_forged', count: 1 })
  world.deliver(delivery('a'))
  await sandbox.runDue()
  expect(sent[0]?.signature).toMatch(/^t=1000000,v1=[0-9a-f]{32}$/)
  expect(sent[0]?.signature).not.toBe('t=1000000,v1=0123456789abcdef0123456789abcdef')
})

test('a reordered delivery with no successor leaves after half a minute', async () => {
  const { sandbox, world, sent } = stand()
  sandbox.faults.add({ provider: 'stripe', fault: 'webhook_reordered', count: 1 })
  world.deliver(delivery('a'))
  await sandbox.advance(29_000)
  expect(sent).toEqual([])
  await sandbox.advance(1_000)
  expect(sent).toMatchObject([{ body: 'a', at: 1_030_000 }])
})

test('a restored sandbox has its clock, tables, tasks and unsent webhooks, and repeats no id', async () => {
  const before = stand({ fetch: () => Promise.reject(new Error('down')) })
  await before.call()
  const account = before.sandbox.createAccount('stripe')
  before.world.schedule(1_005_000, { kind: 'toy.note', data: { text: 'kept' } })
  before.world.deliver(delivery('a', [2_000]))
  await before.sandbox.advance(1_000)
  const after = stand({ restored: JSON.parse(JSON.stringify(before.sandbox.snapshot())) })
  expect(after.sandbox.now()).toBe(1_001_000)
  expect(after.count()).toBe(1)
  expect(after.sandbox.account('stripe', account.id)).toEqual(account)
  expect(after.sandbox.createAccount('stripe').id).not.toBe(account.id)
  await after.sandbox.advance(10_000)
  expect(after.sent.map(({ body }) => body)).toEqual(['a'])
  expect(after.seen.notes).toEqual(['kept@1005000'])
})

test('an attempt that was under way when the process died is made again, once', async () => {
  const before = stand({ fetch: () => new Promise<Response>(() => {}) })
  before.world.deliver(delivery('a', [2_000]))
  before.sandbox.startDue()
  const after = stand({ restored: JSON.parse(JSON.stringify(before.sandbox.snapshot())) })
  await after.sandbox.advance(10_000)
  expect(after.sent.map(({ body }) => body)).toEqual(['a'])
})
