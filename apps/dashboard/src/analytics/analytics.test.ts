import { describe, expect, test } from 'vitest'
import { ticks } from '../ui/ticks.ts'
import { csvOf } from './csv.ts'
import { questionOf } from './question.ts'
import { intervalFor, rangeBefore, rangeOf } from './range.ts'
import { capturedIn, currenciesOf, groupName, picture } from './series.ts'
import { change, moneyNamer } from './words.ts'

const NOW = Date.parse('2026-11-27T10:07:31Z')
type Rows = Parameters<typeof picture>[0]
const row = (start: string, provider: string | null, total: number) =>
  ({
    start,
    group: { provider, method: null, currency: null, keyId: null },
    payments: { total },
    currencies: [
      { currency: 'USD', payments: { total }, captured: { amountMinor: total * 100 } },
      { currency: 'JPY', payments: { total: 0 }, captured: { amountMinor: 7 } },
    ],
  }) as unknown as Rows[number] // what is read of it

describe('a range', () => {
  test('ends with the quarter of an hour that is running, and the one before ends where it begins', () => {
    const range = rangeOf('7d', NOW)
    expect(new Date(range.toMs).toISOString()).toBe('2026-11-27T10:15:00.000Z')
    expect(new Date(range.fromMs).toISOString()).toBe('2026-11-20T10:15:00.000Z')
    expect(rangeBefore(range)).toEqual({ fromMs: range.fromMs - 7 * 86_400_000, toMs: range.fromMs })
    expect(rangeOf('what?', NOW)).toEqual(rangeOf('30d', NOW))
  })

  test.each([
    ['24h', undefined, 'hour'],
    ['30d', undefined, 'day'],
    ['30d', 'hour', 'day'],
    ['30d', 'week', 'week'],
    ['1y', undefined, 'week'],
  ] as const)('%s with %s wished for is shown by %s', (name, wished, interval) => {
    expect(intervalFor(rangeOf(name, NOW), wished)).toBe(interval)
  })
})

describe('a picture', () => {
  const name = (one: Rows[number]) => groupName(one.group, new Map())

  test('has a column for each interval, in order, and a part for each group, the largest first', () => {
    const rows = [
      row('2026-11-02', 'stripe', 1),
      row('2026-11-01', 'stripe', 2),
      row('2026-11-01', 'paypal', 5),
    ]
    expect(picture(rows, ({ payments }) => payments.total, name)).toEqual({
      series: [{ name: 'PayPal' }, { name: 'Stripe' }],
      columns: [
        { at: Date.parse('2026-11-01'), values: [5, 2] },
        { at: Date.parse('2026-11-02'), values: [0, 1] },
      ],
    })
  })

  test('loses nobody when there are more groups than colours', () => {
    const rows = Array.from({ length: 9 }, (_, at) => row('2026-11-01', `p${at}`, at + 1))
    const { series, columns } = picture(rows, ({ payments }) => payments.total, name)
    expect(series.at(-1)).toEqual({ name: 'Others' })
    expect(columns[0]?.values.reduce((sum, value) => sum + value, 0)).toBe(45)
  })

  test('has one currency: they are never added', () => {
    const rows = [row('2026-11-01', null, 3)]
    expect(currenciesOf(rows)).toEqual(['USD', 'JPY'])
    expect(picture(rows, capturedIn('USD'), () => '').columns[0]?.values).toEqual([300])
    expect(picture(rows, capturedIn('JPY'), () => '').columns[0]?.values).toEqual([7])
  })
})

test.each([
  [0, [0, 1]],
  [7, [0, 2, 4, 6, 8]],
  [100, [0, 25, 50, 75, 100]],
  [1_234, [0, 500, 1_000, 1_500]],
])('the scale of %s has round numbers and room for all of it', (highest, marks) => {
  expect(ticks(highest, 4)).toEqual(marks)
})

test('CSV quotes what needs it and lets no text be a formula', () => {
  const columns = [{ heading: 'A,"b"', text: (one: string | number | null) => one }]
  expect(csvOf(columns, ['=1+1', 'a "b"', 3, null])).toBe('"A,""b"""\r\n\'=1+1\r\n"a ""b"""\r\n3\r\n\r\n')
})

test('an address that means nothing asks nothing of the API that it would refuse', () => {
  const { asked, zone, interval, group } = questionOf(
    { range: 'x', interval: 'year', group: 'planet', zone: 'Mars/Olympus', provider: 'acme', currency: '12' },
    'test',
    new Map(),
  )
  expect(asked).toEqual({ environment: 'test', timezone: zone })
  expect([interval, group]).toEqual([undefined, undefined])
})

test('the scale of money has the currency’s own decimals, and a change of nothing is no change', () => {
  expect(moneyNamer('12.00')(123_400)).toBe('1.2K')
  expect(moneyNamer('12')(1_234)).toBe('1.2K')
  expect([change(3, 2), change(3, 0)]).toEqual([0.5, null])
})
