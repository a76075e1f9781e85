import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { checked, REFERENCE } from './spec-check.ts'
import { CONFIRMED, type Merchant, openMerchant, SESSION } from './test-merchant.ts'

const FILE = new URL('recorded/stripe.json', REFERENCE)
const present = existsSync(FILE)
if (!present) console.warn('SKIPPED: ../shared/reference is absent, no recorded Stripe requests')

interface Recorded {
  readonly method: string
  readonly url: string
  readonly headers_in_order: readonly (readonly [string, string])[]
  readonly body_raw: string
}
interface Recording {
  readonly op: string
  readonly requests: readonly Recorded[]
}

/** Recordings the sandbox does not have to accept, and why. */
const OUT_OF_SCOPE: Readonly<Record<string, string>> = {
  'connect header': 'the sandbox has no connected accounts: refused with 403 account_invalid',
}

/**
 * Requests that are well formed but that the account's state or the amount rightly refuses: status
 * and code.
 */
const REFUSED: Readonly<Record<string, readonly [number, string | undefined]>> = {
  'refund.cancel': [400, undefined],
}

/** `amount=1` records how the SDK maps a stub's answer; here it is what it says: too little. */
function expectedOf(op: string, body: string): readonly [number, string | undefined] {
  if (body === 'amount=1&currency=usd') return [400, 'amount_too_small']
  return REFUSED[op] ?? [200, undefined]
}

/** Objects for the ids in the recordings; each operation gets a world of its own. */
async function prepare(merchant: Merchant): Promise<(text: string) => string> {
  const make = async (path: string, form: string) => (await merchant.post(path, form)).body
  const customer = await make('/v1/customers', 'email=a%40example.com')
  const product = await make('/v1/products', 'name=Gold')
  const price = await make(
    '/v1/prices',
    `product=${product.id}&unit_amount=1000&currency=usd&lookup_key=gold_m`,
  )
  const session = await make('/v1/checkout/sessions', SESSION)
  const link = await make('/v1/payment_links', `line_items[0][price]=${price.id}&line_items[0][quantity]=1`)
  const endpoint = await make('/v1/webhook_endpoints', 'url=https://or.example/x&enabled_events[]=*')
  const paid = await make(
    '/v1/payment_intents',
    `amount=1099&currency=usd&capture_method=automatic&${CONFIRMED}`,
  )
  const fresh = await make('/v1/payment_intents', 'amount=1099&currency=usd')
  const held = await make(
    '/v1/payment_intents',
    `amount=1099&currency=usd&capture_method=manual&${CONFIRMED}`,
  )
  const other = await make(
    '/v1/payment_intents',
    `amount=1099&currency=usd&capture_method=automatic&${CONFIRMED}`,
  )
  const refund = await make('/v1/refunds', `payment_intent=${other.id}&amount=100`)
  const monthly = await make(
    '/v1/prices',
    `product=${product.id}&unit_amount=1000&currency=usd&recurring[interval]=month`,
  )
  const subscription = await make(
    '/v1/subscriptions',
    `customer=${customer.id}&items[0][price]=${monthly.id}&default_payment_method=pm_card_visa`,
  )
  const { body: events } = await merchant.get('/v1/events?limit=1')
  const { body: charge } = await merchant.get(`/v1/charges/${paid.latest_charge}`)
  const swaps: [RegExp, string][] = [
    [/pi_1PgafyB7WZ01zgkWSjxsAJo3(?=\/capture)/, held.id],
    [/(?<=payment_intents\/)pi_1PgafyB7WZ01zgkWSjxsAJo3/, fresh.id],
    [/pi_1PgafyB7WZ01zgkWSjxsAJo3/, paid.id],
    [/pi_prev|pi_A\b/, fresh.id],
    [/cus_QXg1o8vcGmoR32/, customer.id],
    [/prod_QXg1hqf4jFNsqG/, product.id],
    [/(?<=mode=subscription.*|\bitems.*)price_1PgafmB7WZ01zgkW6dKueIc5/, monthly.id],
    [/price_1PgafmB7WZ01zgkW6dKueIc5/, price.id],
    [/sub_1Pgc6rB7WZ01zgkWNy0Cn5nw/, subscription.id],
    [/si_1\b/, subscription.items.data[0].id],
    [/\bin_1\b/, subscription.latest_invoice],
    [/cs_test_a1\b/, session.id],
    [/plink_1\b/, link.id],
    [/we_1\b/, endpoint.id],
    [/re_1Pgc72B7WZ01zgkWqPvrRrPE|re_1\b/, refund.id],
    [/ch_1\b/, paid.latest_charge],
    [/txn_1\b/, charge.balance_transaction],
    [/evt_1\b/, events.data[0].id],
    [/expires_at=1767225600/, `expires_at=${Math.floor(merchant.sandbox.now() / 1_000) + 3_600}`],
  ]
  return (text) => swaps.reduce((swapped, [from, to]) => swapped.replace(from, to), text)
}

/** What can be resumed was paused before. */
const PAUSED = '/v1/subscriptions/sub_1Pgc6rB7WZ01zgkWNy0Cn5nw/pause'

/** The SDK's own headers, with the key of this sandbox instead of the recorder's. */
function headersOf(recorded: Recorded): Record<string, string> {
  const own = new Set(['host', 'connection', 'content-length', 'authorization'])
  const lower = recorded.headers_in_order.map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(lower.filter(([name]) => !own.has(name)))
}

async function replay(recording: Recording): Promise<(readonly [number, string | undefined])[]> {
  const merchant = openMerchant()
  const swap = await prepare(merchant)
  const outcomes: (readonly [number, string | undefined])[] = []
  if (recording.op === 'subscription.resume') await merchant.post(swap(PAUSED))
  for (const request of recording.requests) {
    const path = swap(request.url)
    const headers = headersOf(request)
    const answer =
      request.method === 'POST'
        ? await merchant.post(path, swap(request.body_raw), headers)
        : request.method === 'DELETE'
          ? await merchant.delete(path)
          : await merchant.get(path, headers)
    outcomes.push([answer.status, answer.body.error?.code])
  }
  return outcomes
}

const recordings: readonly Recording[] = present ? JSON.parse(readFileSync(FILE, 'utf8')).recordings : []
const inScope = recordings.filter(({ op }) => !Object.hasOwn(OUT_OF_SCOPE, op))

test.skipIf(!present)('every exclusion names a recording that exists', () => {
  const ops = recordings.map(({ op }) => op)
  expect(Object.keys(OUT_OF_SCOPE).filter((op) => !ops.includes(op))).toEqual([])
  expect([recordings.length, inScope.length]).toEqual([84, 84 - Object.keys(OUT_OF_SCOPE).length])
})

// What other files of this worker asked is no recording.
beforeAll(() => checked.clear())

test.skipIf(!present).each(inScope)('accepts the recorded $op', async (recording) => {
  const expected = recording.requests.map(({ body_raw }) => expectedOf(recording.op, body_raw))
  expect(await replay(recording)).toEqual(expected)
})

test.skipIf(!present)('refuses to act for a connected account', async () => {
  const connect = recordings.find(({ op }) => op === 'connect header') ?? expect.fail('not recorded')
  expect(await replay(connect)).toEqual([[403, 'account_invalid']])
})

test.skipIf(!present)(
  'the recordings exercised every operation they name, in the shape of the specification',
  () => {
    const succeeded = [...checked.keys()].filter((name) => name.endsWith(' 200'))
    expect(succeeded).toHaveLength(49)
  },
)
