import { expect, test } from 'vitest'
import type { HttpRequest } from '../spec.ts'
import { problemsOf, readReference, referencePresent } from './reference.fixture.ts'
import { answer, issue, scripted } from './scripted.fixture.ts'
import {
  subscriptionHandle as handle,
  OTHER_PLAN_ID,
  pendingBody,
  plan,
  planBody,
  productBody,
  REFERENCE,
  subscriptionBody,
  subscriptionRequest,
} from './subscription.fixture.ts'
import { subscriptions } from './subscriptions.ts'

/** One request of every kind, as it goes out. */
async function everyRequest(): Promise<readonly HttpRequest[]> {
  const read = answer(200, subscriptionBody())
  const suspended = answer(200, subscriptionBody({ status: 'SUSPENDED' }))
  const nothing = answer(204)
  const { ctx, sent } = scripted([
    ...[issue(404, 'INVALID_RESOURCE_ID'), answer(201, productBody), answer(201, planBody())],
    answer(201, pendingBody()),
    ...[read, nothing, suspended, suspended, nothing, read],
    ...[read, answer(200, {}), read, read, nothing, answer(200, subscriptionBody({ status: 'CANCELLED' }))],
    answer(200, {}),
  ])
  const change = { plan: plan({ planRef: OTHER_PLAN_ID }), quantity: 2, prorate: false }
  const customer = { email: 'buyer@example.com' }
  await subscriptions.createPlan(ctx, plan(), 'k')
  const request = subscriptionRequest({ reference: REFERENCE, trialDays: 7, totalCount: 12, customer })
  await subscriptions.create(ctx, request, REFERENCE)
  await subscriptions.pause?.(ctx, handle(), 'k')
  await subscriptions.resume?.(ctx, handle(), 'k')
  await subscriptions.changePlan?.(ctx, handle(), change, 'k')
  await subscriptions.cancel(ctx, handle(), 'now', 'k')
  await subscriptions.listCharges(ctx, handle(), { fromMs: 0, toMs: 1000, cursor: null })
  return sent.filter(({ path }) => path !== '/v1/oauth2/token')
}

const hasBody = ({ body }: HttpRequest): boolean => body !== undefined && 'json' in body

test.skipIf(!referencePresent)(
  'every body is valid by PayPal’s specifications and uses known names',
  async () => {
    const bodies = (await everyRequest()).filter(hasBody)
    expect(bodies).toHaveLength(7)
    for (const sent of bodies) expect([sent.path, problemsOf(sent)]).toEqual([sent.path, []])
  },
)

interface Recording {
  readonly exchanges: readonly { readonly request: { method: string; path: string; body: unknown } }[]
}

test.skipIf(!referencePresent)('methods and paths are those of PayPal’s own client', async () => {
  const anyId = (path: string) => (path.split('?')[0] ?? '').replaceAll(/\/(I|P)-[0-9A-Z]+/g, '/{id}')
  const { exchanges } = readReference<Recording>('recorded/paypal.json')
  const official = new Set(exchanges.map(({ request }) => `${request.method} ${anyId(request.path)}`))
  const ours = (await everyRequest()).map(({ method, path }) => `${method} ${anyId(path)}`)
  // PayPal's client covers no products; they are in its specifications.
  const strange = ours.filter((name) => !official.has(name) && !name.includes('/v1/catalogs/products'))
  expect(strange).toEqual([])
  expect(new Set(ours).size).toBe(10)
})
