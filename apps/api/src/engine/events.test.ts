import { formatId } from '@onerouter/core'
import { expect, test } from 'vitest'
import { API_VERSION, makeEvent } from './events.ts'

const ID = '01932b4c-7d5e-7abc-8def-0123456789ab'

test('what an event says is JSON of its facts, its object and what that was before', () => {
  const made = {
    accountId: ID,
    environment: 'test',
    id: ID,
    type: 'payment.created',
    subject: { kind: 'payment', id: ID },
    sequence: 3,
    object: { id: 'pay_x', description: 'a "quoted" line\nand another' },
    at: new Date('2026-11-28T04:05:06.789Z'),
  } as const
  const head = {
    id: formatId('event', ID),
    object: 'event',
    type: 'payment.created',
    api_version: API_VERSION,
    environment: 'test',
    created_at: '2026-11-28T04:05:06.789Z',
    sequence: 3,
  }
  expect(makeEvent(made).payload).toBe(JSON.stringify({ ...head, data: { object: made.object } }))
  const previous = { description: null }
  expect(makeEvent({ ...made, previous }).payload).toBe(
    JSON.stringify({ ...head, data: { object: made.object, previous } }),
  )
})
