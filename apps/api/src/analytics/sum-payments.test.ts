/** Sums put together from days, hours and slots are those of the payments, whatever is asked for. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { catchUp } from './catch-up.ts'
import type { Buckets } from './pieces.ts'
import type { Window } from './read.ts'
import { type GroupColumn, sumPayments } from './sum-payments.ts'
import { fillPayments, prepareAccount } from './testing/fill.ts'

const DAYS = 70
const NOW_MS = Date.now()

let api: OpenedApp
let client: pg.Client
let accountId = ''
const db = () => ({
  query: (one: { text: string; values: readonly unknown[] }) =>
    api.deps.db.engine.query({ ...one, values: [...one.values] }),
})

beforeAll(async () => {
  api = await openApp()
  client = new pg.Client({
    connectionString: api.databaseUrl,
    options: '-c app.scope=engine -c session_replication_role=replica',
  })
  await client.connect()
  accountId = await api.newAccount()
  for (const id of [accountId, await api.newAccount()]) {
    await prepareAccount(client, id)
    await fillPayments(client, { accountId: id, payments: 8_000, days: DAYS, decided: true })
  }
  await catchUp(db(), NOW_MS)
})
afterAll(async () => {
  await client.end()
  await api.close()
})

const COLUMNS: Readonly<Record<GroupColumn, string>> = {
  provider: 'provider',
  method: `coalesce(method, '')`,
  currency: 'currency',
  key_id: `coalesce(api_key_id, '00000000-0000-0000-0000-000000000000')`,
  country: `coalesce(upper(customer ->> 'country'), '')`,
}

/** The same from the payments themselves. */
async function plainly(window: Window, groups: readonly GroupColumn[], buckets: Buckets | null) {
  const start =
    buckets === null
      ? 'null::timestamptz'
      : `date_trunc('${buckets.interval}', created_at, '${buckets.timezone}')`
  const { rows } = await client.query(
    `select concat_ws('|', extract(epoch from ${start}), ${groups.map((one) => `${COLUMNS[one]},`).join(' ')} currency,
        coalesce(fee_currency, ''), count(*), sum(captured), coalesce(sum(fee_amount), 0),
        count(*) filter (where status = 'failed')) as line
      from payment where account_id = $1 and created_at >= $2 and created_at < $3
        and ($4::text[] is null or provider = any($4)) and ($5::text is null or method = $5)
        and ($6::text is null or currency = $6) and ($7::text is null or ${COLUMNS.country} = $7)
      group by ${start}, ${groups.map((one) => `${COLUMNS[one]},`).join(' ')} currency, fee_currency order by 1`,
    [accountId, window.from, window.to, window.providers, window.method, window.currency, window.country],
  )
  return rows.map(({ line }) => String(line)).sort()
}

async function asked(window: Window, groups: readonly GroupColumn[], buckets: Buckets | null) {
  const rows = await sumPayments(db(), window, groups, buckets)
  const lines = rows.map((row) =>
    [
      ...(row.start === null ? [] : [`${row.start.getTime() / 1000}.000000`]),
      ...groups.map((one) => row.group[one]),
      ...[row.currency, row.fee_currency, row.payments, row.captured, row.fee_amount, row.failed],
    ].join('|'),
  )
  return lines.sort()
}

const QUARTER_MS = 900_000
const slotBefore = (days: number) => Math.floor((NOW_MS - days * 86_400_000) / QUARTER_MS) * QUARTER_MS
const WINDOWS = [
  [slotBefore(DAYS), slotBefore(-1)],
  [slotBefore(31.37), slotBefore(2.21)],
  [slotBefore(3), slotBefore(3) + QUARTER_MS],
] as const
const FILTERS: readonly Partial<Window>[] = [
  {},
  { providers: ['stripe', 'paypal'] },
  { currency: 'EUR' },
  { country: 'DE' },
  { method: 'card', country: 'US' },
]
const GROUPINGS: readonly (readonly GroupColumn[])[] = [
  [],
  ['provider'],
  ['currency'],
  ['key_id'],
  ['country'],
  ['provider', 'method', 'currency'],
]
// Half and quarter hours, both sides of UTC, and clocks that change within the window.
const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Europe/Berlin',
]
const BUCKETS: readonly (Buckets | null)[] = [
  null,
  ...ZONES.flatMap((timezone) =>
    (['hour', 'day', 'week', 'month'] as const).map((interval) => ({ timezone, interval })),
  ),
]

test.each(GROUPINGS.map((groups) => [groups] as const))(
  'by %j',
  async (groups) => {
    for (const [i, buckets] of BUCKETS.entries()) {
      for (const [j, filter] of FILTERS.entries()) {
        const [fromMs, toMs] = WINDOWS[(i + j) % WINDOWS.length] ?? WINDOWS[0]
        const window: Window = {
          accountId,
          environment: 'test',
          from: new Date(fromMs),
          to: new Date(toMs),
          ...{ providers: null, method: null, currency: null, keyId: null, country: null },
          ...filter,
        }
        const expected = await plainly(window, groups, buckets)
        expect(
          await asked(window, groups, buckets),
          JSON.stringify({ buckets, filter, fromMs, toMs }),
        ).toEqual(expected)
      }
    }
  },
  60_000,
)
