import { formatId, type Uuid } from '@onerouter/core'
import { expect, test } from 'vitest'
import { compareDeliveries, type Promised } from './deliveries.ts'
import type { Arrival } from './hooks-receiver.ts'

const uuid = (n: number): Uuid => `019acd00-0000-7000-8000-00000000000${n}`
const payload = (sequence: number): string => JSON.stringify({ sequence, data: { object: { id: 'pay_1' } } })
const promised = (n: number): Promised => ({
  event: uuid(n),
  payload: payload(n),
  state: 'delivered',
  logged: [1],
})
const arrival = (n: number, more: Partial<Arrival> = {}): Arrival => ({
  id: formatId('event', uuid(n)),
  attempt: 1,
  body: payload(n),
  verified: true,
  taken: true,
  ...more,
})
const verdicts = (events: readonly Promised[], got: readonly Arrival[]): string[] =>
  compareDeliveries(events, got).map(({ verdict }) => verdict)

test('events that all arrived, some of them twice, are no violation', () => {
  const again = arrival(1, { attempt: 2 })
  expect(
    verdicts([{ ...promised(1), logged: [1, 2] }, promised(2)], [arrival(1), again, arrival(2)]),
  ).toEqual([])
})

test('the comparison can fail: lost, made up, unlogged, changed, forged and doubled are told apart', () => {
  expect(verdicts([promised(1)], [])).toEqual(['lost'])
  expect(verdicts([promised(1)], [arrival(1, { taken: false })])).toEqual(['lost'])
  expect(verdicts([{ ...promised(1), state: null }], [arrival(1)])).toEqual(['lost'])
  expect(verdicts([], [arrival(1)])).toEqual(['orphan'])
  expect(verdicts([{ ...promised(1), logged: [] }], [arrival(1)])).toEqual(['lost'])
  expect(verdicts([promised(1)], [arrival(1, { body: payload(7) })])).toEqual(['misstated'])
  expect(verdicts([promised(1)], [arrival(1, { verified: false })])).toEqual(['misstated'])
  const twin = { ...promised(2), payload: payload(1) }
  expect(verdicts([promised(1), twin], [arrival(1), arrival(2, { body: payload(1) })])).toEqual(['doubled'])
})
