import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../../testing/open-app.ts'
import { createSandboxWorld } from '../../testing/sandbox-transport.ts'

let api: OpenedApp
let key: string
beforeAll(async () => {
  const world = createSandboxWorld()
  const env = { ONEROUTER_SANDBOX: '1', SANDBOX_URL: 'http://127.0.0.1:8010' }
  api = await openApp({ env, world: { transport: world.transport } })
  key = (await api.newKey()).plain
  const connected = { environment: 'test', sandbox: true }
  const saved = await api.call(key, 'PUT', '/api/services/twilio/credentials', connected)
  expect(saved.statusCode, saved.body).toBe(200)
})
afterAll(() => api.close())

const send = async (): Promise<string> => {
  const sent = await api.call(key, 'POST', '/v1/sms', { to: '+14155550123', body: 'Your order has left.' })
  expect(sent.statusCode, sent.body).toBe(201)
  return sent.json().id
}

test.each([
  ['deliver', 'delivered', 'sms.delivered'],
  ['undeliver', 'undelivered', 'sms.failed'],
])('%s drives a message to %s, with the event that tells it', async (action, status, type) => {
  const id = await send()
  const driven = await api.call(key, 'POST', `/v1/simulations/sms/${id}/${action}`)
  expect(driven.json(), driven.body).toMatchObject({ status, sms: { id, status } })
  const { data } = (await api.call(key, 'GET', `/v1/events?type=${type}`)).json()
  expect(data.map((event: { data: { object: { id: string } } }) => event.data.object.id)).toContain(id)
})

test("another account's message, and an action that does not exist, are 404", async () => {
  const id = await send()
  const stranger = (await api.newKey()).plain
  const theirs = await api.call(stranger, 'POST', `/v1/simulations/sms/${id}/deliver`)
  expect(theirs.statusCode).toBe(404)
  expect((await api.call(key, 'POST', `/v1/simulations/sms/${id}/explode`)).statusCode).toBe(404)
})
