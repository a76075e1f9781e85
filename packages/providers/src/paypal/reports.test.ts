import { describe, expect, test } from 'vitest'
import { refunds } from './refunds.ts'
import { answer, scripted } from './scripted.fixture.ts'

const DAY_MS = 86_400_000
const FROM_MS = Date.UTC(2026, 0, 1)
const SALE_ID = '1A615453BF810315T'
const REFUND_ID = '4CF18861HF410323U'

const info = (over: object = {}) => ({
  transaction_info: {
    transaction_id: REFUND_ID,
    paypal_reference_id: SALE_ID,
    paypal_reference_id_type: 'TXN',
    transaction_event_code: 'T1107',
    ...over,
  },
})
const page = (details: readonly object[], over: object = {}) =>
  answer(200, { transaction_details: details, page: 1, total_pages: 1, total_items: details.length, ...over })

const window = (days: number, cursor: string | null = null) => ({
  fromMs: FROM_MS,
  toMs: FROM_MS + days * DAY_MS,
  cursor,
})

const listSince = refunds.listSince ?? expect.fail('PayPal lists refunds')

/** What was asked of the reports. */
const queryOf = (path: string | undefined) => Object.fromEntries(new URLSearchParams(path?.split('?')[1]))

describe('the list of refunds', () => {
  test('asks for what merchants refunded, then for what PayPal reversed, in spans of thirty days', async () => {
    const asked: Record<string, string>[] = []
    let cursor: string | null = null
    for (let i = 0; i < 10; i++) {
      const script = scripted([page([])])
      const outcome = await listSince(script.ctx, window(40, cursor))
      const { path } = script.sent[1] ?? {}
      expect(path).toMatch(/^\/v1\/reporting\/transactions\?/)
      asked.push(queryOf(path))
      if (outcome.kind !== 'ok') return expect.fail(outcome.kind)
      cursor = outcome.value.nextCursor
      if (cursor === null) break
    }
    const spans = asked.map(({ transaction_type, start_date, end_date }) =>
      [transaction_type, start_date, end_date].join(' '),
    )
    const first = '2026-01-01T00:00:00.000Z 2026-01-30T23:59:59.999Z'
    const second = '2026-01-31T00:00:00.000Z 2026-02-09T23:59:59.999Z'
    expect(spans).toEqual([`T1107 ${first}`, `T1107 ${second}`, `T1106 ${first}`, `T1106 ${second}`])
  })

  test('goes on with the next page where there is one', async () => {
    const script = scripted([page([info()], { total_pages: 2 })])
    const outcome = await listSince(script.ctx, window(1))
    expect(outcome).toEqual({
      kind: 'ok',
      value: {
        items: [{ refundRef: REFUND_ID, paymentRef: SALE_ID }],
        nextCursor: `T1107:${FROM_MS}:2`,
      },
    })
    const then = scripted([page([])])
    await listSince(then.ctx, window(1, `T1107:${FROM_MS}:2`))
    expect(queryOf(then.sent[1]?.path).page).toBe('2')
  })

  test.each([
    ['names a subscription instead', { paypal_reference_id_type: 'SUB' }],
    ['names nothing', { paypal_reference_id: undefined }],
    ['has an id that could leave its place in a path', { transaction_id: '../x' }],
  ])('leaves out what %s', async (_, over) => {
    expect(await listSince(scripted([page([info(over)])]).ctx, window(1))).toMatchObject({
      value: { items: [] },
    })
  })

  test.each([
    ['a list that is left out because it is empty', { total_items: 0 }, 'ok'],
    ['an object of another kind', { hello: 1 }, 'unknown'],
  ])('%s', async (_, body, kind) => {
    expect((await listSince(scripted([answer(200, body)]).ctx, window(1))).kind).toBe(kind)
  })

  test('is empty where the app may not search transactions; an outage is no such answer', async () => {
    const withheld = answer(403, { name: 'NOT_AUTHORIZED', message: 'Authorization failed.', debug_id: 'd' })
    expect(await listSince(scripted([withheld]).ctx, window(1))).toEqual({
      kind: 'ok',
      value: { items: [], nextCursor: null },
    })
    expect((await listSince(scripted([answer(503, {})]).ctx, window(1))).kind).not.toBe('ok')
  })
})
