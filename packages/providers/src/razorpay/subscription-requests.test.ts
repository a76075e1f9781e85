import { expect, test } from 'vitest'
import type { HttpRequest } from '../spec.ts'
import { problemsOf, recordings, referencePresent, shapeOf } from './reference.fixture.ts'
import { answer, collection, NOW_S, scripted } from './scripted.fixture.ts'
import {
  createdBody,
  subscriptionHandle as handle,
  invoiceBody,
  OTHER_PLAN_ID,
  plan,
  planBody,
  renewalBody,
  subscriptionBody,
  subscriptionRequest,
} from './subscription.fixture.ts'
import { subscriptions } from './subscriptions.ts'

/** One request of every kind, as it goes out. */
async function everyRequest(): Promise<readonly HttpRequest[]> {
  const read = answer(200, subscriptionBody())
  const paused = answer(200, subscriptionBody({ status: 'paused' }))
  const waiting = answer(200, subscriptionBody({ has_scheduled_changes: true, plan_id: OTHER_PLAN_ID }))
  const { ctx, sent } = scripted([
    answer(200, planBody()),
    answer(200, createdBody()),
    answer(200, collection()),
    ...[read, paused, paused, read, read, waiting, waiting, read, read],
    ...[read, answer(200, subscriptionBody({ status: 'cancelled' }))],
    answer(200, collection(invoiceBody())),
    answer(200, renewalBody()),
  ])
  const change = { plan: plan({ planRef: OTHER_PLAN_ID }), quantity: 1, prorate: false }
  await subscriptions.createPlan(ctx, plan(), 'k')
  const request = subscriptionRequest({ trialDays: 7, totalCount: 12, description: 'Gold' })
  await subscriptions.create(ctx, request, 'k')
  await subscriptions.find?.(ctx, handle({ subscriptionRef: null }))
  await subscriptions.pause?.(ctx, handle(), 'k')
  await subscriptions.resume?.(ctx, handle(), 'k')
  await subscriptions.changePlan?.(ctx, handle(), change, 'k')
  await subscriptions.cancel(ctx, handle(), 'period_end', 'k')
  await subscriptions.cancel(ctx, handle(), 'now', 'k')
  await subscriptions.listCharges(ctx, handle(), { fromMs: NOW_S * 1000, toMs: NOW_S * 1001, cursor: null })
  return sent
}

const jsonOf = ({ body }: HttpRequest): unknown =>
  body !== undefined && 'json' in body ? body.json : undefined

test('no path holds the version twice', async () => {
  for (const { path } of await everyRequest()) expect(path.split('/v1/')).toHaveLength(2)
})

test.skipIf(!referencePresent)('the published schemas know every path, query and body', async () => {
  const requests = await everyRequest()
  expect(requests.length).toBeGreaterThanOrEqual(16)
  for (const request of requests) {
    const shown = `${request.method} ${request.path}`
    // Invoices are in the documentation and in the SDK, but not among the schemas.
    const expected = request.path.startsWith('/v1/invoices') ? ['no such operation'] : []
    expect([shown, problemsOf(request)]).toEqual([shown, expected])
  }
})

test.skipIf(!referencePresent)('the official SDK sends the same methods, paths and fields', async () => {
  const recorded = new Map<string, Set<string>>()
  for (const { method, path, query, body_json: body } of recordings.flatMap(({ requests }) => requests)) {
    const shape = shapeOf(method, path, body)
    const fields = recorded.get(shape) ?? new Set<string>()
    for (const name of Object.keys({ ...query, ...(body ?? {}) })) fields.add(name)
    recorded.set(shape, fields)
  }
  // Documented, and in no recording of the SDK's examples.
  const unrecorded = ['from', 'to', 'customer_notify']
  for (const request of await everyRequest()) {
    const json = jsonOf(request)
    const fields = recorded.get(shapeOf(request.method, request.path, json))
    expect(fields, `${request.method} ${request.path}`).toBeDefined()
    const query = new URLSearchParams(request.path.split('?')[1])
    const names = [...query.keys(), ...Object.keys(json ?? {})]
    const strange = names.filter((name) => !unrecorded.includes(name) && fields?.has(name) !== true)
    expect([request.path, strange]).toEqual([request.path, []])
  }
})
