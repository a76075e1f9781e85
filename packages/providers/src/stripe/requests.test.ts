import { createSandbox } from '@onerouter/sandbox'
import { describe, expect, test } from 'vitest'
import { handleOf, pay, paymentRequest, refund } from '../conformance/steps.ts'
import { openWorld, value } from '../conformance/world.ts'
import type { FetchLike } from '../transport.ts'
import { API_VERSION } from './call.ts'
import { stripe } from './index.ts'
import { load, operation, present, problemsOf } from './reference.fixture.ts'

if (!present)
  console.warn('SKIPPED: ../shared/reference is absent (Stripe requests against spec and recordings)')

interface Seen {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly form: string
  readonly headers: Headers
}

/** Runs every operation of the adapter once and keeps what it sent. */
async function everyRequest(): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  const world = openWorld(
    (host) => {
      const sandbox = createSandbox(host)
      const watched = (request: Request) => watch(seen, sandbox.fetch('stripe'), request)
      return { provider: stripe, sandbox: { ...sandbox, fetch: () => watched } }
    },
    { currency: 'USD', wire: [], staleAfterMs: 300_000, replaysCreate: true },
  )
  const { payments, refunds } = world
  await world.subscribe()
  await world.provider.credentials.check(world.ctx())
  const paid = await pay(world, { customer: { email: 'a@example.com' }, method: 'card' })
  await refund(world, paid, 300n, { reference: world.id() })
  await refunds.list(world.ctx(), paid.handle)
  const request = paymentRequest(world, { capture: 'manual' })
  const open = value(await payments.create(world.ctx(), request, request.reference))
  await payments.cancel?.(world.ctx(), handleOf(request, open), `${request.reference}_c`)
  const held = await pay(world, { capture: 'manual' })
  await payments.capture?.(world.ctx(), held.handle, world.money(750n), `${held.request.reference}_c`)
  const other = await pay(world, { capture: 'manual' })
  await payments.cancel?.(world.ctx(), other.handle, `${other.request.reference}_c`)
  await payments.fetch(world.ctx(), { ...held.handle, orderRef: held.handle.paymentRef })
  await payments.find?.(world.ctx(), { ...held.handle, reference: world.id() })
  const window = { fromMs: world.sandbox.now() - 60_000, toMs: world.sandbox.now() + 60_000, cursor: null }
  await payments.listSince?.(world.ctx(), window)
  await payments.listSince?.(world.ctx(), { ...window, cursor: held.handle.orderRef })
  await refunds.listSince?.(world.ctx(), window)
  await world.webhooks.listEvents?.(world.ctx(), window)
  return seen
}

async function watch(seen: Seen[], fetchLike: FetchLike, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const form = await request.clone().text()
  seen.push({
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    form,
    headers: request.headers,
  })
  return fetchLike(request)
}

const names = (form: string) => [...new URLSearchParams(form).keys()]

describe('requests', () => {
  test('every one names key and version, and every write its idempotency key', async () => {
    for (const { method, path, headers } of await everyRequest()) {
      expect(headers.get('authorization')).toMatch(/^Bearer sk_test_/)
      expect(headers.get('stripe-version')).toBe(API_VERSION)
      const keyed = method === 'POST' && path !== '/v1/webhook_endpoints'
      expect([path, headers.has('idempotency-key')]).toEqual([path, keyed])
    }
  })

  test('a session carries amount, reference, capture method and our addresses', async () => {
    const [created] = (await everyRequest()).filter(
      (seen) => operation(seen) === 'POST /v1/checkout/sessions',
    )
    const form = Object.fromEntries(new URLSearchParams(created?.form))
    expect(form).toMatchObject({
      mode: 'payment',
      'line_items[0][price_data][currency]': 'usd',
      'line_items[0][price_data][unit_amount]': '50000',
      'line_items[0][quantity]': '1',
      'payment_intent_data[capture_method]': 'automatic_async',
      success_url: 'https://router.example/return/pay_1?token=abc',
      cancel_url: 'https://router.example/cancel/pay_1?token=abc',
      customer_email: 'a@example.com',
      'allowed_payment_method_types[0]': 'card',
    })
    const reference = form.client_reference_id
    expect(reference).toMatch(/^op_/)
    expect(form['metadata[onerouter_ref]']).toBe(reference)
    expect(form['payment_intent_data[metadata][onerouter_ref]']).toBe(reference)
  })

  test.skipIf(!present)(
    'bodies and queries validate against the specification, without a field it lacks',
    async () => {
      const spec = load('specs/stripe.subset.json')
      const checked = new Set<string>()
      for (const seen of await everyRequest()) {
        const problems = problemsOf(spec, seen)
        if (problems === 'not described') {
          // The credential check: these two are not in the subset.
          expect(['/v1/account', '/v1/balance']).toContain(seen.path)
          continue
        }
        expect([operation(seen), problems]).toEqual([operation(seen), null])
        checked.add(operation(seen))
      }
      expect(checked.size).toBeGreaterThanOrEqual(11)
    },
  )

  test.skipIf(!present)('methods, paths and encoding are those of the official library', async () => {
    const { recordings } = load('recorded/stripe.json')
    const recorded = new Set<string>(
      recordings.flatMap(({ requests }: { requests: { method: string; path: string }[] }) =>
        requests.map(operation),
      ),
    )
    const seen = await everyRequest()
    expect(seen.map(operation).filter((name) => !recorded.has(name))).toEqual([])
    const create = recordings.find(({ op }: { op: string }) => op === 'checkout.session.create payment')
      .requests[0]
    const own = seen.find((request) => operation(request) === 'POST /v1/checkout/sessions')
    const shared = names(create.body_raw).filter((name) => !/order_id|expires_at/.test(name))
    expect(shared.filter((name) => !names(own?.form ?? '').includes(name))).toEqual([])
    expect(own?.form).toContain('line_items[0][price_data][unit_amount]=50000')
  })
})
