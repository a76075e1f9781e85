import { expect, test } from 'vitest'
import { VALID_SENDER } from './magic.ts'
import { createStand, START_MS, TO } from './test-stand.ts'

const SERVICE = 'MG00000000000000000000000000000001'
const long = (character: string, length: number) => character.repeat(length)

test('a created message is queued, in Twilio’s own shape', async () => {
  const { call, from, accountSid } = createStand()
  const { status, body, headers } = await call('POST', '/Messages.json', {
    To: '+1 (555) 867-5310',
    From: from,
    Body: 'Hi there',
  })
  expect(status).toBe(201)
  expect(headers.get('twilio-request-id')).toMatch(/^RQ[0-9a-f]{32}$/)
  const sid = String(body['sid'])
  expect(sid).toMatch(/^SM[0-9a-f]{32}$/)
  expect(body).toEqual({
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: 'Hi there',
    date_created: 'Tue, 24 Nov 2026 12:00:00 +0000',
    date_sent: null,
    date_updated: 'Tue, 24 Nov 2026 12:00:00 +0000',
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid,
    status: 'queued',
    subresource_uris: { media: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media.json` },
    to: TO,
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
  })
})

const INVALID_SERVICE = { From: '', MessagingServiceSid: 'MG1' }
test.each<[code: number, fields: Record<string, string>]>([
  [21604, { To: '' }],
  [21603, { From: '' }],
  [21602, { Body: '' }],
  [21617, { Body: long('a', 1_601) }],
  [21211, { To: 'somebody' }],
  [21211, { To: '5558675310' }],
  [21211, { To: '+15005550001' }],
  [21612, { To: '+15005550002' }],
  [21408, { To: '+15005550003' }],
  [21610, { To: '+15005550004' }],
  [21614, { To: '+15005550009' }],
  [63007, { To: 'whatsapp:+15558675310' }],
  [21212, { From: '+15005550001' }],
  [21212, { From: '+' }],
  [21606, { From: '+15005550007' }],
  [21606, { From: '+14155550100' }],
  [21606, { From: '12345' }],
  [21611, { From: '+15005550008' }],
  [21612, { From: 'OneRouter' }],
  [21266, { From: VALID_SENDER, To: VALID_SENDER }],
  [21705, INVALID_SERVICE],
  [21609, { StatusCallback: 'or.example/hook' }],
  [21609, { StatusCallback: 'https://my_host.example/hook' }],
  [21620, { MediaUrl: 'file:///etc/passwd' }],
  [20001, { ValidityPeriod: '0' }],
  [35111, { MessagingServiceSid: SERVICE, ScheduleType: 'fixed' }],
  [35114, { MessagingServiceSid: SERVICE, ScheduleType: 'fixed', SendAt: '2026-11-24T12:04:59Z' }],
  [35114, { MessagingServiceSid: SERVICE, ScheduleType: 'fixed', SendAt: '2027-01-24T12:00:00Z' }],
])('%i refuses %j and keeps nothing', async (code, fields) => {
  const { call, from, sandbox } = createStand()
  const { status, body } = await call('POST', '/Messages.json', { To: TO, From: from, Body: 'Hi', ...fields })
  const more_info = `https://www.twilio.com/docs/errors/${code}`
  expect(body).toEqual({ code, message: expect.any(String), more_info, status: 400 })
  expect(status).toBe(400)
  expect(sandbox.messages('twilio')).toEqual([])
})

test('the body may have 1600 characters, and media or a template may stand for it', async () => {
  const { call, send, from } = createStand()
  await send({ Body: long('é', 1_600) })
  await send({ Body: '', ContentSid: 'HX00000000000000000000000000000000' })
  const media = Array.from({ length: 11 }, (_, i) => ['MediaUrl', `https://or.example/${i}.png`] as const)
  const form = [['To', TO] as const, ['From', from] as const]
  const ten = await call('POST', '/Messages.json', [...form, ...media.slice(0, 10)])
  expect([ten.status, ten.body['num_media'], String(ten.body['sid']).slice(0, 2)]).toEqual([201, '10', 'MM'])
  expect((await call('POST', '/Messages.json', [...form, ...media])).body['code']).toBe(21623)
})

test('a JSON body carries no fields', async () => {
  const { call } = createStand()
  const type = { 'content-type': 'application/json' }
  expect((await call('POST', '/Messages.json', { To: TO }, type)).body['code']).toBe(21604)
})

test('anything but the account’s own token is 401, and another account’s path too', async () => {
  const stand = createStand()
  const { call, basic, accountSid, authToken, sandbox } = stand
  const other = sandbox.createAccount('twilio').credentials
  const wrong = [
    '',
    'Bearer x',
    basic(accountSid, 'wrong'),
    basic(other['account_sid'] ?? '', authToken),
    basic(other['account_sid'] ?? '', other['auth_token'] ?? ''),
  ]
  for (const authorization of wrong) {
    const { status, body, headers } = await call('GET', '/Messages.json', undefined, { authorization })
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Twilio API"'])
    expect(body).toEqual({
      code: 20003,
      message: 'Authenticate',
      more_info: 'https://www.twilio.com/docs/errors/20003',
      status: 401,
    })
  }
})

test('the account answers for itself; API keys open messages only', async () => {
  const { call, accountSid, basic, send } = createStand()
  const account = await call('GET', '.json')
  expect(account.body).toMatchObject({ sid: accountSid, status: 'active', type: 'Full' })
  const { status, body: key } = await call('POST', '/Keys.json', { FriendlyName: 'ci' })
  expect([status, key['friendly_name']]).toEqual([201, 'ci'])
  const authorization = basic(String(key['sid']), String(key['secret']))
  const sid = await send()
  expect((await call('GET', `/Messages/${sid}.json`, undefined, { authorization })).status).toBe(200)
  expect((await call('GET', '.json', undefined, { authorization })).status).toBe(401)
  expect((await call('POST', '/Keys.json', {}, { authorization })).status).toBe(401)
})

test('unknown messages, paths and methods are refused in Twilio’s words', async () => {
  const { call, accountSid, sandbox } = createStand()
  const path = `/2010-04-01/Accounts/${accountSid}/Messages/SM${'0'.repeat(32)}.json`
  const { status, body } = await call('GET', path)
  expect([status, body['code']]).toEqual([404, 20404])
  expect(body['message']).toBe(`The requested resource ${path} was not found`)
  expect((await call('GET', '/Calls.json')).body['code']).toBe(20404)
  expect((await call('GET', '/../nowhere')).body['code']).toBe(20404)
  expect((await call('DELETE', '/Messages.json')).body['code']).toBe(20004)
  sandbox.faults.add({ provider: 'twilio', fault: 'rate_limited', count: 1 })
  const limited = await call('GET', '/Messages.json')
  expect([limited.status, limited.body['code']]).toEqual([429, 20429])
})

test('a message belongs to its account alone', async () => {
  const { send, call, sandbox, basic } = createStand()
  const sid = await send()
  const { credentials, id } = sandbox.createAccount('twilio')
  const { account_sid = '', auth_token = '' } = credentials
  const authorization = basic(account_sid, auth_token)
  const path = `/2010-04-01/Accounts/${account_sid}/Messages`
  expect((await call('GET', `${path}/${sid}.json`, undefined, { authorization })).status).toBe(404)
  expect((await call('GET', `${path}.json`, undefined, { authorization })).body['messages']).toEqual([])
  expect(sandbox.messages('twilio', id)).toEqual([])
  expect(sandbox.simulateMessage('twilio', id, sid, 'deliver').ok).toBe(false)
})

test('the body can be redacted once sent, and the message deleted', async () => {
  const { send, call, sandbox, get } = createStand()
  const sid = await send()
  const path = `/Messages/${sid}.json`
  for (const early of [await call('POST', path, { Body: '' }), await call('DELETE', path)]) {
    expect([early.status, early.body['code']]).toEqual([409, 20009])
  }
  await sandbox.advance(60_000)
  expect((await call('POST', path, { Body: 'changed' })).body['code']).toBe(20001)
  expect((await call('POST', path, { Body: '' })).body).toMatchObject({ body: '', status: 'delivered' })
  expect(await get(sid)).toMatchObject({ body: '', num_segments: '1' })
  expect(await call('DELETE', path)).toMatchObject({ status: 204, body: {} })
  expect((await call('GET', path)).status).toBe(404)
})

test('a scheduled message goes out at its time unless it is canceled', async () => {
  const { send, call, sandbox, get } = createStand()
  const SendAt = new Date(START_MS + 600_000).toISOString()
  const fields = { MessagingServiceSid: SERVICE, From: '', ScheduleType: 'fixed', SendAt }
  const sid = await send(fields)
  const canceled = await send(fields)
  expect(await get(sid)).toMatchObject({ status: 'scheduled', from: null, num_segments: '0' })
  expect((await call('POST', `/Messages/${canceled}.json`, { Status: 'sent' })).body['code']).toBe(20001)
  expect((await call('POST', `/Messages/${canceled}.json`, { Status: 'canceled' })).body['status']).toBe(
    'canceled',
  )
  await sandbox.advance(599_000)
  expect((await get(sid))['status']).toBe('scheduled')
  await sandbox.advance(60_000)
  expect((await get(sid))['status']).toBe('delivered')
  expect((await get(canceled))['status']).toBe('canceled')
  const late = await call('POST', `/Messages/${sid}.json`, { Status: 'canceled' })
  expect([late.status, late.body['code']]).toEqual([409, 20409])
})

test('messages, opt-outs and later work survive a restart', async () => {
  const first = createStand()
  const sid = await first.send()
  const second = createStand({ restored: structuredClone(first.sandbox.snapshot()) })
  expect(await second.get(sid)).toEqual(await first.get(sid))
  await second.sandbox.advance(60_000)
  expect((await second.get(sid))['status']).toBe('delivered')
})
