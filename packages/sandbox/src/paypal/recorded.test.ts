import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { SubscriptionSimulation } from '../kernel/types.ts'
import {
  authorizedOrder,
  basic,
  capturedOrder,
  createOrder,
  DAY,
  type Merchant,
  newPlan,
  openMerchant,
} from './test-merchant.ts'
import { reference } from './test-spec.ts'

/** Requests as `@paypal/paypal-server-sdk` 2.5.0 sent them; the recorded answers are a test server's. */

interface Exchange {
  readonly op: string
  readonly request: { method: string; path: string; headers: Record<string, string>; rawBody?: string }
  readonly response: { status: number }
}

const FILE = reference('recorded/paypal.json')
const present = existsSync(FILE)
if (!present) console.warn('SKIPPED: ../shared/reference/recorded/paypal.json is absent')
const exchanges: readonly Exchange[] = present ? JSON.parse(readFileSync(FILE, 'utf8')).exchanges : []

const OUT_OF_SCOPE: readonly [prefix: string, reason: string][] = [
  ['err 429', 'the recording server invented it; the kernel injects rate limits'],
  ['err 500', 'the recording server invented it; the kernel injects server errors'],
  ['unexpected enum', 'the recording server invented the status'],
  ['(token probe) GET', 'repeats orders.get'],
]

const nameOf = ({ op, request }: Exchange) => `${op} ${request.method} ${request.path}`
const reasonOf = (exchange: Exchange) =>
  OUT_OF_SCOPE.find(([prefix]) => `${exchange.op} ${exchange.request.method}`.startsWith(prefix))?.[1]

async function approvedOrder(merchant: Merchant, intent: 'CAPTURE' | 'AUTHORIZE'): Promise<string> {
  const id = await createOrder(merchant, intent)
  merchant.simulate(id, 'succeed')
  return id
}

async function refundOf(merchant: Merchant): Promise<string> {
  const { capture } = await capturedOrder(merchant)
  return (await merchant.call('POST', `/v2/payments/captures/${capture.id}/refund`, {})).body.id
}

const PLAN = 'P-5ML4271244454362WXNWU5NQ'
const SUBSCRIPTION = 'I-BW452GLLEP1G'

/** The recorded catalog and subscription, in the state the operation needs; swaps their ids in a text. */
async function billingScene(merchant: Merchant, op: string): Promise<(text: string) => string> {
  await merchant.call('POST', '/v1/catalogs/products', {
    id: 'PROD-XXCD1234QWER65782',
    name: 'Gold',
    type: 'SERVICE',
  })
  const plan = await newPlan(merchant, { price: '100.00', product: 'PROD-XXCD1234QWER65782' })
  const { id } = (await merchant.call('POST', '/v1/billing/subscriptions', { plan_id: plan })).body
  const act = (action: SubscriptionSimulation) =>
    merchant.emulator.simulateSubscription?.(merchant.accountId, id, action)
  act('approve')
  if (op === 'plans.activate') await merchant.call('POST', `/v1/billing/plans/${plan}/deactivate`)
  if (op === 'subscriptions.activate') {
    await merchant.call('POST', `/v1/billing/subscriptions/${id}/suspend`, { reason: 'x' })
  }
  if (op === 'subscriptions.capture') act('fail_renewal')
  return (text) => text.replaceAll(PLAN, plan).replaceAll(SUBSCRIPTION, id)
}

/** The recorded path with ids of resources that exist here, in the state the operation needs. */
async function livePath(merchant: Merchant, path: string): Promise<string> {
  if (path.includes('NOTFOUND')) return path
  const replaceId = (id: string) => path.replace(/\/[A-Z0-9]{17}/, `/${id}`)
  if (path.includes('/orders/')) {
    const fresh = path.endsWith('/authorize') ? 'AUTHORIZE' : 'CAPTURE'
    return replaceId(await approvedOrder(merchant, fresh))
  }
  if (path.includes('/authorizations/')) {
    const id = replaceId((await authorizedOrder(merchant)).authorization.id)
    if (path.endsWith('/reauthorize')) await merchant.advance(4 * DAY)
    await merchant.signIn()
    return id
  }
  if (path.includes('/captures/')) return replaceId((await capturedOrder(merchant)).capture.id)
  if (path.includes('/refunds/')) return replaceId(await refundOf(merchant))
  return path
}

describe.skipIf(!present)('requests recorded from the official SDK', () => {
  test.each(
    exchanges.filter((exchange) => reasonOf(exchange) === undefined).map((e) => [nameOf(e), e] as const),
  )('%s is understood', async (_, { op, request, response }) => {
    const merchant = await openMerchant()
    const isBilling = /^(plans|subscriptions)\./.test(op)
    const swap = isBilling ? await billingScene(merchant, op) : (text: string) => text
    const path = isBilling ? swap(request.path) : await livePath(merchant, request.path)
    const { host: _host, connection: _connection, ...headers } = request.headers
    if (op !== 'err 401 invalid_token') {
      headers.authorization = path.includes('oauth2')
        ? basic(merchant.credentials)
        : `Bearer ${merchant.token}`
    }
    const body =
      request.rawBody === undefined || request.rawBody === '' ? {} : { body: swap(request.rawBody) }
    const reply = await merchant.raw(request.method, path, { headers, ...body })
    // The recording server answered a payment_source order 201; PayPal answers 200.
    const expected = request.rawBody?.includes('"payment_source"') ? 200 : response.status
    expect([reply.status, reply.body?.details]).toEqual([
      expected,
      reply.status < 400 ? undefined : reply.body?.details,
    ])
  })

  test('what is left out is left out for a reason', () => {
    const skipped = exchanges.flatMap((exchange) => {
      const reason = reasonOf(exchange)
      return reason === undefined ? [] : [`${nameOf(exchange)}: ${reason}`]
    })
    console.info(`OUT OF SCOPE, ${skipped.length} of ${exchanges.length}:\n${skipped.join('\n')}`)
    expect(exchanges.length - skipped.length).toBeGreaterThanOrEqual(20)
  })
})
