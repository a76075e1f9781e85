import { createSandbox } from '@onerouter/sandbox'
import { expect, test } from 'vitest'
import { handleOf, pay } from '../conformance/steps.ts'
import { openWorld, value } from '../conformance/world.ts'
import type { PaypalContext } from './api.ts'
import { paypal } from './index.ts'
import { isGone, listEvents } from './lists.ts'

const open = () =>
  openWorld((host) => ({ provider: paypal, sandbox: createSandbox(host) }), {
    currency: 'USD',
    wire: [],
    staleAfterMs: null,
    replaysCreate: true,
  })

test.each(['automatic', 'manual'] as const)('a payment taken by %s capture is not gone', async (capture) => {
  const world = open()
  const { request, snapshot } = await pay(world, { capture })
  const ctx = world.ctx() as PaypalContext // the world was opened with PayPal's own credentials
  expect(value(await isGone(ctx, handleOf(request, snapshot)))).toBe(false)
})

test('only a capture and an authorization that are both missing are gone; no answer is none', async () => {
  const world = open()
  const ctx = world.ctx() as PaypalContext // the world was opened with PayPal's own credentials
  const { request, snapshot } = await pay(world)
  const lost = { ...handleOf(request, snapshot), paymentRef: '3C679366HH908993F', refs: {} }
  expect(value(await isGone(ctx, lost))).toBe(true)
  world.fault('error_before', '', 5)
  expect((await isGone(ctx, lost)).kind).not.toBe('ok')
})

test('an unpaid payment cannot be gone', async () => {
  const ctx = open().ctx() as PaypalContext // as above
  const unpaid = { reference: 'op_1', amount: open().money(1n), capture: 'automatic', orderRef: 'X' } as const
  expect((await isGone(ctx, { ...unpaid, paymentRef: null, refs: {} })).kind).toBe('unknown')
})

test('a next page is asked of PayPal itself, wherever its link points', async () => {
  const asked: string[] = []
  const ctx = {
    ...(open().ctx() as PaypalContext), // as above
    http: async ({ path }: { path: string }) => {
      asked.push(path)
      const text = path.startsWith('/v1/oauth2')
        ? '{"access_token":"A","token_type":"Bearer","expires_in":9000}'
        : '{"events":[],"links":[{"rel":"next","href":"https://evil.example/steal?next_page_token=2"}]}'
      return { ok: true, response: { status: 200, headers: {}, text } } as const
    },
  }
  const window = { fromMs: 0, toMs: 1_000, cursor: null }
  const { nextCursor } = value(await listEvents(ctx, window))
  expect(nextCursor).toBe('next_page_token=2')
  await listEvents(ctx, { ...window, cursor: nextCursor })
  expect(asked.at(-1)).toBe('/v1/notifications/webhooks-events?next_page_token=2')
})
