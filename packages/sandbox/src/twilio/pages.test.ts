import { expect, test } from 'vitest'
import { createStand, TO } from './test-stand.ts'

const SERVICE = 'MG00000000000000000000000000000001'
const inbox = async ({ page }: ReturnType<typeof createStand>, query = '') =>
  (await page(`/twilio/inbox${query}`)).text()

test('the inbox shows what phones got, as text', async () => {
  const stand = createStand()
  expect(await inbox(stand)).toContain('No messages yet.')
  await stand.send({ Body: '<script>alert("x")</script>' })
  await stand.send({ To: '+15558675311', Body: 'other' })
  const response = await stand.page('/twilio/inbox')
  expect(response.headers.get('content-security-policy')).toContain("script-src 'none'")
  const text = await response.text()
  expect(text).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;')
  expect(text).not.toContain('<script')
  const one = await inbox(stand, '?phone=%2B15558675311')
  expect([one.includes('other'), one.includes('alert')]).toEqual([true, false])
  expect(await inbox(stand, '?phone=%22%3E%3Cb%3E')).not.toContain('<b>')
})

test('a receipt is given by a button, once', async () => {
  const stand = createStand()
  const sid = await stand.send({ To: '+15005550106' })
  await stand.sandbox.advance(60_000)
  expect(await inbox(stand)).toContain('Mark as undelivered</button>')
  const back = await stand.page(`/twilio/inbox/${sid}`, { action: 'undeliver' })
  expect([back.status, back.headers.get('location')]).toEqual([303, '/twilio/inbox'])
  expect((await stand.get(sid))['status']).toBe('undelivered')
  expect((await stand.page(`/twilio/inbox/${sid}`, { action: 'deliver' })).status).toBe(409)
  expect((await stand.page('/twilio/inbox/SM1', { action: 'deliver' })).status).toBe(404)
  expect((await stand.page('/twilio/elsewhere')).status).toBe(404)
})

test('a phone that replied STOP is not reached by that sender until it replies START', async () => {
  const stand = createStand()
  const sid = await stand.send()
  await stand.sandbox.advance(60_000)
  const reply = (form: Record<string, string>) => stand.page(`/twilio/inbox/${sid}`, form)
  const code = async (fields = {}) =>
    (await stand.call('POST', '/Messages.json', { To: TO, From: stand.from, Body: 'Hi', ...fields })).body[
      'code'
    ]
  expect((await reply({ action: 'reply', text: 'please stop' })).status).toBe(303)
  expect(await code()).toBeUndefined()
  expect((await reply({ action: 'reply', text: ' Stop ' })).status).toBe(303)
  expect(await code()).toBe(21610)
  expect(await code({ From: '+15005550006' })).toBeUndefined()
  expect(await code({ To: '+15558675311' })).toBeUndefined()
  expect((await reply({ action: 'start' })).status).toBe(303)
  expect(await code()).toBeUndefined()
  const inbound = stand.sandbox.messages('twilio').filter(({ direction }) => direction === 'inbound')
  expect(inbound.map(({ body, from, to }) => [body, from, to])).toEqual([
    ['please stop', TO, stand.from],
    [' Stop ', TO, stand.from],
    ['START', TO, stand.from],
  ])
})

test('a Messaging Service learns of the opt-out only after accepting', async () => {
  const stand = createStand()
  const sid = await stand.send()
  await stand.sandbox.advance(60_000)
  await stand.page(`/twilio/inbox/${sid}`, { action: 'stop' })
  const later = await stand.send({ From: '', MessagingServiceSid: SERVICE })
  await stand.sandbox.advance(60_000)
  expect(await stand.get(later)).toMatchObject({ status: 'failed', error_code: 21610, price: null })
})
