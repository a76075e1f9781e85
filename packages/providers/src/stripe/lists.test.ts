import { expect, test } from 'vitest'
import { EVENT_TYPES } from './webhooks.ts'

test('one request asks for every event type we listen to (the Events API takes twenty)', () => {
  expect(EVENT_TYPES.length).toBeLessThanOrEqual(20)
})
