import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiProcess, createInstallation, type Installation } from '../harness/processes.ts'

const PAYMENTS = 200
const KILLS = 3

let installation: Installation
let api: ApiProcess
beforeAll(async () => {
  installation = await createInstallation()
  api = await installation.start()
}, 120_000)
afterAll(async () => {
  await installation.close()
})

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

async function post(path: string, key: string, body: unknown): Promise<Answer> {
  const response = await fetch(api.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** What an SDK does: the same key again until there is a definitive answer. */
async function untilAnswered(path: string, key: string, body: unknown): Promise<Answer> {
  for (let attempt = 0; attempt < 400; attempt++) {
    try {
      const answer = await post(path, key, body)
      if (
        answer.status === 201 ||
        (answer.status >= 400 && answer.status < 500 && answer.status !== 409 && answer.status !== 429)
      ) {
        return answer
      }
    } catch {
      // The process was killed under the request; its successor takes the same key.
    }
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  throw new Error(`${key} never got a definitive answer`)
}

/** Kills and restarts while `work` runs, at moments drawn from a printed seed. */
async function underKills<T>(work: Promise<T>): Promise<T> {
  const seed = Date.now() % 100_000
  console.log(`kill moments drawn with seed ${seed}`)
  let state = seed
  for (let kill = 0; kill < KILLS; kill++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    await new Promise((resolve) => setTimeout(resolve, 30 + (state % 250)))
    await api.kill()
    api = await installation.start()
  }
  return await work
}

test('H2, H3: kill -9 of the API during 200 concurrent creates: none lost, doubled or misstated', async () => {
  const creates = Promise.all(
    Array.from({ length: PAYMENTS }, (_, i) =>
      untilAnswered('/v1/payments', `create-${i}`, {
        amount_minor: 1_000 + i,
        currency: 'USD',
        provider: i % 2 === 0 ? 'stripe' : 'paypal',
        receipt: `r-${i}`,
      }),
    ),
  )
  const answers = await underKills(creates)
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: PAYMENTS }, () => 201))
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(PAYMENTS)
  for (const provider of ['stripe', 'paypal'] as const) {
    const ours = answers.filter((answer) => answer.body.provider === provider)
    const exposed = new Set(ours.map((answer) => answer.body.provider_order_id))
    const book = installation.sandbox.sandbox.book(provider)
    expect(exposed.size).toBe(ours.length)
    expect(book).toHaveLength(ours.length)
    for (const entry of book) expect(exposed.has(entry.orderRef)).toBe(true)
  }
}, 120_000)

test('H2, H21: kill -9 of the API during 200 concurrent refunds: the books agree to the cent', async () => {
  const payments = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const created = await untilAnswered('/v1/payments', `paid-${i}`, {
        amount_minor: 10_000,
        currency: 'USD',
        provider: i % 2 === 0 ? 'stripe' : 'paypal',
      })
      const paid = await post(`/v1/simulations/payments/${created.body.id}/succeed`, `sim-${i}`, {})
      expect(paid.body).toMatchObject({ status: 'succeeded' })
      return created.body
    }),
  )
  const refunds = Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      untilAnswered('/v1/refunds', `refund-${i}`, {
        payment_id: payments[i % payments.length]?.id,
        amount_minor: 1_500,
      }),
    ),
  )
  const answers = await underKills(refunds)
  const made = answers.filter((answer) => answer.status === 201)
  const refused = answers.filter((answer) => answer.status === 422)
  expect(made.length + refused.length).toBe(200)
  // Ten refunds of 1,500 were asked of each 10,000: six fit.
  expect(made).toHaveLength(20 * 6)
  await expectBooksAgree(payments.map((payment) => String(payment.provider_order_id)))
}, 120_000)

async function expectBooksAgree(orders: readonly string[]): Promise<void> {
  const client = new pg.Client(installation.database.url)
  await client.connect()
  try {
    const { rows } = await client.query<{
      order: string
      provider: 'stripe' | 'paypal'
      captured: string
      refunded: string
      pending: string
    }>(
      `select provider_order_id as order, provider, captured::text, refunded::text, refund_pending::text as pending
       from payment where provider_order_id = any($1)`,
      [orders],
    )
    expect(rows).toHaveLength(orders.length)
    for (const row of rows) {
      const entry = installation.sandbox.sandbox.book(row.provider).find((one) => one.orderRef === row.order)
      expect({ captured: entry?.captured, refunded: entry?.refunded }).toEqual({
        captured: BigInt(row.captured),
        refunded: BigInt(row.refunded),
      })
      expect(row).toMatchObject({ refunded: '9000', pending: '0' })
    }
  } finally {
    await client.end()
  }
}
