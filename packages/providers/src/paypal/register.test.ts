import { describe, expect, test } from 'vitest'
import type { HttpResult } from '../spec.ts'
import { register } from './register.ts'
import { answer, issue, lost, scripted } from './scripted.fixture.ts'

const URL_OF_OURS = 'https://pay.example.com/webhooks/paypal/token'
const registered = (event_types: readonly { name: string }[], url = URL_OF_OURS) => ({
  id: '8PT597110X687430L',
  url,
  event_types,
})
const everything = [{ name: '*' }]
const list = (...webhooks: unknown[]) => answer(200, { webhooks })
const done = {
  kind: 'ok',
  value: { ref: '8PT597110X687430L', credentials: { webhook_id: '8PT597110X687430L' } },
}

async function run(results: readonly HttpResult[]) {
  const script = scripted(results)
  return { outcome: await register(script.ctx, URL_OF_OURS), calls: script.calls(), sent: script.sent }
}

describe('registering the webhook', () => {
  test('creates it for all events and keeps its id, which every signature covers', async () => {
    const { outcome, sent } = await run([
      list(registered(everything, 'https://other')),
      answer(201, registered(everything)),
    ])
    expect(outcome).toEqual(done)
    expect(sent.at(-1)).toMatchObject({
      method: 'POST',
      path: '/v1/notifications/webhooks',
      body: { json: { url: URL_OF_OURS, event_types: everything } },
    })
  })

  test('changes nothing when it is there', async () => {
    const { outcome, calls } = await run([list(registered(everything))])
    expect(outcome).toEqual(done)
    expect(calls).toEqual(['GET /v1/notifications/webhooks'])
  })

  test('widens one that hears too little', async () => {
    const narrow = registered([{ name: 'PAYMENT.CAPTURE.COMPLETED' }])
    const { outcome, sent } = await run([list(narrow), answer(200, registered(everything))])
    expect(outcome).toEqual(done)
    expect(sent.at(-1)).toMatchObject({
      method: 'PATCH',
      path: '/v1/notifications/webhooks/8PT597110X687430L',
      body: { json: [{ op: 'replace', path: '/event_types', value: everything }] },
    })
  })

  test('survives being overtaken by another registration of the same address', async () => {
    const exists = answer(400, { name: 'WEBHOOK_URL_ALREADY_EXISTS', message: 'Webhook URL already exists' })
    const { outcome } = await run([list(), exists, list(registered(everything))])
    expect(outcome).toEqual(done)
  })

  test('says so when another app holds the address', async () => {
    const exists = answer(400, { name: 'WEBHOOK_URL_ALREADY_EXISTS', message: 'Webhook URL already exists' })
    expect((await run([list(), exists, list()])).outcome).toMatchObject({
      kind: 'rejected',
      providerCode: 'WEBHOOK_URL_ALREADY_EXISTS',
    })
  })

  test.each([
    [
      'no more room',
      issue(400, 'WEBHOOK_NUMBER_LIMIT_EXCEEDED', 'WEBHOOK_NUMBER_LIMIT_EXCEEDED'),
      'rejected',
    ],
    [
      'an address without https',
      answer(400, { name: 'VALIDATION_ERROR', details: [{ issue: 'Not a valid webhook URL' }] }),
      'rejected',
    ],
    ['no answer', lost, 'unknown'],
  ])('%s', async (_what, result, kind) => {
    expect((await run([list(), result])).outcome.kind).toBe(kind)
  })

  test('an unreadable list is not taken for an empty one', async () => {
    const { outcome, calls } = await run([answer(200, {})])
    expect(outcome.kind).toBe('unknown')
    expect(calls).toHaveLength(1)
  })
})
