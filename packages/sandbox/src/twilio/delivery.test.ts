import twilio from 'twilio'
import { expect, test } from 'vitest'
import { BILLED_AFTER_MS } from './lifecycle.ts'
import { createStand, HOOK, type Received, START_MS, TO } from './test-stand.ts'

const MINUTE_MS = 60_000
const SERVICE = 'MG00000000000000000000000000000001'
type Stand = ReturnType<typeof createStand>
const genuine = ({ authToken }: Stand, { headers, fields }: Received, url = HOOK) =>
  twilio.validateRequest(authToken, headers.get('x-twilio-signature') ?? '', url, fields)

test('a message is sent and delivered, and the official SDK verifies every callback', async () => {
  const stand = createStand()
  const sid = await stand.send({ StatusCallback: HOOK })
  await stand.sandbox.advance(MINUTE_MS)
  expect(stand.statuses()).toEqual(['sent', 'delivered'])
  expect(stand.received.map((delivery) => genuine(stand, delivery))).toEqual([true, true])
  expect(genuine(stand, stand.received[0] ?? raise(), `${HOOK}2`)).toBe(false)
  const [sent, delivered] = stand.received
  expect(sent?.fields).toEqual({
    SmsSid: sid,
    SmsStatus: 'sent',
    MessageStatus: 'sent',
    To: TO,
    MessageSid: sid,
    AccountSid: stand.accountSid,
    From: stand.from,
    ApiVersion: '2010-04-01',
  })
  expect(delivered?.fields['RawDlrDoneDate']).toBe('2611241200')
  expect(sent?.headers.get('content-type')).toBe('application/x-www-form-urlencoded; charset=UTF-8')
  const tokens = stand.received.map(({ headers }) => headers.get('i-twilio-idempotency-token'))
  expect(new Set(tokens).size).toBe(2)
})

const raise = (): never => {
  throw new Error('no callback came')
}

test('the price comes late, per segment, as a negative decimal text', async () => {
  const { send, get, sandbox } = createStand()
  const sid = await send({ Body: 'a'.repeat(161) })
  const abroad = await send({ To: '+919000090000' })
  const failed = await send({ To: '+15005550105' })
  await sandbox.advance(BILLED_AFTER_MS)
  expect(await get(sid)).toMatchObject({ status: 'delivered', price: null })
  await sandbox.advance(MINUTE_MS)
  expect(await get(sid)).toMatchObject({ price: '-0.01580', price_unit: 'USD', num_segments: '2' })
  expect((await get(abroad))['price']).toBe('-0.04500')
  expect((await get(failed))['price']).toBeNull()
})

test.each([
  ['+15005550101', 'undelivered', 30003, ['sent', 'undelivered']],
  ['+15005550102', 'undelivered', 30005, ['sent', 'undelivered']],
  ['+15005550103', 'undelivered', 30006, ['sent', 'undelivered']],
  ['+15005550104', 'undelivered', 30007, ['sent', 'undelivered']],
  ['+15005550105', 'failed', 30001, ['failed']],
  ['+15005550106', 'sent', null, ['sent']],
  ['+15005550107', 'queued', null, []],
  ['+15005550108', 'sent', null, ['sent']],
])('the magic number %s ends %s within a minute', async (To, status, code, told) => {
  const { send, get, sandbox, statuses, received } = createStand()
  const sid = await send({ To, StatusCallback: HOOK })
  await sandbox.advance(MINUTE_MS)
  const message = await get(sid)
  expect([message['status'], message['error_code'], statuses()]).toEqual([status, code, told])
  expect(message['error_message']).toEqual(code === null ? null : expect.any(String))
  expect(received.at(-1)?.fields['ErrorCode']).toBe(code === null ? undefined : String(code))
})

test('a slow receipt comes after ten minutes, and a message that waits too long fails', async () => {
  const { send, get, sandbox } = createStand()
  const slow = await send({ To: '+15005550108' })
  const stuck = await send({ To: '+15005550107', ValidityPeriod: '120' })
  await sandbox.advance(11 * MINUTE_MS)
  expect((await get(slow))['status']).toBe('delivered')
  expect(await get(stuck)).toMatchObject({ status: 'failed', error_code: 30036, date_sent: null })
})

test('a Messaging Service accepts first, picks the sender later and tells when it queued', async () => {
  const { send, get, sandbox, statuses, received, from } = createStand()
  const sid = await send({ From: '', MessagingServiceSid: SERVICE, StatusCallback: HOOK })
  expect(await get(sid)).toMatchObject({ status: 'accepted', from: null, num_segments: '0' })
  await sandbox.advance(MINUTE_MS)
  expect(await get(sid)).toMatchObject({ status: 'delivered', from, num_segments: '1' })
  expect(statuses()).toEqual(['queued', 'sent', 'delivered'])
  expect(received[0]?.fields['MessagingServiceSid']).toBe(SERVICE)
})

