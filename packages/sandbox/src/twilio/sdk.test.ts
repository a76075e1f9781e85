import { createServer } from 'node:http'
import twilio from 'twilio'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSandbox } from '../index.ts'
import { type SandboxServer, startServer } from '../server.ts'
import { type Witnessed, witnessed } from '../test-witness.ts'
import { createTwilio } from './index.ts'
import { hasReference } from './reference.ts'
import { judgeAnswer } from './test-spec.ts'

/** The official SDK over a real socket: an independent witness that the wire is Twilio's. */

interface Delivery {
  readonly url: string
  readonly signature: string
  readonly fields: Record<string, string>
}

const TO = '+15558675310'
let server: SandboxServer
/** Every answer the SDK was given, judged by the specification. */
let answers: Witnessed
let client: ReturnType<typeof twilio>
let token = ''
let from = ''
const deliveries: Delivery[] = []
const receiver = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    deliveries.push({
      url: `${receiverOrigin()}${request.url}`,
      signature: String(request.headers['x-twilio-signature']),
      fields: Object.fromEntries(new URLSearchParams(body)),
    })
    response.writeHead(204).end()
  })
})

function receiverOrigin(): string {
  const address = receiver.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  server = await startServer({
    ports: { pages: 0, api: { stripe: 0, razorpay: 0, paypal: 0, twilio: 0 } },
    sandbox: (urls) =>
      createSandbox({
        clock: { now: () => Date.now() },
        seed: 3,
        urls,
        fetch,
        emulators: {
          twilio: (world) => {
            answers = witnessed(createTwilio(world), judgeAnswer)
            return answers.emulator
          },
        },
      }),
    onError: (error) => console.error(error),
  })
  const { account_sid = '', auth_token = '', from_number = '' } = server.sandbox.account('twilio').credentials
  token = auth_token
  from = from_number
  client = twilio(account_sid, auth_token)
  client.api.baseUrl = server.urls.api.twilio
})

afterAll(async () => {
  await server.stop()
  await new Promise((resolve) => receiver.close(resolve))
})

afterEach(() => expect(answers.problems.splice(0)).toEqual([]))

const judged = (...operations: readonly string[]) => {
  if (hasReference) expect([...answers.operations]).toEqual(expect.arrayContaining([...operations]))
}

const control = (path: string, body: unknown = {}) =>
  fetch(`${server.urls.pages}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('messages are sent, watched, redacted and removed, and their callbacks verify', async () => {
  const statusCallback = `${receiverOrigin()}/in/twilio?account=1#rc=2&rp=all`
  const created = await client.messages.create({ to: TO, from, body: 'Grüße + 東京 🎉', statusCallback })
  expect([created.status, created.price, created.numSegments]).toEqual(['queued', null, '1'])
  expect((await client.messages(created.sid).fetch()).body).toBe('Grüße + 東京 🎉')
  await control('/clock/advance', { seconds: 60 })
  await control('/clock/advance', { seconds: 60 })
  const sent = await client.messages(created.sid).fetch()
  expect([sent.status, sent.price, sent.dateSent instanceof Date]).toEqual(['delivered', '-0.00790', true])

  await expect
    .poll(() => deliveries.map(({ fields }) => fields['MessageStatus']))
    .toEqual(['sent', 'delivered'])
  for (const { url, signature, fields } of deliveries) {
    expect(twilio.validateRequest(token, signature, url, fields)).toBe(true)
    expect(twilio.validateRequest(token, signature, url, { ...fields, To: '+1' })).toBe(false)
  }

  expect((await client.messages(created.sid).update({ body: '' })).body).toBe('')
  expect(await client.messages(created.sid).remove()).toBe(true)
  await expect(client.messages(created.sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
  judged('POST /Messages.json', 'GET /Messages/{Sid}.json', 'POST /Messages/{Sid}.json')
})

test('lists page through everything and filter by recipient and date', async () => {
  const to = '+15558675399'
  for (const body of ['1', '2', '3']) await client.messages.create({ to, from, body })
  const listed = await client.messages.list({ to, pageSize: 1 })
  expect(listed.map(({ body }) => body)).toEqual(['3', '2', '1'])
  await control('/clock/advance', { seconds: 60 })
  const today = new Date(server.sandbox.now())
  const dayMs = 86_400_000
  const since = await client.messages.list({ to, dateSentAfter: new Date(today.getTime() - dayMs) })
  expect(since).toHaveLength(3)
  const before = await client.messages.list({ to, dateSentBefore: new Date(today.getTime() - dayMs) })
  expect(before).toHaveLength(0)
  judged('GET /Messages.json')
})

test('scheduled messages are canceled, API keys work and the account answers', async () => {
  const scheduled = await client.messages.create({
    to: TO,
    messagingServiceSid: 'MG00000000000000000000000000000001',
    body: 'later',
    scheduleType: 'fixed',
    sendAt: new Date(server.sandbox.now() + 3_600_000),
  })
  expect(scheduled.status).toBe('scheduled')
  expect((await client.messages(scheduled.sid).update({ status: 'canceled' })).status).toBe('canceled')
  expect((await client.api.accounts(client.accountSid).fetch()).status).toBe('active')
  const key = await client.newKeys.create({ friendlyName: 'ci' })
  const other = twilio(key.sid, key.secret, { accountSid: client.accountSid })
  other.api.baseUrl = server.urls.api.twilio
  expect((await other.messages.create({ to: TO, from, body: 'key' })).status).toBe('queued')
})

test('the SDK sees refusals with their codes', async () => {
  await expect(client.messages.create({ to: '+15005550001', from, body: 'x' })).rejects.toMatchObject({
    status: 400,
    code: 21211,
    message: "Invalid 'To' Phone Number: +1500555XXXX",
    moreInfo: 'https://www.twilio.com/docs/errors/21211',
  })
  const stranger = twilio(client.accountSid, 'wrong')
  stranger.api.baseUrl = server.urls.api.twilio
  await expect(stranger.messages.list()).rejects.toMatchObject({ status: 401, code: 20003 })
})

test('the control routes report receipts and read the messages', async () => {
  const { sid } = await client.messages.create({ to: '+15005550107', from, body: 'stuck' })
  const delivered = await control(`/simulations/twilio/${sid}/deliver`, { credential: client.accountSid })
  expect([delivered.status, await delivered.json()]).toEqual([200, { ok: true, status: 'delivered' }])
  expect((await control(`/simulations/twilio/${sid}/undeliver`)).status).toBe(409)
  expect((await control(`/simulations/twilio/${sid}/explode`)).status).toBe(404)
  const { data } = await (await fetch(`${server.urls.pages}/messages/twilio?limit=1`)).json()
  expect(data).toMatchObject([{ messageRef: sid, status: 'delivered', body: 'stuck', errorCode: null }])
  const inbox = await fetch(`${server.urls.pages}/twilio/inbox`)
  expect([inbox.status, await inbox.text()]).toEqual([200, expect.stringContaining('stuck')])
})
