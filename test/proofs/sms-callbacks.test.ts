/** A text message from the request to the phone: the emulator's own signed callbacks in, status, cost and events out. */

import { httpFromFetch } from '@onerouter/providers'
import { createSandbox, PROVIDERS, type Sandbox } from '@onerouter/sandbox'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMoney } from '../../apps/api/src/money.ts'
import { type OpenedApp, openApp } from '../../apps/api/src/testing/open-app.ts'
import { runDue } from '../../apps/api/src/worker/worker.ts'

interface Callback {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

let sandbox: Sandbox
let api: OpenedApp
/** Works off what is due: what callbacks brought, and the looks of our own when asked for. */
let work: (...tables: readonly ('inbound' | 'sms')[]) => Promise<void>
let end: () => Promise<void>
const sent: Callback[] = []
let offsetMs = 0
const now = () => Date.now() + offsetMs

beforeAll(async () => {
  sandbox = createSandbox({
    clock: { now },
    seed: 3,
    warn: () => {},
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const { pathname, search } = new URL(request.url)
      sent.push({
        path: pathname + search,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      })
      return new Response(null, { status: 200 })
    },
  })
  const receivers = new Map([
    ['http://127.0.0.1:8010', (request: Request) => sandbox.control(request)] as const,
    ...PROVIDERS.map((name) => [sandbox.urls.api[name], sandbox.fetch(name)] as const),
  ])
  api = await openApp({
    world: {
      now,
      transport: (baseUrl, scope = {}) => {
        const answer = receivers.get(baseUrl)
        if (answer === undefined) throw new Error(`nobody lives at ${baseUrl}`)
        return httpFromFetch(answer, baseUrl, { ...scope, now })
      },
    },
  })
  const money = createMoney(api.deps)
  work = async (...tables) => {
    // The database's clock is not moved: what is due by ours is due.
    for (const table of tables) {
      await api.deps.db.engine.query(
        `update ${table} set due_at = now() where due_at <= now() + $1::bigint * interval '1 millisecond'`,
        [Math.ceil(offsetMs)],
      )
    }
    for (let round = 0; round < 50; round++) if ((await runDue(money.engine)) === 0) return
    throw new Error('there is always something due')
  }
  end = () => money.flush()
})
afterAll(async () => {
  await end()
  await api.close()
})

let key: string
beforeEach(async () => {
  key = (await api.newKey()).plain
  const body = { environment: 'test', sandbox: true }
  const saved = await api.call(key, 'PUT', '/api/services/twilio/credentials', body)
  expect(saved.statusCode, saved.body).toBe(200)
})

const send = async (to: string) => {
  const answer = await api.call(key, 'POST', '/v1/sms', { to, body: 'Your order has left.' })
  expect(answer.statusCode, answer.body).toBe(201)
  return answer.json()
}
const read = async (id: string) => (await api.call(key, 'GET', `/v1/sms/${id}`)).json()

/** The emulator plans what follows when it does something: time passes in steps. */
const STEPS = 20
/** What the emulator sends within the time, in its order. */
async function callbacks(ms: number): Promise<Callback[]> {
  for (let step = 0; step < STEPS; step++) {
    offsetMs += ms / STEPS
    await sandbox.runDue()
  }
  return sent.splice(0)
}
const hand = ({ path, headers, body }: Callback) =>
  api.app.inject({ method: 'POST', url: path, headers, payload: body })

async function eventsOf(id: string): Promise<{ type: string; sequence: number; status: string }[]> {
  const { data } = (await api.call(key, 'GET', '/v1/events?limit=100')).json()
  return data
    .filter((event: { data: { object: { id: string } } }) => event.data.object.id === id)
    .map(
      ({
        type,
        sequence,
        data: { object },
      }: {
        type: string
        sequence: number
        data: { object: { status: string } }
      }) => ({
        type,
        sequence,
        status: object.status,
      }),
    )
    .reverse()
}

test.each([
  ['+14155550123', 'delivered', 'sms.delivered', null],
  ['+15005550101', 'undelivered', 'sms.failed', 'recipient_unreachable'],
])(
  '%s: signed callbacks alone carry a message to %s, with its cost and one event a step',
  async (to, status, type, code) => {
    const sms = await send(to)
    expect(sms).toMatchObject({ status: 'queued', cost: null })
    const steps = await callbacks(5_000)
    expect(steps.length).toBeGreaterThan(1)
    for (const step of steps) {
      expect(step.path).toMatch(/^\/webhooks\/twilio\//)
      expect(step.headers['x-twilio-signature']).toBeDefined()
      expect((await hand(step)).statusCode).toBeLessThan(300)
    }
    await work('inbound')
    const told = await read(sms.id)
    expect(told.status).toBe(status)
    expect(told.failure?.code ?? null).toBe(code)
    const events = await eventsOf(sms.id)
    expect(events.at(-1)).toMatchObject({ type, status })
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
    // The price comes half a minute later, and no callback tells of it: it is looked for.
    await callbacks(60_000)
    await work('sms')
    expect((await read(sms.id)).cost).toMatchObject({
      amount: expect.stringMatching(/^0\.0/),
      currency: 'USD',
    })
    expect(await eventsOf(sms.id)).toEqual(events)
  },
)

test('callbacks in any order, twice and late leave the same message and the same events', async () => {
  const sms = await send('+14155550123')
  const steps = await callbacks(5_000)
  for (const step of [...steps.toReversed(), ...steps]) {
    expect((await hand(step)).statusCode).toBeLessThan(300)
    await work('inbound')
  }
  expect((await read(sms.id)).status).toBe('delivered')
  const events = await eventsOf(sms.id)
  expect(events.filter(({ type }) => type === 'sms.delivered')).toHaveLength(1)
  expect(events.at(-1)?.type).toBe('sms.delivered')
})

test('a callback that somebody else signed, or that was changed on its way, changes nothing', async () => {
  const sms = await send('+14155550123')
  const steps = await callbacks(5_000)
  const last = steps.at(-1)
  if (last === undefined) throw new Error('the emulator sent nothing')
  for (const forged of [
    { ...last, headers: { ...last.headers, 'x-twilio-signature': btoa('somebody else here!!') } },
    { ...last, body: last.body.replace('delivered', 'failed') },
    { ...last, headers: { 'content-type': last.headers['content-type'] ?? '' } },
  ]) {
    expect((await hand(forged)).statusCode).toBe(401)
  }
  await work('inbound')
  expect((await read(sms.id)).status).toBe('queued')
  expect((await hand(last)).statusCode).toBeLessThan(300)
  await work('inbound')
  expect((await read(sms.id)).status).toBe('delivered')
})
