import { expect, test } from 'vitest'
import { listEvents } from './lists.ts'
import { answer, list, NOW_S, scripted } from './scripted.fixture.ts'
import { EVENT_TYPES } from './webhooks.ts'

const window = { fromMs: NOW_S * 1000, toMs: (NOW_S + 60) * 1000, cursor: null }
const event = (id: string, type: string, object: object) => ({
  id,
  object: 'event',
  type,
  created: NOW_S,
  livemode: false,
  data: { object },
})

test('events are asked for without a filter, which takes twenty types and no more; others are left out', async () => {
  const intent = { id: 'pi_1', object: 'payment_intent', metadata: {} }
  const page = list(event('evt_1', 'payment_intent.succeeded', intent), event('evt_2', 'payout.paid', {}))
  const { ctx, sent } = scripted([answer(200, page)])
  const listed = await listEvents(ctx, window)
  expect(EVENT_TYPES.length).toBeGreaterThan(20)
  expect(sent[0]?.path).not.toContain('types')
  expect(listed.kind === 'ok' && listed.value.items.map((item) => item.event.id)).toEqual(['evt_1'])
})
