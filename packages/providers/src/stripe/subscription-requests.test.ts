import { expect, test } from 'vitest'
import { load, operation, present, problemsOf } from './reference.fixture.ts'
import {
  answer,
  handle,
  intentBody,
  invoiceBody,
  list,
  NOW_S,
  plan,
  priceBody,
  REFERENCE,
  scripted,
  sessionBody,
  subscriptionBody,
  subscriptionRequest,
} from './scripted.fixture.ts'
import { subscriptions } from './subscriptions.ts'

if (!present) console.warn('SKIPPED: ../shared/reference is absent (Stripe subscription requests)')

const read = answer(200, subscriptionBody())
const ended = answer(200, subscriptionBody({ status: 'canceled', ended_at: NOW_S }))
const paused = answer(200, subscriptionBody({ status: 'paused' }))
const change = { plan: plan({ planRef: 'price_2' }), quantity: 2, prorate: true } as const

test.skipIf(!present)('fit the specification, and are among those of the official library', async () => {
  const seen = scripted([
    answer(200, priceBody()),
    answer(200, list(priceBody())),
    answer(200, sessionBody()),
    ...[read, paused, paused, read, read, read, read, ended, read, ended],
    answer(200, list(invoiceBody())),
    answer(200, intentBody()),
  ])
  const { ctx } = seen
  await subscriptions.createPlan(ctx, plan(), 'k')
  await subscriptions.findPlan?.(ctx, plan())
  const customer = { email: 'a@example.com' }
  const request = { trialDays: 7, totalCount: 3, description: 'Gold', customer }
  await subscriptions.create(ctx, subscriptionRequest(request), REFERENCE)
  await subscriptions.pause?.(ctx, handle(), 'k')
  await subscriptions.resume?.(ctx, handle(), 'k')
  await subscriptions.changePlan?.(ctx, handle(), change, 'k')
  await subscriptions.cancel(ctx, handle(), 'period_end', 'k')
  await subscriptions.cancel(ctx, handle(), 'now', 'k')
  await subscriptions.listCharges(ctx, handle(), { fromMs: 0, toMs: 1000, cursor: 'in_0' })
  const spec = load('specs/stripe.subset.json')
  const { recordings } = load('recorded/stripe.json')
  const recorded = new Set(
    recordings.flatMap(({ requests }: { requests: { method: string; path: string }[] }) =>
      requests.map(operation),
    ),
  )
  for (const { method, path, body } of seen.sent) {
    const [bare = '', query = ''] = path.split('?')
    const form =
      body !== undefined && 'form' in body
        ? new URLSearchParams([...body.form].map(([a, b]) => [a, b])).toString()
        : ''
    const sent = { method, path: bare, query, form }
    expect([operation(sent), problemsOf(spec, sent)]).toEqual([operation(sent), null])
    // The library's invoices were recorded one by one only.
    if (operation(sent) !== 'GET /v1/invoices') expect(recorded).toContain(operation(sent))
  }
  expect(seen.sent.length).toBeGreaterThanOrEqual(14)
})
