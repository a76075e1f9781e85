import { expect, test } from 'vitest'
import { hasReference } from './reference.ts'
import { problemsWith, properties } from './test-spec.ts'
import { type Answer, createStand, HOOK, START_MS } from './test-stand.ts'

function checkedStand() {
  const stand = createStand()
  const seen = new Set<string>()
  const call: typeof stand.call = async (method, path, form, headers) => {
    const answer: Answer = await stand.call(method, path, form, headers)
    const found = problemsWith(method, path.split('?')[0] ?? path, answer.status, answer.body)
    if (found === undefined) throw new Error(`the specification has no answer ${answer.status} to ${path}`)
    expect({ path, errors: found.errors }).toEqual({ path, errors: [] })
    seen.add(`${method} ${found.template}`)
    return answer
  }
  return { ...stand, call, seen }
}

test.skipIf(!hasReference)('answers about messages match the specification', async () => {
  const { call, sandbox, from, seen } = checkedStand()
  const create = async (fields: Record<string, string>) => {
    const { body } = await call('POST', '/Messages.json', { Body: 'Hi', ...fields })
    expect(Object.keys(body).sort()).toEqual(properties())
    return String(body['sid'])
  }
  const service = { MessagingServiceSid: 'MG00000000000000000000000000000001' }
  const sids = [
    await create({ To: '+15558675310', From: from, StatusCallback: HOOK }),
    await create({ To: '+15005550101', From: from }),
    await create({ To: '+15005550105', From: from, MediaUrl: 'https://or.example/a.png' }),
    await create({ To: '+15558675310', ...service }),
  ]
  const SendAt = new Date(START_MS + 600_000).toISOString()
  const scheduled = await create({ To: '+15558675310', ...service, ScheduleType: 'fixed', SendAt })
  for (let second = 0; second < 3; second += 1) {
    for (const sid of sids) await call('GET', `/Messages/${sid}.json`)
    await sandbox.advance(second * 45_000 + 700)
  }
  const page = await call('GET', '/Messages.json?PageSize=2')
  expect(page.body['next_page_uri']).toEqual(expect.any(String))
  await call('POST', `/Messages/${scheduled}.json`, { Status: 'canceled' })
  await call('POST', `/Messages/${String(sids[0])}.json`, { Body: '' })
  await call('DELETE', `/Messages/${String(sids[0])}.json`)
  expect(seen.size).toBe(5)
})