test('a receipt can be simulated at any time before the end, and only then', async () => {
  const { send, sandbox, accountId, get, statuses, received } = createStand()
  const sid = await send({ To: '+15005550107', StatusCallback: HOOK })
  const done = { ok: true, status: 'delivered' }
  expect(sandbox.simulateMessage('twilio', accountId, sid, 'deliver')).toEqual(done)
  const again = sandbox.simulateMessage('twilio', accountId, sid, 'undeliver')
  expect(again).toEqual({ ok: false, reason: 'the message is delivered' })
  const other = await send({ From: '', MessagingServiceSid: SERVICE, StatusCallback: HOOK })
  expect(sandbox.simulateMessage('twilio', accountId, other, 'undeliver').ok).toBe(true)
  expect(await get(other)).toMatchObject({ status: 'undelivered', error_code: 30003 })
  await sandbox.advance(86_400_000)
  expect(statuses()).toEqual(['sent', 'delivered', 'queued', 'sent', 'undelivered'])
  expect(received.every(({ at }) => at === START_MS)).toBe(true)
})

test('payments cannot be simulated, and there is no payment book', () => {
  const { sandbox, accountId } = createStand()
  expect(sandbox.simulate('twilio', accountId, 'SM1', 'succeed').ok).toBe(false)
  expect(sandbox.book('twilio')).toEqual([])
})

test('a refused callback is not repeated; a cut connection is, once, with the same token', async () => {
  let result: number | Error = 500
  const { send, sandbox, received } = createStand({ receive: () => result })
  await send({ To: '+15005550106', StatusCallback: HOOK })
  await sandbox.advance(MINUTE_MS)
  expect(received).toHaveLength(1)
  result = new TypeError('connection refused')
  await send({ To: '+15005550106', StatusCallback: HOOK })
  await sandbox.advance(MINUTE_MS)
  expect(received).toHaveLength(3)
  const [first, second] = received.slice(1).map(({ headers }) => headers.get('i-twilio-idempotency-token'))
  expect(first).toBe(second)
})

test('connection overrides in the fragment choose the retries and are neither sent nor signed', async () => {
  const stand = createStand({ receive: () => 503 })
  await stand.send({ To: '+15005550106', StatusCallback: `${HOOK}#rc=5&rp=all` })
  await stand.send({ To: '+15005550106', StatusCallback: `${HOOK}#rc=9&rp=4xx,rt` })
  await stand.sandbox.advance(MINUTE_MS)
  expect(stand.received).toHaveLength(7)
  expect(new Set(stand.received.map(({ url }) => url))).toEqual(new Set([HOOK]))
  expect(stand.received.every((delivery) => genuine(stand, delivery))).toBe(true)
})

test('a login in the callback’s address is signed, and sent as a header', async () => {
  const stand = createStand()
  const url = 'https://me:p%40ss@or.example/in/twilio'
  await stand.send({ To: '+15005550106', StatusCallback: url })
  await stand.sandbox.advance(MINUTE_MS)
  const [delivery = raise()] = stand.received
  expect(delivery.url).toBe('https://or.example/in/twilio')
  expect(delivery.headers.get('authorization')).toBe(stand.basic('me', 'p@ss'))
  expect(genuine(stand, delivery, url)).toBe(true)
})

test('callbacks can be lost, doubled, reordered and forged', async () => {
  const run = async (fault: 'webhook_lost' | 'webhook_doubled' | 'webhook_reordered' | 'webhook_forged') => {
    const stand = createStand()
    stand.sandbox.faults.add({ provider: 'twilio', fault, count: 1, match: 'message.sent' })
    await stand.send({ StatusCallback: HOOK })
    await stand.sandbox.advance(MINUTE_MS)
    return { told: stand.statuses(), genuine: stand.received.map((delivery) => genuine(stand, delivery)) }
  }
  expect((await run('webhook_lost')).told).toEqual(['delivered'])
  expect((await run('webhook_doubled')).told).toEqual(['sent', 'sent', 'delivered'])
  expect((await run('webhook_reordered')).told).toEqual(['delivered', 'sent'])
  expect((await run('webhook_forged')).genuine).toEqual([false, true])
})

test('the effect of a lost answer stays and can be looked up by recipient', async () => {
  const { send, call, sandbox } = createStand()
  for (const fault of ['lost_request', 'lost_answer'] as const) {
    sandbox.faults.add({ provider: 'twilio', fault, count: 1, match: 'POST' })
    await expect(send({ Body: fault })).rejects.toThrow()
  }
  const { body } = await call('GET', `/Messages.json?To=${encodeURIComponent(TO)}`)
  expect(body['messages']).toMatchObject([{ body: 'lost_answer' }])
})
