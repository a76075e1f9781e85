/** Every way to ask for payments finds exactly those that a plain reading of the table finds. */
import { PAYMENT_STATUSES } from '@onerouter/core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fillPayments, prepareAccount } from '../analytics/testing/fill.ts'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { listPayments, type PaymentFilter } from './payments.ts'

const ANY = { gt: null, gte: null, lt: null, lte: null }

let api: OpenedApp
let client: pg.Client
let accountId = ''
beforeAll(async () => {
  api = await openApp()
  client = new pg.Client({ connectionString: api.databaseUrl, options: '-c app.scope=engine' })
  await client.connect()
  accountId = await api.newAccount()
  for (const id of [accountId, await api.newAccount()]) {
    await prepareAccount(client, id)
    await fillPayments(client, { accountId: id, payments: 3_000, days: 30, decided: true })
    await fillPayments(client, { accountId: id, payments: 20, days: 1 })
  }
  await client.query('analyze')
})
afterAll(async () => {
  await client.end()
  await api.close()
})

const list = async (filter: Partial<PaymentFilter>): Promise<string[]> => {
  const db = {
    query: (one: { text: string; values: readonly unknown[] }) =>
      api.deps.db.engine.query({ ...one, values: [...one.values] }),
  }
  const whole = {
    accountId,
    environments: ['test'],
    services: null,
    created: ANY,
    limit: 100,
    ...filter,
  } as const
  return (await listPayments(db, whole)).map(({ id }) => id)
}

async function plainly(where: string, values: readonly unknown[] = []): Promise<string[]> {
  const { rows } = await client.query(
    `select id from payment where account_id = $1 and ${where} order by id desc limit 101`,
    [accountId, ...values],
  )
  return rows.map(({ id }) => String(id))
}

const PROVIDERS = [undefined, 'stripe', 'paypal', 'twilio'] as const
const CURRENCIES = [undefined, 'USD', 'EUR', 'JPY'] as const

test('status, provider and currency in every combination', async () => {
  for (const status of [undefined, ...PAYMENT_STATUSES]) {
    for (const provider of PROVIDERS) {
      for (const currency of CURRENCIES) {
        const asked = Object.entries({ status, provider, currency }).filter(
          ([, value]) => value !== undefined,
        )
        const where = asked.map(([name], i) => ` and ${name} = $${i + 2}`).join('')
        const expected = await plainly(
          `true${where}`,
          asked.map(([, value]) => value),
        )
        expect(await list(Object.fromEntries(asked)), JSON.stringify(asked)).toEqual(expected)
      }
    }
  }
})

test('a key of some services sees theirs, whatever else is asked for', async () => {
  expect(await list({ services: ['paypal', 'twilio'] })).toEqual(await plainly(`provider = 'paypal'`))
  expect(await list({ services: ['paypal'], provider: 'stripe' })).toEqual([])
  expect(await list({ services: ['paypal'], status: 'failed' })).toEqual(
    await plainly(`provider = 'paypal' and status = 'failed'`),
  )
})

test('payers by their address in any case, and customers by id, page after page', async () => {
  const { rows } = await client.query(
    `select customer ->> 'email' as email from payment where account_id = $1 and customer is not null limit 1`,
    [accountId],
  )
  const email = String(rows[0].email)
  const expected = await plainly(`customer ->> 'email' = $2`, [email])
  expect(expected.length).toBeGreaterThan(0)
  expect(await list({ customer: email.toUpperCase() })).toEqual(expected)
  expect(await list({ customer: email, startingAfter: expected[0] ?? '' })).toEqual(expected.slice(1))
  expect(await list({ customer: 'nobody@example.com' })).toEqual([])
  expect(await list({ customer: 'cus_01' })).toEqual([])
})

test('times, to the millisecond, with everything else', async () => {
  const { rows } = await client.query(
    `select date_trunc('milliseconds', created_at) as at from payment where account_id = $1 order by id limit 1 offset 1500`,
    [accountId],
  )
  const at = rows[0].at as Date
  for (const [bound, sign] of [
    ['gt', '>'],
    ['gte', '>='],
    ['lt', '<'],
    ['lte', '<='],
  ] as const) {
    const created = { ...ANY, [bound]: at }
    expect(await list({ created })).toEqual(await plainly(`created_at ${sign} $2`, [at]))
    expect(await list({ created, status: 'failed', customer: 'payer-2@example.com' })).toEqual(
      await plainly(
        `created_at ${sign} $2 and status = 'failed' and customer ->> 'email' = 'payer-2@example.com'`,
        [at],
      ),
    )
  }
})
