import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../../testing/open-app.ts'
import { createSandboxWorld, type SandboxWorld } from '../../testing/sandbox-transport.ts'

let api: OpenedApp
let world: SandboxWorld
let key: string
beforeAll(async () => {
  world = createSandboxWorld()
  api = await openApp({ world: { transport: world.transport } })
  key = (await api.newKey()).plain
  const connected = { environment: 'test', sandbox: true }
  const saved = await api.call(key, 'PUT', '/api/services/twilio/credentials', connected)
  expect(saved.statusCode, saved.body).toBe(200)
})
afterAll(() => api.close())

const send = (to: string) => api.call(key, 'POST', '/v1/sms', { to, body: 'Your order has left our house.' })

test.each([
  ['is no number', '+15005550001', '21211', 'invalid_recipient'],
  ['has opted out', '+15005550004', '21610', 'recipient_opted_out'],
])(
  'a number that %s at Twilio is a typed refusal, sent once, and the message says failed',
  async (_, to, code, reason) => {
    const before = world.calls.length
    const refused = await send(to)
    expect(refused.statusCode, refused.body).toBeGreaterThanOrEqual(400)
    expect(refused.json()).toMatchObject({ provider: 'twilio', provider_code: code })
    expect(world.calls.slice(before).filter(({ exchange }) => exchange.method === 'POST')).toHaveLength(1)
    const { data } = (await api.call(key, 'GET', `/v1/sms?to=${encodeURIComponent(to)}`)).json()
    expect(data).toMatchObject([{ status: 'failed', failure: { code: reason, provider_code: code } }])
  },
)

test('what is no number at all is refused with a pointer, nobody called, nothing recorded', async () => {
  const before = world.calls.length
  const refused = await send('0171 234')
  expect(refused.json()).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ pointer: '/to' }] })
  expect(world.calls.length).toBe(before)
})
