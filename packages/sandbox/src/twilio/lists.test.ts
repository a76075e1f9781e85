import { expect, test } from 'vitest'
import { isRecord } from '../kernel/http.ts'
import { type Answer, createStand, TO } from './test-stand.ts'

const DAY_MS = 86_400_000
const bodies = ({ body }: Answer): unknown[] => {
  const messages = Array.isArray(body['messages']) ? body['messages'] : []
  return messages.map((message: unknown) => (isRecord(message) ? message['body'] : undefined))
}

async function threeDays() {
  const stand = createStand()
  for (const day of ['one', 'two', 'three']) {
    await stand.send({ Body: day, To: day === 'two' ? '+15558675311' : TO })
    await stand.sandbox.advance(DAY_MS)
  }
  const list = (query: string) => stand.call('GET', `/Messages.json${query}`)
  return { ...stand, list }
}

test.each([
  ['', ['three', 'two', 'one']],
  ['?To=%2B15558675311', ['two']],
  ['?To=%2B15558675319', []],
  ['?From=%2B15005550006', []],
  ['?DateSent=2026-11-25', ['two']],
  ['?DateSent%3E=2026-11-25', ['three', 'two']],
  ['?DateSent%3C=2026-11-25', ['two', 'one']],
  ['?DateSent%3E=2026-11-25&DateSent%3C=2026-11-25', ['two']],
  ['?DateSent%3E=2026-11-25T13%3A00%3A00Z', ['three']],
])('the list %s has %j, newest first', async (query, expected) => {
  const { list } = await threeDays()
  expect(bodies(await list(query))).toEqual(expected)
})

test('a message that was not sent yet has no date to be found by', async () => {
  const { send, call } = createStand()
  await send()
  expect(bodies(await call('GET', '/Messages.json?DateSent%3E=2020-01-01'))).toEqual([])
  expect(bodies(await call('GET', '/Messages.json'))).toEqual(['Hi'])
})

test('pages follow next_page_uri to the end, keep their filters and miss nothing that stays', async () => {
  const { call, list, send, accountSid } = await threeDays()
  const first = await list('?PageSize=2&DateSent%3E=2026-11-01')
  expect(bodies(first)).toEqual(['three', 'two'])
  expect(first.body).toMatchObject({
    page: 0,
    page_size: 2,
    start: 0,
    end: 1,
    previous_page_uri: null,
    first_page_uri: `/2010-04-01/Accounts/${accountSid}/Messages.json?DateSent%3E=2026-11-01&PageSize=2&Page=0`,
  })
  await send({ Body: 'in between' })
  const second = await call('GET', String(first.body['next_page_uri']))
  expect(bodies(second)).toEqual(['one'])
  expect(second.body).toMatchObject({ page: 1, start: 2, end: 2, next_page_uri: null })
  expect(bodies(await call('GET', String(second.body['previous_page_uri'])))).toEqual(['three', 'two'])
})

test('an empty list has one page', async () => {
  const { call } = createStand()
  const { body } = await call('GET', '/Messages.json')
  expect(body).toMatchObject({ messages: [], page_size: 50, start: 0, end: 0, next_page_uri: null })
})

test.each(['?PageSize=0', '?PageSize=x', '?Page=-1', '?DateSent=yesterday'])(
  'the list %s is refused',
  async (query) => {
    const { call } = createStand()
    expect((await call('GET', `/Messages.json${query}`)).body['code']).toBe(20001)
  },
)
